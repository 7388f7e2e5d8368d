/* SPDX-License-Identifier: MIT */
/* What memory.min keeps: the shares, the bounds of the search, and what a light
 * pass may take over. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "answer/merge.h"
#include "context.h"
#include "mymem.h"
#include "read/level.h"
#include "snapshot.h"
#include "suite.h"
#include "tree.h"

static struct mym_ctx *ctx;

/* Why a file cannot be opened; and whether the directory of the topmost group takes
 * the place of standard input. */
static const char *broken;
static int error;
static bool lowest, taken;

int __real_mym__root_below(const struct mym__root *root, int dir, const char *path,
			   enum mym__root_kind kind, bool *crossed_mount);
int __wrap_mym__root_below(const struct mym__root *root, int dir, const char *path,
			   enum mym__root_kind kind, bool *crossed_mount);
int __wrap_mym__root_below(const struct mym__root *root, int dir, const char *path,
			   enum mym__root_kind kind, bool *crossed_mount)
{
	int fd;

	if (broken && strcmp(path, broken) == 0)
		return error;
	fd = __real_mym__root_below(root, dir, path, kind, crossed_mount);
	/* The mount's was opened before. */
	if (lowest && fd > 0 && strcmp(path, ".") == 0 &&
	    (!taken || fcntl(STDIN_FILENO, F_GETFD) < 0)) {
		taken = true;
		dup2(fd, STDIN_FILENO);
		close(fd);
		fd = STDIN_FILENO;
	}
	return fd;
}

static void open_context(void)
{
	ram(1000);
	mount_v2("/", "/sys/fs/cgroup");
	ck_assert_int_eq(mym_open(&ctx, ".", 0), 0);
}

static void close_context(void)
{
	ctx = mym_close(ctx);
}

static const char *file(const char *group, const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "sys/fs/cgroup/%s/%s", group, name);
	return path;
}

/* In MiB; all that is used is cache. */
static void group(const char *name, int minimum, int used)
{
	put(file(name, "memory.min"), "%" PRId64 "\n", minimum * MIB);
	put(file(name, "memory.current"), "%" PRId64 "\n", used * MIB);
	put(file(name, "memory.stat"), "active_file %" PRId64 "\ninactive_file 0\n",
	    used * MIB);
}

/* A group of 200 MiB that is full of cache, and the process in it. */
static void pool(void)
{
	own_v2("/pool/own");
	group_v2("sys/fs/cgroup/pool", 200);
	group("pool", 0, 200);
	group("pool/own", 0, 0);
}

static int available(void)
{
	return (int)(look(ctx).available / MIB);
}

START_TEST(share)
{
	ck_assert_int_eq(mym__merge_share(100, 400, 400), 100);
	ck_assert_int_eq(mym__merge_share(100, 200, 400), 50);
	ck_assert_int_eq(mym__merge_share(0, 200, 400), 0);
	ck_assert_int_eq(mym__merge_share(3, 0, 7), 0);
	/* No product overflows. */
	ck_assert_int_eq(mym__merge_share(INT64_C(1) << 61, INT64_C(1) << 60,
					  INT64_C(1) << 62), INT64_C(1) << 59);
	ck_assert_int_eq(mym__merge_share(1, INT64_MAX - 1, INT64_MAX), 0);
}
END_TEST

/* "max" is all that a group has. */
START_TEST(without_end)
{
	pool();
	group("pool/box", 0, 50);
	put(file("pool/box", "memory.min"), "max\n");
	ck_assert_int_eq(available(), 200 - 50);
	ck_assert_uint_eq(look(ctx).flags & MYM_FLAG_PARTIAL, 0);
}
END_TEST

/* Where there are more groups than are looked at, all is safe that may be. */
START_TEST(many_groups)
{
	char name[64];

	pool();
	group("pool/box", 60, 100);
	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "pool/box/%d", i);
		dir(file(name, "."));
	}
	ck_assert_int_eq(available(), 200 - 60);
	group("pool/box/claims", 10, 50);
	ck_assert_int_eq(available(), 200 - 60);
	/* Of its cache no more than what its child claims stays. */
	put(file("pool/box", "memory.stat"), "active_file %" PRId64 "\n"
	    "inactive_file 0\n", 30 * MIB);
	ck_assert_int_eq(available(), 200 - 10);
	for (int i = 200; i < 300; i++) {
		snprintf(name, sizeof(name), "pool/box/%d", i);
		dir(file(name, "."));
	}
	ck_assert_int_eq(available(), 200 - 30);
}
END_TEST

