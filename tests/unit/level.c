/* SPDX-License-Identifier: MIT */
/* The files of a group: which are kept, and what becomes of those that something is
 * mounted over.  There is no openat2(2), and what a file is on is said here. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "answer/findings.h"
#include "base/compiler.h"
#include "base/kernel.h"
#include "mymem.h"
#include "read/level.h"
#include "suite.h"
#include "tree.h"

#define TMPFS_MAGIC 0x01021994u

static unsigned int over_limit; /* what memory.max is on; 0: cgroupfs, like all */

static bool limit_is_denied; /* how many descriptors there may be */

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
	long a[4];
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 4; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_openat || (number == SYS_prlimit64 && !limit_is_denied))
		return __real_syscall(number, a[0], a[1], a[2], a[3]);
	if (number == SYS_prlimit64) {
		errno = EPERM;
		return -1;
	}
	ck_assert_int_eq(number, SYS_openat2);
	errno = ENOSYS;
	return -1;
}

#define WRAP_FSTATFS(name, type)                                          \
	int __wrap_##name(int fd, type *st);                              \
	int __wrap_##name(int fd, type *st)                               \
	{                                                                 \
		st->f_type = (__typeof__(st->f_type))magic_of(fd);        \
		return 0;                                                 \
	}

static unsigned int magic_of(int fd)
{
	char name[32], file[PATH_MAX] = "";

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	ck_assert_int_gt(readlink(name, file, sizeof(file) - 1), 0);
	return over_limit && strstr(file, "memory.max") ? over_limit :
							  MYM__CGROUP2_MAGIC;
}
WRAP_FSTATFS(fstatfs, struct statfs)
WRAP_FSTATFS(fstatfs64, struct statfs)

static char here[PATH_MAX];
static struct mym__root root;
static struct mym__place place[2];
static struct mym__places places;
static struct mym__findings findings;
static struct mym__limit_watch limits;
static struct mym__file files[MYM__GROUP_FILES];
static unsigned int count;
static struct mym__pass pass;
static struct level level;

static void begin(void)
{
	group_v2("own", 100);
	ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
	root = (struct mym__root){ .fd = -1 };
	place[0].mount = place[1].mount = here;
	place[0].below = place[1].below = (char *)"own";
	places = (struct mym__places){
		.dialect = &mym__dialect_v2, .at = place, .count = 2,
	};
	limits = (struct mym__limit_watch){ .wanted = true };
	mym__limit_watch_begin(&limits, MYM_WANT_LIMIT, true);
	ck_assert_int_eq(limits.state, MYM__LIMITS_WATCHED);
	pass = (struct mym__pass){
		.root = &root,
		.places = &places,
		.found = &findings,
		.kept = &count,
		.limits = &limits,
	};
	level = (struct level){
		.pass = &pass,
		.dialect = &mym__dialect_v2,
		.dir = mym__group_dir(&root, &places, &place[0], NULL),
		.files = files,
	};
}

static void end(void)
{
	mym__group_dir_close(&level.dir);
	mym__file_forget(files, MYM__GROUP_FILES);
	mym__limit_watch_end(&limits);
}

/* Opens a file and gives it back: 0, or why it cannot be opened. */
static int got(enum level_file which)
{
	struct mym__open open = mym__level_get(&level, which);
	int r = open.fd;

	if (r >= 0)
		mym__pass_put(&pass, open, 0);
	return r < 0 ? r : 0;
}

START_TEST(kept)
{
	struct mym__open open;

	ck_assert_int_eq(got(LEVEL_LIMIT), 0);
	ck_assert_int_ge(files[LEVEL_LIMIT].fd, 64);
	ck_assert_uint_eq(count, 1);
	open = mym__level_get(&level, LEVEL_LIMIT);
	ck_assert(open.kept);
	ck_assert_int_eq(open.fd, files[LEVEL_LIMIT].fd);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(findings.flags, 0);
	ck_assert_int_eq(limits.state, MYM__LIMITS_WATCHED);
	/* As many as a program can spare. */
	count = MYM__GROUP_FILES_KEPT - 1;
	ck_assert_int_eq(got(LEVEL_USAGE), 0);
	ck_assert_int_gt(files[LEVEL_USAGE].fd, 0);
	ck_assert_uint_eq(count, MYM__GROUP_FILES_KEPT);
	open = mym__level_get(&level, LEVEL_STAT);
	ck_assert_int_gt(open.fd, STDERR_FILENO);
	mym__pass_put(&pass, open, 0);
	ck_assert_int_eq(files[LEVEL_STAT].fd, 0);
	ck_assert_uint_eq(count, MYM__GROUP_FILES_KEPT);
	/* None, of which there is no table, or no name. */
	level.files = NULL;
	count = 0;
	open = mym__level_get(&level, LEVEL_LIMIT);
	ck_assert(!open.kept && !open.file);
	mym__pass_put(&pass, open, 0);
	level.dialect = &mym__dialect_v1;
	ck_assert_int_eq(got(LEVEL_HIGH), -ENOENT);
}
END_TEST

