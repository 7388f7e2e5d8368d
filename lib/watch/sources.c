/* SPDX-License-Identifier: MIT */
/*
 * What wakes the watch up: a timer, always; the kernel's triggers for stalls,
 * the counters of the groups, writes to limit files, the service manager.
 *
 * A trigger only wakes the watch.  The totals tell what it was about: the first
 * event of an unprivileged trigger is false (it begins with what was before
 * it), and a program that polls the watch's descriptor consumes its event.  One
 * is enough, for the least stalls that give a level: while there are stalls the
 * watch looks often by itself, and to close a trigger the kernel waits for all
 * who may still look at it (psi_trigger_destroy() in kernel/sched/psi.c).
 */
#include <errno.h>
#include <stdio.h>

#include "../answer/pressure.h"
#include "../base/compiler.h"
#include "../base/file.h"
#include "../base/inotify.h"
#include "../base/root.h"
#include "../base/saturate.h"
#include "../base/sys.h"
#include "../context.h"
#include "../discover/dialect.h"
#include "../discover/places.h"
#include "../read/group-dir.h"
#include "../read/level.h"
#include "counters.h"
#include "manager.h"
#include "poll.h"
#include "refaults.h"
#include "sources.h"
#include "watch.h"

/* Unprivileged programs must use windows that are multiples of the period of
 * the averages, 2 s (Linux 6.5; before that they may have none at all). */
#define WINDOW_US 2000000
#define RETRY	  INT64_C(10000000000)

static int arm_timer(struct mym_watch *watch)
{
	int r = mym__poll_timer(&watch->timer);

	return r < 0 ? r : mym__poll_add(&watch->set, &watch->timer,
					 MYM__WAKE_TIMER, false);
}

static bool add_limit(struct mym_watch *watch, const struct mym__file *file)
{
	return file->fd <= 0 || !mym__file_is(file) ||
	       mym__inotify_add(watch->limits.fd, file->fd);
}

static void arm_limits(struct mym_watch *watch,
		       const struct mym__places *places)
{
	if (watch->limits.fd > 0 || mym__poll_inotify(&watch->limits) < 0)
		return;
	if (mym__poll_add(&watch->set, &watch->limits, MYM__WAKE_LIMITS,
			  false) < 0) {
		mym__file_forget(&watch->limits, 1);
		return;
	}
	for (unsigned int i = 0; i < places->count && i < MYM__GROUPS_WATCHED;
	     i++) {
		/* One that is not reported would be taken for one that is not
		 * written. */
		if (add_limit(watch, mym__watch_file(watch, i, LEVEL_LIMIT)) &&
		    add_limit(watch, mym__watch_file(watch, i, LEVEL_HIGH)))
			continue;
		mym__poll_drop(&watch->set, &watch->limits, false);
		return;
	}
}

static void drop_trigger(struct mym_watch *watch, bool shared)
{
	mym__poll_drop(&watch->set, &watch->trigger, shared);
	watch->trigger_scope = 0;
}

/* Whoever is stalled in full is stalled in part as well. */
static int64_t least_stalls(const struct mym__rules *rules)
{
	int64_t least = INT64_MAX;

	for (unsigned int step = MYM__STEP_LOW; step < MYM__STEPS; step++) {
		if (rules->psi[step] < least)
			least = rules->psi[step];
	}
	return least;
}

/* The NUL is part of the trigger: psi_write() in kernel/sched/psi.c puts one
 * over the last byte, and without its last digit the window would be
 * another. */
static bool arm_trigger(struct mym_watch *watch, int fd)
{
	struct mym__file *file = &watch->trigger;
	int64_t stall = least_stalls(&watch->settings.rules) *
			(WINDOW_US / 10000);
	char text[64];
	int length;

	if (fd < 0)
		return false;
	if (mym__file_adopt(file, fd) < 0) {
		mym__root_drop(fd);
		return false;
	}
	length = snprintf(text, sizeof(text), "some %d %d", (int)stall,
			  WINDOW_US);
	if (mym__poll_write(file->fd, text, (size_t)length + 1) == 0 &&
	    mym__poll_add(&watch->set, file, MYM__WAKE_STALLS, true) == 0)
		return true;
	mym__file_forget(file, 1);
	return false;
}

static int open_group_psi(struct mym_watch *watch,
			  const struct mym__places *places)
{
	const struct mym__place *place;
	struct mym__group_dir dir;
	int fd;

	if (!places)
		return -ENOENT;
	if (*places->dialect->file[LEVEL_PRESSURE] && places->count > 0)
		place = &places->at[0];
	else if (places->unified.mount)
		place = &places->unified;
	else
		return -ENOENT;
	dir = mym__group_dir(&watch->ctx.root, places, place, NULL);
	fd = mym__group_dir_get(&dir, mym__dialect_v2.file[LEVEL_PRESSURE],
				MYM__ROOT_TRIGGER);
	mym__group_dir_close(&dir);
	return fd;
}

/* Of the process's group, or else of the machine: then it wakes up too often,
 * which is better than never. */
static void arm_some_trigger(struct mym_watch *watch,
			     const struct mym__places *places)
{
	int fd;

	if (watch->manager.off || watch->manager.file.fd > 0 ||
	    !(watch->settings.rules.by & MYM_PRESSURE_BY_PSI) ||
	    watch->trigger_scope == MYM_SCOPE_CGROUP)
		return;
	fd = open_group_psi(watch, places);
	if (fd < 0 && watch->trigger_scope)
		return;
	drop_trigger(watch, false);
	if (arm_trigger(watch, fd))
		watch->trigger_scope = MYM_SCOPE_CGROUP;
	else if (arm_trigger(watch, mym__root_get(&watch->ctx.root,
						  "/proc/pressure/memory",
						  MYM__ROOT_TRIGGER)))
		watch->trigger_scope = MYM_SCOPE_HOST;
}

