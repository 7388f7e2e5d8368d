/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "fail.h"
#include "group.h"
#include "inside.h"
#include "kernel-file.h"
#include "outside.h"
#include "stage.h"
#include "trigger.h"
#include "units.h"

#define MACHINE (2048 * MIB) /* none is larger */
#define CHANGES 50 /* at most */
#define IN_TIME (100 * MS)
/* Who is told as late has been told, on a machine that is busy or emulated. */
#define PATIENCE (10 * S)

static void begin(const struct stage *stage)
{
	trigger_forget();
	stage->page->go = true;
}

/* Whether the subject is at its end; waits so long.  It must not be dead. */
static bool done(const struct stage *stage, int ms)
{
	if (stage_dead(stage, stage->page->done ? 0 : ms)) {
		stage_check(stage);
		fail("the subject was killed");
	}
	return stage->page->done;
}

static int64_t before(int64_t dead, int64_t warned)
{
	return warned > 0 ? dead - warned : NONE;
}

void outside_ramp(const struct stage *stage, struct facts *facts)
{
	const struct page *page = stage->page;
	const struct seen *first;
	int64_t dead, end = clock_now() + page->seconds * S;

	begin(stage);
	while (!trigger_wait(stage->pidfd, 100)) {
		if (clock_now() > end)
			fail("the subject was not killed");
	}
	dead = clock_now();
	stage_check(stage);
	if (page->done)
		fail("the kernel did not stop it");
	first = facts_first(page, MYM_PRESSURE_MEDIUM, UINT64_MAX);
	facts->killed = 1;
	facts->lead = before(dead, first ? first->at : 0);
	facts->plain = before(dead, trigger_time(POLICY_PLAIN));
	facts->glib = before(dead, trigger_time(POLICY_GLIB));
	facts->systemd = before(dead, trigger_time(POLICY_SYSTEMD));
}

/* Takes memory at the situation's rate until it is killed. */
static void hog(void *data)
{
	const struct stage *stage = data;
	const struct situation *situation = stage->situation;

	must_do(kernel_write("/proc/self/oom_score_adj", "1000"),
		"oom_score_adj");
	inside_take(stage->page,
		 4 * (situation->above ? situation->above : MACHINE),
		 situation->rate);
}

/* The subject does nothing, and is spared. */
void outside_hog(const struct stage *stage, struct facts *facts)
{
	const struct page *page = stage->page;
	const struct seen *first;
	int64_t dead;
	int status;

	facts->room = stage->situation->above;
	if (facts->room == 0)
		facts->room = kernel_key("/proc/meminfo", "MemAvailable");
	begin(stage);
	status = child_wait(child_start(stage->beside, hog, (void *)stage));
	dead = clock_now();
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		fail("the others were not killed");
	if (stage_dead(stage, 0))
		fail("the subject was killed");
	first = facts_first(page, MYM_PRESSURE_MEDIUM, UINT64_MAX);
	facts->killed = 1;
	facts->lead = before(dead, first && first->at < dead ? first->at : 0);
	stage->page->go = false;
}

void outside_nothing(const struct stage *stage, struct facts *facts)
{
	begin(stage);
	while (!done(stage, 100))
		;
	facts->seconds = stage->page->seconds;
}

static int64_t after(int64_t began, int64_t warned)
{
	return warned > 0 ? warned - began : NONE;
}

/* Here the others' triggers fire, too: they are heard. */
void outside_swap(const struct stage *stage, struct facts *facts)
{
	const struct page *page = stage->page;
	const struct seen *first;

	begin(stage);
	while (!done(stage, 0))
		trigger_wait(stage->pidfd, 100);
	facts->seconds = page->seconds;
	first = facts_first(page, MYM_PRESSURE_LOW, MYM_PRESSURE_BY_PSI);
	facts->stall_lag = after(page->began, first ? first->at : 0);
	facts->plain_lag = after(page->began, trigger_time(POLICY_PLAIN));
	facts->glib_lag = after(page->began, trigger_time(POLICY_GLIB));
	facts->systemd_lag = after(page->began, trigger_time(POLICY_SYSTEMD));
}

