/* SPDX-License-Identifier: MIT */
/*
 * /proc/meminfo as it would be if the machine were as large as what this process
 * may use.  What is the machine's stays; what a limit changes is changed.
 */
#ifndef MYMEM_FREE_MEMINFO_H
#define MYMEM_FREE_MEMINFO_H

#include "file.h"
#include "mymem-free.h"

/* More lines than any kernel has. */
#define MEMINFO_LINES 128

struct meminfo {
	size_t lines;
	struct meminfo_line {
		const char *key;
		size_t length; /* of the key */
		bool known;    /* else the line is left out */
		bool pages;    /* counts huge pages, not KiB */
		int64_t value;
	} line[MEMINFO_LINES];
	char text[FILE_MAX]; /* of the machine */
	char stat[FILE_MAX]; /* of the group */
};

/* What must be asked for in the report's snapshot. */
#define OF_MEMINFO (MYM_WANT_LIMIT | MYM_WANT_AVAILABLE | MYM_WANT_USED | \
		    MYM_WANT_SWAP_LIMIT | MYM_WANT_SWAP_AVAILABLE | \
		    MYM_WANT_CGROUP_VERSION)

void make_meminfo(struct meminfo *meminfo, const struct report *report);
/* In KiB.  False where it is not known. */
bool meminfo_value(const struct meminfo *meminfo, const char *key,
		   int64_t *kib);

/* As the kernel's file.  Returns how many bytes. */
size_t write_meminfo(const struct meminfo *meminfo, char text[FILE_MAX]);

#endif
