/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "group.h"
#include "kernel-file.h"

#define NAMES 16

static char mount_point[4096];
static char unified[4096];
static char tasks[4096]; /* v1's hierarchy of the pids controller */
static char base[4200];
static char controllers[64];
static int base_lock; /* open while it is ours */

static bool has_memory(const char *point)
{
	char path[4200], list[1024];

	snprintf(path, sizeof(path), "%s/cgroup.controllers", point);
	return kernel_read(path, list, sizeof(list)) > 0 &&
	       strstr(list, "memory");
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
		if (strcmp(type, "cgroup2") == 0)
			strcpy(unified, point);
		if (strcmp(type, "cgroup") == 0 && strstr(options, ",pids"))
			strcpy(tasks, point);
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

const char *group_unified(void)
{
	group_version();
	return unified[0] ? unified : NULL;
}

int group_put(const char *dir, const char *file, const char *text)
{
	char path[16500];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return kernel_write(path, text);
}

int group_put_bytes(const char *dir, const char *file, int64_t bytes)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)bytes);
	return group_put(dir, file, text);
}

int64_t group_get(const char *dir, const char *file)
{
	char path[16500];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return kernel_number(path);
}

static void check(int r, const char *what, const char *dir)
{
	char text[8500];

	snprintf(text, sizeof(text), "%s %s", what, dir);
	must_do(r, text);
}

const char *group_file(enum group_file file)
{
	static const char *const names[][2] = {
		[GROUP_LIMIT] = { "memory.max", "memory.limit_in_bytes" },
		[GROUP_USAGE] = { "memory.current", "memory.usage_in_bytes" },
	};

	return names[file][group_version() == 1];
}

static const char *given(void)
{
	return secure_getenv("GROUPS_BELOW");
}

static const char *parent(void)
{
	return given() ? given() : mount_point;
}

const char *group_missing(void)
{
	char probe[4200];
	bool limited;

	if (geteuid() != 0 && !given())
		return "needs root to make control groups";
	if (!group_version())
		return "no memory control group is mounted";
	if (group_version() == 2)
		group_put(parent(), "cgroup.subtree_control", "+memory");
	/* Another name than those that are swept: nobody has locked it. */
	snprintf(probe, sizeof(probe), "%s/mymem-probe-XXXXXX", parent());
	if (!mkdtemp(probe))
		return "cannot make a group below the memory mount";
	limited = group_get(probe, group_file(GROUP_LIMIT)) >= 0;
	rmdir(probe);
	return limited ? NULL : "groups have no memory controller";
}

/* v2: the groups below this one get the controllers too. */
static void delegate(const char *dir)
{
	if (group_version() == 2)
		check(group_put(dir, "cgroup.subtree_control", controllers),
		      "delegate", dir);
}

/* In steps of 10 ms: a group goes when its last process is gone, which may take a
 * moment. */
#define PATIENCE 500

static void remove_one(const char *dir, int tries)
{
	const bool ours = tries > 1;

	while (rmdir(dir) < 0) {
		if (errno == EBUSY && --tries > 0) {
			usleep(10000);
			continue;
		}
		if (ours)
			fprintf(stderr, "%s: cannot remove %s: %s\n",
				program_invocation_short_name, dir,
				strerror(errno));
		return;
	}
}

static void remove_below(const char *dir, const char *begin, int tries)
{
	struct dirent *entry;
	DIR *stream = opendir(dir);

	while (stream && (entry = readdir(stream))) {
		char path[8192];

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
		    strncmp(entry->d_name, begin, strlen(begin)) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		remove_below(path, "", tries);
		if (group_version() == 1)
			group_put(path, "memory.force_empty", "0");
		remove_one(path, tries);
	}
	if (stream)
		closedir(stream);
}

void group_remove(const char *dir)
{
	remove_one(dir, PATIENCE);
}

void group_remove_below(const char *dir, const char *begin)
{
	remove_below(dir, begin, PATIENCE);
}

/* v1 counts processes in another hierarchy than memory, and PSI is in cgroup2's: ours
 * has the same name there. */
static bool find_twin(const char *hierarchy, const char *group, char *dir,
		      size_t size)
{
	snprintf(dir, size, "%s%s", hierarchy, group + strlen(mount_point));
	return hierarchy[0];
}

