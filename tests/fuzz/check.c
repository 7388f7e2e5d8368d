/* SPDX-License-Identifier: MIT */
/* The invariants of mymem.h. */
#include <string.h>

#include "check.h"
#include "discover/group.h"

#define CONSTRAINT_FACTS                                                     \
	(MYM_WANT_LIMIT | MYM_WANT_HIGH | MYM_WANT_USED |                    \
	 MYM_WANT_RECLAIMABLE | MYM_WANT_AVAILABLE | MYM_WANT_SWAP_LIMIT |   \
	 MYM_WANT_SWAP_USED | MYM_WANT_SHMEM | MYM_WANT_SWAP_HIGH)
#define ALL_FLAGS ((MYM_FLAG_VIRTUAL << 1) - 1)
#define RULES (MYM_PRESSURE_BY_HEADROOM | MYM_PRESSURE_BY_PSI)

/* A number that is not known is 0, and none is negative. */
static void known(uint64_t valid, uint64_t bit, int64_t value)
{
	CHECK(value >= 0);
	CHECK((valid & bit) || value == 0);
}

void check_constraint(const struct mym_constraint *c)
{
	CHECK(c->kind >= MYM_KIND_HOST && c->kind <= MYM_KIND_ADDRESS_SPACE);
	CHECK(!(c->valid & ~CONSTRAINT_FACTS));
	CHECK(!(c->valid & c->none) && !(c->none & c->failed));
	CHECK((c->failed == 0) == (c->error == 0) && c->error <= 0);
	CHECK(c->limit >= 0 && c->high >= 0 && c->used >= 0);
	CHECK(c->reclaimable >= 0 && c->available >= 0 && c->shmem >= 0);
	CHECK(c->swap_limit >= 0 && c->swap_used >= 0 && c->swap_high >= 0);
	if ((c->valid & MYM_WANT_AVAILABLE) && (c->valid & MYM_WANT_LIMIT))
		CHECK(c->available <= c->limit);
	if ((c->valid & MYM_WANT_AVAILABLE) && (c->valid & MYM_WANT_HIGH))
		CHECK(c->available <= c->high);
}

static void check_levels(const struct mym_snapshot *s)
{
	CHECK(!(s->pressure_cause & ~s->pressure_sources));
	CHECK(!(s->pressure_sources & ~RULES));
	CHECK((s->pressure_cause != 0) == (s->pressure > MYM_PRESSURE_NONE));
	CHECK(s->pressure == MYM_PRESSURE_NONE || s->pressure == MYM_PRESSURE_LOW ||
	      s->pressure == MYM_PRESSURE_MEDIUM ||
	      s->pressure == MYM_PRESSURE_CRITICAL);
	CHECK(s->psi_some <= 10000 && s->psi_full <= 10000);
	CHECK(s->psi_scope >= 0 && s->psi_scope <= MYM_SCOPE_ABOVE);
	CHECK((s->psi_scope != 0) ==
	      ((s->valid & (MYM_WANT_PSI_SOME | MYM_WANT_PSI_FULL)) != 0));
}

