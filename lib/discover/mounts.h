/* SPDX-License-Identifier: MIT */
/* Where the memory controller is mounted. */
#ifndef MYM_MOUNTS_H
#define MYM_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/root.h"
#include "dialect.h"

#pragma GCC visibility push(hidden)

enum mym__mount_is {
	MYM__MOUNT_RECURSIVE = 1, /* it has memory_recursiveprot, or may have */
	MYM__MOUNT_ASSUMED = 2, /* it was assumed, without a mount table */
	MYM__MOUNT_HIDDEN = 4,	/* by a later mount at the same point */
};

/* How many points with a mount of groups there may be: no machine has as many,
 * and each of them is looked at. */
#define MYM__MOUNTS_MAX 1024

struct mym__mounts {
	struct mym__mounts_row {
		const struct mym__dialect *dialect;
		char *root, *point;
		unsigned int is; /* enum mym__mount_is */
		unsigned int order; /* in the table */
		unsigned int next;  /* with the same hash; 1 is the first row */
	} *rows;
	size_t count;
	unsigned int added;
	unsigned int first[256]; /* by the hash of a point */
};
typedef int (*mym__mount_sink)(void *data, const struct mym__mount *mount);

/* Asks statmount(2) about the conventional mount points of some versions, 1 and
 * 2 as bits: O(1), but there may be others. */
int mym__mounts_quick(const struct mym__root *root, unsigned int versions,
		      char *buffer, size_t size, struct mym__mounts *mounts);
/* Reads the whole mount table. */
int mym__mounts_table(const struct mym__root *root, char *buffer, size_t size,
		      struct mym__mounts *mounts);
/* Assumes mounts at the conventional mount points. */
int mym__mounts_assume(struct mym__mounts *mounts);
/* Adds a mount, which hides what was at its point; the last cgroup mount at a
 * point is kept, hidden or not.  -EFBIG: there are too many points. */
int mym__mounts_add(void *data, const struct mym__mount *mount);
void mym__mounts_clear(struct mym__mounts *mounts);

/* mounts-filter.c: the rows that matter.  Pure but for what lines.c reads. */
struct mym__filter {
	bool all;           /* every row passes from now on */
	unsigned int count; /* of mount points at which every row matters */
	struct {
		uint16_t begin, length;
	} at[32];
	size_t used;
	char points[1024];
};
/* Like mym__lines_next(), but only rows that pass the filter; NULL: every row. */
int mym__filter_next(struct mym__filter *filter, struct mym__lines *lines,
		     struct mym__text *line);

/* mounts-reader.c, mounts-libmount.c: two readers of the mount table.  The sink
 * gets each row that passes the filter. */
int mym__mounts_reader(const struct mym__root *root, char *buffer, size_t size,
		       struct mym__filter *filter, mym__mount_sink sink,
		       void *data);
/* 1: libmount is not installed, or cannot read this. */
int mym__mounts_libmount(const struct mym__root *root, char *buffer,
			 size_t size, struct mym__filter *filter,
			 mym__mount_sink sink, void *data);

#pragma GCC visibility pop

#endif
