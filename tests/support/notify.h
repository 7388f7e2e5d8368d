/* SPDX-License-Identifier: MIT */
/*
 * System calls that somebody else sees before they are made, and may answer in the
 * kernel's place: seccomp_unotify(2).  No call can be made past it, whoever
 * makes it: the library, libc, or a program that is linked statically.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

/* From now on and for ever, for this thread and all that it starts: a descriptor
 * to listen to, for a thread or a process that has made none of this; or a
 * negative errno. */
int notify_install(void);

/* Whether the call is answered, and with what (-errno, or a value); else it is
 * made. */
typedef bool notify_answer(const struct seccomp_data *call, int64_t *result);

/* Until nobody is left who could make a call. */
void notify_serve(int listener, notify_answer *answer);

/* The n-th call fails, from 1 on, or that and all after it; 0: none. */
struct fault {
	unsigned int n;
	int error; /* a positive errno */
	bool persistent;
};
/* Calls that cannot fail, or do not tell so by an error, are left out; the others
 * are counted here. */
bool fault_counts(long number);
/* Whether the call, the count-th, is to fail. */
bool fault_hits(const struct fault *fault, unsigned int count,
		const struct seccomp_data *call);

#endif
