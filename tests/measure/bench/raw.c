/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fail.h"
#include "group.h"
#include "raw.h"

#define FILES_MAX 512
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define OWN (RAW_AVAILABLE | RAW_HOST | RAW_ALL)

/* Which sets a file is in: that of the process's group, and those of the groups
 * above it. */
static const struct {
	const char *names[3]; /* [version]; [0]: the machine's */
	int own;
	int above;
	int root; /* of the mount, where nothing can be limited */
} files[] = {
	{ { "/proc/self/cgroup" }, RAW_ALL | RAW_FIRST, 0, 0 },
	{ { NULL, "memory.limit_in_bytes", "memory.max" },
	  OWN | RAW_LIMIT | RAW_USAGE | RAW_LIMITS | RAW_FIRST,
	  RAW_ALL | RAW_LIMITS | RAW_FIRST, RAW_ALL | RAW_FIRST },
	{ { NULL, "memory.usage_in_bytes", "memory.current" },
	  OWN | RAW_USAGE, RAW_ALL, RAW_ALL },
	{ { NULL, "memory.stat", "memory.stat" },
	  OWN | RAW_STATS, RAW_ALL | RAW_STATS, RAW_ALL },
	{ { NULL, NULL, "memory.high" }, OWN | RAW_FIRST, RAW_ALL | RAW_FIRST,
	  RAW_ALL },
	/* Limits of groups that cannot be seen, and whether groups have those
	 * of the groups above them. */
	{ { NULL, "memory.stat" }, RAW_FIRST, 0, 0 },
	{ { NULL, "memory.memsw.limit_in_bytes" }, RAW_FIRST, 0, 0 },
	{ { NULL, "memory.use_hierarchy" }, 0, 0, RAW_FIRST },
	{ { NULL, "cgroup.sane_behavior" }, 0, 0, RAW_FIRST },
	{ { NULL, "memory.memsw.limit_in_bytes", "memory.swap.max" },
	  RAW_ALL, RAW_ALL, RAW_ALL },
	{ { NULL, "memory.memsw.usage_in_bytes", "memory.swap.current" },
	  RAW_ALL, RAW_ALL, RAW_ALL },
	{ { NULL, NULL, "memory.swap.high" }, RAW_ALL, RAW_ALL, RAW_ALL },
	{ { NULL, "memory.oom_control", "memory.events" }, RAW_ALL, 0, 0 },
	{ { NULL, NULL, "memory.pressure" }, RAW_ALL, 0, 0 },
	{ { "/proc/meminfo" }, RAW_HOST | RAW_ALL | RAW_FIRST, 0, 0 },
	{ { "/proc/sys/vm/overcommit_memory" }, RAW_ALL | RAW_FIRST, 0, 0 },
	{ { "/sys/devices/system/node/has_memory" }, RAW_ALL | RAW_FIRST, 0, 0 },
};

/* A page will do for most.  For a file of /proc/sys the kernel takes as much memory
 * as the reader has (proc_sys_call_handler() in fs/proc/proc_sysctl.c). */
#define PAGE 4096
static char buffer[65536];

static struct {
	int count;
	int fds[FILES_MAX];
	size_t sizes[FILES_MAX];
} sets[RAW_SETS];

/* Of RAW_FIRST: groups relative to the mount. */
static char *first[FILES_MAX];

static int index_of(int set)
{
	return __builtin_ctz((unsigned int)set);
}

void raw_add(const char *path)
{
	int *count = &sets[index_of(RAW_FIRST)].count;
	size_t mount = strlen(group_mount());

	if (*count == FILES_MAX)
		fail("too many files");
	if (access(path, R_OK) < 0)
		return;
	if (strncmp(path, group_mount(), mount) == 0)
		path += mount + 1;
	first[*count] = strdup(path);
	must(first[*count] ? 0 : -1, "memory");
	++*count;
}

static void add(const char *path, int which)
{
	ssize_t size;
	int fd;

	if (which & RAW_FIRST)
		raw_add(path);
	which &= ~RAW_FIRST;
	for (int i = 0; i < RAW_SETS; i++) {
		if (!(which & 1 << i))
			continue;
		if (sets[i].count == FILES_MAX)
			fail("too many files");
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		size = pread(fd, buffer, sizeof(buffer), 0);
		sets[i].sizes[sets[i].count] = size < PAGE ? PAGE : sizeof(buffer);
		sets[i].fds[sets[i].count++] = fd;
	}
}

/* Reclaim of a limited group above tells by its stalls, and leaves memory.min to the
 * group below it. */
