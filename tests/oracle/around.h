/* SPDX-License-Identifier: MIT */
/* What is around the subject: groups, limits, others, the machine's settings.
 * Done by the parent before the subject begins. */
#ifndef AROUND_H
#define AROUND_H

#include "scene.h"

typedef void around_fn(struct scene *scene);

around_fn around_nothing, around_limit, around_unlimited, around_parent,
	around_grandparent, around_file, around_many;
around_fn around_sibling_anonymous, around_sibling_cache, around_sibling_min,
	around_sibling_low, around_sibling_min_anonymous;
around_fn around_high, around_high_file, around_high_parent;
around_fn around_soft, around_move, around_hidden;
around_fn around_swap, around_swap_limited, around_swap_parent, around_swap_off,
	around_swap_full;
around_fn around_short, around_short_file, around_unlimited_file,
	around_hugetlb;
around_fn around_commit_ratio, around_commit_kbytes;
around_fn around_node, around_node_file;

#endif
