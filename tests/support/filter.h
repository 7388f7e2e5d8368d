/* SPDX-License-Identifier: MIT */
/* Seccomp filters: system calls that fail, as on a kernel without them or in a
 * sandbox that forbids them, and sandboxes that kill at any other call. */
#ifndef FILTER_H
#define FILTER_H

#include <stddef.h>

struct denial {
	long number;
	int error; /* a positive errno */
};

#define DENIALS_MAX 96

/* From now on and for ever, in this process and its children: 0, or a negative
 * errno. */
int filter_install(const struct denial *denials, size_t count);
/* The same, but every other call ends the process by SIGSYS.  An error of 0
 * allows a call. */
#define FILTER_FD (-1) /* fstatat(2) of a descriptor; of a name EPERM */
int filter_only(const struct denial *rules, size_t count);

#endif
