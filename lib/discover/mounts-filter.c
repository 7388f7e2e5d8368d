/* SPDX-License-Identifier: MIT */
/*
 * The rows of the mount table that matter: those of a cgroup file system, and
 * those at the mount point of one, which hide it.  Of the thousands of rows
 * that a machine may have, the readers see only these, and any that is not as
 * plain as the kernel writes it.
 */
#include <string.h>

#include "../base/compiler.h"
#include "../base/lines.h"
#include "../base/text.h"
#include "mounts.h"

static bool is_known(const struct mym__filter *filter, struct mym__text point)
{
	for (unsigned int i = 0; i < filter->count; i++) {
		if (filter->at[i].length == point.length &&
		    memcmp(filter->points + filter->at[i].begin, point.at,
			   point.length) == 0)
			return true;
	}
	return false;
}

/* There is more than one way to escape a name: from such a point on all rows
 * pass, as they do when there are too many points. */
static void remember(struct mym__filter *filter, struct mym__text point)
{
	if (memchr(point.at, '\\', point.length) ||
	    filter->count == MYM__COUNT(filter->at) ||
	    point.length > sizeof(filter->points) - filter->used) {
		filter->all = true;
		return;
	}
	memcpy(filter->points + filter->used, point.at, point.length);
	filter->at[filter->count].begin = (uint16_t)filter->used;
	filter->at[filter->count++].length = (uint16_t)point.length;
	filter->used += point.length;
}

/* Splits a row like mym__parse_mount(), at a third of the cost. */
static bool matters(struct mym__filter *filter, struct mym__text line)
{
	static const char cgroup[] = "cgroup";
	enum { POINT = 4, FIELDS = 6 };
	const char *at = line.at, *end = at + line.length, *blank;
	struct mym__text point = { at, 0 };
	bool known;

	/* The optional fields end with a "-". */
	for (int i = 0; i < FIELDS || end - at < 2 || at[0] != '-' ||
			at[1] != ' '; i++) {
		blank = memchr(at, ' ', (size_t)(end - at));
		if (!blank || (i < FIELDS && blank == at))
			return true;
		if (i == POINT)
			point = (struct mym__text){ at, (size_t)(blank - at) };
		at = blank + 1;
	}
	at += 2;
	if ((size_t)(end - at) < sizeof(cgroup) - 1)
		return true;
	known = is_known(filter, point);
	if (memcmp(at, cgroup, sizeof(cgroup) - 1) == 0) {
		if (!known)
			remember(filter, point);
		return true;
	}
	return known ||
	       (filter->count > 0 && memchr(point.at, '\\', point.length));
}

int mym__filter_next(struct mym__filter *filter, struct mym__lines *lines,
		     struct mym__text *line)
{
	int r;

	do {
		r = mym__lines_next(lines, line);
	} while (r == 0 && filter && !filter->all && !matters(filter, *line));
	return r;
}
