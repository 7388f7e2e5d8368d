/* SPDX-License-Identifier: MIT */
/*
 * A watch: looks, compares with the last look, and reports what has changed.
 *
 * One look is one pass of a context of its own.  What wakes the watch up calls
 * for a look, but that alone is not enough: a look must be paid for, so that
 * all of them take no more than 0.5 % of a processor.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../answer/findings.h"
#include "../answer/merge.h"
#include "../answer/pressure.h"
#include "../base/compiler.h"
#include "../base/file.h"
#include "../base/fork.h"
#include "../base/root.h"
#include "../base/saturate.h"
#include "../base/sys.h"
#include "../context.h"
#include "../discover/group.h"
#include "../fast.h"
#include "../read/pass.h"
#include "../seal.h"
#include "../snapshot.h"
#include "counters.h"
#include "glance.h"
#include "growth.h"
#include "hysteresis.h"
#include "manager.h"
#include "poll.h"
#include "refaults.h"
#include "sources.h"
#include "watch.h"

#define WANTED (MYM_WANT_LIMIT | MYM_WANT_AVAILABLE | MYM_WANT_PRESSURE | \
		MYM_WANT_PSI_SOME | MYM_WANT_PSI_FULL)
#define AT_ONCE INT64_C(1000000000)
#define STALLS_WINDOW INT64_C(2000000000)

/* Whose limit a constraint is, by its kind. */
static int scope_of(const struct mym_ctx *ctx, uint64_t index)
{
	const struct mym__findings *found = &ctx->result->last;

	switch (found->rows[index].kind) {
	case MYM_KIND_CGROUP:
	case MYM_KIND_CGROUP_MEMSW:
		return found->paths[index] == found->paths[0] ?
		       MYM_SCOPE_CGROUP : MYM_SCOPE_ABOVE;
	case MYM_KIND_CGROUP_HIDDEN:
		return MYM_SCOPE_ABOVE;
	case MYM_KIND_HOST:
	case MYM_KIND_COMMIT:
	case MYM_KIND_NUMA:
		return MYM_SCOPE_HOST;
	default:
		return MYM_SCOPE_PROCESS;
	}
}

static unsigned int limited_levels(const struct mym_ctx *ctx)
{
	const struct mym__findings *found = &ctx->result->last;
	unsigned int levels = 0;

	for (unsigned int i = 0; i < found->count && i < MYM__GROUPS_WATCHED;
	     i++) {
		if (found->rows[i].kind == MYM_KIND_CGROUP &&
		    (found->rows[i].valid & (MYM_WANT_LIMIT | MYM_WANT_HIGH)))
			levels |= 1U << i;
	}
	return levels;
}

static struct mym_event *tell(struct mym_watch *watch, uint64_t kind)
{
	const struct mym_snapshot *s = &watch->last;
	struct mym_event *event = &watch->queue[watch->queued++];
	const struct mym__findings *found = &watch->ctx.result->last;

	*event = (struct mym_event){
		.kind = kind,
		.time = s->time,
		.valid = s->valid & WANTED,
		.level = mym__pressure_level(watch->hysteresis.told),
		.old_level = mym__pressure_level(watch->hysteresis.told),
		.limit = s->limit,
		.old_limit = s->limit,
		.available = s->available,
		.psi_some = s->psi_some,
		.psi_full = s->psi_full,
		.constraint = s->limit_by,
		.sources = watch->sources,
	};
	if ((s->valid & MYM_WANT_LIMIT) && s->limit_by < found->count)
		event->constraint_kind = found->rows[s->limit_by].kind;
	return event;
}

static void tell_limit(struct mym_watch *watch, const struct mym_snapshot *old)
{
	const struct mym_snapshot *s = &watch->last;

	if ((s->valid & old->valid & MYM_WANT_LIMIT) && s->limit != old->limit)
		tell(watch, MYM_EVENT_LIMIT_CHANGED)->old_limit = old->limit;
}

static void tell_kills(struct mym_watch *watch, int scope)
{
	bool above = scope == MYM_SCOPE_ABOVE;
	int64_t kills = mym__counters_kills(&watch->counters, above);
	struct mym_event *event;

	/* What was killed in the group that the process has just moved to would
	 * count as above until its counters are those of the watch. */
	if (kills == 0 || (above && mym__snapshot_moved(&watch->ctx)))
		return;
	event = tell(watch, MYM_EVENT_OOM_KILL);
	event->oom_kills = kills;
	event->scope = scope;
}

