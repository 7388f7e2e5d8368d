/* SPDX-License-Identifier: MIT */
/* The machine: /proc/meminfo, or sysinfo(2) where that is hidden. */
#include <errno.h>

#include "../answer/findings.h"
#include "../base/file.h"
#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/saturate.h"
#include "../base/sys.h"
#include "../base/text.h"
#include "pass.h"
#include "readers.h"
#include "reclaim.h"
#include "supply.h"

enum {
	TOTAL, FREE, AVAILABLE, ACTIVE_FILE, INACTIVE_FILE, RECLAIMABLE,
	SLAB_RECLAIMABLE, SHMEM, SWAP_TOTAL, SWAP_FREE, HUGE, POOL,
	KEYS
};
_Static_assert((int)KEYS <= MYM__FILE_KEYS, "room for where they are");
static const struct mym__name names[KEYS] = {
	[TOTAL] = MYM__NAME("MemTotal"),
	[FREE] = MYM__NAME("MemFree"),
	[AVAILABLE] = MYM__NAME("MemAvailable"),
	[ACTIVE_FILE] = MYM__NAME("Active(file)"),
	[INACTIVE_FILE] = MYM__NAME("Inactive(file)"),
	[RECLAIMABLE] = MYM__NAME("KReclaimable"), /* since 4.20 */
	[SLAB_RECLAIMABLE] = MYM__NAME("SReclaimable"),
	[SHMEM] = MYM__NAME("Shmem"),
	[SWAP_TOTAL] = MYM__NAME("SwapTotal"),
	[SWAP_FREE] = MYM__NAME("SwapFree"),
	[HUGE] = MYM__NAME("AnonHugePages"),
	[POOL] = MYM__NAME("Hugetlb"), /* since 4.19 */
};

/* On a machine of this size MemAvailable leaves out no more than this part of
 * it, unless the watermarks have been raised. */
#define LARGE (INT64_C(4) << 30)
#define LARGE_PART 32

struct meminfo {
	int64_t values[KEYS];
	uint64_t seen;
};

static bool has(const struct meminfo *info, unsigned int key)
{
	return info->seen >> key & 1;
}

static void put(struct meminfo *info, unsigned int key, int64_t value)
{
	info->values[key] = value;
	info->seen |= UINT64_C(1) << key;
}

/* What each number is a part of. */
static const unsigned int wholes[KEYS] = {
	[TOTAL] = TOTAL, [FREE] = TOTAL, [ACTIVE_FILE] = TOTAL,
	[INACTIVE_FILE] = TOTAL, [RECLAIMABLE] = TOTAL,
	[SLAB_RECLAIMABLE] = TOTAL, [SHMEM] = TOTAL, [HUGE] = TOTAL,
	[POOL] = TOTAL,
	[SWAP_TOTAL] = SWAP_TOTAL, [SWAP_FREE] = SWAP_TOTAL,
	/* If it is too large, it is cut to the limit later. */
	[AVAILABLE] = AVAILABLE,
};

static int read_meminfo(struct mym__pass *pass, struct meminfo *info)
{
	struct mym__open open = mym__pass_get(pass, MYM__FILE_MEMINFO);
	struct mym__keys keys = {
		.names = names,
		.count = KEYS,
		.kilobytes = true,
		.at = open.file ? open.file->at : NULL,
		.values = info->values,
	};
	int r = mym__pass_keys(pass, open, &keys);

	mym__pass_doubt(pass, &keys, wholes);
	info->seen = keys.seen;
	return r;
}

/* /proc may be missing, or mounted with subset=pid. */
static void ask_kernel(struct mym__pass *pass, struct meminfo *info)
{
	struct mym__sysinfo si;

	if (mym__sys_sysinfo(pass->root, &si) != 0)
		return;
	pass->host_path = "sysinfo(2)";
	put(info, TOTAL, si.total);
	put(info, FREE, si.free);
	put(info, SHMEM, si.shmem);
	put(info, SWAP_TOTAL, si.swap_total);
	put(info, SWAP_FREE, si.swap_free);
}

/* Emulators of 32-bit processes, such as qemu-arm, truncate what sysinfo(2)
 * says. */
static bool is_cut(int64_t whole, int64_t cut)
{
	return sizeof(long) == 4 && cut <= UINT32_MAX &&
	       (uint32_t)whole == (uint32_t)cut;
}

/* Where /proc/meminfo has been replaced, the system call still describes the
 * machine.  The smaller of the two counts. */
static void compare(struct mym__pass *pass, struct meminfo *info)
{
	const struct mym__findings *last = pass->last;
	struct mym__sysinfo si;

	if (pass->root->sealed && last && (last->flags & MYM_FLAG_VIRTUAL))
		si.total = last->host_total;
	else if (pass->root->confined || !has(info, TOTAL) ||
		 mym__sys_sysinfo(pass->root, &si) != 0 ||
		 si.total == info->values[TOTAL] ||
		 is_cut(info->values[TOTAL], si.total))
		return;
	pass->found->flags |= MYM_FLAG_VIRTUAL;
	/* KReclaimable in lxcfs's file is the machine's. */
	if (has(info, SLAB_RECLAIMABLE))
		info->seen &= ~(UINT64_C(1) << RECLAIMABLE);
	if (si.total < info->values[TOTAL]) {
		pass->host_path = "sysinfo(2)";
		put(info, TOTAL, si.total);
	}
}