static void remove_all(const char *group, int tries)
{
	const char *others[] = { tasks, unified };
	char twin[8400];

	remove_below(group, "", tries);
	for (int i = 0; i < 2 && group_version() == 1; i++) {
		if (find_twin(others[i], group, twin, sizeof(twin)) &&
		    access(twin, F_OK) == 0)
			remove_one(twin, tries);
	}
	remove_one(group, tries);
}

/* Nobody else has the lock, if this is >= 0; it is gone with the last process that
 * has it open, however that ends. */
static int lock(const char *dir, int how)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX | how) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The groups of tests that were killed. */
static void sweep_groups(void)
{
	DIR *stream = opendir(parent());
	struct dirent *entry;

	while (stream && (entry = readdir(stream))) {
		char path[8192];
		int fd;

		if (fnmatch("mymem-*.??????", entry->d_name, 0) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", parent(), entry->d_name);
		fd = lock(path, LOCK_NB);
		if (fd < 0)
			continue;
		remove_all(path, 1);
		close(fd);
	}
	if (stream)
		closedir(stream);
}

/* Whoever sweeps may do so before the lock is taken. */
void group_begin(const char *more)
{
	if (!group_version())
		return;
	snprintf(controllers, sizeof(controllers), "+memory%s", more);
	delegate(parent());
	sweep_groups();
	do {
		if (base_lock > 0)
			close(base_lock);
		snprintf(base, sizeof(base), "%s/mymem-%s.XXXXXX", parent(),
			 program_invocation_short_name);
		must(mkdtemp(base) ? 0 : -1, base);
		base_lock = lock(base, 0);
	} while (access(base, F_OK) < 0);
	must(base_lock, base);
	must(chmod(base, 0755), base);
}

const char *group_base(void)
{
	return base;
}

static char *next_path(const char *name)
{
	static char paths[NAMES][8192];
	static unsigned int used;
	char *path = paths[used++ % NAMES];

	snprintf(path, sizeof(paths[0]), "%s/%s", base, name);
	return path;
}

const char *group_make(const char *name, int64_t limit)
{
	char *path = next_path(name);
	char *slash = strrchr(path, '/');

	*slash = '\0';
	delegate(path);
	*slash = '/';
	must(mkdir(path, 0755), path);
	if (limit)
		group_limit(path, limit);
	return path;
}

const char *group_make_threaded(const char *name)
{
	char *path = next_path(name);

	must(mkdir(path, 0755), path);
	check(group_put(path, "cgroup.type", "threaded"), "threads in", path);
	return path;
}

const char *group_make_unified(void)
{
	static char path[8192];

	if (group_version() == 2)
		return group_make("unified", 0);
	return find_twin(unified, base, path, sizeof(path)) &&
	       mkdir(path, 0755) == 0 ? path : NULL;
}

void group_join_few(int64_t most)
{
	char dir[8400];

	if (!find_twin(group_version() == 1 ? tasks : mount_point, base, dir,
		       sizeof(dir)))
		return;
	if (group_version() == 2)
		group_put(mount_point, "cgroup.subtree_control", "+pids");
	else if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return;
	if (group_put_bytes(dir, "pids.max", most) == 0 && group_version() == 1)
		group_join(dir, 0);
}

void group_end(void)
{
	if (!base[0])
		return;
	remove_all(base, PATIENCE);
	base[0] = '\0';
	close(base_lock);
	base_lock = 0;
}

void group_begin_if_any(void)
{
	if (!group_missing())
		group_begin("");
}

void group_end_if_any(void)
{
	if (!group_missing())
		group_end();
}

void group_set(const char *dir, const char *file, int64_t bytes)
{
	check(group_put_bytes(dir, file, bytes), file, dir);
}

void group_limit(const char *dir, int64_t bytes)
{
	group_set(dir, group_file(GROUP_LIMIT), bytes);
}

void group_join(const char *dir, pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	check(group_put(dir, "cgroup.procs", text), "join", dir);
}

void group_join_thread(const char *dir)
{
	check(group_put(dir, group_version() == 1 ? "tasks" : "cgroup.threads",
			"0"), "join", dir);
}