static void assess(struct mym_watch *watch, int64_t now, bool eased,
		   struct mym__inputs *inputs,
		   struct mym__assessment *assessment)
{
	const int64_t since = mym__subtract(now, watch->settings.event_window);
	unsigned int own = mym__counters_grew(&watch->counters, since, false);
	unsigned int above = mym__counters_grew(&watch->counters, since, true);

	inputs->grew = own | above;
	inputs->grew_scope = own >= above ? MYM_SCOPE_CGROUP : MYM_SCOPE_ABOVE;
	mym__pressure_assess(&watch->settings.rules, eased, inputs, assessment);
}

/*
 * Follows each constraint by itself: while the process's group has room the
 * machine may run out, and once that binds there is no time left.  As
 * elsewhere, groups far above are left out, so that their number is bounded;
 * the machine comes last.
 */
static void follow(struct mym_watch *watch, int64_t time)
{
	const struct mym__findings *found = &watch->ctx.result->last;

	for (unsigned int i = 0; i < watch->falling; i++)
		mym__growth_still(&watch->growth[i], watch->glanced_at);
	watch->falling = 0;
	for (unsigned int i = 0; i < found->count; i++) {
		const struct mym_constraint *c = &found->rows[i];
		struct mym__fall *fall = &watch->falls[watch->falling];

		if (!(c->valid & MYM_WANT_AVAILABLE) ||
		    !(c->valid & (MYM_WANT_LIMIT | MYM_WANT_HIGH)) ||
		    (c->kind == MYM_KIND_CGROUP && i >= MYM__GROUPS_WATCHED) ||
		    (watch->falling + 1 == MYM__FALLS && i + 1 < found->count))
			continue;
		mym__growth_note(&watch->growth[watch->falling++], time, i,
				 mym__merge_bound(c), c->available, fall);
		fall->scope = scope_of(&watch->ctx, i);
	}
}

/* Assesses everything that was read; s is NULL if the look failed. */
static void assess_all(struct mym_watch *watch, int64_t now,
		       const struct mym_snapshot *s)
{
	const uint64_t room = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE;
	struct mym__hysteresis *h = &watch->hysteresis;
	const struct mym__psi *seen = watch->ctx.result->last.psi;
	struct mym__psi psi[MYM__PSIS + 1] = { { 0 } };
	struct mym__inputs inputs = { .psi = psi, .psis = MYM__COUNT(psi) };
	struct mym__assessment assessment, eased;
	unsigned int before = h->told;

	if (s && (s->valid & room) == room) {
		inputs.room = true;
		inputs.limit = s->limit;
		inputs.available = s->available;
		inputs.room_scope = scope_of(&watch->ctx, s->available_by);
	}
	if (s) {
		follow(watch, now);
		inputs.falls = watch->falls;
		inputs.falling = watch->falling;
		memcpy(psi, seen, sizeof(watch->ctx.result->last.psi));
		mym__stalls_note(&watch->stalls, now, &seen[MYM__PSI_OWN],
				 &psi[MYM__PSIS]);
	}
	inputs.counted = mym__counters_known(&watch->counters);
	inputs.again = watch->refaults.again;
	inputs.managed =
		watch->manager.file.fd > 0 || watch->manager.called_at > 0;
	inputs.called = mym__manager_called(watch, now);
	assess(watch, now, true, &inputs, &eased);
	assess(watch, now, false, &inputs, &assessment);
	watch->sources = mym__sources_armed(watch);
	if (inputs.room)
		watch->sources |= MYM_SOURCE_HEADROOM;
	if ((watch->settings.rules.by & MYM_PRESSURE_BY_PSI) &&
	    (psi[MYM__PSI_OWN].scope || psi[MYM__PSI_ABOVE].scope))
		watch->sources |= MYM_SOURCE_PSI;
	if (inputs.counted)
		watch->sources |= MYM_SOURCE_EVENTS;
	watch->stalled = eased.cause & MYM_PRESSURE_BY_PSI;
	watch->calm = s && h->step == MYM__STEP_NONE &&
		      h->told == MYM__STEP_NONE && eased.step == MYM__STEP_NONE;
	/* A look that failed does not mean that all is well. */
	if (s && mym__hysteresis_move(h, now, assessment.step, eased.step)) {
		struct mym_event *event = tell(watch, MYM_EVENT_PRESSURE);

		event->old_level = mym__pressure_level(before);
		event->cause = assessment.cause;
		event->scope = assessment.scope;
	}
}

