/* SPDX-License-Identifier: MIT */
/* A process that was sealed sees what its open files show, in a sandbox that ends
 * it if it does more than read them. */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "answers.h"
#include "fail.h"
#include "filter.h"
#include "group.h"
#include "suite.h"
#include "units.h"

#define LIMIT (64 * MIB)
#define STEPS 3

/* Between its answers the child waits until something was done to its group. */
struct course {
	void (*act)(struct course *course, int step);
	const char *above, *own, *elsewhere;
	struct answers *answers[STEPS];
	struct answers *before;
	int ask[2], done[2];
};

static void enter(void)
{
	const struct denial allowed[] = {
		{ SYS_pread64, 0 }, { SYS_close, 0 }, { SYS_munmap, 0 },
		{ SYS_madvise, 0 }, { SYS_getpid, 0 }, { SYS_brk, 0 },
		{ SYS_clock_gettime, 0 }, { SYS_exit_group, 0 },
		/* The test's own. */
		{ SYS_read, 0 }, { SYS_write, 0 },
#ifdef SYS_mmap
		{ SYS_mmap, 0 },
#endif
#ifdef SYS_mmap2
		{ SYS_mmap2, 0 },
#endif
#ifdef SYS_clock_gettime64
		{ SYS_clock_gettime64, 0 },
#endif
#ifdef SYS_fstat
		{ SYS_fstat, 0 },
#endif
#ifdef SYS_fstat64
		{ SYS_fstat64, 0 },
#endif
#ifdef SYS_newfstatat
		{ SYS_newfstatat, FILTER_FD },
#endif
	};

	must_do(filter_only(allowed, sizeof(allowed) / sizeof(allowed[0])),
		"seccomp");
}

static void tell(int fd)
{
	must((int)write(fd, "", 1), "write");
}

static void await(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		ck_abort_msg("nobody answers");
}

static void take(struct mym_ctx *ctx, struct answers *a)
{
	a->limit = mym_limit();
	a->available = mym_available();
	a->pressure = mym_pressure();
	answers_take(ctx, a);
}

static void inside(void *data)
{
	struct course *course = data;
	struct mym_ctx *ctx;

	close(course->ask[0]);
	close(course->done[1]);
	must_do(mym_set_max_age(0), "mym_set_max_age");
	must_do(mym_open(&ctx, NULL, 0), "mym_open");
	must_do(mym_seal(ctx), "mym_seal");
	must_do(mym_seal(NULL), "mym_seal");
	enter();
	take(ctx, course->before);
	for (int i = 0; i < STEPS; i++) {
		tell(course->ask[1]);
		await(course->done[0]);
		take(ctx, course->answers[i]);
	}
	mym_close(ctx);
	_exit(0);
}

static void outside(void *data)
{
	struct course *course = data;

	close(course->ask[1]);
	close(course->done[0]);
	for (int i = 0; i < STEPS; i++) {
		await(course->ask[0]);
		course->act(course, i);
		tell(course->done[1]);
	}
	close(course->ask[0]);
	close(course->done[1]);
}

static void run(struct course *course, const char *name)
{
	char path[64];

	course->above = group_make(name, 0);
	snprintf(path, sizeof(path), "%s/own", name);
	course->own = group_make(path, LIMIT);
	snprintf(path, sizeof(path), "%s-elsewhere", name);
	course->elsewhere = group_make(path, 4 * LIMIT);
	course->before = answers_new();
	for (int i = 0; i < STEPS; i++)
		course->answers[i] = answers_new();
	ck_assert_int_eq(pipe(course->ask), 0);
	ck_assert_int_eq(pipe(course->done), 0);
	in_child(course->own, inside, course, outside);
	answers_must_be(course->before, LIMIT, course->own);
}

/* What was not limited when it was sealed is so later. */
static void limit_them(struct course *course, int step)
{
	const int64_t limits[STEPS] = { LIMIT / 2, LIMIT / 4, 2 * LIMIT };

	group_limit(step == 1 ? course->above : course->own, limits[step]);
}

START_TEST(limits_are_read)
{
	struct course course = { .act = limit_them };

	run(&course, "sealed-limits");
	ck_assert_int_eq(course.answers[0]->limit, LIMIT / 2);
	ck_assert_int_eq(course.answers[0]->snapshot.limit, LIMIT / 2);
	ck_assert_int_eq(course.answers[1]->limit, LIMIT / 4);
	ck_assert_int_eq(course.answers[1]->snapshot.limit, LIMIT / 4);
	ck_assert_str_eq(course.answers[1]->limit_path, course.above);
	ck_assert_int_eq(course.answers[2]->limit, LIMIT / 4);
}
END_TEST

/* Into a group that leaves more, as far as it knows: that cannot be seen. */
static void move_it(struct course *course, int step)
{
	char pid[32];
	int64_t child;

	if (step == 2) {
		group_remove(course->own);
		return;
	}
	child = group_get(course->own, "cgroup.procs");
	if (step == 1 || child <= 0)
		return;
	snprintf(pid, sizeof(pid), "%lld", (long long)child);
	ck_assert_int_eq(group_put(course->elsewhere, "cgroup.procs", pid), 0);
	/* Until then a move need not be noticed. */
	usleep(150000);
}

START_TEST(moved)
{
	struct course course = { .act = move_it };

	run(&course, "sealed-moved");
	for (int i = 0; i < STEPS; i++) {
		const struct answers *a = course.answers[i];

		/* What was seen last stays, whatever the process does. */
		ck_assert_int_eq(a->limit, LIMIT);
		ck_assert_int_eq(a->available, course.answers[0]->available);
		ck_assert_int_eq(a->snapshot.limit, LIMIT);
		ck_assert_int_eq(a->snapshot.available,
				 course.answers[0]->snapshot.available);
		/* It may have given back a page since then. */
		ck_assert_int_le(a->available, course.before->available + MIB);
		ck_assert_int_le(a->snapshot.available,
				 course.before->snapshot.available + MIB);
		ck_assert_uint_ne(a->snapshot.flags & MYM_FLAG_PARTIAL, 0);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sealed");
	TCase *tc = tcase_create("groups");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, groups_begin, group_end);
	tcase_add_test(tc, limits_are_read);
	tcase_add_test(tc, moved);
	suite_add_tcase(s, tc);
	return s;
}
