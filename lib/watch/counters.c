/* SPDX-License-Identifier: MIT */
/*
 * What groups count: how often memory.high and memory.max were hit, how often
 * sockets were held back for lack of memory (Linux 7), and whom the kernel
 * killed.
 *
 * memory.events counts what happens in a group and below it.  Of the process's
 * group that is right.  Of a group above, siblings that run into limits of
 * their own would count: there memory.events.local says when its own limit was
 * hit (Linux 5.2), and memory.events only who was killed.  v1 counts for each
 * group alone.
 */
#include <errno.h>

#include "../base/compiler.h"
#include "../base/file.h"
#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/root.h"
#include "../base/saturate.h"
#include "../base/text.h"
#include "../discover/places.h"
#include "../read/level.h"
#include "../read/pass.h"
#include "counters.h"
#include "poll.h"
#include "sources.h"
#include "watch.h"

struct mym__counter_kind {
	const char *name[2]; /* of the v1 and the v2 file */
	bool amount;  /* one number: failcnt */
	bool own, above;
	bool wakes;   /* by POLLPRI */
	uint64_t use; /* bits of the counts that are believed */
};

#define BIT(count) (UINT64_C(1) << (count))
#define HITS (BIT(MYM__COUNT_HIGH) | BIT(MYM__COUNT_MAX) | \
	      BIT(MYM__COUNT_OOM) | BIT(MYM__COUNT_SOCKETS))
#define KILLS BIT(MYM__COUNT_KILLS)

static const struct mym__counter_kind kinds[] = {
	{ { NULL, "memory.events" }, false, true, false, true, HITS | KILLS },
	{ { NULL, "memory.events.local" }, false, false, true, true, HITS },
	{ { NULL, "memory.events" }, false, false, true, false, KILLS },
	{ { "memory.oom_control", NULL }, false, true, true, false, KILLS },
	{ { "memory.failcnt", NULL }, true, true, true, false,
	  BIT(MYM__COUNT_MAX) },
};

static int read_counter(struct mym_watch *watch, struct mym__counter *c,
			int64_t values[MYM__COUNTS])
{
	static const struct mym__text names[MYM__COUNTS] = {
		[MYM__COUNT_HIGH] = MYM__TEXT_INIT("high"),
		[MYM__COUNT_MAX] = MYM__TEXT_INIT("max"),
		[MYM__COUNT_OOM] = MYM__TEXT_INIT("oom"),
		[MYM__COUNT_SOCKETS] = MYM__TEXT_INIT("sock_throttled"),
		[MYM__COUNT_KILLS] = MYM__TEXT_INIT("oom_kill"),
	};
	struct mym__keys keys = {
		.names = names,
		.count = MYM__COUNTS,
		.values = values,
	};
	struct mym__text all;
	int r;

	for (int i = 0; i < MYM__COUNTS; i++)
		values[i] = c->value[i];
	if (c->kind->amount) {
		r = mym__lines_all(c->file.fd, watch->ctx.buffer, 4096, &all);
		if (r == 0)
			r = mym__parse_amount(all, &values[MYM__COUNT_MAX]);
	} else {
		r = mym__lines_keys(c->file.fd, watch->ctx.buffer,
				    sizeof(watch->ctx.buffer), &keys);
		if (r == 0 && keys.seen == 0)
			r = -EBADMSG;
	}
	return r == 0 && !mym__file_is(&c->file) ? -EBADF : r;
}

static void open_counter(struct mym_watch *watch, struct level *level,
			 unsigned int index, const struct mym__counter_kind *kind)
{
	struct mym__counters *all = &watch->counters;
	struct mym__counter *c = &all->at[all->count];
	const char *name = kind->name[level->dialect->version - 1];
	struct mym__open open;

	if (!name || !(index == 0 ? kind->own : kind->above) ||
	    all->count == MYM__COUNTERS)
		return;
	open = mym__level_get(level, LEVEL_EVENTS, name);
	if (open.fd < 0)
		return;
	*c = (struct mym__counter){ .level = index, .kind = kind };
	if (mym__file_adopt(&c->file, open.fd) != c->file.fd) {
		mym__root_drop(open.fd);
		return;
	}
	/* Reading also makes it wait for the next change. */
	if (read_counter(watch, c, c->base) != 0) {
		mym__file_forget(&c->file, 1);
		return;
	}
	c->in_epoll =
		kind->wakes &&
		mym__poll_once(&watch->set, &c->file,
			       MYM__WAKE_COUNTER + all->count, false) == 0;
	/* A second chance.  Without it, it is read all the same. */
	c->in_inotify = kind->wakes && !c->in_epoll && watch->limits.fd > 0 &&
			mym__poll_tell(&watch->limits, c->file.fd) == 0;
	for (int i = 0; i < MYM__COUNTS; i++)
		c->value[i] = c->base[i];
	c->known = true;
	all->count++;
}

void mym__counters_arm(struct mym_watch *watch)
{
	const struct mym__places *places = &watch->ctx.result->places;
	struct mym__pass pass = { .root = &watch->ctx.root, .places = places };

	if (!places->dialect || places->lookalike)
		return;
	/* Own group first: a kill in between is one of its own. */
	for (unsigned int i = 0; i < places->count && i < MYM__GROUPS_KEPT; i++) {
		struct level level = {
			.pass = &pass,
			.dialect = places->dialect,
			.place = &places->at[i],
			.dir = -1,
		};

		for (size_t k = 0; k < MYM__COUNT(kinds); k++)
			open_counter(watch, &level, i, &kinds[k]);
		mym__root_drop(level.dir);
	}
}

