/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "killed.h"

/* The difference, if both are known. */
static int64_t more(int64_t before, int64_t now)
{
	return before < 0 || now < before ? -1 : now - before;
}

static int look(struct report *report)
{
	return mym_snapshot(report->ctx,
			    MYM_WANT_LIMIT | MYM_WANT_USED | MYM_WANT_CGROUP_VERSION,
			    &report->snapshot, sizeof(report->snapshot));
}

static bool add(struct killed *k, uint64_t index)
{
	struct group *g = &k->groups[k->count];

	*g = (struct group){ .counted = counters_of(&k->report, index),
			     .used = -1, .peak = -1, .grown = -1 };
	/* The context's own is valid until it looks again. */
	g->path = strdup(g->counted.path);
	if (!g->path)
		return false;
	g->counted.path = k->places[k->count].path = g->path;
	k->count++;
	return true;
}

void killed_begin(struct killed *k)
{
	const struct mym_snapshot *s = &k->report.snapshot;

	*k = (struct killed){ .log = log_open(),
			      .machine = kills_of_machine(NULL) };
	if (mym_open(&k->report.ctx, NULL, 0) < 0 || look(&k->report) < 0)
		return;
	k->groups = calloc((size_t)s->constraints, sizeof(*k->groups));
	k->places = calloc((size_t)s->constraints, sizeof(*k->places));
	if (!k->groups || !k->places)
		return;
	for (uint64_t i = 0; i < s->constraints; i++) {
		if (constraint_at(&k->report, i).kind == MYM_KIND_CGROUP &&
		    !add(k, i))
			return;
	}
}

static void compare(struct group *g, const struct counters *now,
		    const struct mym_constraint *c)
{
	struct counters *was = &g->counted;

	g->used = c->valid & MYM_WANT_USED ? c->used : -1;
	g->peak = now->peak;
	g->grown = more(was->peak, now->peak);
	was->killed = more(was->killed, now->killed);
	was->killed_here = more(was->killed_here, now->killed_here);
	was->whole_group = more(was->whole_group, now->whole_group);
	was->gave_up = more(was->gave_up, now->gave_up);
	was->reached = more(was->reached, now->reached);
	was->was_full = now->was_full;
	was->file = now->file;
	was->limit = now->limit;
	was->limit_bits = now->limit_bits;
}

/* What cannot be counted again is not known. */
static void count_again(struct killed *k, size_t at)
{
	const struct mym_snapshot *s = &k->report.snapshot;
	struct group *g = &k->groups[at];
	struct counters now;
	struct mym_constraint c;

	for (uint64_t i = 0; i < s->constraints; i++) {
		c = constraint_at(&k->report, i);
		if (c.kind != MYM_KIND_CGROUP ||
		    strcmp(path_at(&k->report, i), g->path) != 0)
			continue;
		now = counters_of(&k->report, i);
		compare(g, &now, &c);
		return;
	}
	g->counted.killed = g->counted.killed_here = g->counted.gave_up = -1;
	g->counted.reached = g->counted.whole_group = -1;
	g->counted.was_full = false;
}

void killed_end(struct killed *k, const struct child *child, bool by_guard)
{
	struct evidence *e = &k->evidence;
	const struct counters *own;

	e->by_guard = by_guard;
	e->by_signal = WIFSIGNALED(child->status) &&
		       WTERMSIG(child->status) == SIGKILL;
	e->by_shell = WIFEXITED(child->status) &&
		      WEXITSTATUS(child->status) == SIGNALLED + SIGKILL;
	e->machine = more(k->machine, kills_of_machine(NULL));
	e->here = e->below = -1;
	e->places = k->places;
	if (k->report.ctx && look(&k->report) == 0) {
		e->elsewhere = child->elsewhere &&
			       k->report.snapshot.cgroup_version == 2;
		e->hidden = k->report.snapshot.flags & MYM_FLAG_HIDDEN_ANCESTORS;
		for (size_t i = 0; i < k->count; i++) {
			count_again(k, i);
			k->places[i].guilty =
				is_guilty(&k->report, &k->groups[i].counted);
		}
		e->count = k->count;
	}
	if (e->count > 0) {
		own = &k->groups[0].counted;
		/* Before Linux 5.2 there is but one count for both. */
		e->here = own->killed_here >= 0 ? own->killed_here : own->killed;
		e->below = own->killed >= 0 ? own->killed - e->here : -1;
	}
	e->complete = log_read(k->log, child->pid,
			       e->by_signal && (e->here != 0 || e->below != 0 ||
						e->elsewhere),
			       &e->logged);
	k->verdict = verdict_of(e);
}

void killed_close(struct killed *k)
{
	for (size_t i = 0; i < k->count; i++)
		free(k->groups[i].path);
	free(k->groups);
	free(k->places);
	if (k->log >= 0)
		close(k->log);
	mym_close(k->report.ctx);
}
