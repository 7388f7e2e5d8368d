/* SPDX-License-Identifier: MIT */
/*
 * Whole passes over the machine in the input: machine_unpack() says how it is
 * written.  The invariants hold, and another pass, one that is asked for a part,
 * a light one, and one that reads the mount table with libmount all say the same.
 */
#include <errno.h>
#include <string.h>

#include "base/compiler.h"
#include "check.h"
#include "context.h"
#include "machine.h"
#include "snapshot.h"
#include "targets.h"

/* The facts that an answer has members for. */
#define FACTS (MYM_WANT_SWAP_USED - 1)

static bool is_public(int error)
{
	return error == -ENODATA || error == -ENOMEM || error == -EMFILE ||
	       error == -ENFILE || error == -EIO;
}

bool tree_ask(struct mym_ctx *ctx, uint64_t want, struct mym_snapshot *s)
{
	struct mym_snapshot before;
	int r;

	memset(s, 0x5a, sizeof(*s));
	before = *s;
	r = mym_snapshot(ctx, want, s, sizeof(*s));
	if (r == 0) {
		check_snapshot(ctx, s, want == MYM_WANT_ALL ? FACTS : want);
		return true;
	}
	CHECK(is_public(r) && memcmp(&before, s, sizeof(before)) == 0);
	return false;
}

static void same(const struct mym_snapshot *a, const struct mym_snapshot *b)
{
	struct mym_snapshot then = *a;

	then.time = b->time;
	CHECK(memcmp(&then, b, sizeof(then)) == 0);
}

/* A fact that is asked for alone is the same.  Which constraint gives it may have
 * another index, as fewer of them are read; and where the files contradict each
 * other, those that are read tell whether there is a memory controller. */
static void same_part(const struct mym_snapshot *all,
		      const struct mym_snapshot *part, uint64_t want)
{
	const struct {
		uint64_t bit;
		int64_t all, part;
	} facts[] = {
		{ MYM_WANT_LIMIT, all->limit, part->limit },
		{ MYM_WANT_AVAILABLE, all->available, part->available },
		{ MYM_WANT_USED, all->used, part->used },
		{ MYM_WANT_RECLAIMABLE, all->reclaimable, part->reclaimable },
		{ MYM_WANT_HIGH, all->high, part->high },
		{ MYM_WANT_SWAP_LIMIT, all->swap_limit, part->swap_limit },
		{ MYM_WANT_SWAP_AVAILABLE, all->swap_available,
		  part->swap_available },
		{ MYM_WANT_HOST_TOTAL, all->host_total, part->host_total },
		{ MYM_WANT_HOST_AVAILABLE, all->host_available,
		  part->host_available },
		{ MYM_WANT_PRESSURE, all->pressure, part->pressure },
		{ MYM_WANT_PSI_SOME, all->psi_some, part->psi_some },
		{ MYM_WANT_PSI_FULL, all->psi_full, part->psi_full },
		{ MYM_WANT_SHMEM, all->shmem, part->shmem },
	};

	CHECK((all->valid & want) == (part->valid & want));
	CHECK((all->none & want) == (part->none & want));
	for (size_t i = 0; i < MYM__COUNT(facts); i++) {
		if (!(facts[i].bit & want) || facts[i].all == facts[i].part)
			continue;
		fprintf(stderr, "fact %zu: %lld, not %lld\n", i,
			(long long)facts[i].part, (long long)facts[i].all);
		abort();
	}
}

static void ask_part(struct mym_ctx *ctx, const struct mym_snapshot *all,
		     uint64_t want)
{
	struct mym_snapshot part;

	if (want & (MYM_WANT_CGROUP_VERSION | MYM_WANT_OOM_KILLS))
		return;
	/* Which groups above are limited is not asked for stalls alone. */
	if ((want & (MYM_WANT_PSI_SOME | MYM_WANT_PSI_FULL)) &&
	    all->psi_scope == MYM_SCOPE_ABOVE)
		return;
	if (!tree_ask(ctx, want, &part))
		CHECK((all->valid & want) == 0);
	else if (((part.flags ^ all->flags) & MYM_FLAG_NO_CGROUP) == 0)
		same_part(all, &part, want);
}

/* As the simple calls do it. */
static void ask_lightly(struct mym_ctx *ctx, uint64_t want)
{
	struct mym_snapshot whole, light;

	if (mym__snapshot(ctx, want, &whole) < 0)
		return;
	CHECK(mym__snapshot_light(ctx, want, whole.time, &light) == 0);
	same_part(&whole, &light, want);
}

static void by_libmount(const struct mym_snapshot *ours)
{
	struct mym_snapshot s;
	struct mym_ctx *ctx;

	mounts_by_libmount = true;
	CHECK(mym_open(&ctx, "/", 0) == 0);
	CHECK(tree_ask(ctx, MYM_WANT_ALL, &s));
	same(ours, &s);
	mym_close(ctx);
	mounts_by_libmount = false;
}

/* What is to be tried besides follows from the input. */
static unsigned int number_of(struct mym__text text)
{
	unsigned int number = 0;

	for (size_t i = 0; i < text.length; i++)
		number = number * 31 + (unsigned char)text.at[i];
	return number;
}

void parse_tree(struct mym__text text)
{
	static const uint64_t light[] = {
		MYM_WANT_LIMIT, MYM_WANT_LIMIT | MYM_WANT_AVAILABLE,
		MYM_WANT_LIMIT | MYM_WANT_AVAILABLE | MYM_WANT_PRESSURE,
	};
	unsigned int number = number_of(text);
	struct mym_snapshot first, again;
	struct mym__text table = { NULL, 0 };
	struct mym_ctx *ctx;

	machine_clear();
	machine_unpack(text.at, text.length);
	CHECK(mym_open(&ctx, "/", 0) == 0);
	if (tree_ask(ctx, MYM_WANT_ALL, &first)) {
		CHECK(tree_ask(ctx, MYM_WANT_ALL, &again));
		same(&first, &again);
		if (number % 16 == 0)
			check_printed(ctx, &first);
		ask_part(ctx, &first, UINT64_C(1) << number / 16 % 15);
		ask_lightly(ctx, light[number / 256 % MYM__COUNT(light)]);
		table.at = machine_content("/proc/self/mountinfo", &table.length);
		if (table.at && mounts_plain(table))
			by_libmount(&first);
	}
	mym_close(ctx);
	CHECK(machine_descriptors() == 0);
}
