/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "group.h"
#include "situation.h"
#include "text.h"

#define SMALL (2048 * MIB)

#define G NEEDS_GROUPS
#define DISK (NEEDS_GROUPS | NEEDS_DISK)
#define SWAP (NEEDS_GROUPS | NEEDS_DISK | NEEDS_SMALL | NEEDS_SWAP)
#define NODES (NEEDS_GROUPS | NEEDS_SMALL | NEEDS_NODES)

const struct situation situations[] = {
	{ "nothing", G, "limit", around_limit, NULL },
	/* page cache */
	{ "cache-clean", DISK, "limit", around_file, inside_read },
	{ "cache-dirty", DISK, "limit", around_limit, inside_dirty },
	{ "cache-active", DISK, "limit", around_file, inside_reread },
	{ "cache-mapped", DISK, "limit", around_file, inside_map },
	{ "cache-mlocked", DISK, "limit", around_file, inside_mlock },
	{ "memfd", G, "limit", around_limit, inside_memfd },
	{ "tmpfs", G, "limit", around_limit, inside_tmpfs },
	/* anonymous memory */
	{ "anonymous", G, "limit", around_limit, inside_anonymous },
	{ "freed", G, "limit", around_limit, inside_freed },
	{ "madv-free", G, "limit", around_limit, inside_lazy },
	/* the kernel's own */
	{ "slab-inodes", DISK, "slab", around_many, inside_inodes },
	{ "slab-names", DISK, "slab", around_limit, inside_names },
	{ "pipes", G, "limit", around_limit, inside_pipes },
	{ "sockets", G, "limit", around_limit, inside_sockets },
	/* where the limit is */
	{ "limit-parent", G, "limit", around_parent, NULL },
	{ "limit-grandparent", G, "limit", around_grandparent, NULL },
	{ "sibling-anonymous", G, "limit", around_sibling_anonymous, NULL },
	{ "sibling-cache", DISK, "limit", around_sibling_cache, NULL },
	{ "sibling-min", DISK | NEEDS_V2, "limit", around_sibling_min, NULL },
	{ "sibling-min-anonymous", DISK | NEEDS_V2, "limit",
	  around_sibling_min_anonymous, NULL },
	{ "sibling-low", DISK | NEEDS_V2, "limit", around_sibling_low, NULL },
	{ "high", G | NEEDS_V2, "limit", around_high, NULL },
	{ "high-cache", DISK | NEEDS_V2, "limit", around_high_file,
	  inside_reread },
	{ "high-parent", G | NEEDS_V2, "limit", around_high_parent, NULL },
	{ "limit-lowered", DISK, "limit", around_file, inside_lower },
	{ "high-lowered", G | NEEDS_V2, "limit", around_high,
	  inside_lower_high },
	{ "soft-limit", G | NEEDS_V1, "limit", around_soft, NULL },
	{ "moved", G, "limit", around_move, inside_move },
	{ "hidden-limit", G, "flag", around_hidden, inside_hide },
	/* swap */
	{ "swap", SWAP, "swap", around_swap, NULL },
	{ "swap-anonymous", SWAP, "swap", around_swap, inside_anonymous },
	{ "swap-limited", SWAP, "swap", around_swap_limited, NULL },
	{ "swap-parent", SWAP, "swap", around_swap_parent, NULL },
	{ "swap-off", SWAP, "swap", around_swap_off, NULL },
	{ "swap-full", SWAP, "swap", around_swap_full, NULL },
	/* what the process brings along */
	{ "rlimit-as", 0, "limit", around_limit, inside_rlimit_as },
	{ "rlimit-data", 0, "limit", around_limit, inside_rlimit_data },
	/* the machine */
	{ "host-short", NEEDS_SMALL, "host", around_short, NULL },
	{ "host-short-cache", NEEDS_SMALL | NEEDS_DISK, "host",
	  around_short_file, inside_read },
	{ "unlimited", NEEDS_SMALL, "host", around_unlimited, NULL },
	{ "unlimited-cache", NEEDS_SMALL | NEEDS_DISK, "host",
	  around_unlimited_file, inside_reread },
	{ "hugetlb", NEEDS_SMALL, "host", around_hugetlb, NULL },
	{ "commit-ratio", NEEDS_SMALL, "limit", around_commit_ratio, NULL },
	{ "commit-ratio-ordinary", NEEDS_SMALL, "limit", around_commit_ratio,
	  inside_ordinary },
	{ "commit-kbytes", NEEDS_SMALL, "limit", around_commit_kbytes, NULL },
	{ "commit-kbytes-ordinary", NEEDS_SMALL, "limit", around_commit_kbytes,
	  inside_ordinary },
	{ "node", NODES, "host", around_node, NULL },
	{ "node-cache", NODES | NEEDS_DISK, "host", around_node_file,
	  inside_reread },
	{ NULL },
};

static bool two_nodes(void)
{
	return access("/sys/devices/system/node/node1/meminfo", R_OK) == 0;
}

const char *situation_missing(const struct situation *situation)
{
	const unsigned int needs = situation->needs;
	const int version = group_version();

	if ((needs & NEEDS_GROUPS) && version == 0)
		return "needs a memory control group";
	if ((needs & NEEDS_V1) && version != 1)
		return "needs cgroup v1";
	if ((needs & NEEDS_V2) && version != 2)
		return "needs cgroup v2";
	if ((needs & NEEDS_SMALL) &&
	    text_key("/proc/meminfo", "MemTotal") >= SMALL)
		return "only on a machine with less than 2 GiB";
	if ((needs & NEEDS_DISK) && !file_on_disk())
		return "needs a file system on a disk";
	if ((needs & NEEDS_NODES) && !(two_nodes() && version == 2))
		return "needs two NUMA nodes and cgroup v2";
	return NULL;
}
