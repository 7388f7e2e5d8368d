/* SPDX-License-Identifier: MIT */
/* Turns a pass's findings into a snapshot. */
#include <errno.h>
#include <string.h>

#include "../base/compiler.h"
#include "../discover/places.h"
#include "answer.h"
#include "findings.h"
#include "merge.h"
#include "pressure.h"

/* Clears what is not valid, so that nobody comes to rely on it. */
static void blank(struct mym_snapshot *out)
{
#define MEMBER(bits, name) { (bits), offsetof(struct mym_snapshot, name) }
	static const struct {
		uint16_t bits, offset;
	} members[] = {
		MEMBER(MYM_WANT_LIMIT, limit),
		MEMBER(MYM_WANT_LIMIT, limit_by),
		MEMBER(MYM_WANT_AVAILABLE, available),
		MEMBER(MYM_WANT_AVAILABLE, available_by),
		MEMBER(MYM_WANT_USED, used),
		MEMBER(MYM_WANT_RECLAIMABLE, reclaimable),
		MEMBER(MYM_WANT_HIGH, high),
		MEMBER(MYM_WANT_SWAP_LIMIT, swap_limit),
		MEMBER(MYM_WANT_SWAP_AVAILABLE, swap_available),
		MEMBER(MYM_WANT_HOST_TOTAL, host_total),
		MEMBER(MYM_WANT_HOST_AVAILABLE, host_available),
		MEMBER(MYM_WANT_PRESSURE, pressure),
		MEMBER(MYM_WANT_PRESSURE, pressure_cause),
		MEMBER(MYM_WANT_PRESSURE, pressure_sources),
		MEMBER(MYM_WANT_PSI_SOME, psi_some),
		MEMBER(MYM_WANT_PSI_FULL, psi_full),
		MEMBER(MYM_WANT_PSI_SOME | MYM_WANT_PSI_FULL, psi_scope),
		MEMBER(MYM_WANT_OOM_KILLS, oom_kills),
		MEMBER(MYM_WANT_CGROUP_VERSION, cgroup_version),
		MEMBER(MYM_WANT_SHMEM, shmem),
	};
#undef MEMBER

	for (size_t i = 0; i < MYM__COUNT(members); i++) {
		if (!(out->valid & members[i].bits))
			memset((char *)out + members[i].offset, 0,
			       sizeof(int64_t));
	}
}

static void fill(const struct mym__findings *found,
		 const struct mym__places *places, uint64_t want,
		 struct mym_snapshot *out)
{
	out->flags = found->flags;
	out->constraints = found->count;
	out->cgroup_error = places->error;
	out->valid = MYM_WANT_CGROUP_VERSION;
	if (!(found->flags & MYM_FLAG_NO_CGROUP))
		out->cgroup_version = places->dialect->version;
	if (found->oom_kills >= 0) {
		out->oom_kills = found->oom_kills;
		out->valid |= MYM_WANT_OOM_KILLS;
	}
	if (found->host_total > 0) {
		out->host_total = found->host_total;
		out->valid |= MYM_WANT_HOST_TOTAL;
	}
	if (found->host_available >= 0) {
		out->host_available = found->host_available;
		out->valid |= MYM_WANT_HOST_AVAILABLE;
	}
	mym__merge(found->rows, found->count, out);
	mym__pressure_snapshot(found->psi, MYM__PSIS, out);
	/* A group that could not be looked at may have a memory.high. */
	if (places->are & MYM__PLACES_UNCERTAIN)
		out->none &= ~MYM_WANT_HIGH;
	out->valid &= want;
	out->none &= want;
	blank(out);
	if (out->swap_available > 0 && found->swap_stays)
		out->flags |= MYM_FLAG_SWAP_ESTIMATED;
}

/* "None" is an answer only where something could be looked at. */
static bool nothing_known(const struct mym__findings *found, uint64_t want,
			  const struct mym_snapshot *out)
{
	if ((out->valid & ~MYM_WANT_CGROUP_VERSION) ||
	    want == MYM_WANT_CGROUP_VERSION)
		return false;
	for (unsigned int i = 0; i < found->count; i++) {
		const struct mym_constraint *c = &found->rows[i];

		if (c->valid | (c->none & MYM_WANT_LIMIT))
			return out->none == 0;
	}
	return true;
}

int mym__answer(const struct mym__findings *found,
		const struct mym__places *places, uint64_t want,
		struct mym_snapshot *out)
{
	fill(found, places, want, out);
	return nothing_known(found, want, out) ? -ENODATA : 0;
}
