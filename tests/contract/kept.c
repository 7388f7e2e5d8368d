/* SPDX-License-Identifier: MIT */
/*
 * Descriptors that are kept, and a program that closes them and uses their
 * numbers for files of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"
#include "context.h"
#include "descriptors.h"
#include "group.h"
#include "libc.h"
#include "mymem.h"
#include "snapshot.h"
#include "suite.h"
#include "units.h"
#include "wrap.h"

/* What the group has that is made for a test, where one can be made: enough for 200
 * generations of children and what a sanitizer takes in each.  And what the test
 * takes of it. */
#define LIMIT (2048 * MIB)
#define TAKEN (8 * MIB)

static struct mym_ctx *ctx;
static int64_t limit, most;

/* Until the simple calls read again what seldom changes. */
static void seldom(void)
{
	usleep(MYM__SELDOM / 1000 + 1);
}

/* The first pass keeps little, the next whole one the rest. */
static void begin(void)
{
	static char taken[TAKEN];
	struct mym_snapshot s;
	char name[32];

	if (!group_missing()) {
		snprintf(name, sizeof(name), "kept-%d", (int)getpid());
		group_join(group_make(name, LIMIT), 0);
	}
	memset(taken, 1, sizeof(taken));
	/* Nobody reads it, and a compiler may know. */
	__asm__ volatile("" : : "r"(taken) : "memory");

	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	mym_set_max_age(0);
	for (int pass = 0; pass < 2; pass++) {
		ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s)),
				 0);
		ck_assert_int_ge(mym_pressure(), 0);
		seldom();
	}
	limit = s.limit;
	most = limit - TAKEN;
}

static void end(void)
{
	mym_close(ctx);
}

/* The limit does not change while this runs; other numbers may. */
static void ask(void)
{
	struct mym_snapshot s = { 0 };
	int64_t available;

	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s)), 0);
	ck_assert_int_eq(s.limit, limit);
	ck_assert_uint_eq(s.flags & MYM_FLAG_PARTIAL, 0);
	ck_assert_int_le(s.available, most);
	ck_assert_int_eq(mym_limit(), limit);
	available = mym_available();
	ck_assert_int_ge(available, 0);
	ck_assert_int_le(available, most);
	ck_assert_int_ge(mym_pressure(), 0);
}

START_TEST(are_kept)
{
	int fds[DESCRIPTORS_MAX], again[DESCRIPTORS_MAX];
	unsigned int count = high_descriptors(fds);

	ck_assert_uint_gt(count, 6);
	for (int i = 0; i < 100; i++)
		ask();
	ck_assert_uint_eq(high_descriptors(again), count);
	ck_assert_mem_eq(fds, again, count * sizeof(*fds));
}
END_TEST

/* Who asks once needs no more than what tells whether all is where it was. */
START_TEST(little_at_first)
{
	int fds[DESCRIPTORS_MAX];
	unsigned int before = high_descriptors(fds), first;
	struct mym_ctx *other;
	struct mym_snapshot s;

	ck_assert_int_eq(mym_open(&other, NULL, 0), 0);
	ck_assert_int_eq(mym_snapshot(other, MYM_WANT_ALL, &s, sizeof(s)), 0);
	first = high_descriptors(fds);
	ck_assert_uint_le(first, before + 3);
	ck_assert_int_eq(mym_snapshot(other, MYM_WANT_ALL, &s, sizeof(s)), 0);
	ck_assert_uint_gt(high_descriptors(fds), first + 3);
	mym_close(other);
	ck_assert_uint_eq(high_descriptors(fds), before);
}
END_TEST

/* The machine's PSI may stand in for the group's, and is kept then. */
static void assert_held(unsigned int count)
{
	int fds[DESCRIPTORS_MAX];
	unsigned int now;

	ck_assert_uint_le(high_descriptors(fds), count + 2);
	/* The first may read without keeping. */
	seldom();
	ask();
	seldom();
	ask();
	now = high_descriptors(fds);
	ck_assert_uint_ge(now + 2, count);
	ck_assert_uint_le(now, count + 2);
}

