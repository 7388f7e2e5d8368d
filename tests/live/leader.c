/* SPDX-License-Identifier: MIT */
/*
 * The first thread leaves, and others go on: /proc/self is then about a thread
 * that is no more.  What must be answered is what the kernel charges, which the
 * tests of v1 find out by taking memory.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"
#include "units.h"
#include "watching.h"

/* What seldom changes is noticed by then. */
#define NOTICED 150000

/* What a thread finds out, step by step, after the first one has left. */
struct work {
	const char *dirs[4];
	struct answers *answers[4];
	struct mym_ctx *ctx;
	struct mym_watch *watch;
	void (*before)(struct work *work); /* by the first thread, or NULL */
	void (*after)(struct work *work);
	bool at_once; /* not after it has left, but while it does */
};

static char state_of_first(void)
{
	FILE *in = fopen("/proc/self/stat", "r");
	char state = '?';

	ck_assert_ptr_nonnull(in);
	ck_assert_int_eq(fscanf(in, "%*d (%*[^)]) %c", &state), 1);
	fclose(in);
	return state;
}

static void *stay(void *data)
{
	struct work *work = data;

	while (!work->at_once && state_of_first() != 'Z')
		usleep(1000);
	work->after(work);
	_exit(0);
}

/* In a child. */
static void leave(void *data)
{
	struct work *work = data;
	pthread_t thread;

	mym_set_max_age(0);
	if (work->before)
		work->before(work);
	ck_assert_int_eq(pthread_create(&thread, NULL, stay, work), 0);
	/* As pthread_exit(3) does in the end. */
	syscall(SYS_exit, 0);
}

static void run(struct work *work)
{
	for (size_t i = 0; i < sizeof(work->answers) / sizeof(work->answers[0]);
	     i++)
		work->answers[i] = answers_new();
	in_child(work->dirs[0], leave, work, NULL);
}

static void ask_of(struct work *work, int i)
{
	struct answers *a = work->answers[i];

	a->limit = mym_limit();
	a->available = mym_available();
	answers_take(work->ctx, a);
}

static void ask_first(struct work *work)
{
	ask_everything(work->answers[0], NULL);
}

START_TEST(before_the_first_answer)
{
	struct work work = {
		.dirs = { group_make("first", 64 * MIB) },
		.after = ask_first,
	};

	run(&work);
	answers_must_be(work.answers[0], 64 * MIB, work.dirs[0]);
}
END_TEST

static void open_all(struct work *work)
{
	ck_assert_int_eq(mym_open(&work->ctx, NULL, 0), 0);
	ask_of(work, 0);
	/* Now everything is kept. */
	ask_of(work, 0);
}

static void move_on(struct work *work)
{
	ask_of(work, 1);
	group_join(work->dirs[1], 0);
	usleep(NOTICED);
	ask_of(work, 2);
	/* What was kept of the one that speaks now. */
	ask_of(work, 2);
	group_join(work->dirs[0], 0);
	usleep(NOTICED);
	ask_of(work, 3);
	mym_close(work->ctx);
}

START_TEST(between_two_answers)
{
	struct work work = {
		.dirs = {
			group_make("between", 64 * MIB),
			group_make("moved", 96 * MIB),
		},
		.before = open_all,
		.after = move_on,
	};

	run(&work);
	answers_must_be(work.answers[0], 64 * MIB, work.dirs[0]);
	answers_must_be(work.answers[1], 64 * MIB, work.dirs[0]);
	answers_must_be(work.answers[2], 96 * MIB, work.dirs[1]);
	answers_must_be(work.answers[3], 64 * MIB, work.dirs[0]);
}
END_TEST

/* The first thread is asked for by the kept descriptors when it has left and the
 * process was moved: nothing of it says so. */
static void move_first(struct work *work)
{
	group_join(work->dirs[1], 0);
	usleep(NOTICED);
	ask_of(work, 1);
	ask_everything(work->answers[2], NULL);
	mym_close(work->ctx);
}

START_TEST(moved_before_anybody_asks)
{
	struct work work = {
		.dirs = {
			group_make("unasked", 64 * MIB),
			group_make("elsewhere", 96 * MIB),
		},
		.before = open_all,
		.after = move_first,
	};

	run(&work);
	answers_must_be(work.answers[0], 64 * MIB, work.dirs[0]);
	answers_must_be(work.answers[1], 96 * MIB, work.dirs[1]);
	answers_must_be(work.answers[2], 96 * MIB, work.dirs[1]);
}
END_TEST

