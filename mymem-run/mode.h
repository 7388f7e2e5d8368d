/* SPDX-License-Identifier: MIT */
/* The ways to show a command its own memory as the machine's. */
#ifndef MYMEM_RUN_MODE_H
#define MYMEM_RUN_MODE_H

#include <stdbool.h>

enum mode {
	MODE_AUTO,
	MODE_PRELOAD, /* an object that answers in the place of the C library */
	MODE_TRAP,    /* system calls that wait for an answer of this program */
	MODE_MOUNT,   /* a file over /proc/meminfo, and sysinfo(2) trapped */
	MODE_NONE,    /* it sees the machine's */
};

extern const char *const mode_names[];

/* False: there is no mode of this name. */
bool parse_mode(const char *name, enum mode *mode);

/* How a program is linked, through the interpreters of scripts. */
enum linkage {
	LINKAGE_UNKNOWN,
	LINKAGE_DYNAMIC,
	LINKAGE_STATIC,
	LINKAGE_FOREIGN, /* for another processor or size of words */
};

/* Of the program that execvp(3) would start by this name. */
enum linkage linkage_of(const char *name);

#endif
