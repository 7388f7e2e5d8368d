/* SPDX-License-Identifier: MIT */
/* What each test program shares: check's runner, TAP out, and no leaked
 * descriptors. */
#ifndef SUITE_H
#define SUITE_H

#include <check.h>

/* Defined by each test program. */
Suite *suite(void);

/* A skip is for what cannot be tested here; it says why. */
#define SKIP_ALL_STATUS 77

/* How many descriptors the process has open. */
unsigned int open_descriptors(void);

#endif
