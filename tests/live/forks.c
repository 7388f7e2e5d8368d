/* SPDX-License-Identifier: MIT */
/*
 * A process id that returns: to a descendant of the process that had it, which
 * inherits everything that the library remembers of that process.
 */
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter.h"
#include "kill.h"
#include "units.h"
#include "watching.h"

/* A process, its descendant with the same id, and what both find out. */
struct line {
	const char *one, *two;
	struct answers *first, *second, *again;
	struct mym_ctx *ctx;
	struct mym_watch *watch;
	void (*init)(struct line *line);
	bool between_asks, blind;
	int64_t between;
	int watched;
	int skipped; /* an errno */
};

static void ask_of(struct line *line, struct answers *a)
{
	a->limit = mym_limit();
	a->available = mym_available();
	answers_take(line->ctx, a);
}

static void begin(struct line *line)
{
	/* Limits are watched, too. */
	mym_set_max_age(0);
	ck_assert_int_eq(mym_open(&line->ctx, NULL, 0), 0);
	line->watch = opened(&without_stalls);
	ask_of(line, line->first);
	/* Now everything is kept. */
	ask_of(line, line->first);
}

/* Asks in another group, with all that was inherited. */
static void be_descendant(struct line *line)
{
	struct mym_event event;

	group_join(line->two, 0);
	ask_of(line, line->second);
	ask_of(line, line->again);
	line->watched = mym_watch_next(line->watch, &event, sizeof(event));
	mym_watch_close(line->watch);
	mym_close(line->ctx);
	_exit(0);
}

/* fork(2), with an id for the child where that is not 0. */
static pid_t fork_as(pid_t id, uint64_t flags)
{
	struct clone_args args = {
		.flags = flags,
		.exit_signal = SIGCHLD,
		.set_tid = id != 0 ? (uintptr_t)&id : 0,
		.set_tid_size = id != 0,
	};

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

/* Between the two: its parent has ended, and its child is to be that again. */
static void be_between(struct line *line, pid_t id)
{
	pid_t child;

	while (kill_one(id, 0) == 0)
		usleep(1000);
	if (line->between_asks)
		line->between = mym_limit();
	child = fork_as(id, 0);
	if (child == 0)
		be_descendant(line);
	if (child < 0)
		line->skipped = errno;
	else
		ck_assert_int_eq(child_wait(child), 0);
	_exit(0);
}

/* As before Linux 4.14, where nothing tells of a fork. */
static const struct denial no_wiping = { SYS_madvise, EINVAL };

static void be_ancestor(struct line *line)
{
	pid_t id = getpid(), child;

	group_join(line->one, 0);
	if (line->blind)
		ck_assert_int_eq(filter_install(&no_wiping, 1), 0);
	begin(line);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0)
		be_between(line, id);
	_exit(0);
}

/* The first process of a namespace: it waits for all. */
static void be_init(struct line *line)
{
	pid_t child;
	int status;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0)
		be_ancestor(line);
	while (waitpid(-1, &status, 0) > 0) {
		if (status != 0)
			_exit(1);
	}
	_exit(0);
}

/* The ancestor is the first process of a namespace, its child that of another
 * one: both have the same id at the same time. */
static void be_outer_init(struct line *line)
{
	pid_t child;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	group_join(line->one, 0);
	begin(line);
	child = fork_as(0, CLONE_NEWPID);
	if (child == 0)
		be_descendant(line);
	ck_assert_int_eq(child_wait(child), 0);
	ask_of(line, line->again);
	_exit(0);
}

static void in_namespace(void *data)
{
	struct line *line = data;
	pid_t init = fork_as(0, CLONE_NEWPID);

	if (init == 0)
		line->init(line);
	if (init < 0)
		line->skipped = errno;
	else
		ck_assert_int_eq(child_wait(init), 0);
}

/* Shared by all of them. */
static struct line *new_line(const char *one, const char *two)
{
	struct line *line = mmap(NULL, sizeof(*line), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(line, MAP_FAILED);
	*line = (struct line){
		.one = group_make(one, 64 * MIB),
		.two = group_make(two, 96 * MIB),
		.first = answers_new(),
		.second = answers_new(),
		.again = answers_new(),
		.init = be_init,
	};
	return line;
}

static bool ran(struct line *line)
{
	in_child(NULL, in_namespace, line, NULL);
	if (line->skipped) {
		printf("# skipped: no such process can be had here: %s\n",
		       strerror(line->skipped));
		fflush(stdout);
		return false;
	}
	answers_must_be(line->first, 64 * MIB, line->one);
	answers_must_be(line->second, 96 * MIB, line->two);
	/* Of a watch, only the process id tells then. */
	ck_assert(line->blind || line->watched == -ECHILD);
	return true;
}

/* The process between asks, or has never called the library. */
START_TEST(id_returns)
{
	struct line *line = _i == 1 ? new_line("asks", "asked") :
				      new_line("silent", "unasked");

	line->between_asks = _i == 1;
	if (!ran(line))
		return;
	answers_must_be(line->again, 96 * MIB, line->two);
	if (line->between_asks)
		ck_assert_int_eq(line->between, 64 * MIB);
}
END_TEST

START_TEST(id_returns_unseen)
{
	struct line *line = new_line("before", "after");

	line->blind = true;
	if (ran(line))
		answers_must_be(line->again, 96 * MIB, line->two);
}
END_TEST

START_TEST(same_id_in_another_namespace)
{
	struct line *line = new_line("outer", "inner");

	line->init = be_outer_init;
	if (ran(line))
		answers_must_be(line->again, 64 * MIB, line->one);
}
END_TEST

/* A write to a limit is reported to each, whoever asks first. */
static void ask_first(void *data)
{
	struct line *line = data;
	pid_t child;

	begin(line);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		line->second->limit = mym_limit();
		_exit(0);
	}
	ck_assert_int_eq(child_wait(child), 0);
	ck_assert_int_eq(mym_limit(), 64 * MIB);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		ck_assert_int_eq(mym_limit(), 64 * MIB);
		group_limit(line->one, 80 * MIB);
		line->second->limit = mym_limit();
		_exit(0);
	}
	ck_assert_int_eq(child_wait(child), 0);
	line->again->limit = mym_limit();
}

START_TEST(writes_are_reported_to_both)
{
	struct line *line = new_line("written", "unused");

	in_child(line->one, ask_first, line, NULL);
	ck_assert_int_eq(line->second->limit, 80 * MIB);
	ck_assert_int_eq(line->again->limit, 80 * MIB);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("forks");
	TCase *tc = tcase_create("a process id returns");

	tcase_set_timeout(tc, 30);
	tcase_add_unchecked_fixture(tc, groups_begin, group_end);
	tcase_add_loop_test(tc, id_returns, 0, 2);
	tcase_add_test(tc, id_returns_unseen);
	tcase_add_test(tc, same_id_in_another_namespace);
	tcase_add_test(tc, writes_are_reported_to_both);
	suite_add_tcase(s, tc);
	return s;
}