static void add_reclaim(const char *dir, const char *below, int wanted)
{
	char path[20000];

	snprintf(path, sizeof(path), "%s/memory.pressure", dir);
	add(path, RAW_ALL & wanted);
	snprintf(path, sizeof(path), "%s/memory.min", below);
	add(path, RAW_ALL & wanted);
}

static void add_group(const char *dir, int level, int wanted, int version)
{
	char path[20000];

	for (size_t i = 0; i < COUNT(files); i++) {
		int which = level == 0 ? files[i].own : files[i].above;

		if (!files[i].names[version])
			continue;
		if (level > 0 && strcmp(dir, group_mount()) == 0)
			which = files[i].root;
		snprintf(path, sizeof(path), "%s/%s", dir,
			 files[i].names[version]);
		add(path, which & wanted);
	}
}

/* The library keeps descriptors of many groups only in the lower half of the numbers
 * that a process may have, which those of here would take. */
static void make_room(void)
{
	struct rlimit numbers;

	must(getrlimit(RLIMIT_NOFILE, &numbers), "getrlimit");
	numbers.rlim_cur = numbers.rlim_max;
	must(setrlimit(RLIMIT_NOFILE, &numbers), "setrlimit");
}

void raw_open(int wanted)
{
	struct mym_ctx *ctx;
	struct mym_snapshot snapshot;
	struct mym_constraint one;
	bool v1_host = false;

	make_room();
	must(mym_open(&ctx, NULL, 0), "mym_open");
	if (mym_snapshot(ctx, MYM_WANT_ALL, &snapshot, sizeof(snapshot)) < 0)
		fail("no snapshot");
	for (unsigned int i = 0; i < snapshot.constraints; i++) {
		if (mym_constraint(ctx, i, &one, sizeof(one)) < 0 ||
		    one.kind != MYM_KIND_CGROUP)
			continue;
		add_group(mym_constraint_path(ctx, i), (int)i, wanted,
			  (int)snapshot.cgroup_version);
		if (i > 0 && snapshot.cgroup_version == 2 &&
		    (one.valid & (MYM_WANT_LIMIT | MYM_WANT_HIGH)))
			add_reclaim(mym_constraint_path(ctx, i),
				    mym_constraint_path(ctx, i - 1), wanted);
	}
	/* Whether slab goes back, of which v1 counts none. */
	if (snapshot.cgroup_version == 2)
		add("/proc/sys/vm/vfs_cache_pressure", RAW_ALL & wanted);
	v1_host = snapshot.psi_scope != MYM_SCOPE_CGROUP;
	mym_close(ctx);
	for (size_t i = 0; i < COUNT(files); i++) {
		if (files[i].names[0])
			add(files[i].names[0], files[i].own & wanted);
	}
	if (v1_host)
		add("/proc/pressure/memory", RAW_ALL & wanted);
}

bool raw_have(const struct row *row)
{
	return sets[index_of(row->number)].count > 0;
}

static int64_t read_all(int set)
{
	int which = index_of(set);
	int64_t sum = 0;

	for (int i = 0; i < sets[which].count; i++)
		sum += pread(sets[which].fds[i], buffer, sets[which].sizes[i], 0);
	return sum;
}

static int64_t read_first(void)
{
	const int flags = O_RDONLY | O_CLOEXEC;
	int dir = open(group_mount(), flags | O_PATH | O_DIRECTORY);
	int64_t sum = 0;

	for (int i = 0; i < sets[index_of(RAW_FIRST)].count; i++) {
		int fd = openat(dir, first[i], flags);
		ssize_t size;

		do {
			size = read(fd, buffer, sizeof(buffer));
			sum += size;
		} while (size == sizeof(buffer));
		close(fd);
	}
	close(dir);
	return sum;
}

BATCH(run_all, read_all(row->number))
BATCH(run_first, read_first())

void raw_run(const struct row *row, long calls)
{
	(row->number == RAW_FIRST ? run_first : run_all)(row, calls);
}

const struct row raw_rows[] = {
	ROW("raw preads", "limit", RAW(RAW_LIMIT)),
	ROW("raw preads", "usage, limit", RAW(RAW_USAGE)),
	ROW("raw preads", "usage, limit, stat", RAW(RAW_AVAILABLE)),
	ROW("raw preads", "usage, limit, stat, MemAvailable", RAW(RAW_HOST)),
	ROW("raw preads", "all files of MYM_WANT_ALL", RAW(RAW_ALL)),
	{ 0 }
};