static void drop(struct mym_watch *watch, struct mym__counter *c, bool shared)
{
	if (c->in_epoll)
		mym__poll_drop(&watch->set, &c->file, shared);
	else
		mym__file_forget(&c->file, 1);
	c->known = c->in_epoll = c->in_inotify = false;
}

void mym__counters_drop(struct mym_watch *watch, bool shared)
{
	struct mym__counters *all = &watch->counters;

	for (unsigned int i = 0; i < all->count; i++)
		drop(watch, &all->at[i], shared);
	*all = (struct mym__counters){ 0 };
}

static bool counts(const struct mym__counters *all, const struct mym__counter *c)
{
	return c->known && (c->level == 0 || all->limited >> c->level & 1);
}

static void note_growth(struct mym__counters *all, struct mym__counter *c,
			const int64_t values[MYM__COUNTS], int64_t now)
{
	int64_t *at = c->level == 0 ? all->grew_at : all->grew_above_at;

	for (int i = 0; i < MYM__COUNTS; i++) {
		bool grew = values[i] > c->value[i] && (c->kind->use & BIT(i)) &&
			    !c->skipped;
		/* A kill above may be a sibling's own affair; v1 counts only
		 * those of the group itself. */
		bool theirs = i == MYM__COUNT_KILLS && c->level > 0 &&
			      c->kind->name[1];

		c->changed = c->changed || values[i] != c->value[i];
		if (c->skipped)
			c->base[i] += values[i] - c->value[i];
		c->value[i] = values[i];
		if (grew && !theirs && counts(all, c))
			at[i == MYM__COUNT_KILLS ? MYM__COUNT_OOM : i] = now;
	}
	c->skipped = false;
}

static bool read_one(struct mym_watch *watch, unsigned int index, int64_t now)
{
	struct mym__counters *all = &watch->counters;
	struct mym__counter *c = &all->at[index];
	int64_t values[MYM__COUNTS];
	int r;

	if (index >= all->count || !c->known)
		return true;
	r = read_counter(watch, c, values);
	if (r == 0) {
		note_growth(all, c, values, now);
		return true;
	}
	/* The group has gone, or the descriptor is not ours any more. */
	drop(watch, c, false);
	return false;
}

bool mym__counters_handle(struct mym_watch *watch, unsigned int index,
			  int64_t now)
{
	if (index < watch->counters.count)
		watch->counters.at[index].disarmed = true;
	return read_one(watch, index, now);
}

/* Page cache in a group at its limit makes it change a hundred times a second,
 * and all is well: what has changed since the last look is looked at again
 * anyway, and need not be heard before it is quiet. */
static void listen_again(struct mym_watch *watch, unsigned int index)
{
	struct mym__counter *c = &watch->counters.at[index];

	if (c->in_epoll && c->disarmed && !c->changed)
		c->disarmed =
			mym__poll_once(&watch->set, &c->file,
				       MYM__WAKE_COUNTER + index, true) < 0;
	c->changed = false;
}

/* From the top: what happens meanwhile counts for the process's group. */
bool mym__counters_read(struct mym_watch *watch, int64_t now)
{
	struct mym__counters *all = &watch->counters;
	bool alive = true;

	for (unsigned int i = all->count; i-- > 0;) {
		/* Without a limit it has nothing to tell; once it has one, it
		 * begins from there. */
		if (!counts(all, &all->at[i]))
			all->at[i].skipped = true;
		else if (read_one(watch, i, now))
			listen_again(watch, i);
		else
			alive = false;
	}
	return alive;
}

bool mym__counters_known(const struct mym__counters *all)
{
	for (unsigned int i = 0; i < all->count; i++) {
		if (counts(all, &all->at[i]))
			return true;
	}
	return false;
}

/* Kills since the counters were armed.  v2's top counts those of all below it,
 * v1's groups are added up. */
static int64_t killed(const struct mym__counters *all, bool above)
{
	int64_t own = 0, sum = 0, top = -1;

	for (unsigned int i = 0; i < all->count; i++) {
		const struct mym__counter *c = &all->at[i];
		int64_t n = mym__subtract(c->value[MYM__COUNT_KILLS],
					  c->base[MYM__COUNT_KILLS]);

		if (!counts(all, c) || !(c->kind->use & KILLS))
			continue;
		if (c->level == 0)
			own = n;
		else if (!c->kind->name[1])
			sum = mym__add(sum, n);
		else if (c->level == all->top)
			top = n;
	}
	if (!above)
		return own;
	return top >= 0 ? mym__subtract(top, own) : sum;
}

int64_t mym__counters_kills(struct mym__counters *all, bool above)
{
	int64_t *told = above ? &all->told_above : &all->told_own;
	int64_t all_kills = killed(all, above);
	int64_t fresh = mym__subtract(all_kills, *told);

	*told = mym__add(*told, fresh);
	return fresh;
}

void mym__counters_limit(struct mym__counters *all, unsigned int limited)
{
	if (all->limited == limited)
		return;
	all->limited = limited;
	all->top = 0;
	for (unsigned int i = 1; i < MYM__GROUPS_KEPT; i++) {
		if (limited >> i & 1)
			all->top = i;
	}
	all->told_above = killed(all, true);
}

unsigned int mym__counters_grew(const struct mym__counters *all, int64_t since,
				bool above)
{
	const int64_t *at = above ? all->grew_above_at : all->grew_at;
	unsigned int grew = 0;

	for (int i = 0; i < MYM__COUNT_KILLS; i++) {
		if (at[i] > 0 && at[i] >= since)
			grew |= 1U << i;
	}
	return grew;
}
