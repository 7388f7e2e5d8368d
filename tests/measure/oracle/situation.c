/* SPDX-License-Identifier: MIT */
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "file.h"
#include "group.h"
#include "kernel-file.h"
#include "memory.h"
#include "situation.h"

#define G NEEDS_GROUPS
#define DISK (NEEDS_GROUPS | NEEDS_DISK)
#define SWAP (NEEDS_GROUPS | NEEDS_DISK | NEEDS_SMALL | NEEDS_SWAP)
#define NODES (NEEDS_GROUPS | NEEDS_SMALL | NEEDS_NODES)
#define MACHINE (NEEDS_SMALL | NEEDS_DISK)
#define ZRAM (NEEDS_GROUPS | NEEDS_SMALL | NEEDS_SWAP | NEEDS_ZRAM)
#define ZSWAP (SWAP | NEEDS_V2 | NEEDS_ZSWAP)
#define V1 NEEDS_V1
#define V2 NEEDS_V2

const struct situation situations[] = {
	/* before a group of another has left anything behind */
	{ "limit-flat", G | V1 | NEEDS_FLAT | LONG, "limit", around_flat, NULL },
	/* little */
	{ "nothing", G, "limit", around_limit, NULL },
	{ "tiny", G | LONG, "limit", around_tiny, NULL },
	/* page cache */
	{ "cache-clean", DISK, "limit", around_file, inside_read },
	{ "cache-dirty", DISK, "limit", around_limit, inside_dirty },
	{ "cache-active", DISK, "limit", around_file, inside_reread },
	{ "cache-mapped", DISK, "limit", around_file, inside_map },
	{ "cache-mlocked", DISK, "limit", around_file, inside_mlock },
	{ "cache-deleted", DISK | LONG, "limit", around_deleted,
	  inside_deleted },
	{ "cache-foreign", DISK | LONG, "limit", around_foreign, inside_map },
	{ "cache-foreign-mlocked", DISK | LONG, "limit", around_beside,
	  inside_foreign_locked },
	{ "cache-executed", DISK | LONG, "text", around_file, inside_text },
	{ "cache-spliced", DISK | LONG, "cache", around_file, inside_splice },
	{ "cache-sent", DISK | LONG, "cache", around_file, inside_sendfile },
	{ "memfd", G, "limit", around_limit, inside_memfd },
	{ "tmpfs", G, "limit", around_limit, inside_tmpfs },
	{ "secretmem", G | NEEDS_SECRET | NEEDS_RLIMITS | LONG, "limit",
	  around_limit, inside_secret },
	/* anonymous memory */
	{ "anonymous", G, "limit", around_limit, inside_anonymous },
	{ "freed", G, "limit", around_limit, inside_freed },
	{ "madv-free", G, "limit", around_limit, inside_lazy },
	{ "fork", G | LONG, "limit", around_limit, inside_fork },
	{ "huge-split", G | LONG, "huge", around_limit, inside_split },
	{ "sparse", G | LONG, "tables", around_limit, inside_sparse },
	{ "hugetlb-charged", G | V2 | NEEDS_SMALL | NEEDS_CHARGED_HUGE | LONG,
	  "limit", around_hugetlb_charged, inside_hugetlb },
	/* the kernel's own */
	{ "slab-inodes", DISK, "slab", around_many, inside_inodes },
	{ "slab-names", DISK, "slab", around_limit, inside_names },
	{ "pipes", G, "limit", around_limit, inside_pipes },
	{ "sockets", G, "limit", around_limit, inside_sockets },
	{ "sockets-tcp", G | LONG, "limit", around_limit, inside_tcp },
	{ "sockets-idle", G | NEEDS_RLIMITS | LONG, "slab", around_limit,
	  inside_idle },
	{ "files-open", DISK | LONG, "slab", around_many, inside_open },
	{ "threads", G | LONG, "limit", around_limit, inside_threads },
	{ "inodes-kept", DISK | NEEDS_SMALL, "limit", around_inodes_kept,
	  inside_inodes },
	/* where the limit is */
	{ "limit-parent", G, "limit", around_parent, NULL },
	{ "limit-grandparent", G, "limit", around_grandparent, NULL },
	{ "limit-deep", G | LONG, "limit", around_deep, NULL },
	{ "sibling-anonymous", G, "limit", around_sibling_anonymous, NULL },
	{ "sibling-cache", DISK, "limit", around_sibling_cache, NULL },
	{ "sibling-min", DISK | NEEDS_V2, "limit", around_sibling_min, NULL },
	{ "sibling-min-anonymous", DISK | NEEDS_V2, "limit",
	  around_sibling_min_anonymous, NULL },
	{ "sibling-low", DISK | NEEDS_V2, "limit", around_sibling_low, NULL },
	{ "nested-min", DISK | V2 | NEEDS_SMALL, "limit", around_nested_min,
	  NULL },
	{ "nested-min-recursive", DISK | V2 | NEEDS_SMALL | NEEDS_RECURSIVE,
	  "limit", around_nested_min_recursive, NULL },
	{ "own-min", DISK | V2, "limit", around_own_min, inside_reread },
	{ "own-min-above", DISK | V2 | LONG, "limit", around_own_min_above,
	  inside_reread },
	{ "high", G | NEEDS_V2, "limit", around_high, NULL },
	{ "high-cache", DISK | NEEDS_V2, "limit", around_high_file,
	  inside_reread },
	{ "high-parent", G | NEEDS_V2, "limit", around_high_parent, NULL },
	{ "high-grandparent", G | V2 | LONG, "limit", around_high_grandparent,
	  NULL },
	{ "limit-lowered", DISK, "limit", around_file, inside_lower },
	{ "high-lowered", G | NEEDS_V2, "limit", around_high,
	  inside_lower_high },
	{ "soft-limit", G | NEEDS_V1, "limit", around_soft, NULL },
	{ "no-killer", G | V1 | LONG, "limit", around_no_killer, NULL },
	{ "moved", G, "limit", around_move, inside_move },
	{ "hidden-limit", G, "flag", around_hidden, inside_hide },
	/* swap */
	{ "swap", SWAP, "swap", around_swap, NULL },
	{ "swap-anonymous", SWAP, "swap", around_swap, inside_anonymous },
	{ "swap-limited", SWAP, "swap", around_swap_limited, NULL },
	{ "swap-parent", SWAP, "swap", around_swap_parent, NULL },
	{ "swap-off", SWAP, "swap", around_swap_off, NULL },
	{ "swap-full", SWAP, "swap", around_swap_full, NULL },
	{ "swap-high", SWAP | V2, "sum", around_swap_high, NULL },
	{ "swap-high-exceeded", SWAP | V2, "sum", around_swap_high_low,
	  inside_swapped_60 },
	{ "swap-high-parent", SWAP | V2 | LONG, "sum", around_swap_high_parent,
	  NULL },
	{ "memsw", SWAP | V1, "sum", around_memsw, inside_swapped_110 },
	{ "memsw-equal", SWAP | V1, "sum", around_memsw_equal,
	  inside_swapped_90 },
	{ "memsw-parent", SWAP | V1 | LONG, "sum", around_memsw_parent,
	  inside_swapped_90 },
	{ "memsw-hidden", SWAP | V1 | LONG, "sum", around_memsw_parent,
	  inside_hide_swapped },
	{ "swappiness-0", SWAP, "sum", around_swappiness_0, NULL },
	{ "swappiness-parent", SWAP | V1 | LONG, "swap",
	  around_swappiness_parent, NULL },
	{ "swappiness-machine", SWAP | LONG, "swap", around_swappiness_machine,
	  NULL },
	{ "zram", ZRAM | LONG, "swap", around_zram, NULL },
	{ "zram-machine", ZRAM, "swap", around_zram_machine, NULL },
	{ "zswap", ZSWAP | LONG, "swap", around_zswap, NULL },
	{ "zswap-none", ZSWAP | LONG, "sum", around_zswap_none, NULL },
	{ "zswap-only", ZSWAP | LONG, "swap", around_zswap_only, NULL },
	{ "zswap-full", ZSWAP | LONG, "swap", around_zswap_full, NULL },
	{ "zswap-full-only", ZSWAP | LONG, "swap", around_zswap_full_only,
	  NULL },
	{ "zswap-machine", ZSWAP | LONG, "swap", around_zswap_machine, NULL },
	/* what the process brings along */
	{ "rlimit-as", 0, "limit", around_limit, inside_rlimit_as },
	{ "rlimit-data", 0, "limit", around_limit, inside_rlimit_data },
	{ "rlimit-data-0", 0, "limit", around_limit, inside_rlimit_data_0 },
	{ "rlimit-data-0-hard", LONG, "limit", around_limit,
	  inside_rlimit_data_0_hard },
	{ "rlimit-memlock", 0, "limit", around_limit, inside_memlock },
	{ "rlimit-memlock-onfault", LONG, "limit", around_limit,
	  inside_memlock_onfault },
	{ "address-space", NEEDS_32_BITS | LONG, "limit", around_limit,
	  inside_address_space },
	/* the machine */
	{ "host-short", MACHINE, "host", around_short_file,
	  inside_read_little },
	{ "host-bare", NEEDS_SMALL | LONG, "bare", around_short, NULL },
	{ "host-short-cache", NEEDS_SMALL | NEEDS_DISK, "host",
	  around_short_file, inside_read },
	{ "unlimited", MACHINE, "host", around_unlimited_file,
	  inside_read_little },
	{ "unlimited-cache", NEEDS_SMALL | NEEDS_DISK, "host",
	  around_unlimited_file, inside_reread },
	{ "hugetlb", MACHINE, "host", around_hugetlb, inside_read_little },
	{ "limit-huge", DISK | NEEDS_SMALL | LONG, "host", around_huge,
	  inside_read_little },
	{ "min-free", MACHINE | LONG, "host", around_min_free_file,
	  inside_read_little },
	{ "min-free-cache", MACHINE, "host", around_min_free_file,
	  inside_reread },
	{ "min-free-short", MACHINE | LONG, "host", around_min_free_short,
	  inside_reread },
	{ "scale-70", MACHINE | LONG, "host", around_scale_70_file,
	  inside_read_little },
	{ "scale-70-cache", MACHINE | LONG, "host", around_scale_70_file,
	  inside_reread },
	{ "scale-1000", MACHINE | LONG, "host", around_scale_1000_file,
	  inside_read_little },
	{ "scale-1000-cache", MACHINE | LONG, "host", around_scale_1000_file,
	  inside_reread },
	{ "protected", DISK | V2 | NEEDS_SMALL, "host", around_protected, NULL },
	{ "inodes-kept-machine", MACHINE | LONG, "host",
	  around_inodes_kept_machine, inside_inodes },
	{ "time-to-live", MACHINE | NEEDS_LRU_GEN | LONG, "live",
	  around_time_to_live, inside_reread },
	{ "commit-ratio", NEEDS_SMALL, "limit", around_commit_ratio, NULL },
	{ "commit-ratio-ordinary", NEEDS_SMALL, "limit", around_commit_ratio,
	  inside_ordinary },
	{ "commit-kbytes", NEEDS_SMALL, "limit", around_commit_kbytes, NULL },
	{ "commit-kbytes-ordinary", NEEDS_SMALL, "limit", around_commit_kbytes,
	  inside_ordinary },
	{ "node", NODES | NEEDS_DISK, "host", around_node_file,
	  inside_read_little },
	{ "node-bare", NODES | LONG, "bare", around_node, NULL },
	{ "node-cache", NODES | NEEDS_DISK, "host", around_node_file,
	  inside_reread },
	{ "bind", NODES | NEEDS_DISK, "host", around_unlimited_file,
	  inside_bind_read_little },
	{ "bind-cache", NODES | NEEDS_DISK, "host", around_unlimited_file,
	  inside_bind_reread },
	{ "prefer", NODES | NEEDS_DISK | LONG, "host", around_unlimited_file,
	  inside_prefer_read_little },
	{ NULL },
};

