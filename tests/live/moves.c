/* SPDX-License-Identifier: MIT */
/* What happens to a process and its groups while a context is open. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answers.h"
#include "child.h"
#include "group.h"
#include "suite.h"
#include "units.h"

/* The groups of a test, and answers that its child gives between its steps. */
struct shared {
	const char *one, *two;
	struct answers *first, *second;
};

/* The group that was left can still be read, and says what it said. */
static void move_on(struct answers *a, void *data)
{
	const struct shared *shared = data;
	struct mym_ctx *ctx;

	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	answers_take(ctx, shared->first);
	group_join(shared->two, 0);
	answers_take(ctx, shared->second);
	group_join(shared->one, 0);
	answers_take(ctx, a);
	mym_close(ctx);
}

/* The first and the last answers are about one, those between about two. */
static void there_and_back(const char *one, const char *two,
			   void (*run)(struct answers *a, void *data))
{
	struct shared shared = {
		.one = group_make(one, 64 * MIB),
		.two = group_make(two, 96 * MIB),
		.first = answers_new(),
		.second = answers_new(),
	};
	struct answers *a = in_group(shared.one, run, &shared);

	snapshot_must_be(shared.first, 64 * MIB, shared.one);
	snapshot_must_be(shared.second, 96 * MIB, shared.two);
	snapshot_must_be(a, 64 * MIB, shared.one);
}

START_TEST(moved_and_group_stays)
{
	there_and_back("stays", "next", move_on);
}
END_TEST

/* A group of the same name is another group. */
static void leave_and_return(struct answers *a, void *data)
{
	const struct shared *shared = data;
	struct mym_ctx *ctx;

	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	answers_take(ctx, shared->first);
	group_join(shared->two, 0);
	group_remove(shared->one);
	group_make("reborn", 80 * MIB);
	group_join(shared->one, 0);
	answers_take(ctx, a);
	mym_close(ctx);
}

START_TEST(group_made_anew)
{
	struct shared shared = {
		.one = group_make("reborn", 64 * MIB),
		.two = group_make("meanwhile", 0),
		.first = answers_new(),
	};
	struct answers *a = in_group(shared.one, leave_and_return, &shared);

	snapshot_must_be(shared.first, 64 * MIB, shared.one);
	snapshot_must_be(a, 80 * MIB, shared.one);
}
END_TEST

/* Somebody limits the group above, and lifts the limit again. */
static void limit_parent(struct answers *a, void *data)
{
	const struct shared *shared = data;
	struct mym_ctx *ctx;

	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	answers_take(ctx, shared->first);
	group_limit(shared->one, 48 * MIB);
	answers_take(ctx, shared->second);
	group_limit(shared->one, 96 * MIB);
	answers_take(ctx, a);
	mym_close(ctx);
}

START_TEST(parent_limited_meanwhile)
{
	struct shared shared = {
		.one = group_make("above", 0),
		.first = answers_new(),
		.second = answers_new(),
	};
	struct answers *a;

	shared.two = group_make("above/own", 64 * MIB);
	a = in_group(shared.two, limit_parent, &shared);
	snapshot_must_be(shared.first, 64 * MIB, shared.two);
	snapshot_must_be(shared.second, 48 * MIB, shared.one);
	snapshot_must_be(a, 64 * MIB, shared.two);
}
END_TEST

