/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "group.h"
#include "../measure/oracle/setting.h"
#include "kernel-file.h"

#define GROUPS_MAX 16

static char mount_point[4096];
static char base[4200];
static char controllers[64];
static char names[GROUPS_MAX][4400];
static int used;

static bool has_memory(const char *point)
{
	char path[4200], list[1024];

	snprintf(path, sizeof(path), "%s/cgroup.controllers", point);
	return text_read(path, list, sizeof(list)) > 0 && strstr(list, "memory");
}

static int find(void)
{
	FILE *mounts = fopen("/proc/self/mounts", "r");
	char line[8192], device[4096], point[4096], type[256], options[4096];
	int version = 0;

	while (mounts && fgets(line, sizeof(line), mounts)) {
		if (sscanf(line, "%4095s %4095s %255s %4095s", device, point,
			   type, options) != 4)
			continue;
		if (strcmp(type, "cgroup") == 0 && strstr(options, "memory"))
			version = 1;
		else if (strcmp(type, "cgroup2") == 0 && has_memory(point))
			version = 2;
		else
			continue;
		snprintf(mount_point, sizeof(mount_point), "%s", point);
	}
	if (mounts)
		fclose(mounts);
	return version;
}

int group_version(void)
{
	static int version = -1;

	if (version < 0)
		version = find();
	return version;
}

const char *group_mount(void)
{
	return mount_point;
}

int group_put(const char *dir, const char *file, const char *text)
{
	char path[8192];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return text_write(path, text);
}

int group_put_bytes(const char *dir, const char *file, int64_t bytes)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)bytes);
	return group_put(dir, file, text);
}

int64_t group_get(const char *dir, const char *file)
{
	char path[8192];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return text_number(path);
}

static void check(int r, const char *what, const char *dir)
{
	char text[4600];

	if (r >= 0)
		return;
	errno = -r;
	snprintf(text, sizeof(text), "%s %s", what, dir);
	must(-1, text);
}

/* v2: the groups below this one get the controllers too. */
static void delegate(const char *dir)
{
	if (group_version() == 2)
		check(group_put(dir, "cgroup.subtree_control", controllers),
		      "delegate", dir);
}

void group_begin(const char *more)
{
	if (!group_version())
		return;
	snprintf(controllers, sizeof(controllers), "+memory%s", more);
	delegate(mount_point);
	snprintf(base, sizeof(base), "%s/mymem-%s-%d", mount_point,
		 program_invocation_short_name, getpid());
	must(mkdir(base, 0755), base);
	used = 0;
}

void group_flatten(void)
{
	char path[4400];

	snprintf(path, sizeof(path), "%s/memory.use_hierarchy", mount_point);
	setting_put(path, "0");
}

const char *group_base(void)
{
	return base;
}

const char *group_make(const char *name)
{
	char *path = names[used];
	char *slash;

	if (used == GROUPS_MAX)
		fail("too many groups");
	used++;
	snprintf(path, sizeof(names[0]), "%s/%s", base, name);
	slash = strrchr(path, '/');
	*slash = '\0';
	delegate(path);
	*slash = '/';
	must(mkdir(path, 0755), path);
	return path;
}

/* A group goes when its last process is gone, which may take a moment. */
static void remove_directory(const char *dir)
{
	for (int tries = 0; tries < 300; tries++) {
		if (rmdir(dir) == 0 || errno == ENOENT)
			return;
		usleep(10000);
	}
	fprintf(stderr, "%s: cannot remove %s: %s\n",
		program_invocation_short_name, dir, strerror(errno));
}

void group_end(void)
{
	if (!base[0])
		return;
	while (used > 0) {
		used--;
		if (group_version() == 1)
			group_put(names[used], "memory.force_empty", "0");
		remove_directory(names[used]);
	}
	remove_directory(base);
	base[0] = '\0';
}

void group_set(const char *dir, const char *file, int64_t bytes)
{
	check(group_put_bytes(dir, file, bytes), file, dir);
}

void group_limit(const char *dir, int64_t bytes)
{
	group_set(dir, group_version() == 1 ? "memory.limit_in_bytes" :
					      "memory.max", bytes);
}

void group_join(const char *dir)
{
	check(group_put(dir, "cgroup.procs", "0"), "join", dir);
}
