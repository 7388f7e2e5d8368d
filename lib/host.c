/* SPDX-License-Identifier: MIT */
/* The machine: /proc/meminfo, or sysinfo(2) where that is hidden. */
#include <errno.h>

#include "internal.h"

enum {
	TOTAL, FREE, AVAILABLE, ACTIVE_FILE, INACTIVE_FILE, RECLAIMABLE,
	SLAB_RECLAIMABLE, SHMEM, SWAP_TOTAL, SWAP_FREE, HUGE,
	KEYS
};
static const struct mym__text names[KEYS] = {
	[TOTAL] = MYM__TEXT_INIT("MemTotal"),
	[FREE] = MYM__TEXT_INIT("MemFree"),
	[AVAILABLE] = MYM__TEXT_INIT("MemAvailable"),
	[ACTIVE_FILE] = MYM__TEXT_INIT("Active(file)"),
	[INACTIVE_FILE] = MYM__TEXT_INIT("Inactive(file)"),
	[RECLAIMABLE] = MYM__TEXT_INIT("KReclaimable"), /* since 4.20 */
	[SLAB_RECLAIMABLE] = MYM__TEXT_INIT("SReclaimable"),
	[SHMEM] = MYM__TEXT_INIT("Shmem"),
	[SWAP_TOTAL] = MYM__TEXT_INIT("SwapTotal"),
	[SWAP_FREE] = MYM__TEXT_INIT("SwapFree"),
	[HUGE] = MYM__TEXT_INIT("AnonHugePages"),
};

/* The watermarks of a machine are some 10 % of it if it is this small, so are
 * then the pages on the lists of the CPUs.  With more memory they are not worth
 * /proc/zoneinfo, which is the longer the more CPUs there are. */
#define SMALL (INT64_C(4) << 30)

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

static int read_meminfo(struct mym__pass *pass, struct meminfo *info)
{
	struct mym__keys keys = {
		.names = names,
		.count = KEYS,
		.kilobytes = true,
		.values = info->values,
	};
	struct mym__open open = mym__pass_get(pass, MYM__FILE_MEMINFO,
					      "/proc/meminfo");
	int r = open.fd;

	if (open.fd >= 0)
		r = mym__lines_keys(open.fd, pass->buffer, pass->size, &keys);
	mym__pass_put(pass, open);
	info->seen = keys.seen;
	return r;
}

/* /proc may be missing, or mounted with subset=pid. */
static void ask_kernel(const struct mym__root *root, struct meminfo *info)
{
	struct mym__sysinfo si;

	if (mym__root_sysinfo(root, &si) != 0)
		return;
	put(info, TOTAL, si.total);
	put(info, FREE, si.free);
	put(info, SHMEM, si.shmem);
	put(info, SWAP_TOTAL, si.swap_total);
	put(info, SWAP_FREE, si.swap_free);
}

/* The kernel says MemAvailable since 3.14.  Some virtual files say 0. */
static bool has_available(const struct meminfo *info)
{
	return has(info, AVAILABLE) && (info->values[AVAILABLE] > 0 ||
					info->values[FREE] == 0);
}

static void estimate(struct mym__pass *pass, struct meminfo *info)
{
	struct mym__supply supply = {
		.free = info->values[FREE],
		.file = mym__add(info->values[ACTIVE_FILE],
				 info->values[INACTIVE_FILE]),
		.slab = info->values[has(info, RECLAIMABLE) ? RECLAIMABLE :
							      SLAB_RECLAIMABLE],
	};
	bool said = has_available(info);

	if (!has(info, FREE) || (said && info->values[TOTAL] >= SMALL))
		return;
	mym__watermarks_read(pass, NULL, info->values[TOTAL], &supply);
	if (said) {
		put(info, AVAILABLE, mym__add(info->values[AVAILABLE],
					      mym__merge_per_cpu(&supply)));
	} else {
		put(info, AVAILABLE, mym__merge_supply(&supply));
		pass->flags |= MYM_FLAG_ESTIMATED;
	}
}

static void fill(const struct meminfo *info, struct mym_constraint *host)
{
	const int64_t *v = info->values;

	if (has(info, TOTAL)) {
		host->limit = v[TOTAL];
		host->valid |= MYM_WANT_LIMIT;
	}
	if (has(info, TOTAL) && has(info, FREE)) {
		host->used = mym__subtract(v[TOTAL], v[FREE]);
		host->valid |= MYM_WANT_USED;
	}
	if (has(info, AVAILABLE)) {
		host->available = v[AVAILABLE];
		if (has(info, TOTAL) && host->available > v[TOTAL])
			host->available = v[TOTAL];
		host->valid |= MYM_WANT_AVAILABLE;
	}
	/* The kernel keeps a reserve, so that available may be below free. */
	if (has(info, AVAILABLE) && has(info, FREE)) {
		host->reclaimable = mym__subtract(host->available, v[FREE]);
		host->valid |= MYM_WANT_RECLAIMABLE;
	}
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

void mym__host_read(struct mym__pass *pass, struct mym_constraint *host)
{
	const uint64_t facts = MYM_WANT_LIMIT | MYM_WANT_SWAP_LIMIT |
			       MYM_WANT_SWAP_AVAILABLE | MYM_WANT_HOST_TOTAL |
			       MYM_WANT_HOST_AVAILABLE | MYM_WANT_HIGH;
	const uint64_t needed = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE;
	struct meminfo info = { 0 };
	int r;

	if (!mym__pass_wants(pass, facts))
		return;
	r = read_meminfo(pass, &info);
	if (r < 0)
		ask_kernel(pass->root, &info);
	estimate(pass, &info);
	fill(&info, host);
	if (r < 0 || (needed & ~host->valid))
		mym__pass_failed(pass, host, needed & ~host->valid,
				 r < 0 ? r : -EBADMSG);
	if (host->valid & MYM_WANT_LIMIT)
		pass->host_total = host->limit;
	pass->huge = info.values[HUGE] > 0;
}