static void check_facts(const struct mym_snapshot *s, uint64_t want)
{
	const uint64_t v = s->valid;

	CHECK(!(v & ~want) && !(s->none & ~want) && !(s->none & v));
	CHECK(!(v & ~(MYM_WANT_SWAP_USED - 1)) && !(s->none & ~MYM_WANT_HIGH));
	CHECK(!(s->flags & ~ALL_FLAGS) && s->cgroup_error <= 0 && s->time > 0);
	known(v, MYM_WANT_LIMIT, s->limit);
	known(v, MYM_WANT_AVAILABLE, s->available);
	known(v, MYM_WANT_LIMIT, (int64_t)s->limit_by);
	known(v, MYM_WANT_AVAILABLE, (int64_t)s->available_by);
	known(v, MYM_WANT_USED, s->used);
	known(v, MYM_WANT_RECLAIMABLE, s->reclaimable);
	known(v, MYM_WANT_HIGH, s->high);
	known(v, MYM_WANT_SWAP_LIMIT, s->swap_limit);
	known(v, MYM_WANT_SWAP_AVAILABLE, s->swap_available);
	known(v, MYM_WANT_HOST_TOTAL, s->host_total);
	known(v, MYM_WANT_HOST_AVAILABLE, s->host_available);
	known(v, MYM_WANT_PRESSURE, s->pressure);
	known(v, MYM_WANT_PSI_SOME, s->psi_some);
	known(v, MYM_WANT_PSI_FULL, s->psi_full);
	known(v, MYM_WANT_OOM_KILLS, s->oom_kills);
	known(v, MYM_WANT_SHMEM, s->shmem);
	CHECK(s->cgroup_version >= 0 && s->cgroup_version <= 2);
	CHECK((s->cgroup_version == 0) == !(v & MYM_WANT_CGROUP_VERSION) ||
	      (s->flags & MYM_FLAG_NO_CGROUP));
}

/* Each answer is the smallest of all constraints, and of the one that it
 * names. */
static void check_minima(struct mym_ctx *ctx, const struct mym_snapshot *s)
{
	const uint64_t v = s->valid;
	struct mym_constraint c;
	uint64_t any = 0;

	for (unsigned int i = 0; i < s->constraints; i++) {
		const char *path = mym_constraint_path(ctx, i);

		CHECK(mym_constraint(ctx, i, &c, sizeof(c)) == 0);
		check_constraint(&c);
		CHECK(path && strlen(path) < 2 * MYM__PATH_MAX + 2);
		CHECK(c.failed == 0 || (s->flags & MYM_FLAG_PARTIAL));
		any |= c.valid;
		if ((v & MYM_WANT_LIMIT) && (c.valid & MYM_WANT_LIMIT))
			CHECK(s->limit <= c.limit);
		if ((v & MYM_WANT_AVAILABLE) && (c.valid & MYM_WANT_AVAILABLE))
			CHECK(s->available <= c.available);
		if ((v & MYM_WANT_HIGH) && (c.valid & MYM_WANT_HIGH))
			CHECK(s->high <= c.high);
		if ((v & MYM_WANT_SWAP_LIMIT) && (c.valid & MYM_WANT_SWAP_LIMIT))
			CHECK(s->swap_limit <= c.swap_limit);
		if ((v & MYM_WANT_LIMIT) && i == s->limit_by)
			CHECK((c.valid & MYM_WANT_LIMIT) && s->limit == c.limit);
		if ((v & MYM_WANT_AVAILABLE) && i == s->available_by)
			/* Where its own usage is unknown, it is cut. */
			CHECK(s->available == (c.valid & MYM_WANT_AVAILABLE ?
					       c.available : c.limit));
	}
	CHECK(mym_constraint(ctx, (unsigned int)s->constraints, &c, sizeof(c)) < 0);
	CHECK(!(v & MYM_WANT_LIMIT) || (any & MYM_WANT_LIMIT));
	CHECK(!(v & MYM_WANT_AVAILABLE) || (any & MYM_WANT_AVAILABLE));
	CHECK(!(s->none & MYM_WANT_HIGH) || !(any & MYM_WANT_HIGH));
}

void check_snapshot(struct mym_ctx *ctx, const struct mym_snapshot *s,
		    uint64_t want)
{
	const uint64_t both = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE;
	const uint64_t swap = MYM_WANT_SWAP_LIMIT | MYM_WANT_SWAP_AVAILABLE;

	check_facts(s, want);
	check_levels(s);
	check_minima(ctx, s);
	if ((s->valid & both) == both)
		CHECK(s->available <= s->limit);
	if ((s->valid & MYM_WANT_LIMIT) && (s->valid & MYM_WANT_HOST_TOTAL))
		CHECK(s->limit <= s->host_total);
	if ((s->valid & swap) == swap)
		CHECK(s->swap_available <= s->swap_limit);
}