START_TEST(closed)
{
	int fds[DESCRIPTORS_MAX];
	unsigned int count = high_descriptors(fds);

	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(close_range(64, ~0U, 0), 0);
		ask();
		ask();
		assert_held(count);
	}
	/* One at a time. */
	for (unsigned int i = 0; i < count; i++) {
		close(fds[i]);
		ask();
		ask();
	}
	assert_held(count);
}
END_TEST

static int lie(void)
{
	int fd = memfd_create("999", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "999\n", 4), 4);
	return fd;
}

static int number_of_machine(void)
{
	return open("/proc/sys/vm/user_reserve_kbytes", O_RDONLY);
}

static int pipe_end(void)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], "777\n", 4), 4);
	return ends[0];
}

static int (*const others[])(void) = { lie, number_of_machine, pipe_end };

/* Somebody else's file is not believed, not closed, and not read from. */
START_TEST(reused)
{
	int other = others[_i](), fds[DESCRIPTORS_MAX];
	unsigned int count = high_descriptors(fds), found = 0;
	struct stat is, was;
	char text[8];

	ck_assert_int_eq(fstat(other, &was), 0);
	for (unsigned int i = 0; i < count; i++) {
		ck_assert_int_eq(dup2(other, fds[i]), fds[i]);
		ask();
		ck_assert_int_eq(fstat(fds[i], &is), 0);
		found += is.st_dev == was.st_dev && is.st_ino == was.st_ino;
	}
	/* All at once. */
	for (unsigned int i = 0; i < count; i++)
		dup2(other, fds[i]);
	ask();
	mym_close(ctx);
	ctx = NULL;
	for (unsigned int i = 0; i < count; i++) {
		ck_assert_int_eq(fstat(fds[i], &is), 0);
		found += is.st_dev == was.st_dev && is.st_ino == was.st_ino;
	}
	ck_assert_uint_eq(found, 2 * count);
	if (others[_i] == pipe_end)
		ck_assert_int_eq(read(other, text, sizeof(text)), 4);
}
END_TEST

static int stranger;

/* What of check's is open stays so. */
static void close_and_take(int fd)
{
	ck_assert_int_eq(close_range(64, ~0U, 0), 0);
	ck_assert_int_eq(dup2(stranger, fd), fd);
}

/* What a call needs is closed before it, or has not been opened yet. */
static void lose_all(void)
{
	ck_assert_int_eq(close_range(64, ~0U, 0), 0);
}

static void lose_one(void)
{
	static unsigned int next;
	int fds[DESCRIPTORS_MAX];
	unsigned int count = high_descriptors(fds);

	close(fds[next++ % count]);
}

static void begin_anew(void)
{
	struct mym_snapshot s;

	mym_close(ctx);
	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_LIMIT, &s, sizeof(s)), 0);
}

static void (*const losses[])(void) = { lose_all, lose_one, begin_anew };

/* Another thread closes everything while a call opens its files, and takes the
 * number of the one that has just been opened. */
START_TEST(taken)
{
	void (*lose)(void) = losses[_i];

	stranger = lie();
	wrap.site = SITE_OPEN;
	for (unsigned int round = 0; round < 120; round++) {
		wrap.n = lose == lose_one ? 1 : round / 3 + 1;
		lose();
		wrap.meanwhile = close_and_take;
		wrap_start();
		ask();
		wrap_stop();
		/* Nor is the stranger's file kept. */
		ask();
		ask();
	}
}
END_TEST

/* While a context is sealed, after which it could not be opened anew. */
START_TEST(taken_while_sealing)
{
	unsigned int failed = 0, round = 0;
	int r;

	stranger = lie();
	wrap.site = SITE_OPEN;
	do {
		wrap.n = ++round;
		wrap.meanwhile = close_and_take;
		wrap_start();
		r = mym_seal(ctx);
		wrap_stop();
		/* The latter without a mount table, which nothing is kept
		 * without. */
		ck_assert(r == 0 || r == -EIO || r == -ENODATA);
		failed += r < 0;
		ask();
		ask();
	} while (wrap.calls[SITE_OPEN] >= round);
	ck_assert_uint_gt(round, 40);
	/* Not all of it is in the pass, which is made again. */
	ck_assert_uint_gt(failed, 5);
	ck_assert_int_eq(r, 0);
}
END_TEST