static bool has_moved(struct mym_watch *watch)
{
	struct mym__membership *now = &watch->ctx.result->membership;

	if (mym__group_same(&watch->membership, now))
		return false;
	watch->membership = *now;
	return true;
}

static void arm(struct mym_watch *watch, int64_t now, bool moved)
{
	/* A source that dies as soon as it is armed is not armed again at
	 * once. */
	bool dead = watch->stale &&
		    mym__subtract(now, watch->armed_at) >= AT_ONCE;

	if (watch->ctx.root.sealed)
		return;
	if (moved || dead) {
		mym__sources_arm(watch, true);
		memset(watch->growth, 0, sizeof(watch->growth));
		watch->stalls.count = 0;
	} else if (now >= watch->retry) {
		mym__sources_arm(watch, false);
	} else {
		return;
	}
	watch->stale = false;
	mym__counters_limit(&watch->counters, limited_levels(&watch->ctx));
}

static void compare(struct mym_watch *watch, int64_t now)
{
	struct mym_snapshot s, old = watch->last;
	uint64_t before = watch->sources;
	bool moved = false;
	int r;

	if (watch->stale)
		watch->ctx.anew = true;
	r = mym__snapshot(&watch->ctx, WANTED, &s);
	if (r == 0) {
		watch->last = s;
		moved = has_moved(watch);
		/* Those of a group that was left are what they were. */
		if (!moved)
			mym__counters_limit(&watch->counters,
					    limited_levels(&watch->ctx));
	}
	if (!mym__counters_read(watch, now))
		watch->stale = true;
	mym__refaults_read(watch, now);
	tell_kills(watch, MYM_SCOPE_CGROUP);
	if (moved)
		tell(watch, MYM_EVENT_MOVED);
	else
		tell_kills(watch, MYM_SCOPE_ABOVE);
	if (r == 0)
		tell_limit(watch, &old);
	arm(watch, now, moved);
	assess_all(watch, now, r == 0 ? &s : NULL);
	for (unsigned int i = 0; i < watch->queued; i++)
		watch->queue[i].sources = watch->sources;
	if (before & ~watch->sources)
		tell(watch, MYM_EVENT_DEGRADED)->lost = before & ~watch->sources;
}

int64_t mym__watch_now(struct mym_watch *watch)
{
	int64_t now = mym__sys_clock(CLOCK_MONOTONIC);

	if (now + watch->ahead < watch->latest)
		watch->ahead = watch->latest - now;
	watch->latest = now + watch->ahead;
	return watch->latest;
}

/* Glances, or looks: what that has cost; < 0: the watch is broken. */
static int64_t renew(struct mym_watch *watch, int64_t now, bool called)
{
	int64_t cost;

	/* A glance is too short for system calls that would time it better.  It
	 * only reads, and tells nothing: whose the set is is asked before the
	 * timer is set. */
	if (!called && mym__glance(watch, now)) {
		cost = mym__subtract(mym__watch_now(watch), now);
		return cost < watch->usual_cost ? cost : watch->usual_cost;
	}
	if (!called && !mym__sources_ours(watch))
		return -EBADF;
	cost = mym__sys_clock(CLOCK_THREAD_CPUTIME_ID);
	compare(watch, now);
	/* Finding another group does not count: it is not done at each look. */
	if (watch->armed_at >= now)
		return 0;
	cost = mym__subtract(mym__sys_clock(CLOCK_THREAD_CPUTIME_ID), cost);
	return mym__pace_cost(&watch->usual_cost, cost);
}

