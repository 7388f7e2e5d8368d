/* SPDX-License-Identifier: MIT */
/* System calls and errors by their names. */
#ifndef SYSCALLS_H
#define SYSCALLS_H

#include <stddef.h>

/* The name is as long as that; -1: there is no such call. */
long call_number(const char *name, size_t length);
const char *call_name(long number);

/* A positive errno; 0: not one of those that are known here. */
int error_number(const char *name);
const char *error_name(int error);

#endif
