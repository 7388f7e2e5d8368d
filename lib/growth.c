/* SPDX-License-Identifier: MIT */
/*
 * What changes between two looks: how fast memory is used up, what share of the
 * last seconds was stalled, and so how soon to look again.  Pure.
 */
#include "watch.h"

#define MS INT64_C(1000000)
/* Samples are no closer, and what is older says nothing about now. */
#define GROWTH_SPACING (40 * MS)
#define GROWTH_WINDOW (1250 * MS)
#define GROWTH_MEMORY (10000 * MS)
#define STALLS_SPACING (125 * MS)

static int64_t times(int64_t a, int64_t b)
{
	return b > 0 && a > INT64_MAX / b ? INT64_MAX : a * b;
}

/* In KiB and microseconds the products have room. */
static bool lasts(int64_t available, int64_t lost, int64_t time, int64_t *left)
{
	if (lost < 1024 || time > GROWTH_MEMORY)
		return false;
	*left = times(times(available / 1024, time / 1000) / (lost / 1024),
		      1000);
	return true;
}

/*
 * A burst is over before the second sample; what has been going on for a second
 * is still going on.  So both must show it: the time since the last sample, and
 * all of the last second.
 */
bool mym__growth_note(struct mym__growth *g, int64_t now, int64_t limit,
		      uint64_t by, int64_t available, int64_t *left)
{
	unsigned int newest, oldest, kept;
	int64_t brief, whole;
	bool grows;

	/* Another limit leaves another amount. */
	if (g->count == 0 || limit != g->limit || by != g->by)
		*g = (struct mym__growth){ .limit = limit, .by = by };
	kept = g->count < MYM__GROWTH_SAMPLES ? g->count : MYM__GROWTH_SAMPLES;
	newest = (g->count - 1) % MYM__GROWTH_SAMPLES;
	if (kept > 0 && mym__subtract(now, g->at[newest].time) < GROWTH_SPACING)
		return false;
	oldest = newest;
	for (unsigned int i = 1; i < kept; i++) {
		unsigned int at = (g->count - 1 - i) % MYM__GROWTH_SAMPLES;

		if (now - g->at[at].time > GROWTH_WINDOW)
			break;
		oldest = at;
	}
	grows = kept > 0 &&
		lasts(available, g->at[newest].available - available,
		      now - g->at[newest].time, &brief) &&
		lasts(available, g->at[oldest].available - available,
		      now - g->at[oldest].time, &whole);
	if (grows)
		*left = brief > whole ? brief : whole;
	g->at[g->count % MYM__GROWTH_SAMPLES].time = now;
	g->at[g->count++ % MYM__GROWTH_SAMPLES].available = available;
	return grows;
}

static int64_t share(int64_t from, int64_t to, int64_t window)
{
	/* Totals are in microseconds, and only grow. */
	int64_t stalled = mym__subtract(to, from);
	int64_t percents = times(stalled, 10000) / (window / 1000);

	return percents < 10000 ? percents : 10000;
}

void mym__stalls_note(struct mym__stalls *s, int64_t now,
		      const struct mym__psi *psi, struct mym__psi *window)
{
	unsigned int kept, from;
	int64_t time;

	*window = (struct mym__psi){ 0 };
	if (psi->scope != s->scope || psi->total[0] < 0) {
		s->count = 0;
		s->scope = psi->scope;
	}
	if (psi->scope == 0 || psi->total[0] < 0)
		return;
	kept = s->count < MYM__STALLS_SAMPLES ? s->count : MYM__STALLS_SAMPLES;
	/* Since the newest that is old enough, else the oldest. */
	if (kept > 0) {
		unsigned int back = 0;

		do {
			from = (s->count - ++back) % MYM__STALLS_SAMPLES;
			time = now - s->at[from].time;
		} while (time < s->window && back < kept);
		if (time < s->window)
			time = s->window;
		*window = *psi;
		window->some = share(s->at[from].total[0], psi->total[0], time);
		window->full = psi->total[1] < 0 || s->at[from].total[1] < 0 ?
			       0 : share(s->at[from].total[1], psi->total[1],
					 time);
		from = (s->count - 1) % MYM__STALLS_SAMPLES;
		if (now - s->at[from].time < STALLS_SPACING)
			return;
	}
	from = s->count++ % MYM__STALLS_SAMPLES;
	s->at[from].time = now;
	s->at[from].total[0] = psi->total[0];
	s->at[from].total[1] = psi->total[1];
}

/*
 * The less is left, the sooner: by its share of the limit, and by how long it
 * would last a program that takes 400 MiB a second.
 */
int64_t mym__pace_interval(int64_t least, int64_t most, bool room,
			   int64_t limit, int64_t available)
{
	int64_t interval = most, amount;

	if (!room)
		return most;
	if (available <= limit / 10)
		interval = least;
	else if (available <= limit / 100 * 15)
		interval = most / 10;
	else if (available <= limit / 4)
		interval = most / 4;
	else if (available <= limit / 2)
		interval = most / 2;
	amount = times(available / 1024, 1000000) / 400 / 1024 * 1000;
	if (interval > amount)
		interval = amount;
	return interval < least ? least : interval;
}

int64_t mym__pace_pay(int64_t *credit, int64_t time, int64_t cost)
{
	int64_t most = MYM__PACE_CREDIT, left = *credit;

	left += time / MYM__PACE_PART;
	left = (left < most ? left : most) - cost;
	*credit = left;
	return left < 0 ? -left * MYM__PACE_PART : 0;
}
