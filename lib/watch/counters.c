/* SPDX-License-Identifier: MIT */
/*
 * What groups count: how often memory.high and memory.max were hit, how often
 * sockets were held back for lack of memory (Linux 7), and how often the kernel
 * killed.
 *
 * memory.events counts what happens in a group and below it.  For the process's
 * group that is right.  For a group above, it would include siblings that run
 * into limits of their own: there memory.events.local says how often the
 * group's own limit was hit (Linux 5.2), and memory.events is read only for
 * kills.  v1 counts for each group alone.
 */
#include <errno.h>
#include <string.h>

#include "../base/compiler.h"
#include "../base/file.h"
#include "../base/inotify.h"
#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/root.h"
#include "../base/saturate.h"
#include "../base/text.h"
#include "../discover/places.h"
#include "../read/group-dir.h"
#include "counters.h"
#include "poll.h"
#include "sources.h"
#include "watch.h"

enum {
	OF_OWN = 1,   /* it is read for the process's group */
	OF_ABOVE = 2, /* and for those above it */
	AMOUNT = 4,   /* it is one number, not a list of keys */
	WAKES = 8,    /* the kernel reports its changes by POLLPRI */
};

struct mym__counter_kind {
	int version; /* of the dialect */
	unsigned int how;
	char name[20];
	uint64_t use; /* bits of the counts that are used */
};

#define BIT(count) (UINT64_C(1) << (count))
#define HITS (BIT(MYM__COUNT_HIGH) | BIT(MYM__COUNT_MAX) | \
	      BIT(MYM__COUNT_OOM) | BIT(MYM__COUNT_SOCKETS))
#define KILLS BIT(MYM__COUNT_KILLS)

static const struct mym__counter_kind kinds[] = {
	{ 2, OF_OWN | WAKES, "memory.events", HITS | KILLS },
	{ 2, OF_ABOVE | WAKES, "memory.events.local", HITS },
	{ 2, OF_ABOVE, "memory.events", KILLS },
	{ 1, OF_OWN | OF_ABOVE, "memory.oom_control", KILLS },
	{ 1, OF_OWN | OF_ABOVE | AMOUNT, "memory.failcnt",
	  BIT(MYM__COUNT_MAX) },
};

static int read_counter(struct mym_watch *watch, struct mym__counter *c,
			int64_t values[MYM__COUNTS])
{
	static const struct mym__name names[MYM__COUNTS] = {
		[MYM__COUNT_HIGH] = MYM__NAME("high"),
		[MYM__COUNT_MAX] = MYM__NAME("max"),
		[MYM__COUNT_OOM] = MYM__NAME("oom"),
		[MYM__COUNT_SOCKETS] = MYM__NAME("sock_throttled"),
		[MYM__COUNT_KILLS] = MYM__NAME("oom_kill"),
	};
	struct mym__keys keys = {
		.names = names,
		.count = MYM__COUNTS,
		.wanted = c->kind->use,
		.values = values,
	};
	int r;

	for (int i = 0; i < MYM__COUNTS; i++)
		values[i] = c->value[i];
	if (c->kind->how & AMOUNT) {
		r = mym__lines_amount(c->file.fd, watch->ctx.buffer,
				      &values[MYM__COUNT_MAX]);
	} else {
		r = mym__lines_keys(c->file.fd, watch->ctx.buffer,
				    sizeof(watch->ctx.buffer), &keys);
		if (keys.seen == 0)
			r = -EBADMSG;
	}
	return mym__file_is(&c->file) ? r : -EBADF;
}

/* Even if neither reports its changes, it is read at each look. */
static unsigned int arm(struct mym_watch *watch, const struct mym__counter *c,
			unsigned int id)
{
	if (mym__poll_once(&watch->set, &c->file, id, false) == 0)
		return MYM__COUNTER_IN_EPOLL;
	if (watch->limits.fd > 0 &&
	    mym__inotify_add(watch->limits.fd, c->file.fd))
		return MYM__COUNTER_IN_INOTIFY;
	return 0;
}

