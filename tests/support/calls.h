/* SPDX-License-Identifier: MIT */
/* System calls by name. */
#ifndef CALLS_H
#define CALLS_H

#include <stddef.h>

/* The number, or -1 if this architecture has no such call. */
long call_number(const char *name, size_t length);
/* The name, or NULL if no test has heard of it. */
const char *call_name(long number);

#endif
