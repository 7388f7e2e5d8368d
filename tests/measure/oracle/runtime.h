/* SPDX-License-Identifier: MIT */
/*
 * What the runtimes of other languages say is available.  They are programs,
 * which use memory: each is asked in a run of its own.
 */
#ifndef RUNTIME_H
#define RUNTIME_H

#include <stdbool.h>
#include <stdint.h>

enum { RUNTIME_NODE, RUNTIME_JAVA, RUNTIMES };
extern const char *const runtime_names[RUNTIMES];

struct answer {
	int64_t said; /* bytes; -1: none, or it was killed */
	int64_t own;  /* what it has itself: bytes that cannot be reclaimed */
	char version[32];
};

/* The program that asks it, in this directory, or NULL. */
const char *runtime_program(const char *dir, int runtime);
/* Runs it as a child, which is the first that the kernel would kill. */
void runtime_ask(const char *program, struct answer *answer);

#endif
