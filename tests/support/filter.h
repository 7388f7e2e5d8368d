/* SPDX-License-Identifier: MIT */
/* A seccomp filter that makes system calls fail: a kernel without them, or a
 * sandbox that forbids them. */
#ifndef FILTER_H
#define FILTER_H

#include <stddef.h>

struct denial {
	long number;
	int error; /* a positive errno */
};

#define DENIALS_MAX 64

/* From now on and for ever, in this process and its children: 0, or a negative
 * errno. */
int filter_install(const struct denial *denials, size_t count);

#endif
