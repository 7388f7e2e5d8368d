/* SPDX-License-Identifier: MIT */
/*
 * A machine in memory: the files that the library finds where it opens a
 * sysroot.  machine.c stands in for base/root.c, so that a pass makes no system
 * call; what it opens, reads and lists is as the kernel would have it.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void machine_clear(void);
/* Adds a file, and the directories above it, unless something is there already.
 * The path and the content must stay; error < 0: why it cannot be opened.  What
 * there is no room for is left out. */
void machine_add(const char *path, size_t length, const char *content,
		 size_t size, int error);
/* The same from a text: "@ /path" in a line of its own, and the content up to the
 * next such line; "@13 /path" cannot be opened, for the reason with that number; a
 * path that ends with a slash is a directory. */
void machine_unpack(const char *text, size_t size);
/* The content of a file, or NULL; and another one for a file that is there. */
const char *machine_content(const char *path, size_t *size);
void machine_change(const char *path, const char *content, size_t size);

/* How many descriptors are open, and how many files and directories have been
 * opened, or could not be, since machine_clear(). */
unsigned int machine_descriptors(void);
unsigned int machine_opens(void);
/* From now on the n-th of those cannot be, and why; returns its path. */
const char *machine_deny(unsigned int n, int error);

/* Each read gives this many bytes at most; 0: as many as there is room for. */
extern size_t machine_chunk;

#endif
