/* SPDX-License-Identifier: MIT */
/*
 * Nothing is read without end: a sparse file of a terabyte in the place of each
 * file of a captured machine, and devices, fifos and such files over the
 * kernel's on the running system.  How many bytes were read is counted; an answer
 * promises no more than the truth, or says that something was not seen.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/lines.h"
#include "mymem.h"
#include "pread.h"
#include "suite.h"
#include "tree.h"

/* The other files, the rest of a buffer, and several passes. */
#define MOST  (16 * (int64_t)MYM__FILE_MOST)
#define TABLE (2 * (int64_t)MYM__TABLE_MOST + MOST)

static int64_t bytes;

static ssize_t after_pread(ssize_t n, int fd, void *buffer, size_t size)
{
	bytes += n > 0 ? n : 0;
	return n;
}

static bool is_table(const char *path)
{
	return strstr(path, "mountinfo") || strstr(path, "zoneinfo") ||
	       strstr(path, "numa_maps");
}

static int64_t bound_of(const char *path)
{
	return is_table(path) ? TABLE : MOST;
}

static char top[TREE_PATH];

static void make_top(void)
{
	tree_make(top);
}

static void remove_top(void)
{
	tree_remove(top);
}

/* A terabyte: what there was and then a hole, or nothing but the hole. */
static void make_hole(const char *path, const char *content, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, length), (int)length);
	ck_assert_int_eq(ftruncate(fd, INT64_C(1) << 40), 0);
	close(fd);
}

static const char *const machines[] = {
	"v2-limit-on-parent", "v1-limit-on-parent", "numa-list-with-gap",
	"numa-membind-policy", "commit-plain-user", "rlimit-as-and-data",
	"swap-v1-memsw", "host-slab-in-use",
	"psi-group-squeezed", "v2-min-nested", "v2-own-min-holds",
	"v2-sibling-protected", "v2-host-protected",
};

static char files[512][TREE_PATH];
static unsigned int count;

static int note_file(const char *path, const struct stat *st, int type,
		     struct FTW *ftw)
{
	(void)ftw;
	if (type == FTW_F && S_ISREG(st->st_mode) && count < MYM__COUNT(files))
		snprintf(files[count++], sizeof(files[0]), "%s", path);
	return 0;
}

/* A captured machine, and the list of its files. */
static void capture(const char *machine)
{
	char from[PATH_MAX];

	snprintf(from, sizeof(from), "%s/%s", FIXTURES, machine);
	tree_copy(from, top);
	nftw(top, note_file, 16, FTW_PHYS);
	ck_assert_uint_gt(count, 5);
	ck_assert_uint_lt(count, MYM__COUNT(files));
}

/* Whether an answer could be made. */
static bool ask(const char *sysroot, struct mym_snapshot *s)
{
	struct mym_ctx *ctx;
	int r;

	ck_assert_int_eq(mym_open(&ctx, sysroot, 0), 0);
	r = mym_snapshot(ctx, MYM_WANT_ALL, s, sizeof(*s));
	mym_close(ctx);
	ck_assert(r == 0 || r == -ENODATA);
	return r == 0;
}

static bool promises_more(const struct mym_snapshot *s,
			  const struct mym_snapshot *truth)
{
	uint64_t both = s->valid & truth->valid;

	return ((both & MYM_WANT_LIMIT) && s->limit > truth->limit) ||
	       ((both & MYM_WANT_AVAILABLE) &&
		s->available > truth->available);
}

static bool admits_it(const struct mym_snapshot *s)
{
	return s->flags & (MYM_FLAG_PARTIAL | MYM_FLAG_HEURISTIC |
			   MYM_FLAG_NO_CGROUP);
}

