/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/error.h"
#include "fail.h"
#include "fast.h"
#include "group.h"
#include "judge.h"
#include "mymem.h"
#include "scenarios.h"
#include "units.h"
#include "watch/watch.h"

#define LIMIT (256 * MIB)
#define IN_USE (64 * MIB)
/* Of the process's group: charges by the batch, and what is freed meanwhile. */
#define SLACK (8 * MIB)

static const struct scenario *now;
static struct trial trial;
/* Shared with children, one of which may learn it. */
static struct answer *truth, given;
static struct mym_ctx *ctx, *const no_ctx = (struct mym_ctx *)0xa5a5;
static struct mym_watch *watch, *const no_watch = (struct mym_watch *)0xa5a5;
static bool learning;

/* --- contexts ---------------------------------------------------------------- */

static const char *sysroot(void)
{
	static char path[4096];

	if (!now->machine)
		return NULL;
	snprintf(path, sizeof(path), "%s/%s", FIXTURES, now->machine);
	return path;
}

static void open_context(void)
{
	ctx = no_ctx;
	given.opened = mym_open(&ctx, sysroot(), 0);
}

static void ask_once(void)
{
	if (given.opened == 0)
		ask(ctx, &given);
}

static void open_and_ask(void)
{
	open_context();
	ask_once();
}

static void ask_before(void)
{
	open_and_ask();
	ask_once();
}

static void close_context(void)
{
	if (given.opened == 0)
		mym_close(ctx);
	else if (ctx != no_ctx)
		complain("a failed mym_open has written");
}

static void judge_context(void)
{
	struct answer again;

	if (learning)
		*truth = given;
	judge(&trial, &given);
	if (trial.error == 0 && !same_answer(&trial, &given))
		complain("not the same answer");
	if (given.opened == 0) {
		ask(ctx, &again);
		if (!is_absence(trial.error) && !same_answer(&trial, &again))
			complain("not as it was when the fault is gone");
	}
	close_context();
}

static void nothing(void)
{
}

/* --- the calls without a context ---------------------------------------------- */

/* Not more than was known before. */
static void ask_simply(void)
{
	const struct mym_snapshot *t = &truth->s;
	int64_t r;

	r = mym_limit();
	if (r < 0 ? !in_closed_set((int)r) : !learning && r > t->limit)
		complain("mym_limit");
	if (trial.error == 0 && !learning && r != t->limit)
		complain("not the same limit");
	if (learning)
		truth->s.limit = r;
	r = mym_available();
	if (r < 0 ? !in_closed_set((int)r) :
		    !learning && r - trial.slack > t->available)
		complain("mym_available");
	if (learning)
		truth->s.available = r;
	r = mym_pressure();
	if (r < 0 ? !in_closed_set((int)r) : r > MYM_PRESSURE_CRITICAL)
		complain("mym_pressure");
	r = mym_workers(MIB, 1000000);
	if (r < 0 ? !in_closed_set((int)r) : r > t->limit / MIB)
		complain("mym_workers");
}

/* With nothing known before, what cannot be seen is not the limit. */
static void ask_simply_first(void)
{
	int64_t r = mym_limit();

	if (r < 0 && !in_closed_set((int)r))
		complain("mym_limit");
	if (r > truth->s.limit && !learning &&
	    mym__error_transient(-trial.error))
		complain("mym_limit: more, when it should have failed");
	if (learning)
		truth->s.limit = r;
	r = mym_available();
	if (r < 0 && !in_closed_set((int)r))
		complain("mym_available");
	r = mym_pressure();
	if (r < 0 && !in_closed_set((int)r))
		complain("mym_pressure");
}

static void fresh_answers(void)
{
	if (mym_set_max_age(0) < 0)
		complain("mym_set_max_age");
}

static void read_anew(void)
{
	mym__fast_expire();
}

static void judge_limit(void)
{
	if (!is_absence(trial.error) && mym_limit() != truth->s.limit)
		complain("mym_limit, when the fault is gone");
}

/* --- watches ------------------------------------------------------------------- */

static void open_watch(void)
{
	const struct mym_watch_options options = {
		.interval_min = 1, .interval_max = 1,
	};

	watch = no_watch;
	given.opened = mym_watch_open(&watch, &options, sizeof(options));
	if (given.opened < 0 && !in_closed_set(given.opened))
		complain("mym_watch_open's error is not of the set");
}

static void close_watch(void)
{
	if (given.opened == 0)
		mym_watch_close(watch);
	else if (watch != no_watch)
		complain("a failed mym_watch_open has written");
}

/* Takes what there is.  Nobody is pressed, moved or killed, and no limit is
 * written; one that was never seen may be seen now. */
