/* SPDX-License-Identifier: MIT */
/* A watch beside so many groups that it could not pay for asking each of them
 * at every look: it looks all the same whenever it is woken up. */
#include <poll.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "watching.h"

/* In emulation a watch can pay for a dozen if it asks a hundred groups each time,
 * and for twice as many if it does not. */
#define WAKES 20
#define BETWEEN (100 * MS)
/* Where all of them took longer, others had the processor. */
#define TRIES 3
#define LIMIT (64 * MIB)

const char *unavailable(void)
{
	const char *missing = group_missing();

	return missing || group_version() == 2 ? missing :
	       "groups of v1 have no memory.min";
}

/* Whether the watch told of a limit as soon as that was written. */
static bool looked(struct mym_watch *watch, const char *group, int64_t limit)
{
	struct pollfd p = { .fd = mym_watch_fd(watch), .events = POLLIN };
	struct mym_event e;

	while (mym_watch_next(watch, &e, sizeof(e)) == 1)
		;
	group_limit(group, limit);
	ck_assert_int_eq(poll(&p, 1, 1000), 1);
	return mym_watch_next(watch, &e, sizeof(e)) == 1 &&
	       e.kind == MYM_EVENT_LIMIT_CHANGED && e.limit == limit;
}

static int looks_made(const char *group)
{
	struct mym_watch *watch = opened(&without_stalls);
	int looks = 0;

	for (int i = 0; i < WAKES; i++) {
		usleep(BETWEEN / US);
		looks += looked(watch, group, LIMIT + (i % 2 + 1) * MIB);
	}
	mym_watch_close(watch);
	return looks;
}

static void be_woken_up(struct shared *shared)
{
	int inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	char file[8300], events[4096];
	int looks = 0;

	snprintf(file, sizeof(file), "%s/0/memory.min", shared->other);
	ck_assert_int_ge(inotify_add_watch(inotify, file, IN_OPEN), 0);
	for (int i = 0; i < TRIES && looks < WAKES; i++) {
		group_limit(shared->other, LIMIT);
		looks = looks_made(shared->other);
	}
	ck_assert_int_eq(looks, WAKES);
	/* There was something to save for. */
	ck_assert_int_gt(read(inotify, events, sizeof(events)), 0);
	close(inotify);
}

static const int crowds[] = { 100, 1000 };

START_TEST(no_look_is_skipped)
{
	struct shared given = { 0 };
	char name[32], parent[8192];

	snprintf(name, sizeof(name), "beside-%d", crowds[_i]);
	snprintf(parent, sizeof(parent), "%s", group_make(name, LIMIT));
	for (int i = 0; i < crowds[_i]; i++) {
		snprintf(name, sizeof(name), "beside-%d/%d", crowds[_i], i);
		group_make(name, 0);
	}
	snprintf(name, sizeof(name), "beside-%d/own", crowds[_i]);
	given.own = group_make(name, 0);
	given.other = parent;
	run_child(&given, be_woken_up, NULL);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("watch-siblings");
	TCase *tc = tcase_create("groups");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, groups_begin, group_end);
	tcase_add_loop_test(tc, no_look_is_skipped, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}