START_TEST(deep_groups)
{
	char name[64] = "pool/box";

	pool();
	for (int i = 0; i < 4; i++) {
		group(name, 60, 100);
		put(file(name, "memory.stat"), "active_file %" PRId64 "\n"
		    "inactive_file 0\n", 30 * MIB);
		ck_assert_int_eq(available(), 200);
		strcat(name, "/x");
	}
	group(name, 60, 100);
	put(file(name, "memory.stat"), "active_file %" PRId64 "\n"
	    "inactive_file 0\n", 30 * MIB);
	ck_assert_int_eq(available(), 200 - 30);
}
END_TEST

/* The machine's numbers are not of one moment: what is free is nobody's. */
START_TEST(free_memory)
{
	own_v2("/own");
	put(file(".", "cgroup.controllers"), "memory\n");
	group("own", 0, 0);
	group("box", 60, 60);
	put("proc/meminfo", "MemTotal: %d kB\nMemFree: %d kB\n"
	    "MemAvailable: %d kB\nKReclaimable: 0 kB\nActive(file): 0 kB\n"
	    "Inactive(file): %d kB\n", 5000 * 1024, 100 * 1024, 200 * 1024,
	    100 * 1024);
	ck_assert_int_eq(available(), 200 - 60);
	ck_assert_int_eq(look(ctx).host_available, 200 * MIB);
	/* But for what MemAvailable leaves out, which is some 5000 / 64. */
	group("box", 190, 190);
	ck_assert_int_eq(available(), 100 - 79);
}
END_TEST

/* What was found bare is not looked at again for a while; a limit that was not
 * there before is a reason to look. */
START_TEST(light_pass)
{
	struct mym_snapshot last, again;

	pool();
	group("pool/box", 0, 100);
	put(file("pool", "memory.max"), "max\n");
	last = look(ctx);
	put(file("pool", "memory.max"), "%" PRId64 "\n", 200 * MIB);
	group("pool/box", 60, 100);
	ck_assert_int_eq(mym__snapshot_light(ctx, MYM_WANT_AVAILABLE,
					     last.time + 1, &again),
			 0);
	ck_assert_int_eq(again.available / MIB, 200 - 60);
	ck_assert_int_eq(ctx->known_at, last.time);
}
END_TEST

/* What the groups below the pool keep, in a pass that remembers what the last one
 * found of them; below a sysroot no other does. */
static int kept(struct mym__scan *scan)
{
	const struct mym__places *places = &ctx->result->places;
	struct mym__scan scans[] = { { 0 }, *scan, { 0 }, { 0 } };
	struct mym_constraint pool = {
		.kind = MYM_KIND_CGROUP,
		.valid = MYM_WANT_LIMIT | MYM_WANT_USED | MYM_WANT_RECLAIMABLE,
		.limit = 200 * MIB,
		.used = 200 * MIB,
		.reclaimable = 200 * MIB,
	};
	struct mym__pass pass = {
		.root = &ctx->root,
		.places = places,
		.buffer = ctx->buffer,
		.size = sizeof(ctx->buffer),
		.found = &ctx->result->next,
		.scans = scans,
	};
	struct level level = {
		.pass = &pass,
		.dialect = places->dialect,
		.dir = mym__group_dir(&ctx->root, places, &places->at[1],
				      &pass.mount),
		.constraint = &pool,
	};
	int64_t bytes = mym__protection_of_group(&level);

	mym__group_dir_close(&level.dir);
	mym__group_mount_close(&pass.mount);
	*scan = scans[1];
	return bytes == INT64_MAX ? -1 : (int)(bytes / MIB);
}

/* Many groups are not looked at in each pass, unless something of them could not
 * be read. */