void outside_counted(const struct stage *stage, struct facts *facts)
{
	char path[8400];
	int64_t calm = 0; /* the last time that nothing was counted */
	bool counted = false;
	const struct seen *first = NULL;

	snprintf(path, sizeof(path), "%s/memory.events", stage->group);
	begin(stage);
	while (!done(stage, 1)) {
		int64_t now = clock_now();

		counted = counted ||
			  kernel_key(path, stage->situation->counts) > 0;
		if (!counted)
			calm = now;
		first = facts_first(stage->page, stage->situation->level,
				    MYM_PRESSURE_BY_EVENTS);
		if (counted && (first || now - calm > PATIENCE))
			stage->page->go = false;
	}
	if (!counted)
		fail("the kernel has not counted it");
	facts->seconds = stage->page->seconds;
	if (first)
		facts->lag = first->at - calm;
}

/* How long the first warning took, of whatever cause. */
static void take_lag(const struct page *page, struct facts *facts)
{
	const struct seen *first = facts_first(page, MYM_PRESSURE_MEDIUM,
					       UINT64_MAX);

	facts->seconds = page->seconds;
	if (first)
		facts->lag = first->at - page->began;
}

void outside_throttle(const struct stage *stage, struct facts *facts)
{
	const struct page *page = stage->page;
	char path[8400];

	begin(stage);
	if (stage_dead(stage, page->seconds * 1000) || page->done)
		fail("it was not throttled");
	snprintf(path, sizeof(path), "%s/memory.events", stage->group);
	facts->breaches = kernel_key(path, "high");
	take_lag(page, facts);
}

/* A machine may lose its patience. */
void outside_reread(const struct stage *stage, struct facts *facts)
{
	bool dead = false;

	begin(stage);
	while (!dead && !stage->page->done)
		dead = stage_dead(stage, 100);
	stage_check(stage);
	if (stage->page->began == 0)
		fail("it died too soon");
	facts->killed = dead;
	take_lag(stage->page, facts);
}

/* When the subject was told of this limit. */
static int64_t limit_told(const struct stage *stage, int64_t limit)
{
	const struct page *page = stage->page;
	int64_t end = clock_now() + PATIENCE;

	for (unsigned int i = 0; clock_now() < end; i++) {
		while (i >= page->count && clock_now() < end)
			usleep(1000);
		if (i < page->count &&
		    page->seen[i].event.kind == MYM_EVENT_LIMIT_CHANGED &&
		    page->seen[i].event.limit == limit)
			return page->seen[i].at;
	}
	return NONE;
}

static int by_size(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

void outside_limits(const struct stage *stage, struct facts *facts)
{
	const int changes = stage->page->seconds; /* one in each, at least */
	int64_t lags[CHANGES] = { 0 };

	must(changes <= CHANGES ? 0 : -1, "changes");
	begin(stage);
	/* Lower each time: more than memory and swap may be is refused. */
	facts->changes = changes;
	facts->told = 0;
	for (int i = 0; i < changes; i++) {
		int64_t limit = stage->situation->limit - (i + 1) * MIB / 2;
		int64_t since = stage_change_limit(stage, limit);
		int64_t told = limit_told(stage, limit);

		if (told == NONE)
			fail("a limit was changed, and nobody told");
		lags[i] = told - since;
		facts->told += lags[i] <= IN_TIME;
		/* Not always at the same time of the watch's timer. */
		usleep(200000 + (unsigned int)i * 3000);
	}
	qsort(lags, (size_t)changes, sizeof(lags[0]), by_size);
	facts->median_lag = lags[changes / 2];
	facts->lag = lags[changes - 1];
	stage->page->go = false;
}

void outside_sibling(const struct stage *stage, struct facts *facts)
{
	const struct page *page = stage->page;
	int64_t killed;

	begin(stage);
	child_kill(stage->group, 4 * stage->situation->limit);
	killed = clock_now();
	/* Once, and not again. */
	sleep(3);
	stage_check(stage);
	if (stage_dead(stage, 0))
		fail("the subject was killed, too");
	facts->kill_events = facts->kills = 0;
	for (unsigned int i = 0; i < page->count; i++) {
		if (page->seen[i].event.kind != MYM_EVENT_OOM_KILL)
			continue;
		if (facts->kill_events++ == 0)
			facts->lag = page->seen[i].at - killed;
		facts->kills += page->seen[i].event.oom_kills;
	}
	stage->page->go = false;
}
