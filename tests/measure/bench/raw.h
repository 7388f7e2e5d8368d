/* SPDX-License-Identifier: MIT */
/* The very files that an answer needs, read through descriptors that are kept:
 * the least that a fresh answer can cost.  For the first answer they have to be
 * opened. */
#ifndef RAW_H
#define RAW_H

#include <mymem.h>

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
void raw_open(int sets);
/* How many files there are in a set. */
int raw_files(int set);
/* Reads one set, but for RAW_FIRST. */
int64_t raw_read(int set);
/* Opens, reads and closes each file of RAW_FIRST, and one directory. */
int64_t raw_first(void);

#endif