/* A child that takes its parent's context into another group. */
static void fork_away(struct answers *a, void *data)
{
	const struct shared *shared = data;
	struct mym_ctx *ctx;
	int status;
	pid_t pid;

	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	answers_take(ctx, shared->first);
	pid = fork();
	if (pid == 0) {
		group_join(shared->two, 0);
		answers_take(ctx, shared->second);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	answers_take(ctx, a);
	mym_close(ctx);
}

START_TEST(forked_into_another_group)
{
	there_and_back("mother", "daughter", fork_away);
}
END_TEST

#define ROUNDS 300

/* Moves a process to and fro; each group is removed and made anew while it is
 * in the other. */
static void haunt(const struct shared *shared, pid_t pid)
{
	char one[4096], two[4096];

	snprintf(one, sizeof(one), "%s", shared->one);
	snprintf(two, sizeof(two), "%s", shared->two);
	for (int i = 0; i < ROUNDS; i++) {
		group_join(two, pid);
		group_remove(one);
		group_make("house/one", 0);
		group_join(one, pid);
		group_remove(two);
		group_make("house/two", 0);
	}
}

/* Asks as long as somebody moves us.  The group named a moment ago may have
 * gone; the limit above it binds at all times. */
static void ask_meanwhile(struct answers *a, void *data)
{
	pid_t self = getpid(), mover = fork();
	struct mym_ctx *ctx;
	int status;

	if (mover == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* Not in the groups that it removes. */
		group_join(group_mount(), 0);
		haunt(data, self);
		_exit(0);
	}
	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	do {
		answers_take(ctx, a);
		ck_assert_int_eq(a->result, 0);
		ck_assert_int_eq(a->snapshot.limit, 64 * MIB);
		a->limit++;
	} while (waitpid(mover, &status, WNOHANG) == 0);
	ck_assert_int_eq(status, 0);
	answers_take(ctx, a);
	mym_close(ctx);
}

START_TEST(moved_while_asked)
{
	struct shared shared = { .one = group_make("house", 64 * MIB) };
	const char *house = shared.one;
	struct answers *a;

	shared.one = group_make("house/one", 0);
	shared.two = group_make("house/two", 0);
	a = in_group(shared.one, ask_meanwhile, &shared);
	printf("# asked %lld times\n", (long long)a->limit);
	fflush(stdout);
	snapshot_must_be(a, 64 * MIB, house);
}
END_TEST

/*
 * A thread elsewhere.  v1: it may be in any group, but memory is charged to
 * that of the process.  v2: in a threaded group below it.
 */
static void *ask_in_thread(void *data)
{
	struct shared *shared = data;
	struct mym_ctx *ctx;

	group_join_thread(shared->two);
	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	answers_take(ctx, shared->first);
	snprintf(shared->second->limit_path, sizeof(shared->second->limit_path),
		 "%s", mym_cgroup_path(ctx));
	mym_close(ctx);
	return NULL;
}

static void start_thread(struct answers *a, void *data)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, ask_in_thread, data), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ask_everything(a, NULL);
}

START_TEST(thread_in_another_group)
{
	struct shared shared = {
		.one = group_make("process", 64 * MIB),
		.first = answers_new(),
		.second = answers_new(),
	};
	struct answers *a;
	size_t length;

	if (group_version() == 1)
		shared.two = group_make("thread", 32 * MIB);
	else
		shared.two = group_make_threaded("process/thread");
	a = in_group(shared.one, start_thread, &shared);
	snapshot_must_be(a, 64 * MIB, shared.one);
	snapshot_must_be(shared.first, 64 * MIB, shared.one);
	length = strlen(shared.second->limit_path);
	ck_assert_uint_gt(length, strlen("/process"));
	ck_assert_str_eq(shared.second->limit_path + length -
			 strlen("/process"), "/process");
}
END_TEST

/* Linux 4.13 and later count it in the group. */
static void see_a_kill(struct answers *a, void *data)
{
	const struct shared *shared = data;
	struct mym_ctx *ctx;

	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	answers_take(ctx, shared->first);
	child_kill(NULL, 64 * MIB);
	answers_take(ctx, a);
	mym_close(ctx);
}

START_TEST(kill_is_counted)
{
	struct shared shared = {
		.one = group_make("victim", 24 * MIB),
		.first = answers_new(),
	};
	struct answers *a = in_group(shared.one, see_a_kill, &shared);

	ck_assert_uint_ne(shared.first->snapshot.valid & MYM_WANT_OOM_KILLS, 0);
	ck_assert_int_eq(shared.first->snapshot.oom_kills, 0);
	snapshot_must_be(a, 24 * MIB, shared.one);
	ck_assert_int_eq(a->snapshot.oom_kills, 1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("moves");
	TCase *tc = tcase_create("groups");

	tcase_set_timeout(tc, 30);
	tcase_add_unchecked_fixture(tc, groups_begin, group_end);
	tcase_add_test(tc, moved_and_group_stays);
	tcase_add_test(tc, group_made_anew);
	tcase_add_test(tc, parent_limited_meanwhile);
	tcase_add_test(tc, forked_into_another_group);
	tcase_add_test(tc, moved_while_asked);
	tcase_add_test(tc, thread_in_another_group);
	tcase_add_test(tc, kill_is_counted);
	suite_add_tcase(s, tc);
	return s;
}