/* Forgets descriptors that the program has closed, and may have reused. */
static void forget_strange_limits(struct mym_watch *watch)
{
	if (!mym__poll_has(&watch->set, &watch->limits, MYM__WAKE_LIMITS,
			   false))
		watch->limits.fd = 0;
}

static void forget_strangers(struct mym_watch *watch)
{
	forget_strange_limits(watch);
	if (watch->trigger_scope &&
	    !mym__poll_has(&watch->set, &watch->trigger, MYM__WAKE_STALLS,
			   true)) {
		watch->trigger.fd = 0;
		drop_trigger(watch, false);
	}
}

void mym__sources_arm(struct mym_watch *watch, bool anew)
{
	const struct mym__result *result = watch->ctx.result;
	const struct mym__places *places = NULL;

	if (result && result->places.dialect &&
	    !(result->places.are & MYM__PLACES_LOOKALIKE))
		places = &result->places;
	if (anew) {
		drop_trigger(watch, false);
		mym__counters_drop(watch, false);
		mym__refaults_drop(watch);
		mym__poll_drop(&watch->set, &watch->limits, false);
	} else {
		forget_strangers(watch);
	}
	if (places) {
		arm_limits(watch, places);
		if (watch->counters.count == 0)
			mym__counters_arm(watch);
	}
	mym__refaults_arm(watch);
	arm_some_trigger(watch, places);
	watch->armed_at = mym__watch_now(watch);
	watch->retry = mym__add(watch->armed_at, RETRY);
}

int mym__sources_open(struct mym_watch *watch)
{
	int r = mym__poll_open(&watch->set);

	if (r == 0)
		r = arm_timer(watch);
	/* Without the timer nothing can tell whether the set is still the
	 * library's. */
	if (r < 0) {
		mym__file_forget(&watch->timer, 1);
		mym__file_forget(&watch->set, 1);
	}
	return r;
}

void mym__sources_close(struct mym_watch *watch, bool shared)
{
	/* Only the set can tell whether these descriptors are still the
	 * library's. */
	if (!mym__sources_ours(watch))
		watch->set.fd = watch->timer.fd = 0;
	forget_strange_limits(watch);
	drop_trigger(watch, shared);
	mym__counters_drop(watch, shared);
	mym__refaults_drop(watch);
	mym__poll_drop(&watch->set, &watch->manager.file, shared);
	mym__poll_drop(&watch->set, &watch->limits, shared);
	mym__poll_drop(&watch->set, &watch->timer, shared);
	mym__file_forget(&watch->set, 1);
}

static void handle_one(struct mym_watch *watch, const struct mym__ready *ready,
		       int64_t now)
{
	switch (ready->id) {
	case MYM__WAKE_TIMER:
		break;
	case MYM__WAKE_LIMITS:
		if (mym__poll_drain(watch->limits.fd, watch->ctx.buffer,
				    sizeof(watch->ctx.buffer)) == 0)
			break;
		mym__poll_drop(&watch->set, &watch->limits, false);
		watch->stale = true;
		break;
	case MYM__WAKE_STALLS:
		/* The group was removed, or its PSI turned off: it is reported
		 * for ever. */
		if (ready->gone) {
			drop_trigger(watch, false);
			watch->stale = true;
		}
		break;
	case MYM__WAKE_MANAGER:
		mym__manager_call(watch, now, ready->gone);
		break;
	default:
		if (!mym__counters_handle(watch, ready->id - MYM__WAKE_COUNTER,
					  now))
			watch->stale = true;
	}
}

bool mym__sources_ours(const struct mym_watch *watch)
{
	return mym__poll_has(&watch->set, &watch->timer, MYM__WAKE_TIMER,
			     false);
}

int mym__sources_handle(struct mym_watch *watch, int64_t now)
{
	struct mym__ready ready[MYM__WAKE_COUNTER + MYM__COUNTERS];
	int n = mym__poll_ready(&watch->set, ready, MYM__COUNT(ready));

	/* A poll(2) may have consumed the event of a trigger. */
	if (n == 0)
		return now >= watch->due ||
		       (watch->trigger_scope && now >= watch->not_before &&
			now - watch->looked_at >= watch->settings.interval_min) ?
		       MYM__CALLED : MYM__SLEEP;
	if (n == 1 && ready[0].id == MYM__WAKE_TIMER)
		return MYM__DUE;
	if (n < 0 || !mym__sources_ours(watch))
		return -EBADF;
	for (int i = 0; i < n; i++)
		handle_one(watch, &ready[i], now);
	return MYM__CALLED;
}

uint64_t mym__sources_armed(const struct mym_watch *watch)
{
	const struct mym__counters *all = &watch->counters;
	uint64_t armed = 0;

	if (watch->trigger_scope == MYM_SCOPE_CGROUP)
		armed |= MYM_SOURCE_GROUP_TRIGGER;
	if (watch->trigger_scope == MYM_SCOPE_HOST)
		armed |= MYM_SOURCE_HOST_TRIGGER;
	if (watch->manager.file.fd > 0)
		armed |= MYM_SOURCE_MANAGER;
	if (watch->limits.fd > 0 && watch->ctx.result &&
	    watch->ctx.result->places.count > 0)
		armed |= MYM_SOURCE_LIMIT_WRITES;
	for (unsigned int i = 0; i < all->count; i++) {
		if (all->at[i].is &
		    (MYM__COUNTER_IN_EPOLL | MYM__COUNTER_IN_INOTIFY))
			armed |= MYM_SOURCE_EVENT_WAKES;
	}
	return armed;
}