static void open_counter(struct mym_watch *watch, struct mym__group_dir *dir,
			 unsigned int index,
			 const struct mym__counter_kind *kind)
{
	struct mym__counters *all = &watch->counters;
	struct mym__counter *c = &all->at[all->count];
	int fd;

	if (!(kind->how & (index == 0 ? OF_OWN : OF_ABOVE)) ||
	    all->count == MYM__COUNTERS)
		return;
	fd = mym__group_dir_get(dir, kind->name, MYM__ROOT_FILE);
	if (fd < 0)
		return;
	*c = (struct mym__counter){ .level = index, .kind = kind };
	if (mym__file_adopt(&c->file, fd) < 0) {
		mym__root_drop(fd);
		return;
	}
	/* Reading also makes poll(2) wait for the next change. */
	if (read_counter(watch, c, c->base) != 0) {
		mym__file_forget(&c->file, 1);
		return;
	}
	c->is = MYM__COUNTER_KNOWN;
	if (kind->how & WAKES)
		c->is |= arm(watch, c, MYM__WAKE_COUNTER + all->count);
	for (int i = 0; i < MYM__COUNTS; i++)
		c->value[i] = c->base[i];
	all->count++;
}

void mym__counters_arm(struct mym_watch *watch)
{
	const struct mym__places *places = &watch->ctx.result->places;

	if (!places->dialect || (places->are & MYM__PLACES_LOOKALIKE))
		return;
	/* The process's group first: a kill in between is one of its own. */
	for (unsigned int i = 0; i < places->count && i < MYM__GROUPS_WATCHED;
	     i++) {
		struct mym__group_dir dir = mym__group_dir(
			&watch->ctx.root, places, &places->at[i], NULL);

		for (size_t k = 0; k < MYM__COUNT(kinds); k++) {
			if (kinds[k].version == places->dialect->version)
				open_counter(watch, &dir, i, &kinds[k]);
		}
		mym__group_dir_close(&dir);
	}
}

static void drop(struct mym_watch *watch, struct mym__counter *c, bool shared)
{
	if (c->is & MYM__COUNTER_IN_EPOLL)
		mym__poll_drop(&watch->set, &c->file, shared);
	else
		mym__file_forget(&c->file, 1);
	c->is &= ~(unsigned int)(MYM__COUNTER_KNOWN | MYM__COUNTER_IN_EPOLL |
				 MYM__COUNTER_IN_INOTIFY);
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
	return (c->is & MYM__COUNTER_KNOWN) &&
	       (c->level == 0 || all->limited >> c->level & 1);
}

static void note_growth(struct mym__counters *all, struct mym__counter *c,
			const int64_t values[MYM__COUNTS], int64_t now)
{
	int64_t *at = c->level == 0 ? all->grew_at : all->grew_above_at;

	for (int i = 0; i < MYM__COUNTS; i++) {
		bool grew = values[i] > c->value[i] &&
			    (c->kind->use & BIT(i)) &&
			    !(c->is & MYM__COUNTER_SKIPPED);
		/* A kill above may concern only a sibling; v1 counts only those
		 * of the group itself. */
		bool theirs = i == MYM__COUNT_KILLS && c->level > 0 &&
			      c->kind->version == 2;

		if (values[i] != c->value[i])
			c->is |= MYM__COUNTER_CHANGED;
		if (c->is & MYM__COUNTER_SKIPPED)
			c->base[i] += values[i] - c->value[i];
		c->value[i] = values[i];
		if (grew && !theirs && counts(all, c))
			at[i == MYM__COUNT_KILLS ? MYM__COUNT_OOM : i] = now;
	}
	c->is &= ~(unsigned int)MYM__COUNTER_SKIPPED;
}

static bool read_one(struct mym_watch *watch, unsigned int index, int64_t now)
{
	struct mym__counters *all = &watch->counters;
	struct mym__counter *c = &all->at[index];
	int64_t values[MYM__COUNTS];
	int r;

	if (index >= all->count || !(c->is & MYM__COUNTER_KNOWN))
		return true;
	r = read_counter(watch, c, values);
	if (r == 0) {
		note_growth(all, c, values, now);
		return true;
	}
	/* The group is gone, or the descriptor is another file by now. */
	drop(watch, c, false);
	return false;
}

