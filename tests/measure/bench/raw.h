/* SPDX-License-Identifier: MIT */
/* The very files that an answer needs, read through descriptors that are kept:
 * the least that a fresh answer can cost.  For the first answer they have to be
 * opened. */
#ifndef RAW_H
#define RAW_H

#include <mymem.h>

#include "row.h"

enum {
	RAW_LIMIT = 1 << 0,     /* the own limit */
	RAW_USAGE = 1 << 1,     /* and the own usage */
	RAW_AVAILABLE = 1 << 2, /* and memory.stat */
	RAW_HOST = 1 << 3,      /* and MemAvailable */
	RAW_ALL = 1 << 4,       /* all that MYM_WANT_ALL needs */
	RAW_LIMITS = 1 << 5,    /* the limits of all groups */
	RAW_STATS = 1 << 6,     /* memory.stat of all groups */
	RAW_FIRST = 1 << 7,     /* all that MYM_WANT_LIMIT needs, by their names */
	RAW_SETS = 8
};

/* Opens these sets for the group that this process is in now. */
void raw_open(int wanted);
/* Adds one to RAW_FIRST, if it can be read. */
void raw_add(const char *path);
/* What is in a row that reads one of the sets. */
#define RAW(set) .run = raw_run, .have = raw_have, .number = (set)
/* Reads each file; those of RAW_FIRST are opened and closed, too, and so is one
 * directory. */
void raw_run(const struct row *row, long calls);
/* Whether there are any. */
bool raw_have(const struct row *row);

#endif