static void take_events(bool limit_known)
{
	struct mym_event e;
	int r = 0;

	if (given.opened < 0)
		return;
	for (int i = 0; i < 20; i++) {
		memset(&e, 0xa5, sizeof(e));
		r = mym_watch_next(watch, &e, sizeof(e));
		if (r != 1)
			break;
		if (e.kind == MYM_EVENT_DEGRADED ||
		    (e.kind == MYM_EVENT_LIMIT_CHANGED &&
		     (!limit_known || is_absence(trial.error))) ||
		    (e.kind == MYM_EVENT_PRESSURE &&
		     !(e.cause & MYM_PRESSURE_BY_EVENTS)))
			continue;
		complain(e.kind == MYM_EVENT_LIMIT_CHANGED ?
			 "a limit that changes by itself" :
			 "an event that nobody caused");
	}
	if (r == 1)
		complain("events without end");
	/* It was taken for one that the program had closed. */
	if (r < 0 && r != -EIO)
		complain("mym_watch_next's error is not of the set");
}

static void look(void)
{
	if (given.opened < 0)
		return;
	watch->not_before = watch->due = 0;
	take_events(now->known);
	given.s = watch->last;
}

/* All that a watch does in the course of time. */
static void look_and_arm(void)
{
	look();
	if (given.opened < 0)
		return;
	watch->retry = 0;
	look();
	watch->stale = true;
	watch->armed_at = 0;
	look();
}

static void watch_before(void)
{
	open_watch();
	look();
}

static void judge_watch(void)
{
	if (given.opened == 0) {
		given.result = 0;
		given.s = watch->last;
		if (learning)
			*truth = given;
		/* What cannot be seen at first is flagged nowhere; an event says
		 * what it is when it is seen. */
		if (now->known || mym__error_transient(-trial.error))
			judge(&trial, &given);
		look();
		if (!is_absence(trial.error) &&
		    watch->last.limit != truth->s.limit)
			complain("the limit, when the fault is gone");
	}
	close_watch();
}

/* ------------------------------------------------------------------------------- */

#define OF_MACHINE(name, m) \
	{ name ": first answer", m, nothing, open_and_ask, judge_context, \
	  false, false, false }, \
	{ name ": next answer", m, ask_before, ask_once, judge_context, \
	  true, false, false }, \
	{ name ": close", m, ask_before, close_context, nothing, \
	  true, false, false }
#define OF_SYSTEM(name, before, during, after, known, lasting, fresh) \
	{ name, NULL, before, during, after, known, lasting, fresh }

const struct scenario scenarios[] = {
	OF_MACHINE("groups of v2", "v2-limit-on-parent"),
	OF_MACHINE("groups of v1", "v1-limit-on-parent"),
	OF_MACHINE("hybrid groups", "hybrid-memory-on-v1"),
	OF_MACHINE("commit and swap", "commit-plain-user"),
	OF_MACHINE("running system", NULL),
	OF_SYSTEM("simple calls: first answer", fresh_answers,
		  ask_simply_first, judge_limit, false, true, true),
	OF_SYSTEM("simple calls: next answer", fresh_answers, ask_simply,
		  judge_limit, true, true, false),
	OF_SYSTEM("simple calls: whole pass", read_anew, ask_simply,
		  judge_limit, true, true, false),
	OF_SYSTEM("watch: open", nothing, open_watch, judge_watch,
		  false, false, false),
	OF_SYSTEM("watch: look", watch_before, look_and_arm, judge_watch,
		  true, false, false),
	OF_SYSTEM("watch: close", watch_before, close_watch, nothing,
		  true, false, false),
};
const size_t scenario_count = MYM__COUNT(scenarios);

static void join_a_group(void)
{
	char name[32];
	void *memory;

	snprintf(name, sizeof(name), "calls-%d", (int)getpid());
	group_join(group_make(name, LIMIT), 0);
	memory = mmap(NULL, IN_USE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(memory == MAP_FAILED ? -1 : 0, "memory");
	memset(memory, 1, IN_USE);
	/* It is charged to the group, and no child has to copy its tables. */
	must(madvise(memory, IN_USE, MADV_DONTFORK), "madvise");
}

void scenario_prepare(const struct scenario *scenario)
{
	now = scenario;
	truth = mmap(NULL, sizeof(*truth), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(truth == MAP_FAILED ? -1 : 0, "memory");
	trial = (struct trial){
		.truth = truth,
		.running = !scenario->machine,
		.known = scenario->known,
		.slack = scenario->machine ? 0 : SLACK,
	};
	if (scenario->machine)
		return;
	/* Without groups the machine is what comes and goes. */
	if (group_missing())
		trial.slack = INT64_MAX;
	else
		join_a_group();
}

void scenario_learn(void (*go)(bool on))
{
	learning = true;
	scenario_run(0, go);
	learning = false;
}

void scenario_run(int error, void (*go)(bool on))
{
	trial.error = error;
	memset(&given, 0, sizeof(given));
	now->before();
	errno = 4711;
	go(true);
	now->during();
	go(false);
	if (errno != 4711)
		complain("errno has changed");
	now->after();
}
