/* SPDX-License-Identifier: MIT */
/*
 * The machine as it is shown to others: files that are kept up to date while
 * they are open, and what sysinfo(2) says.
 */
#ifndef MYMEM_RUN_MACHINE_H
#define MYMEM_RUN_MACHINE_H

#include "shown.h"

/* /proc/meminfo, /proc/swaps, and those of the nodes. */
#define MACHINE_FILES 66

struct machine {
	size_t files;
	struct machine_file {
		char path[48];
		int fd;		 /* to write to */
		bool always;	 /* nobody tells when it is read */
		int64_t written; /* with the numbers of this look */
	} file[MACHINE_FILES];
	int64_t looked; /* when; 0: never */
	int64_t most;	/* how old numbers may be, by what a look costs */
	struct shown shown;
};

/* Finds out what there is to show, and looks.  Returns 0 or a negative errno.
 */
int machine_begin(struct machine *machine);
/* Makes the files in memory.  Returns 0 or a negative errno. */
int machine_make_files(struct machine *machine);

/* The file is this one, which others may read at any time: writes it.  Returns
 * 0 or a negative errno. */
int machine_set(struct machine *machine, size_t index, int fd);
void machine_unset(struct machine *machine, size_t index);

/* Opens the file that is shown in the place of this one to read it.  Returns a
 * descriptor or a negative errno: it is not shown, or not now. */
int machine_open(struct machine *machine, const char *path, int flags);

/* What sysinfo(2) writes: struct sysinfo, or that of a 32-bit process. */
#define SYSINFO_MAX 128
/* Returns its size or a negative errno. */
int machine_sysinfo(struct machine *machine, bool narrow,
		    unsigned char info[SYSINFO_MAX]);

/* Brings up to date what somebody has open.  Returns in how many milliseconds
 * it wants to be called again, or -1. */
int machine_refresh(struct machine *machine);

#endif