static void try_file(const char *machine, const char *path,
		     const struct mym_snapshot *truth)
{
	static char content[1 << 17];
	FILE *file = fopen(path, "r+");
	size_t length = fread(content, 1, sizeof(content), file);
	struct mym_snapshot s;

	ck_assert_uint_lt(length, sizeof(content));
	for (int whole = 0; whole < 2; whole++) {
		make_hole(path, content, whole ? length : 0);
		bytes = 0;
		if (ask(top, &s) && promises_more(&s, truth))
			ck_assert_msg(admits_it(&s),
				      "%s: %s: more than there is, and nothing "
				      "says so", machine, path);
		ck_assert_msg(bytes < bound_of(path), "%s: %s: %" PRId64
			      " bytes were read", machine, path, bytes);
	}
	ck_assert_int_eq(ftruncate(fileno(file), 0), 0);
	rewind(file);
	fwrite(content, 1, length, file);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(sparse_files)
{
	struct mym_snapshot truth, after;

	capture(machines[_i]);
	ck_assert(ask(top, &truth));
	for (unsigned int i = 0; i < count; i++)
		try_file(machines[_i], files[i], &truth);
	/* All is as it was. */
	ck_assert(ask(top, &after));
	truth.time = after.time;
	ck_assert_mem_eq(&after, &truth, sizeof(truth));
}
END_TEST

/* What protects the groups beside and above the process's is unknown: it may be
 * all they have. */
static const char *const protecting[] = {
	"v2-min-nested", "v2-min-nested-recursive", "v2-min-nested-unknown",
	"v2-min-shared", "v2-own-min-ends", "v2-own-min-holds",
	"v2-own-min-inside", "v2-sibling-protected", "v2-host-protected",
	"v2-host-protected-hidden",
};

static bool is_constraint(const char *path)
{
	struct mym_ctx *ctx;
	struct mym_snapshot s;
	bool found = false;

	ck_assert_int_eq(mym_open(&ctx, top, 0), 0);
	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s)), 0);
	for (unsigned int i = 0; i < s.constraints; i++) {
		const char *dir = mym_constraint_path(ctx, i);
		size_t length = strlen(dir);

		found = found || (strncmp(path, dir, length) == 0 &&
				  !strchr(path + length + 1, '/'));
	}
	mym_close(ctx);
	return found;
}

START_TEST(unreadable_groups)
{
	static const char *const contents[] = { "", "x\n" };
	unsigned int tried = 0, less = 0;
	struct mym_snapshot truth, s;

	capture(protecting[_i]);
	ck_assert(ask(top, &truth));
	for (unsigned int i = 0; i < count; i++) {
		const char *path = files[i] + strlen(top);
		const char *name = strrchr(path, '/') + 1;
		bool minimum = strcmp(name, "memory.min") == 0;
		char kept[TREE_PATH + 8];

		/* Those of a limited group are documented apart. */
		if (!minimum && ((strcmp(name, "memory.current") != 0 &&
				  strcmp(name, "memory.stat") != 0) ||
				 is_constraint(path)))
			continue;
		snprintf(kept, sizeof(kept), "%.*s.kept", TREE_PATH, files[i]);
		ck_assert_int_eq(rename(files[i], kept), 0);
		for (size_t j = 0; j < MYM__COUNT(contents); j++) {
			tree_write(top, path, contents[j]);
			ck_assert(ask(top, &s));
			ck_assert_msg(s.available <= truth.available,
				      "%s: %s: %" PRId64 " of %" PRId64,
				      protecting[_i], path, s.available,
				      truth.available);
			if (s.available < truth.available) {
				ck_assert_msg(s.flags & MYM_FLAG_PARTIAL,
					      "%s: %s", protecting[_i], path);
				less++;
			}
			ck_assert_int_eq(s.limit, truth.limit);
			tried++;
		}
		ck_assert_int_eq(rename(kept, files[i]), 0);
	}
	ck_assert_uint_gt(tried, 0);
	printf("# %s: %u tried, %u times less\n", protecting[_i], tried, less);
	fflush(stdout);
}
END_TEST

/* No machine is without memory: another file tells where it is. */
START_TEST(no_node_with_memory)
{
	static const char *const contents[] = { "", "\n", "x\n" };
	struct mym_snapshot truth, s;

	capture("numa-list-with-gap");
	ck_assert(ask(top, &truth));
	for (size_t i = 0; i < MYM__COUNT(contents); i++) {
		tree_write(top, "sys/devices/system/node/has_memory",
			   contents[i]);
		ck_assert(ask(top, &s));
		ck_assert_uint_ne(s.flags & MYM_FLAG_PARTIAL, 0);
		ck_assert_int_eq(s.limit, truth.limit);
		ck_assert_int_eq(s.available, truth.available);
	}
}
END_TEST

