/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <fnmatch.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sweep.h"

/* In seconds: no test takes that long. */
#define DAY (24 * 3600)

static int unlink_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	/* What is still in use stays. */
	remove(path);
	return 0;
}

void sweep(void)
{
	const char *tmp = getenv("TMPDIR");
	struct dirent *entry;
	DIR *dir;

	if (!tmp)
		tmp = "/tmp";
	dir = opendir(tmp);
	while (dir && (entry = readdir(dir))) {
		char path[4096];
		struct stat st;

		if (fnmatch("mymem-test[-.]*", entry->d_name, 0) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", tmp, entry->d_name);
		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
		    st.st_uid == geteuid() && time(NULL) - st.st_ctime > DAY)
			nftw(path, unlink_one, 16,
			     FTW_PHYS | FTW_MOUNT | FTW_DEPTH);
	}
	if (dir)
		closedir(dir);
}
