/* SPDX-License-Identifier: MIT */
/* The level of pressure: the highest that independent rules give.  Pure. */
#include "../base/saturate.h"
#include "findings.h"
#include "pressure.h"

static const int levels[MYM__STEPS] = {
	[MYM__STEP_NONE] = MYM_PRESSURE_NONE,
	[MYM__STEP_LOW] = MYM_PRESSURE_LOW,
	[MYM__STEP_MEDIUM] = MYM_PRESSURE_MEDIUM,
	[MYM__STEP_CRITICAL] = MYM_PRESSURE_CRITICAL,
};

const struct mym__rules mym__pressure_rules = {
	.by = ~UINT64_C(0),
	.headroom = { 0, 2000, 1000, 500 },
	.room = { 0, INT64_C(2048) << 20, INT64_C(1024) << 20,
		  INT64_C(512) << 20 },
	.psi = { 0, 500, 1000, 1000 },
	.growth = { 0, INT64_C(10000000000), INT64_C(4000000000),
		    INT64_C(2000000000) },
	.margin = 200,
};

int mym__pressure_level(unsigned int step)
{
	return levels[step];
}

/* The margin raises the bytes in the same proportion as the share: two points
 * on 20 are a tenth. */
static int64_t threshold(const struct mym__rules *rules, unsigned int step,
			 int64_t margin, int64_t limit)
{
	int64_t part = rules->headroom[step], room = rules->room[step];
	int64_t share = mym__multiply(limit / 10000, part + margin);

	share = mym__add(share, limit % 10000 * (part + margin) / 10000);
	room = mym__add(room, mym__multiply(room / part, margin));
	return share < room ? share : room;
}

int64_t mym__pressure_room(const struct mym__rules *rules, int64_t limit)
{
	int64_t most = 0;

	for (unsigned int step = MYM__STEP_LOW; step < MYM__STEPS; step++) {
		int64_t room = threshold(rules, step, rules->margin, limit);

		if (room > most)
			most = room;
	}
	return most;
}

static unsigned int by_headroom(const struct mym__rules *rules, int64_t margin,
				int64_t limit, int64_t available)
{
	unsigned int step = MYM__STEP_CRITICAL;

	for (; step > MYM__STEP_NONE; step--) {
		if (available == 0 ||
		    available < threshold(rules, step, margin, limit))
			break;
	}
	return step;
}

/* At this rate all files that are in memory are read again within half a
 * minute: what is needed does not fit.  The constant is for a cache of next to
 * nothing, which is soon read again. */
static bool thrashes(const struct mym__again *again)
{
	return again->known && again->reclaimed &&
	       again->files >= again->cache / 32 + (256 << 10);
}

/* About an eighth of that rate: stalls are then waits for these reads. */
static bool rereads(const struct mym__again *again)
{
	return again->known && mym__add(again->files, again->swapped) >=
			       again->cache / 256 + (64 << 10);
}

/*
 * Not all of the machine's stalls are those of the process's group, unless that
 * reads again what it had.  If nobody does, the stalls are the price of new
 * files: a program that copies a large one waits for pages to be written, and
 * memory is not short.
 */
static unsigned int by_stalls_of_all(const struct mym__inputs *inputs,
				     unsigned int step)
{
	const struct mym__again *again = inputs->again;
	unsigned int most = MYM__STEP_MEDIUM;

	if (again && rereads(&again[MYM__AGAIN_GROUP]))
		return step < most ? step : most;
	if (again && again[MYM__AGAIN_MACHINE].known &&
	    !rereads(&again[MYM__AGAIN_MACHINE]))
		most = MYM__STEP_LOW;
	step = step > MYM__STEP_NONE ? step - 1 : step;
	return step < most ? step : most;
}

static unsigned int by_psi(const struct mym__rules *rules, int64_t margin,
			   const struct mym__inputs *inputs,
			   const struct mym__psi *psi)
{
	unsigned int step = MYM__STEP_CRITICAL;

	for (; step > MYM__STEP_NONE; step--) {
		int64_t stalled =
			step == MYM__STEP_CRITICAL ? psi->full : psi->some;

		if (stalled >= mym__subtract(rules->psi[step], margin) &&
		    stalled > 0)
			break;
	}
	if (psi->scope == MYM_SCOPE_HOST)
		return by_stalls_of_all(inputs, step);
	/* The stalls of more than this group are not all its own. */
	if (psi->scope != MYM_SCOPE_CGROUP && step > MYM__STEP_NONE)
		step--;
	return step;
}

/*
 * What fills memory in one go, such as a program that starts, is no leak:
 * growth counts once no more than half of the limit is left.  What comes and
 * goes is no leak, unless it leaves little.  And growth is critical only if it
 * goes on a moment after little was left: until then it has room to end.
 */
static unsigned int by_growth(const struct mym__rules *rules,
			      const struct mym__fall *fall)
{
	unsigned int step = MYM__STEP_CRITICAL;

	if (fall->available > fall->limit / 2 ||
	    (fall->again && by_headroom(rules, 0, fall->limit,
					fall->available) == MYM__STEP_NONE))
		return MYM__STEP_NONE;
	if (by_headroom(rules, 0, fall->limit, fall->before) == MYM__STEP_NONE)
		step--;
	while (step > MYM__STEP_NONE && fall->left >= rules->growth[step])
		step--;
	return step;
}

/* A group at its limit that reads files hits the limit all the time, which
 * harms nobody; the same holds for memory.high.  But where little can be given
 * back, the limit ends in a kill, and memory.high in sleep without end. */
