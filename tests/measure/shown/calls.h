/* SPDX-License-Identifier: MIT */
/* What programs do with what they are shown, and the kernel's own call beside
 * it. */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>

#define MEMINFO "/proc/meminfo"
#define CALLS	10

extern const struct call {
	const char *name;
	void (*raw)(void); /* NULL: there is none */
	void (*libc)(void);
	int batch;
	int pause; /* before it, in ms */
} calls[CALLS];

/* With the place where the kernel's /proc/meminfo can still be found. */
void calls_begin(const char *kernels);

/* Starts a command and waits for its end, with 0. */
void run(char *const *command);
void must(bool good, const char *what);

#endif