static bool there(const char *path)
{
	return access(path, F_OK) == 0;
}

/* What a cgroup2 can be mounted with. */
static bool has_option(const char *option)
{
	char features[512];

	return kernel_read("/sys/kernel/cgroup/features", features,
			 sizeof(features)) > 0 && strstr(features, option);
}

/* It can be turned off before Linux 5.11, and only where it is not needed. */
static bool can_be_flat(void)
{
	struct utsname uts;
	int major = 0, minor = 0;

	uname(&uts);
	sscanf(uts.release, "%d.%d", &major, &minor);
	return major < 5 || (major == 5 && minor < 11);
}

const char *situation_missing(const struct situation *situation, bool ours)
{
	const int version = group_version();
	const struct {
		unsigned int need;
		bool met;
		const char *words;
	} needs[] = {
		{ NEEDS_GROUPS, version != 0, "needs a memory control group" },
		{ NEEDS_V1, version == 1, "needs cgroup v1" },
		{ NEEDS_V2, version == 2, "needs cgroup v2" },
		{ NEEDS_SMALL, ours, "only on a machine that nobody else uses" },
		{ NEEDS_DISK, file_on_disk(), "needs a file system on a disk" },
		{ NEEDS_NODES, version == 2 &&
		  there("/sys/devices/system/node/node1/meminfo"),
		  "needs two NUMA nodes and cgroup v2" },
		{ NEEDS_ZRAM, there("/sys/block/zram0"), "needs zram" },
		{ NEEDS_ZSWAP, there("/sys/module/zswap/parameters/enabled"),
		  "needs zswap" },
		{ NEEDS_LRU_GEN, there("/sys/kernel/mm/lru_gen/enabled"),
		  "needs MGLRU" },
		{ NEEDS_RECURSIVE, has_option("memory_recursiveprot"),
		  "needs memory_recursiveprot" },
		{ NEEDS_CHARGED_HUGE, has_option("memory_hugetlb_accounting"),
		  "needs memory_hugetlb_accounting" },
		{ NEEDS_SECRET, memory_has_secret(), "needs memfd_secret()" },
		{ NEEDS_RLIMITS,
		  prctl(PR_CAPBSET_READ, CAP_SYS_RESOURCE, 0, 0, 0) == 1,
		  "needs CAP_SYS_RESOURCE, to raise rlimits" },
		{ NEEDS_32_BITS, sizeof(void *) == 4, "needs a 32-bit process" },
		{ NEEDS_FLAT, ours && can_be_flat(),
		  "needs a Linux where groups can be without a hierarchy" },
	};

	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		if ((situation->needs & needs[i].need) && !needs[i].met)
			return needs[i].words;
	}
	return NULL;
}