static unsigned int by_events(const struct mym__rules *rules, int64_t margin,
			      const struct mym__inputs *inputs)
{
	if (inputs->grew & MYM__GREW_OOM)
		return MYM__STEP_CRITICAL;
	if (inputs->grew & MYM__GREW_SOCKETS)
		return MYM__STEP_MEDIUM;
	if ((inputs->grew & (MYM__GREW_MAX | MYM__GREW_HIGH)) && inputs->room &&
	    by_headroom(rules, margin, inputs->limit, inputs->available) >=
		    MYM__STEP_MEDIUM)
		return MYM__STEP_MEDIUM;
	return inputs->grew & MYM__GREW_HIGH ? MYM__STEP_LOW : MYM__STEP_NONE;
}

static bool uses(const struct mym__rules *rules, uint64_t rule, bool can,
		 struct mym__assessment *assessment)
{
	if (!can || !(rules->by & rule))
		return false;
	assessment->sources |= rule;
	return true;
}

static void raise_to(struct mym__assessment *assessment, unsigned int step,
		     int scope, uint64_t cause)
{
	if (step > MYM__STEP_NONE)
		assessment->cause |= cause;
	if (step > assessment->step) {
		assessment->step = step;
		assessment->scope = scope;
	}
}

static void assess_psi(const struct mym__rules *rules, int64_t margin,
		       const struct mym__inputs *inputs,
		       struct mym__assessment *assessment)
{
	unsigned int worst = MYM__STEP_NONE;

	for (unsigned int i = 0; i < inputs->psis; i++) {
		const struct mym__psi *psi = &inputs->psi[i];
		unsigned int step;

		if (!uses(rules, MYM_PRESSURE_BY_PSI, psi->scope != 0,
			  assessment))
			continue;
		step = by_psi(rules, margin, inputs, psi);
		if (step > worst || inputs->psi[assessment->psi].scope == 0) {
			worst = step;
			assessment->psi = i;
		}
		raise_to(assessment, step, psi->scope, MYM_PRESSURE_BY_PSI);
	}
}

static void assess_again(const struct mym__rules *rules,
			 const struct mym__inputs *inputs,
			 struct mym__assessment *assessment)
{
	static const int scopes[MYM__AGAINS] = {
		[MYM__AGAIN_GROUP] = MYM_SCOPE_CGROUP,
		[MYM__AGAIN_MACHINE] = MYM_SCOPE_HOST,
	};

	for (unsigned int i = 0; inputs->again && i < MYM__AGAINS; i++) {
		const struct mym__again *again = &inputs->again[i];

		if (uses(rules, MYM_PRESSURE_BY_EVENTS, again->known,
			 assessment))
			raise_to(assessment,
				 thrashes(again) ? MYM__STEP_MEDIUM
						 : MYM__STEP_NONE,
				 scopes[i], MYM_PRESSURE_BY_EVENTS);
	}
}

static void assess_growth(const struct mym__rules *rules,
			  const struct mym__inputs *inputs,
			  struct mym__assessment *assessment)
{
	if (!uses(rules, MYM_PRESSURE_BY_GROWTH, inputs->falling > 0,
		  assessment))
		return;
	for (unsigned int i = 0; i < inputs->falling; i++) {
		const struct mym__fall *fall = &inputs->falls[i];

		raise_to(assessment, by_growth(rules, fall), fall->scope,
			 MYM_PRESSURE_BY_GROWTH);
	}
}

void mym__pressure_assess(const struct mym__rules *rules, bool eased,
			  const struct mym__inputs *inputs,
			  struct mym__assessment *assessment)
{
	int64_t margin = eased ? rules->margin : 0;

	*assessment = (struct mym__assessment){ 0 };
	if (uses(rules, MYM_PRESSURE_BY_HEADROOM, inputs->room, assessment))
		raise_to(assessment,
			 by_headroom(rules, margin, inputs->limit,
				     inputs->available),
			 inputs->room_scope, MYM_PRESSURE_BY_HEADROOM);
	assess_psi(rules, margin, inputs, assessment);
	if (uses(rules, MYM_PRESSURE_BY_EVENTS, inputs->counted, assessment))
		raise_to(assessment, by_events(rules, margin, inputs),
			 inputs->grew_scope, MYM_PRESSURE_BY_EVENTS);
	assess_again(rules, inputs, assessment);
	assess_growth(rules, inputs, assessment);
	if (uses(rules, MYM_PRESSURE_BY_MANAGER, inputs->managed, assessment))
		raise_to(assessment,
			 inputs->called ? MYM__STEP_MEDIUM : MYM__STEP_NONE,
			 MYM_SCOPE_CGROUP, MYM_PRESSURE_BY_MANAGER);
}

void mym__pressure_snapshot(const struct mym__psi *psi, unsigned int psis,
			    struct mym_snapshot *out)
{
	const uint64_t room = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE;
	const struct mym__inputs inputs = {
		.room = (out->valid & room) == room,
		.limit = out->limit,
		.available = out->available,
		.psi = psi,
		.psis = psis,
	};
	struct mym__assessment assessment;

	mym__pressure_assess(&mym__pressure_rules, false, &inputs, &assessment);
	out->pressure = levels[assessment.step];
	out->pressure_cause = assessment.cause;
	out->pressure_sources = assessment.sources;
	if (assessment.sources & MYM_PRESSURE_BY_PSI) {
		psi += assessment.psi;
		out->psi_some = psi->some;
		out->psi_full = psi->full;
		out->psi_scope = psi->scope;
		out->valid |= psi->valid;
	}
	if (assessment.sources)
		out->valid |= MYM_WANT_PRESSURE;
}
