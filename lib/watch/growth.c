/* SPDX-License-Identifier: MIT */
/*
 * What changes between two looks: how fast memory is used up, what share of the
 * last seconds was stalled, and so how soon to look again.  Pure.
 */
#include "../answer/findings.h"
#include "../answer/pressure.h"
#include "../base/saturate.h"
#include "growth.h"

#define MS INT64_C(1000000)
/* Looks that are closer than this tell nothing; samples are further apart, and
 * what is older than the window says nothing about now. */
#define GROWTH_CLOSEST (8 * MS)
#define GROWTH_SPACING (20 * MS)
#define GROWTH_MOMENT (40 * MS)
#define GROWTH_WINDOW (1250 * MS)
#define GROWTH_MEMORY (10000 * MS)
/* How long the depth of a fall is remembered after it has turned. */
#define GROWTH_RECALL (30000 * MS)
#define STALLS_SPACING (125 * MS)

/* In KiB and microseconds the products fit into 64 bits. */
static int64_t lasts(int64_t available, int64_t lost, int64_t time)
{
	if (lost < 1024 || time > GROWTH_MEMORY)
		return INT64_MAX;
	time = mym__multiply(available / 1024, time / 1000) / (lost / 1024);
	return mym__multiply(time, 1000);
}

static int64_t longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The oldest sample of the window; there is at least one. */
static unsigned int oldest(const struct mym__growth *g, int64_t now)
{
	unsigned int kept = g->count < MYM__GROWTH_SAMPLES ? g->count :
							     MYM__GROWTH_SAMPLES;
	unsigned int found = g->count - 1;

	for (unsigned int i = 2; i <= kept; i++) {
		unsigned int at = g->count - i;

		if (now - g->at[at % MYM__GROWTH_SAMPLES].time > GROWTH_WINDOW)
			break;
		found = at;
	}
	return found % MYM__GROWTH_SAMPLES;
}

/* What was available a moment ago. */
static int64_t before(const struct mym__growth *g, int64_t now)
{
	for (unsigned int i = 1; i <= g->count && i <= 3; i++) {
		unsigned int at = (g->count - i) % MYM__GROWTH_SAMPLES;

		if (now - g->at[at].time >= GROWTH_MOMENT)
			return g->at[at].available;
	}
	return g->limit;
}

static bool recalls(const struct mym__growth *g, int64_t now)
{
	return g->turned_at > 0 && now - g->turned_at <= GROWTH_RECALL;
}

/* Depths that differ by up to a sixteenth of the limit count as the same. */
static int64_t near(const struct mym__growth *g, int64_t depth)
{
	return mym__add(depth, g->limit / 16);
}

/* Notes where what is available turns, and how much was left there. */
static void turn(struct mym__growth *g, int64_t now, int64_t available)
{
	if (available < g->trough)
		g->trough = available;
	if (available < near(g, g->trough))
		return;
	if (!recalls(g, now) || g->trough <= near(g, g->turned)) {
		g->turned = g->trough;
		g->turned_at = now;
	}
	g->trough = available;
}

static void keep(struct mym__growth *g, int64_t now, int64_t available)
{
	unsigned int newest = (g->count - 1) % MYM__GROWTH_SAMPLES;

	g->time = now;
	g->available = available;
	if (g->count > 0 && now - g->at[newest].time < GROWTH_SPACING)
		return;
	newest = g->count++ % MYM__GROWTH_SAMPLES;
	g->at[newest].time = now;
	g->at[newest].available = available;
}

/*
 * A burst is over before it has been seen twice, while what has been going on
 * for a second is still going on.  So three rates must show it: since the last
 * look, over the last second, and at least half of it between the two looks
 * before.
 *
 * Most programs take again what they have given back: those that collect
 * garbage, and those that work in rounds.
 */
