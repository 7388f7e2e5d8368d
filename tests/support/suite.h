/* SPDX-License-Identifier: MIT */
/* What each test program shares: check's runner, and TAP out. */
#ifndef SUITE_H
#define SUITE_H

#include <check.h>

/* Defined by each test program. */
Suite *suite(void);

/* May be defined by a test program: why nothing of it can be tested here, or
 * NULL. */
const char *unavailable(void);

/* Of the program; the last is NULL. */
extern char **arguments;

#endif