/* No descriptor may be as high as those that are kept: it is read, and not kept. */
START_TEST(none_is_high)
{
	struct rlimit before, few;

	ck_assert_int_eq(mym__level_dir(&level) < 0, 0);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = (struct rlimit){ 60, before.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	ck_assert_int_eq(got(LEVEL_LIMIT), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	ck_assert_int_eq(files[LEVEL_LIMIT].fd, 0);
	ck_assert_uint_eq(count, 0);
}
END_TEST

/* The process has left it, or it was removed. */
START_TEST(group_is_gone)
{
	gone("own");
	ck_assert_int_eq(mym__level_dir(&level), -ENOENT);
	ck_assert_uint_ne(pass.trouble & MYM__PASS_STALE, 0);
}
END_TEST

/* What FUSE has is believed, but may be another file next time, and nobody tells of
 * writes to it; anything else means nothing to the kernel. */
START_TEST(mounted_over)
{
	static const struct {
		unsigned int magic;
		int result;
		bool first; /* it gets descriptor 0 */
	} rows[] = {
		{ MYM__FUSE_MAGIC, 0, false },
		{ MYM__FUSE_MAGIC, 0, true },
		{ TMPFS_MAGIC, -EXDEV, false },
		{ TMPFS_MAGIC, -EXDEV, true },
	};

	if (rows[_i].first)
		close(STDIN_FILENO);
	over_limit = rows[_i].magic;
	ck_assert_int_eq(got(LEVEL_USAGE), 0);
	ck_assert_uint_eq(findings.flags, 0);
	ck_assert_int_eq(limits.state, MYM__LIMITS_WATCHED);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(got(LEVEL_LIMIT),
				 rows[_i].result);
		ck_assert_int_eq(files[LEVEL_LIMIT].fd, 0);
		ck_assert_uint_eq(findings.flags, MYM_FLAG_UNVERIFIED);
		ck_assert_int_eq(limits.state, MYM__LIMITS_REFUSED);
		/* In a pass that does not listen there is nothing to end. */
		pass.limits = NULL;
		findings.flags = 0;
	}
	ck_assert_uint_eq(count, 1);
	/* On no cgroupfs at all every file is what it is. */
	mym__group_dir_close(&level.dir);
	places.are = MYM__PLACES_LOOKALIKE;
	level.dir = mym__group_dir(&root, &places, &place[0], NULL);
	ck_assert_int_eq(got(LEVEL_LIMIT), 0);
	ck_assert_uint_eq(findings.flags, 0);
}
END_TEST

/* What the machine's root group lacks is not looked for again; another group may
 * get it. */
START_TEST(absent)
{
	gone("own/memory.max");
	ck_assert_int_eq(got(LEVEL_LIMIT), -ENOENT);
	ck_assert_int_eq(files[LEVEL_LIMIT].fd, 0);
	/* There is nothing to listen to, which is as well. */
	ck_assert_int_eq(limits.state, MYM__LIMITS_WATCHED);
	places.are = MYM__PLACES_ROOT;
	ck_assert_int_eq(got(LEVEL_LIMIT), -ENOENT);
	ck_assert_int_eq(files[LEVEL_LIMIT].fd, 0);
	level.dir.place = &place[1];
	places.are = MYM__PLACES_PROVEN;
	ck_assert_int_eq(got(LEVEL_LIMIT), -ENOENT);
	ck_assert_int_eq(files[LEVEL_LIMIT].fd, 0);
	places.are = MYM__PLACES_ROOT;
	/* That it cannot be opened is another matter. */
	ck_assert_int_eq(symlink("memory.max", "own/memory.max"), 0);
	ck_assert_int_eq(got(LEVEL_LIMIT), -ELOOP);
	ck_assert_int_eq(files[LEVEL_LIMIT].fd, 0);
	gone("own/memory.max");
	ck_assert_int_eq(got(LEVEL_LIMIT), -ENOENT);
	ck_assert_int_eq(files[LEVEL_LIMIT].fd, -1);
	put("own/memory.max", "1\n");
	ck_assert_int_eq(got(LEVEL_LIMIT), -ENOENT);
	gone("own/memory.max");
	level.files = NULL;
	ck_assert_int_eq(got(LEVEL_LIMIT), -ENOENT);
}
END_TEST

/* Where the group cannot be seen what is open tells, and nothing is opened. */
START_TEST(sealed)
{
	ck_assert_int_eq(got(LEVEL_LIMIT), 0);
	pass.sealed = true;
	ck_assert_int_eq(got(LEVEL_LIMIT), 0);
	ck_assert_int_eq(got(LEVEL_USAGE), -ESTALE);
	ck_assert_int_eq(mym__level_dir(&level), -ESTALE);
	pass.sealed = false;
	ck_assert_int_ge(mym__level_dir(&level), 0);
}
END_TEST

/* Of the files of a group only its limits are listened to. */
START_TEST(listened_to)
{
	static const struct {
		enum level_file which;
		const char *name;
		bool limit;
	} rows[] = {
		{ LEVEL_LIMIT, "memory.max", true },
		{ LEVEL_HIGH, "memory.high", true },
		{ LEVEL_SWAP_LIMIT, "memory.swap.max", true },
		{ LEVEL_SWAP_HIGH, "memory.swap.high", true },
		{ LEVEL_USAGE, "memory.current", false },
		{ LEVEL_STAT, "memory.stat", false },
		{ LEVEL_SWAP_USAGE, "memory.swap.current", false },
		{ LEVEL_EVENTS, "memory.events", false },
		{ LEVEL_PRESSURE, "memory.pressure", false },
	};
	char path[64];

	put("own/memory.swap.max", "1\n");
	put("own/memory.swap.high", "1\n");
	put("own/memory.swap.current", "1\n");
	put("own/memory.events", "oom 1\n");
	put("own/memory.pressure", "some\n");
	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		ck_assert_int_eq(got(rows[i].which), 0);
		ck_assert(mym__limit_watch_quiet(&limits));
		snprintf(path, sizeof(path), "own/%s", rows[i].name);
		put(path, "2\n");
		ck_assert_msg(mym__limit_watch_quiet(&limits) != rows[i].limit,
			      "%s", rows[i].name);
		mym__limit_watch_begin(&limits, MYM_WANT_LIMIT, true);
	}
}
END_TEST