bool mym__counters_handle(struct mym_watch *watch, unsigned int index,
			  int64_t now)
{
	if (index < watch->counters.count)
		watch->counters.at[index].is |= MYM__COUNTER_DISARMED;
	return read_one(watch, index, now);
}

/* Page cache in a group at its limit makes a counter change a hundred times a
 * second, and all is well.  One that has changed since the last look is read at
 * the next anyway, and need not wake the watch before it has been quiet. */
static void listen_again(struct mym_watch *watch, unsigned int index)
{
	struct mym__counter *c = &watch->counters.at[index];

	if ((c->is & (MYM__COUNTER_IN_EPOLL | MYM__COUNTER_DISARMED |
		      MYM__COUNTER_CHANGED)) ==
		    (MYM__COUNTER_IN_EPOLL | MYM__COUNTER_DISARMED) &&
	    mym__poll_once(&watch->set, &c->file, MYM__WAKE_COUNTER + index,
			   true) == 0)
		c->is &= ~(unsigned int)MYM__COUNTER_DISARMED;
	c->is &= ~(unsigned int)MYM__COUNTER_CHANGED;
}

/* From the top down: what happens meanwhile counts for the process's group. */
bool mym__counters_read(struct mym_watch *watch, int64_t now)
{
	struct mym__counters *all = &watch->counters;
	bool alive = true;

	for (unsigned int i = all->count; i-- > 0;) {
		/* A group without a limit does not count; once it has one, it
		 * counts from there. */
		if (!counts(all, &all->at[i]))
			all->at[i].is |= MYM__COUNTER_SKIPPED;
		else if (read_one(watch, i, now))
			listen_again(watch, i);
		else
			alive = false;
	}
	return alive;
}

/* Whoever asks knows that much is left, so that memory.max alone says nothing: what
 * it was hit by then counts from the next time that all are read. */
bool mym__counters_quiet(struct mym_watch *watch)
{
	const unsigned int reported = MYM__COUNTER_IN_EPOLL |
				      MYM__COUNTER_IN_INOTIFY;
	struct mym__counters *all = &watch->counters;
	int64_t values[MYM__COUNTS];

	for (unsigned int i = 0; i < all->count; i++) {
		struct mym__counter *c = &all->at[i];

		if (!counts(all, c) || c->kind->use == BIT(MYM__COUNT_MAX) ||
		    ((c->is & reported) && !(c->is & MYM__COUNTER_DISARMED)))
			continue;
		if (read_counter(watch, c, values) != 0 ||
		    memcmp(values, c->value, sizeof(values)) != 0)
			return false;
	}
	return true;
}

bool mym__counters_known(const struct mym__counters *all)
{
	for (unsigned int i = 0; i < all->count; i++) {
		if (counts(all, &all->at[i]))
			return true;
	}
	return false;
}

/* Kills since the counters were armed.  In v2 the top group counts those of all
 * below it, in v1 the groups are added up.  Without those of the process's group
 * nobody knows how many of the others are above. */
static int64_t killed(const struct mym__counters *all, bool above)
{
	int64_t own = -1, sum = 0, top = 0;

	for (unsigned int i = 0; i < all->count; i++) {
		const struct mym__counter *c = &all->at[i];
		int64_t n = mym__subtract(c->value[MYM__COUNT_KILLS],
					  c->base[MYM__COUNT_KILLS]);

		if (!counts(all, c) || !(c->kind->use & KILLS))
			continue;
		if (c->level == 0)
			own = n;
		else if (c->kind->version == 1)
			sum = mym__add(sum, n);
		else if (c->level == all->top)
			top = n;
	}
	if (!above)
		return own < 0 ? 0 : own;
	return mym__add(sum, own < 0 ? 0 : mym__subtract(top, own));
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
	for (unsigned int i = 1; i < MYM__GROUPS_WATCHED; i++) {
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
