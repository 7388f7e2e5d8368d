/* SPDX-License-Identifier: MIT */
/* A set of NUMA nodes. */
#ifndef MYM_NODES_H
#define MYM_NODES_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

#pragma GCC visibility push(hidden)

#define MYM__NODES_MAX 1024

struct mym__nodes {
	uint64_t bits[MYM__NODES_MAX / 64];
};

bool mym__nodes_has(const struct mym__nodes *set, unsigned int node);
unsigned int mym__nodes_count(const struct mym__nodes *set);
/* Turns positions among the allowed nodes into nodes. */
void mym__nodes_relative(struct mym__nodes *set,
			 const struct mym__nodes *allowed);
/* A list such as "0-3,8": 0, or < 0. */
int mym__nodes_parse(struct mym__text list, struct mym__nodes *set);
/* The nodes that a line of numa_maps is bound to; 1: it is not bound. */
int mym__nodes_parse_binding(struct mym__text line, struct mym__nodes *nodes);

#pragma GCC visibility pop

#endif