/* The kernel shows MemAvailable since 3.14.  Some virtual files show 0. */
static bool has_available(const struct meminfo *info)
{
	return has(info, AVAILABLE) && (info->values[AVAILABLE] > 0 ||
					info->values[FREE] == 0);
}

/* Notes the parts of MemAvailable, and whether all of them are known. */
static void supply(struct mym__pass *pass, const struct meminfo *info)
{
	const uint64_t parts = 1 << FREE | 1 << ACTIVE_FILE | 1 << INACTIVE_FILE;
	const int64_t *v = info->values;

	pass->supply = (struct mym__supply){
		.free = v[FREE],
		.file = mym__add(v[ACTIVE_FILE], v[INACTIVE_FILE]),
		.slab = v[has(info, RECLAIMABLE) ? RECLAIMABLE : SLAB_RECLAIMABLE],
	};
	pass->supplied = !(parts & ~info->seen) &&
			 (has(info, RECLAIMABLE) || has(info, SLAB_RECLAIMABLE));
}

static void estimate(struct mym__pass *pass, struct meminfo *info)
{
	supply(pass, info);
	if (has_available(info) || !has(info, FREE))
		return;
	mym__watermarks_read(pass, &pass->host, NULL, info->values[TOTAL],
			     &pass->supply);
	put(info, AVAILABLE, mym__supply_memavailable(&pass->supply));
	pass->found->flags |= MYM_FLAG_ESTIMATED;
}

static void fill(const struct meminfo *info, struct mym_constraint *host)
{
	const int64_t *v = info->values;

	/* RAM that is set aside for hugetlb is of no use to anybody else. */
	if (has(info, TOTAL)) {
		host->limit = v[TOTAL] - v[POOL];
		host->valid |= MYM_WANT_LIMIT;
	}
	if (has(info, TOTAL) && has(info, FREE)) {
		host->used = mym__subtract(host->limit, v[FREE]);
		host->valid |= MYM_WANT_USED;
	}
	if (has(info, AVAILABLE)) {
		host->available = v[AVAILABLE];
		if (has(info, TOTAL) && host->available > host->limit)
			host->available = host->limit;
		host->valid |= MYM_WANT_AVAILABLE;
	}
	if (has(info, AVAILABLE) && has(info, FREE))
		host->valid |= MYM_WANT_RECLAIMABLE;
	if (has(info, SHMEM)) {
		host->shmem = v[SHMEM];
		host->valid |= MYM_WANT_SHMEM;
	}
	if (has(info, SWAP_TOTAL)) {
		host->swap_limit = v[SWAP_TOTAL];
		host->valid |= MYM_WANT_SWAP_LIMIT;
	}
	if (has(info, SWAP_TOTAL) && has(info, SWAP_FREE)) {
		host->swap_used = mym__subtract(v[SWAP_TOTAL], v[SWAP_FREE]);
		host->valid |= MYM_WANT_SWAP_USED;
	}
	host->none |= MYM_WANT_HIGH;
}

static const struct mym_constraint *known_host(const struct mym__pass *pass)
{
	const struct mym__findings *known = pass->known;
	const struct mym_constraint *last;

	if (!known || known->count == 0)
		return NULL;
	last = &known->rows[known->count - 1];
	return last->kind == MYM_KIND_HOST ? last : NULL;
}

static void read_all(struct mym__pass *pass, struct mym_constraint *host)
{
	const uint64_t facts = MYM_WANT_LIMIT | MYM_WANT_SWAP_LIMIT |
			       MYM_WANT_SWAP_AVAILABLE | MYM_WANT_HOST_TOTAL |
			       MYM_WANT_HOST_AVAILABLE | MYM_WANT_HIGH;
	const uint64_t needed = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE;
	struct meminfo info = { 0 };
	int r;

	pass->host_path = "/proc/meminfo";
	if (!mym__pass_wants(pass, facts))
		return;
	r = read_meminfo(pass, &info);
	if (r < 0)
		ask_kernel(pass, &info);
	else
		compare(pass, &info);
	estimate(pass, &info);
	fill(&info, host);
	if (has(&info, TOTAL))
		pass->found->host_total = info.values[TOTAL];
	/* As with a row's facts, see known.c. */
	else if (pass->last && !(pass->root->confined && r == -ENOENT))
		pass->found->host_total = pass->last->host_total;
	if (r < 0 || (needed & ~host->valid))
		mym__pass_failed(pass, host, needed & ~host->valid,
				 r < 0 ? r : -EBADMSG);
	/* Transparent huge pages: see MYM_FLAG_SWAP_ESTIMATED. */
	pass->found->swap_stays = info.values[HUGE] > 0;
}