/* Mounts of our own, that nobody else sees. */
static bool private_mounts(void)
{
	if (unshare(CLONE_NEWNS) < 0 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return false;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static void look_once(const char *path, const char *what,
		      const struct mym_snapshot *truth)
{
	struct mym_ctx *ctx;
	struct mym_snapshot s;
	struct mym_watch *watch;
	struct mym_event event;

	bytes = 0;
	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	for (int i = 0; i < 3; i++) {
		int r = mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s));

		ck_assert(r == 0 || r == -ENODATA);
		if (r == 0 && (s.valid & MYM_WANT_LIMIT) &&
		    s.limit > truth->limit)
			ck_assert_msg(admits_it(&s), "%s over %s: more than "
				      "there is, and nothing says so", what, path);
	}
	mym_close(ctx);
	mym_limit();
	mym_available();
	mym_pressure();
	if (mym_watch_open(&watch, NULL, 0) == 0) {
		ck_assert_int_ge(mym_watch_next(watch, &event, sizeof(event)), 0);
		mym_watch_close(watch);
	}
	ck_assert_msg(bytes < 8 * bound_of(path), "%s over %s: %" PRId64
		      " bytes were read", what, path, bytes);
}

START_TEST(running_system)
{
	static const char *const paths[] = {
		"/proc/meminfo", "/proc/self/cgroup", "/proc/self/mountinfo",
		"/proc/self/status", "/proc/zoneinfo", "/proc/vmstat",
		"/proc/swaps", "/proc/pressure/memory", "/proc/self/uid_map",
		"/proc/sys/vm/overcommit_memory",
		"/proc/sys/vm/swappiness", "/sys/devices/system/node/has_memory",
		"/sys/devices/system/node/online", "/proc/sys/fs/dentry-state",
		"/sys/kernel/mm/lru_gen/enabled",
		"/sys/fs/cgroup/memory/memory.stat",
		"/sys/fs/cgroup/memory/memory.limit_in_bytes",
	};
	char sparse[TREE_PATH + 8], fifo[TREE_PATH + 8];
	const char *const things[] = { "/dev/zero", sparse, fifo };
	struct mym_snapshot truth, after;

	if (!private_mounts()) {
		printf("# no mounts of our own: not tested\n");
		return;
	}
	snprintf(sparse, sizeof(sparse), "%s/sparse", top);
	snprintf(fifo, sizeof(fifo), "%s/fifo", top);
	make_hole(sparse, "", 0);
	ck_assert_int_eq(mkfifo(fifo, 0644), 0);
	ck_assert(ask(NULL, &truth));
	ck_assert_int_eq(mym_set_max_age(0), 0);
	for (size_t i = 0; i < MYM__COUNT(paths); i++) {
		for (size_t j = 0; j < MYM__COUNT(things); j++) {
			if (mount(things[j], paths[i], NULL, MS_BIND, NULL) < 0)
				continue;
			look_once(paths[i], things[j], &truth);
			ck_assert_msg(umount2(paths[i], MNT_DETACH) == 0,
				      "%s: %s", paths[i], strerror(errno));
		}
	}
	ck_assert(ask(NULL, &after));
	ck_assert_int_eq(after.limit, truth.limit);
	ck_assert_uint_eq(after.flags, truth.flags);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("bounds");
	TCase *tc = tcase_create("all");

	tcase_add_checked_fixture(tc, make_top, remove_top);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, sparse_files, 0, MYM__COUNT(machines));
	tcase_add_loop_test(tc, unreadable_groups, 0,
			    MYM__COUNT(protecting));
	tcase_add_test(tc, no_node_with_memory);
	tcase_add_test(tc, running_system);
	suite_add_tcase(s, tc);
	return s;
}