/* Whether one more is kept when so many were, and then how many are. */
static bool keeps_one_more(unsigned int before, unsigned int after)
{
	bool is;

	count = before;
	ck_assert_int_eq(got(LEVEL_LIMIT), 0);
	is = files[LEVEL_LIMIT].fd > 0;
	mym__file_forget(files, MYM__GROUP_FILES);
	ck_assert_uint_eq(count, after);
	return is;
}

/* The last one is the first with a number that the program may be short of. */
START_TEST(spared)
{
	const unsigned int all = MYM__GROUP_FILES_KEPT,
			   some = MYM__GROUP_FILES_SPARED;
	struct rlimit old, few;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = (struct rlimit){ .rlim_cur = 140, .rlim_max = old.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	ck_assert(keeps_one_more(some, some + 1));
	few.rlim_cur = 100;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	ck_assert(keeps_one_more(some - 1, some));
	ck_assert(keeps_one_more(some, all));
	ck_assert(!keeps_one_more(all, all));
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
	ck_assert(keeps_one_more(some, some + 1));
	limit_is_denied = true;
	ck_assert(keeps_one_more(some - 1, some));
	ck_assert(keeps_one_more(some, all));
	limit_is_denied = false;
}
END_TEST

/* One that is not kept, and has the lowest descriptor. */
START_TEST(listened_to_as_standard_input)
{
	close(STDIN_FILENO);
	count = MYM__GROUP_FILES_KEPT;
	ck_assert_int_eq(got(LEVEL_LIMIT), 0);
	ck_assert(mym__limit_watch_quiet(&limits));
	put("own/memory.max", "1\n");
	ck_assert(!mym__limit_watch_quiet(&limits));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("level");
	TCase *tc = tree_tcase("all");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, kept);
	tcase_add_test(tc, spared);
	tcase_add_test(tc, none_is_high);
	tcase_add_test(tc, group_is_gone);
	tcase_add_loop_test(tc, mounted_over, 0, 4);
	tcase_add_test(tc, absent);
	tcase_add_test(tc, sealed);
	tcase_add_test(tc, listened_to);
	tcase_add_test(tc, listened_to_as_standard_input);
	suite_add_tcase(s, tc);
	return s;
}