void mym__host_read(struct mym__pass *pass)
{
	const struct mym_constraint *known = known_host(pass);
	struct mym_constraint *host = &pass->host;

	host->kind = MYM_KIND_HOST;
	if (known) {
		pass->host_path = pass->known->paths[pass->known->count - 1];
		host->limit = known->limit;
		host->valid = known->valid & MYM_WANT_LIMIT;
		host->none = known->none;
		pass->found->host_total = pass->known->host_total;
	} else {
		read_all(pass, host);
	}
}

static int64_t left_by_others(const struct mym__pass *pass)
{
	int64_t left = INT64_MAX;

	for (unsigned int i = 0; i < pass->found->count; i++) {
		const struct mym_constraint *c = &pass->found->rows[i];

		if ((c->valid & MYM_WANT_AVAILABLE) && c->available < left)
			left = c->available;
	}
	return left;
}

/* Whether the machine has more than the others leave.  The files of lxcfs
 * describe another machine than the system call does, and a virtual file may
 * show more free memory than its limit allows. */
static bool cannot_bind(const struct mym__pass *pass)
{
	struct mym__sysinfo si;
	int64_t left = left_by_others(pass), limit = pass->host.limit;

	return left < INT64_MAX &&
	       mym__sys_sysinfo(pass->root, &si) == 0 &&
	       si.total == pass->found->host_total &&
	       mym__subtract(si.free < limit ? si.free : limit,
			     pass->known->reserve) > left;
}

/*
 * MemAvailable is cautious: it leaves out what is missing here, most of which
 * the page allocator gives.  Only /proc/zoneinfo tells how much, and that file
 * grows with the number of CPUs and nodes.
 */
static void ask_allocator(struct mym__pass *pass, struct mym_constraint *host,
			  int64_t missing)
{
	struct mym__supply *supply = &pass->supply;

	if (mym__slab_kept(pass))
		host->available = mym__subtract(host->available, supply->slab);
	if ((host->limit >= LARGE && missing <= host->limit / LARGE_PART) ||
	    (pass->found->flags & MYM_FLAG_VIRTUAL))
		return;
	mym__watermarks_read(pass, host, NULL, pass->found->host_total, supply);
	if (!supply->zoned)
		return;
	supply->slab = mym__dentries_given(pass, supply);
	host->available = mym__supply_available(supply);
	if (host->available > host->limit)
		host->available = host->limit;
}

static bool matters(const struct mym_constraint *host, int64_t bytes)
{
	return bytes > 8 << 20 && bytes > host->limit / 50;
}

/* Whether file cache that was used lately may be kept, and the machine then has
 * less than the others leave. */
static bool may_be_kept(struct mym__pass *pass,
			const struct mym_constraint *host)
{
	const int64_t cache = pass->supply.file;

	/* Calls without a context do not return flags. */
	return !pass->known && matters(host, cache) &&
	       left_by_others(pass) > mym__subtract(host->available, cache) &&
	       mym__generations_keep(pass);
}

/* The others are known by now: where they leave less, MemAvailable is exact
 * enough for the machine. */
static void settle(struct mym__pass *pass, struct mym_constraint *host)
{
	const uint64_t wanted = MYM_WANT_AVAILABLE | MYM_WANT_RECLAIMABLE;
	const struct mym__supply *supply = &pass->supply;
	int64_t all = INT64_MAX;

	if (!(host->valid & MYM_WANT_AVAILABLE))
		return;
	pass->found->host_available = host->available;
	if (pass->supplied)
		all = mym__add(supply->free, mym__add(supply->file, supply->slab));
	/* Some virtual files count tmpfs as available, which the kernel never
	 * does.  A small difference may only mean that the numbers are not of
	 * the same moment. */
	if (matters(host, mym__subtract(host->available, all)))
		host->available = all;
	if (mym__pass_wants(pass, wanted)) {
		if (left_by_others(pass) > mym__subtract(host->available,
							 supply->slab))
			ask_allocator(pass, host,
				      mym__subtract(all, host->available));
		if (may_be_kept(pass, host))
			pass->found->flags |= MYM_FLAG_ESTIMATED;
	}
	if (host->valid & MYM_WANT_RECLAIMABLE)
		host->reclaimable = mym__subtract(host->available, supply->free);
	/* Twice what is missing now, because the numbers are not of the same
	 * moment.  What the machine reserves changes only when it is configured
	 * anew or memory is plugged in. */
	all = mym__subtract(all, host->available);
	if (pass->supplied)
		pass->found->reserve = mym__add(mym__add(all, all),
						host->limit / 64);
}

void mym__host_finish(struct mym__pass *pass)
{
	struct mym_constraint *host = &pass->host;

	if (!pass->known) {
		settle(pass, host);
	} else if (mym__pass_wants(pass, MYM_WANT_AVAILABLE) &&
		   !cannot_bind(pass)) {
		*host = (struct mym_constraint){ .kind = MYM_KIND_HOST };
		read_all(pass, host);
		settle(pass, host);
	}
	if (host->valid | host->failed)
		*mym__pass_add(pass, MYM_KIND_HOST, pass->host_path) = *host;
}