/* More than enough for the leader to be gone. */
static void ask_while(struct work *work)
{
	struct answers *a = work->answers[1];
	int64_t end = clock_now() + S / 20;

	do {
		ask_of(work, 1);
		ck_assert_int_eq(a->result, 0);
		ck_assert_int_eq(a->limit, 64 * MIB);
		ck_assert_int_eq(a->snapshot.limit, 64 * MIB);
		ck_assert_int_le(a->available, 64 * MIB);
	} while (clock_now() < end || state_of_first() != 'Z');
	mym_close(work->ctx);
}

START_TEST(while_asked)
{
	struct work work = {
		.dirs = { group_make("while", 64 * MIB) },
		.before = open_all,
		.after = ask_while,
		.at_once = true,
	};

	for (int i = 0; i < 20; i++)
		run(&work);
	answers_must_be(work.answers[1], 64 * MIB, work.dirs[0]);
}
END_TEST

#define TAKEN (4 * MIB)

/* v1: whether memory that the calling thread takes is charged to the group. */
static bool is_charged(const char *dir)
{
	int64_t before = group_get(dir, "memory.usage_in_bytes");

	use_memory(TAKEN);
	return group_get(dir, "memory.usage_in_bytes") - before > TAKEN / 2;
}

static pthread_barrier_t step;

/* The second thread, which leaves after the first one. */
static void *go_next(void *data)
{
	const struct work *work = data;

	group_join_thread(work->dirs[1]);
	pthread_barrier_wait(&step);
	pthread_barrier_wait(&step);
	return NULL;
}

static void start_next(struct work *work)
{
	pthread_t thread;

	open_all(work);
	ck_assert_int_eq(pthread_barrier_init(&step, NULL, 2), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, go_next, work), 0);
	pthread_barrier_wait(&step);
}

static unsigned int threads(void)
{
	FILE *in = fopen("/proc/thread-self/status", "r");
	unsigned int count = 0;
	char line[256];

	ck_assert_ptr_nonnull(in);
	while (fgets(line, sizeof(line), in))
		sscanf(line, "Threads: %u", &count);
	fclose(in);
	return count;
}

/* The third thread asks, from a group of its own. */
static void ask_in_order(struct work *work)
{
	bool charges = group_version() == 1;

	group_join_thread(work->dirs[2]);
	usleep(NOTICED);
	ask_of(work, 1);
	ask_everything(work->answers[2], NULL);
	ck_assert(!charges || is_charged(work->dirs[1]));
	pthread_barrier_wait(&step);
	/* The first one stays, as long as there are others. */
	while (threads() > 2)
		usleep(1000);
	usleep(NOTICED);
	ask_of(work, 3);
	ck_assert(!charges || is_charged(work->dirs[2]));
	mym_close(work->ctx);
}

/* v1: each thread is in a group of its own.  The first one that is there is
 * charged for all. */
START_TEST(threads_in_other_groups)
{
	struct work work = {
		.dirs = {
			group_make("one", 64 * MIB),
			group_make("two", 80 * MIB),
			group_make("three", 96 * MIB),
		},
		.before = start_next,
		.after = ask_in_order,
	};

	if (group_version() != 1)
		return;
	run(&work);
	answers_must_be(work.answers[0], 64 * MIB, work.dirs[0]);
	answers_must_be(work.answers[1], 80 * MIB, work.dirs[1]);
	answers_must_be(work.answers[2], 80 * MIB, work.dirs[1]);
	answers_must_be(work.answers[3], 96 * MIB, work.dirs[2]);
}
END_TEST

static void start_threaded(struct work *work)
{
	group_join_thread(work->dirs[3]);
	start_next(work);
}

/* v2: the group that has the threads below it is charged. */
START_TEST(threaded_groups)
{
	struct work work = {
		.dirs = { group_make("process", 64 * MIB) },
		.before = start_threaded,
		.after = ask_in_order,
	};

	if (group_version() != 2)
		return;
	work.dirs[1] = group_make_threaded("process/two");
	work.dirs[2] = group_make_threaded("process/three");
	work.dirs[3] = group_make_threaded("process/one");
	run(&work);
	for (int i = 0; i < 4; i++)
		answers_must_be(work.answers[i], 64 * MIB, work.dirs[0]);
}
END_TEST

/* What /proc/self/status says of memory. */
static void limit_all(struct work *work)
{
	/* The address sanitizer cannot live with less than it has. */
#ifndef __SANITIZE_ADDRESS__
	struct rlimit limit = { 256 * MIB, 256 * MIB };

	ck_assert_int_eq(setrlimit(RLIMIT_DATA, &limit), 0);
#endif
	open_all(work);
}

