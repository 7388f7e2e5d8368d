/* SPDX-License-Identifier: MIT */
/* The level of pressure: the highest of independent rules.  Pure. */
#include "internal.h"

static const int levels[] = {
	MYM_PRESSURE_NONE,
	MYM_PRESSURE_LOW,
	MYM_PRESSURE_MEDIUM,
	MYM_PRESSURE_CRITICAL,
};

/* Available below so much of the limit: a share, but in big machines no more
 * than that many bytes. */
static const struct {
	int percent;
	int64_t bytes;
} headroom[MYM__COUNT(levels)] = {
	{ 0, 0 },
	{ 20, INT64_C(2048) << 20 },
	{ 10, INT64_C(1024) << 20 },
	{ 5, INT64_C(512) << 20 },
};

static unsigned int by_headroom(int64_t limit, int64_t available)
{
	unsigned int step = MYM__COUNT(levels) - 1;

	for (; step > 0; step--) {
		int64_t share = limit / 100 * headroom[step].percent +
				limit % 100 * headroom[step].percent / 100;

		if (share > headroom[step].bytes)
			share = headroom[step].bytes;
		if (available < share || available == 0)
			break;
	}
	return step;
}

static unsigned int by_psi(const struct mym__psi *psi)
{
	unsigned int step = 0;

	if (psi->some >= 500)
		step = 1;
	if (psi->some >= 1000)
		step = 2;
	if (psi->full >= 1000)
		step = 3;
	/* The machine's stalls are not all ours. */
	if (psi->scope == MYM_PSI_SCOPE_HOST && step > 0)
		step--;
	return step;
}

static void raise_to(struct mym_snapshot *out, unsigned int step, uint64_t cause)
{
	if (step > 0)
		out->pressure_cause |= cause;
	if (levels[step] > out->pressure)
		out->pressure = levels[step];
}

void mym__pressure_judge(const struct mym__psi *psi, struct mym_snapshot *out)
{
	const uint64_t room = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE;

	if ((out->valid & room) == room) {
		out->pressure_sources |= MYM_PRESSURE_BY_HEADROOM;
		raise_to(out, by_headroom(out->limit, out->available),
			 MYM_PRESSURE_BY_HEADROOM);
	}
	if (psi->scope) {
		out->psi_some = psi->some;
		out->psi_full = psi->full;
		out->psi_scope = psi->scope;
		out->valid |= psi->valid;
		out->pressure_sources |= MYM_PRESSURE_BY_PSI;
		raise_to(out, by_psi(psi), MYM_PRESSURE_BY_PSI);
	}
	if (out->pressure_sources)
		out->valid |= MYM_WANT_PRESSURE;
}