START_TEST(remembered)
{
	struct mym__scan scan = { 0 };
	char name[64];

	pool();
	look(ctx);
	for (int i = 1; i < 8; i++) {
		snprintf(name, sizeof(name), "pool/%d", i);
		group(name, i == 1 ? 60 : 0, 100);
	}
	ck_assert_int_eq(kept(&scan), 60);
	ck_assert_int_eq(scan.until, 0);
	group("pool/8", 0, 100);
	ck_assert_int_eq(kept(&scan), 60);
	ck_assert_int_gt(scan.until, 0);
	/* For as long as it is remembered. */
	scan.until = INT64_MAX;
	group("pool/1", 30, 100);
	ck_assert_int_eq(kept(&scan), 60);
	/* Which the clock of another time namespace may not have reached. */
	scan.since = INT64_MAX;
	ck_assert_int_eq(kept(&scan), 30);
	ck_assert_int_lt(scan.since, INT64_MAX);
	group("pool/1", 60, 100);
	scan.until = INT64_MAX;
	ck_assert_int_eq(kept(&scan), 30);
	group("pool/1", 30, 100);
	scan.until = 0;
	ck_assert_int_eq(kept(&scan), 30);
	ck_assert_int_gt(scan.until, 0);
	scan.until = 0;
	put(file("pool/1", "memory.min"), "?\n");
	kept(&scan);
	ck_assert_int_eq(scan.until, 0);
	/* Not what is still known to be bare. */
	ck_assert_uint_eq(ctx->result->next.bare, 0);
	group("pool/1", 0, 100);
	ck_assert_int_eq(kept(&scan), 0);
	ck_assert_int_gt(scan.until, 0);
	ck_assert_uint_ne(ctx->result->next.bare, 0);
}
END_TEST

/* A group that was removed meanwhile keeps nothing, nor one without the file. */
START_TEST(box_is_gone)
{
	static const struct {
		int error;
		bool known;
	} rows[] = {
		{ -ENOENT, true },  { -ENODEV, true }, { -ENOTDIR, true },
		{ -EACCES, false },
	};

	pool();
	group("pool/box", 60, 100);
	ck_assert_int_eq(available(), 200 - 60);
	broken = "box/memory.min";
	error = rows[_i].error;
	ck_assert_int_eq(look(ctx).flags & MYM_FLAG_PARTIAL,
			 rows[_i].known ? 0 : MYM_FLAG_PARTIAL);
	if (rows[_i].known)
		ck_assert_int_eq(available(), 200);
	else
		ck_assert_int_lt(available(), 200 - 60);
}
END_TEST

/* How much the group grows before reclaim comes to it is unknown where its usage is:
 * what it keeps then counts as that of any other. */
START_TEST(usage_is_unknown)
{
	struct mym_constraint c;

	pool();
	group("pool/own", 60, 100);
	look(ctx);
	ck_assert_int_eq(mym_constraint(ctx, 1, &c, sizeof(c)), 0);
	ck_assert_int_eq(c.reclaimable, 200 * MIB);
	mym_close(ctx);
	gone("sys/fs/cgroup/pool/memory.current");
	dir("sys/fs/cgroup/pool/memory.current");
	ck_assert_int_eq(mym_open(&ctx, ".", 0), 0);
	look(ctx);
	ck_assert_int_eq(mym_constraint(ctx, 1, &c, sizeof(c)), 0);
	ck_assert_uint_ne(c.failed & MYM_WANT_USED, 0);
	ck_assert_int_eq(c.reclaimable, (200 - 60) * MIB);
}
END_TEST

/* The directory of the machine's groups has the lowest descriptor. */
START_TEST(standard_input_closed)
{
	struct mym_snapshot s;

	own_v2("/");
	put(file("", "cgroup.controllers"), "memory\n");
	group("box", 60, 100);
	put("proc/meminfo", "MemTotal: %d kB\nMemFree: %d kB\nMemAvailable: %d kB\n"
	    "Active(file): %d kB\nInactive(file): 0 kB\nSReclaimable: 0 kB\n",
	    1000 << 10, 100 << 10, 600 << 10, 500 << 10);
	ck_assert_int_eq(available(), 600 - 60);
	lowest = true;
	s = look(ctx);
	ck_assert_int_eq(s.available, (600 - 60) * MIB);
	ck_assert_uint_eq(s.flags & MYM_FLAG_PARTIAL, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("protection");
	TCase *c = tree_tcase("memory.min");

	tcase_add_checked_fixture(c, open_context, close_context);
	tcase_add_test(c, share);
	tcase_add_test(c, without_end);
	tcase_add_test(c, many_groups);
	tcase_add_test(c, deep_groups);
	tcase_add_test(c, free_memory);
	tcase_add_test(c, light_pass);
	tcase_add_test(c, remembered);
	tcase_add_loop_test(c, box_is_gone, 0, 4);
	tcase_add_test(c, usage_is_unknown);
	tcase_add_test(c, standard_input_closed);
	suite_add_tcase(s, c);
	return s;
}