static void ask_of_process(struct work *work)
{
	/* Where nothing tells of mounts, the first answer of this thread gives
	 * back some of what was allocated before. */
	ask_of(work, 1);
	ask_of(work, 1);
	use_memory(8 * MIB);
	ask_of(work, 2);
	ask_everything(work->answers[3], NULL);
	mym_close(work->ctx);
}

START_TEST(what_the_process_has)
{
	struct work work = {
		.dirs = { NULL },
		.before = limit_all,
		.after = ask_of_process,
	};
	const struct mym_constraint *by;

	run(&work);
	for (int i = 0; i < 4; i++) {
		const struct answers *a = work.answers[i];

		ck_assert_int_eq(a->result, 0);
		ck_assert_uint_eq(a->snapshot.flags & MYM_FLAG_PARTIAL,
				  flags_here() & MYM_FLAG_PARTIAL);
		ck_assert_uint_ne(a->snapshot.valid & MYM_WANT_AVAILABLE, 0);
	}
	by = &work.answers[1]->limit_by;
#ifndef __SANITIZE_ADDRESS__
	ck_assert_uint_eq(by->kind, MYM_KIND_RLIMIT_DATA);
	ck_assert_int_gt(by->used, 0);
	ck_assert_int_ge(work.answers[2]->limit_by.used, by->used + 8 * MIB);
	ck_assert_int_ge(work.answers[3]->limit_by.used, by->used + 8 * MIB);
#else
	(void)by;
#endif
}
END_TEST

static void hide_threads(struct work *work)
{
	must(unshare(CLONE_NEWNS), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make private");
	must(mount("nothing", "/proc/self/task", "tmpfs", 0, NULL),
	     "mount tmpfs");
	ask_of(work, 1);
	mym_close(work->ctx);
}

/* Who speaks for the process cannot be found out, and what was known holds.  v1
 * shows the first thread in the root group then, and v2 where the process is. */
START_TEST(others_are_hidden)
{
	struct work work = {
		.dirs = { group_make("others", 64 * MIB) },
		.before = open_all,
		.after = hide_threads,
	};

	run(&work);
	ck_assert_int_eq(work.answers[1]->result, 0);
	ck_assert_int_eq((work.answers[1]->snapshot.flags & MYM_FLAG_PARTIAL) != 0,
			 group_version() == 1);
	ck_assert_int_eq(work.answers[1]->snapshot.limit, 64 * MIB);
	ck_assert_int_eq(work.answers[1]->limit, 64 * MIB);
}
END_TEST

static void open_watch(struct work *work)
{
	work->watch = opened(&without_stalls);
}

static void wait_for(struct work *work, int i, uint64_t kind)
{
	struct mym_event event;

	must_come(work->watch, kind, &event);
	ck_assert_uint_ne(event.sources & MYM_SOURCE_LIMIT_WRITES, 0);
	work->answers[i]->limit = event.limit;
}

static void watch_on(struct work *work)
{
	group_limit(work->dirs[0], 80 * MIB);
	wait_for(work, 1, MYM_EVENT_LIMIT_CHANGED);
	group_join(work->dirs[1], 0);
	wait_for(work, 2, MYM_EVENT_MOVED);
	mym_watch_close(work->watch);
	open_watch(work);
	group_limit(work->dirs[1], 112 * MIB);
	wait_for(work, 3, MYM_EVENT_LIMIT_CHANGED);
	mym_watch_close(work->watch);
}

START_TEST(watched)
{
	struct work work = {
		.dirs = {
			group_make("watched", 64 * MIB),
			group_make("watched-next", 96 * MIB),
		},
		.before = open_watch,
		.after = watch_on,
	};

	run(&work);
	ck_assert_int_eq(work.answers[1]->limit, 80 * MIB);
	ck_assert_int_eq(work.answers[2]->limit, 96 * MIB);
	ck_assert_int_eq(work.answers[3]->limit, 112 * MIB);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("leader");
	TCase *tc = tcase_create("the first thread leaves");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, groups_begin, group_end);
	tcase_add_test(tc, before_the_first_answer);
	tcase_add_test(tc, between_two_answers);
	tcase_add_test(tc, moved_before_anybody_asks);
	tcase_add_test(tc, while_asked);
	tcase_add_test(tc, threads_in_other_groups);
	tcase_add_test(tc, threaded_groups);
	tcase_add_test(tc, what_the_process_has);
	tcase_add_test(tc, others_are_hidden);
	tcase_add_test(tc, watched);
	suite_add_tcase(s, tc);
	return s;
}