/* Onto each other: all are the library's own, but not where they should be. */
START_TEST(mixed_up)
{
	int fds[DESCRIPTORS_MAX];
	unsigned int count = high_descriptors(fds);

	for (unsigned int shift = 1; shift < count; shift++) {
		int first = dup(fds[0]);

		for (unsigned int i = 0; i + 1 < count; i++)
			dup2(fds[i + 1], fds[i]);
		dup2(first, fds[count - 1]);
		close(first);
		ask();
		count = high_descriptors(fds);
	}
}
END_TEST

/* What cannot be looked at may be another's: it is given up, once. */
START_TEST(unseen)
{
	int fds[DESCRIPTORS_MAX];
	unsigned int count = high_descriptors(fds), more;

	wrap.site = SITE_STAT;
	wrap.n = 1;
	wrap.error = EPERM;
	wrap.persistent = true;
	for (int i = 0; i < 20; i++) {
		int64_t r;

		wrap_start();
		r = mym_limit();
		wrap_stop();
		ck_assert(r == limit || r == -ENODATA);
	}
	more = high_descriptors(fds);
	ck_assert_uint_le(more, 2 * count);
	ask();
}
END_TEST

/* Where only memory, or descriptors, were wanting, what is open is as good as it
 * was. */
START_TEST(out_of_memory)
{
	int fds[DESCRIPTORS_MAX], again[DESCRIPTORS_MAX];
	unsigned int count = high_descriptors(fds), reads, all;
	struct mym_snapshot s;

	wrap.site = SITE_READ;
	wrap.error = ENOMEM;
	wrap_start();
	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s)), 0);
	reads = wrap.calls[SITE_READ];
	ck_assert_uint_gt(reads, 5);
	for (wrap.n = 1; wrap.n <= reads; wrap.n++) {
		wrap_begin();
		ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s)),
				 -ENOMEM);
		/* None is lost; one that was not kept before may be. */
		all = high_descriptors(again);
		for (unsigned int i = 0, j = 0; i < count; i++, j++) {
			while (j < all && again[j] != fds[i])
				j++;
			ck_assert_uint_lt(j, all);
		}
	}
	wrap_stop();
	ask();
}
END_TEST

/* Who may have few descriptors keeps none, and loses none. */
START_TEST(few_descriptors)
{
	struct rlimit before, few;
	struct mym_snapshot s;
	struct mym_ctx *other;
	unsigned int count;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = (struct rlimit){ 60, before.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	count = open_descriptors();
	ck_assert_int_eq(mym_open(&other, NULL, 0), 0);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(mym_snapshot(other, MYM_WANT_ALL, &s,
					      sizeof(s)), 0);
		ck_assert_int_eq(s.limit, limit);
		ck_assert_uint_eq(open_descriptors(), count);
	}
	mym_close(other);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
}
END_TEST

/* A child's /proc/self is not its parent's. */
START_TEST(forked)
{
	int fds[DESCRIPTORS_MAX], status;
	unsigned int count = high_descriptors(fds);
	pid_t pid;

	for (int generation = 0; generation <= 200; generation++) {
		if (generation % 100 == 0)
			ask();
		pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid > 0) {
			ck_assert_int_eq(waitpid(pid, &status, 0), pid);
			ck_assert_int_eq(status, 0);
			break;
		}
		if (generation % 10 == 0) {
			struct mym_snapshot s;

			if (mym_limit() != limit ||
			    mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s)) ||
			    s.limit != limit)
				_exit(1);
			if (high_descriptors(fds) > count)
				_exit(2);
		}
		if (generation == 200)
			_exit(0);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kept");
	TCase *tc = tcase_create("kept");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, group_begin_if_any, group_end_if_any);
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, are_kept);
	tcase_add_test(tc, little_at_first);
	tcase_add_test(tc, closed);
	tcase_add_loop_test(tc, reused, 0, MYM__COUNT(others));
	tcase_add_loop_test(tc, taken, 0, MYM__COUNT(losses));
	tcase_add_test(tc, taken_while_sealing);
	tcase_add_test(tc, mixed_up);
	tcase_add_test(tc, unseen);
	tcase_add_test(tc, out_of_memory);
	tcase_add_test(tc, few_descriptors);
	tcase_add_test(tc, forked);
	suite_add_tcase(s, tc);
	return s;
}
