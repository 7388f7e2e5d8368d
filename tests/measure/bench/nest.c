/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel-file.h"
#include "fail.h"
#include "nest.h"

static char mount_point[4096];
static char prefix[64];
static char made[16384];
static int version;
static bool was_off; /* v2: the controller, below the root */

static int put(const char *dir, const char *file, const char *text)
{
	char path[sizeof(made) + 64];
	int r;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	r = text_write(path, text);
	errno = -r;
	return r;
}

static bool says(const char *dir, const char *file, const char *word)
{
	char path[4200], text[1024];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return text_read(path, text, sizeof(text)) > 0 && strstr(text, word);
}

void group_begin(void)
{
	FILE *mounts = fopen("/proc/self/mounts", "r");
	char line[8192], device[4096], point[4096], type[256], options[4096];

	snprintf(prefix, sizeof(prefix), "mymem-bench-%d", getpid());
	while (mounts && fgets(line, sizeof(line), mounts)) {
		if (sscanf(line, "%4095s %4095s %255s %4095s", device, point,
			   type, options) != 4)
			continue;
		if (strcmp(type, "cgroup") == 0 && strstr(options, "memory"))
			version = 1;
		else if (strcmp(type, "cgroup2") == 0 &&
			 says(point, "cgroup.controllers", "memory"))
			version = 2;
		else
			continue;
		snprintf(mount_point, sizeof(mount_point), "%s", point);
	}
	if (mounts)
		fclose(mounts);
	if (version == 2)
		was_off = !says(mount_point, "cgroup.subtree_control", "memory");
}

int group_version(void)
{
	return version;
}

const char *group_mount(void)
{
	return mount_point;
}

/* v2: the groups below this one get the controller too. */
static int delegate(const char *dir)
{
	return version == 2 ? put(dir, "cgroup.subtree_control", "+memory") : 0;
}

/* Goes down by one. */
static const char *deeper(const char *name)
{
	size_t length = strlen(made);

	if (delegate(made) < 0)
		return why("cgroup.subtree_control");
	snprintf(made + length, sizeof(made) - length, "/%s", name);
	return mkdir(made, 0755) < 0 ? why("a control group") : NULL;
}

const char *group_make(const char *name, int depth, int64_t limit)
{
	char text[128];
	const char *wrong;

	if (geteuid() != 0)
		return "needs root to make control groups";
	if (!version)
		return "this kernel has no memory control groups";
	snprintf(made, sizeof(made), "%s", mount_point);
	snprintf(text, sizeof(text), "%s-%s", prefix, name);
	wrong = deeper(text);
	if (wrong)
		return wrong;
	if (version == 1) /* Linux < 5.11: not by itself */
		put(made, "memory.use_hierarchy", "1");
	snprintf(text, sizeof(text), "%lld", (long long)limit);
	if (put(made, version == 1 ? "memory.limit_in_bytes" : "memory.max",
		text) < 0)
		return why("a limit");
	while (--depth > 0 && !wrong)
		wrong = deeper("below");
	return wrong;
}

const char *group_below(const char *name, const char *child)
{
	snprintf(made, sizeof(made), "%s/%s-%s", mount_point, prefix, name);
	return deeper(child);
}

const char *group_join(void)
{
	return put(made, "cgroup.procs", "0") < 0 ? why("cgroup.procs") : NULL;
}

/* A group goes when its last process is gone, which may take a moment. */
static void remove_group(const char *dir)
{
	for (int tries = 0; tries < 500; tries++) {
		if (rmdir(dir) == 0 || errno == ENOENT)
			return;
		usleep(10000);
	}
	fprintf(stderr, "bench: cannot remove %s: %s\n", dir, strerror(errno));
}

/* The groups in path that begin so, and all below them. */
static void remove_below(char *path, size_t size, const char *begin)
{
	size_t length = strlen(path);
	struct dirent *entry;
	DIR *stream = opendir(path);

	while (stream && (entry = readdir(stream))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
		    strncmp(entry->d_name, begin, strlen(begin)) != 0)
			continue;
		snprintf(path + length, size - length, "/%s", entry->d_name);
		remove_below(path, size, "");
		remove_group(path);
		path[length] = '\0';
	}
	if (stream)
		closedir(stream);
}

void group_end(void)
{
	char begin[80];

	if (!version || geteuid() != 0)
		return;
	snprintf(begin, sizeof(begin), "%s-", prefix);
	snprintf(made, sizeof(made), "%s", mount_point);
	remove_below(made, sizeof(made), begin);
	if (was_off)
		put(mount_point, "cgroup.subtree_control", "-memory");
}
