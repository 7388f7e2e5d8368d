/* SPDX-License-Identifier: MIT */
/*
 * What a program is shown of the machine's memory: the kernel's files and numbers,
 * as they would be if the machine were as large as what this process may use.
 * Allocates nothing and uses no stream, for those who answer in the midst of
 * another program's open(2).
 */
#ifndef MYMEM_RUN_SHOWN_H
#define MYMEM_RUN_SHOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/sysinfo.h>

#include "../mymem-free/meminfo.h"

/* About 200 KiB, of which little is touched: for a mapping, not for a stack. */
struct shown {
	struct report report;
	bool keep; /* the context, for the next look: set by the caller */
	struct meminfo meminfo;
	char text[FILE_MAX];
};

/*
 * Looks.  Returns 0, 1 if no rule is tighter than the machine, which is then to be
 * shown as it is, or a negative errno.  After 0 and 1 the others may be asked.
 */
int shown_look(struct shown *shown);

/* Whether this is, without links or dots, the path of a file that is shown. */
bool shown_has(const char *path);
/* Makes the text of it in shown->text.  Returns its length or a negative errno. */
ptrdiff_t shown_write(struct shown *shown, const char *path);

/* The same of the kernel's text in shown->meminfo.stat: that of /proc/swaps, and that
 * of a node, of all which have so many KiB.  Pure. */
size_t shown_swaps(struct shown *shown);
size_t shown_node(struct shown *shown, int64_t all);

/* In KiB; 0 where it is not known. */
int64_t shown_value(const struct shown *shown, const char *key);
/* Changes what sysinfo(2) says of memory. */
void shown_sysinfo(const struct shown *shown, struct sysinfo *info);

#endif
