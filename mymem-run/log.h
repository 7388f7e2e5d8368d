/* SPDX-License-Identifier: MIT */
/* What the kernel's log says of a kill for lack of memory. */
#ifndef MYMEM_RUN_LOG_H
#define MYMEM_RUN_LOG_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

/* Whose memory there was none of. */
enum lack { LACK_UNKNOWN, LACK_GROUP, LACK_MACHINE, LACK_NODES };

/* What it says of a process. */
struct logged {
	bool named; /* it was killed for lack of memory */
	enum lack lack;
	bool own; /* LACK_GROUP: it is the one that the process was in */
	char group[PATH_MAX]; /* LACK_GROUP: as the kernel names it */
	/* The last reason to kill any process; and whether all of a group is killed
	 * for it (memory.oom.group), of which only the first is named with it. */
	struct {
		enum lack lack;
		char group[PATH_MAX];
	} last;
	bool whole_group;
};

/* Takes a record of /dev/kmsg. */
void log_take(const char *record, pid_t pid, struct logged *logged);

/* Opens it for what comes from now on.  < 0: it cannot be read, or has other
 * numbers of processes, as that of a container has. */
int log_open(void);
/* Reads all that has come, and waits a moment for what names the process if it
 * should be there.  Returns whether nothing was lost. */
bool log_read(int fd, pid_t pid, bool wait, struct logged *logged);

#endif
