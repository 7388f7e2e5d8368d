/* SPDX-License-Identifier: MIT */
/* What is around the subject: groups, limits, others, the machine's settings.
 * Done by the parent before the subject begins. */
#ifndef AROUND_H
#define AROUND_H

#include "stage.h"
#include "units.h"

/* The big file. */
#define FILE_SIZE (120 * MIB)
/* How many files there are in the directory of many. */
#define MANY 15000

typedef void around_fn(struct stage *stage);

/* Groups. */
around_fn around_nothing, around_limit, around_unlimited, around_file,
	around_many, around_tiny;
around_fn around_parent, around_grandparent, around_deep, around_flat;
around_fn around_sibling_anonymous, around_sibling_cache, around_sibling_min,
	around_sibling_low, around_sibling_min_anonymous, around_nested_min,
	around_nested_min_recursive, around_own_min, around_own_min_above;
around_fn around_high, around_high_file, around_high_parent,
	around_high_grandparent;
around_fn around_soft, around_move, around_hidden, around_no_killer;
around_fn around_foreign, around_beside, around_deleted;

/* Swap. */
around_fn around_swap, around_swap_limited, around_swap_parent, around_swap_off,
	around_swap_full;
around_fn around_memsw, around_memsw_equal, around_memsw_parent;
around_fn around_swappiness_0, around_swappiness_parent,
	around_swappiness_machine;
around_fn around_swap_high, around_swap_high_low, around_swap_high_parent;
around_fn around_zram, around_zram_machine;
around_fn around_zswap, around_zswap_machine, around_zswap_none,
	around_zswap_only, around_zswap_full, around_zswap_full_only;

/* The machine. */
around_fn around_short, around_short_file, around_unlimited_file, around_huge,
	around_hugetlb, around_hugetlb_charged;
around_fn around_min_free_file, around_min_free_short,
	around_scale_70_file,
	around_scale_1000_file;
around_fn around_protected, around_time_to_live;
around_fn around_inodes_kept, around_inodes_kept_machine;
around_fn around_commit_ratio, around_commit_kbytes;
around_fn around_node, around_node_file;

/* For them: who uses memory elsewhere until the end. */
void around_other(struct stage *stage, const char *group, void (*use)(void));

#endif