static int look(struct mym_watch *watch, bool called)
{
	const uint64_t room = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE;
	const struct mym_snapshot *s = &watch->last;
	int64_t now = mym__watch_now(watch);
	const int64_t least = watch->settings.interval_min;
	int64_t cost = renew(watch, now, called), interval, thrift, wait;

	if (cost < 0)
		return (int)cost;
	if (watch->queued > 0)
		mym__fast_expire();
	wait = mym__pace_pay(&watch->credit, now - watch->looked_at, cost);
	watch->looked_at = now;
	interval = mym__pace_interval(least, watch->settings.interval_max,
				      (s->valid & room) == room, s->limit,
				      s->available);
	for (unsigned int i = 0; i < watch->falling; i++)
		interval = mym__pace_lasting(least, interval,
					     watch->falls[i].available);
	if (watch->stalled && interval > least * 2)
		interval = least * 2;
	thrift = mym__pace_thrift(watch->credit, cost);
	if (interval < thrift)
		interval = thrift;
	for (unsigned int i = 0; i < watch->falling; i++)
		interval = mym__pace_fall(least, interval, &watch->falls[i]);
	watch->due = mym__add(now, interval);
	watch->not_before = mym__add(now, wait);
	if (watch->due < watch->not_before)
		watch->due = watch->not_before;
	return 0;
}

/* The descriptor stays readable while events are queued. */
static int settle(struct mym_watch *watch)
{
	int64_t ns = 0;

	if (!mym__sources_ours(watch))
		return -EBADF;
	if (watch->queued == 0)
		ns = mym__subtract(watch->due, mym__watch_now(watch));
	return mym__poll_arm(&watch->timer, ns);
}

/* A process that shares the memory has the same number, but not the same
 * descriptors. */
static bool is_ours(const struct mym_watch *watch)
{
	return watch->process == mym__sys_process() &&
	       watch->fork == mym__fork_number();
}

int mym__watch_next(struct mym_watch *watch, struct mym_event *out)
{
	int r;

	if (!is_ours(watch))
		return -ECHILD;
	if (watch->queued == 0) {
		int64_t now = mym__watch_now(watch);

		r = mym__sources_handle(watch, now);
		if (r <= 0)
			return r;
		if (now < watch->not_before)
			watch->due = watch->not_before;
		else if (look(watch, r == MYM__CALLED) < 0)
			return -EBADF;
	}
	r = watch->queued > 0;
	if (r) {
		*out = watch->queue[0];
		memmove(&watch->queue[0], &watch->queue[1],
			--watch->queued * sizeof(watch->queue[0]));
	}
	return settle(watch) < 0 ? -EBADF : r;
}

int mym__watch_open(struct mym_watch **out,
		    const struct mym__settings *settings)
{
	struct mym_watch *watch = calloc(1, sizeof(*watch));
	int r;

	if (!watch)
		return -ENOMEM;
	watch->process = mym__sys_process();
	watch->fork = mym__fork_number();
	watch->stalls.window = STALLS_WINDOW;
	watch->credit = MYM__PACE_CREDIT;
	watch->usual_cost = MYM__PACE_USUAL;
	watch->ctx.stays = true;
	watch->settings = *settings;
	watch->hysteresis.cooldown = watch->settings.cooldown;
	watch->hysteresis.hold_off = watch->settings.hold_off;
	r = mym__context_init(&watch->ctx, NULL);
	if (r == 0)
		r = mym__sources_open(watch);
	if (r == 0)
		r = mym__snapshot(&watch->ctx, WANTED, &watch->last);
	if (r < 0) {
		mym__watch_close(watch);
		return r;
	}
	watch->membership = watch->ctx.result->membership;
	if (watch->settings.rules.by & MYM_PRESSURE_BY_MANAGER)
		mym__manager_arm(watch);
	if (watch->manager.off)
		watch->settings.rules.by &= ~MYM_PRESSURE_BY_PSI;
	mym__sources_arm(watch, true);
	if (watch->settings.sealed)
		r = mym__seal(&watch->ctx);
	if (r == 0) {
		look(watch, true);
		r = settle(watch) < 0 ? -EIO : 0;
	}
	if (r < 0) {
		mym__watch_close(watch);
		return r;
	}
	*out = watch;
	return 0;
}

void mym__watch_close(struct mym_watch *watch)
{
	mym__sources_close(watch, !is_ours(watch));
	mym__context_clear(&watch->ctx);
	free(watch);
}