void mym__growth_note(struct mym__growth *g, int64_t now, uint64_t by,
		      int64_t limit, int64_t available, struct mym__fall *fall)
{
	int64_t lost, time, before_that;
	unsigned int from;

	/* Under another limit another amount is left: starts over. */
	if (g->count == 0 || by != g->by || limit != g->limit) {
		*g = (struct mym__growth){
			.by = by, .limit = limit, .soon = INT64_MAX,
			.trough = available,
		};
		keep(g, now, available);
	}
	time = mym__subtract(now, g->time);
	*fall = (struct mym__fall){
		.limit = limit,
		.available = available,
		.before = before(g, now),
		.left = INT64_MAX,
		.soon = g->soon,
		.again = recalls(g, now) && near(g, available) >= g->turned,
	};
	if (time < GROWTH_CLOSEST)
		return;
	lost = g->available - available;
	from = oldest(g, now);
	fall->soon = lasts(available, lost, time);
	before_that = lasts(available, g->lost, g->lost_in);
	if (before_that < INT64_MAX)
		before_that /= 2;
	fall->left = longer(longer(fall->soon, before_that),
			    lasts(available, g->at[from].available - available,
				  now - g->at[from].time));
	g->soon = fall->soon;
	g->lost = lost;
	g->lost_in = time;
	turn(g, now, available);
	keep(g, now, available);
}

void mym__growth_still(struct mym__growth *g, int64_t time)
{
	struct mym__fall fall;

	if (g->count > 0 && time > g->time)
		mym__growth_note(g, time, g->by, g->limit, g->available, &fall);
}

static int64_t share(int64_t from, int64_t to, int64_t window)
{
	/* Totals are in microseconds, and only grow. */
	int64_t stalled = mym__subtract(to, from);
	int64_t percents = mym__multiply(stalled, 10000) / (window / 1000);

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
	/* Since the newest sample that is old enough, else since the oldest. */
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

/* How long it would last a program that takes 400 MiB a second. */
static int64_t brisk(int64_t available)
{
	return mym__multiply(available / 1024, 1000000) / 400 / 1024 * 1000;
}

/*
 * The less is left, the sooner: by its share of the limit, and by how long it
 * would last.
 */
int64_t mym__pace_interval(int64_t least, int64_t most, bool room,
			   int64_t limit, int64_t available)
{
	int64_t interval = most;

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
	if (interval > brisk(available))
		interval = brisk(available);
	return longer(interval, least);
}

/* A constraint that does not bind now sets no level, but what it leaves may run
 * out all the same. */
int64_t mym__pace_lasting(int64_t least, int64_t interval, int64_t available)
{
	int64_t lasting = longer(brisk(available), least);

	return interval > lasting ? lasting : interval;
}

/* What is being used up is looked at eight times before it is gone, and for
 * that up to five times as often as everything else. */
int64_t mym__pace_fall(int64_t least, int64_t interval,
		       const struct mym__fall *fall)
{
	int64_t falling = longer(fall->soon / 8, least / 5);

	return interval > falling ? falling : interval;
}

/*
 * Processor time includes interruptions, and in a virtual machine the time of
 * others: one look of ten may seem to take ten times as long as the rest.  So a
 * look counts for no more than twice the usual cost, which slowly follows the
 * measured one; otherwise the watch would be blind for seconds after each of
 * them.
 */
int64_t mym__pace_cost(int64_t *usual, int64_t cost)
{
	int64_t most = mym__multiply(*usual, 2), more = *usual / 16 + 1000;

	if (cost <= *usual) {
		*usual = cost;
		return cost;
	}
	*usual += more < cost - *usual ? more : cost - *usual;
	return cost < most ? cost : most;
}

/* Looks without a cause leave credit for those that have one: they may use up
 * half of it, and then each has to be paid before the next. */
int64_t mym__pace_thrift(int64_t credit, int64_t cost)
{
	return credit >= MYM__PACE_CREDIT / 2 ? 0 :
	       mym__multiply(cost, MYM__PACE_PART);
}

int64_t mym__pace_pay(int64_t *credit, int64_t time, int64_t cost)
{
	int64_t most = MYM__PACE_CREDIT, left = *credit;

	left += time / MYM__PACE_PART;
	left = (left < most ? left : most) - cost;
	*credit = left;
	return left < 0 ? -left * MYM__PACE_PART : 0;
}
