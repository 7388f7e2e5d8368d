/* SPDX-License-Identifier: MIT */
/* Sets of NUMA nodes, and the kernel's lists of them.  Pure, like parse.c. */
#include <errno.h>
#include <string.h>

#include "compiler.h"
#include "nodes.h"
#include "parse.h"
#include "text.h"

bool mym__nodes_has(const struct mym__nodes *set, unsigned int node)
{
	return node < MYM__NODES_MAX && set->bits[node / 64] >> (node % 64) & 1;
}

unsigned int mym__nodes_count(const struct mym__nodes *set)
{
	unsigned int count = 0;

	for (size_t i = 0; i < MYM__COUNT(set->bits); i++) {
		for (uint64_t bits = set->bits[i]; bits != 0; bits &= bits - 1)
			count++;
	}
	return count;
}

/* MPOL_F_RELATIVE_NODES: node n is the n-th of the allowed ones, and after the
 * last comes the first (mpol_relative_nodemask() in mm/mempolicy.c). */
void mym__nodes_relative(struct mym__nodes *set,
			 const struct mym__nodes *allowed)
{
	struct mym__nodes found = { 0 };
	unsigned int count = mym__nodes_count(allowed);

	for (unsigned int i = 0; count > 0 && i < MYM__NODES_MAX; i++) {
		unsigned int at = i % count, node = 0;

		if (!mym__nodes_has(set, i))
			continue;
		for (; at > 0 || !mym__nodes_has(allowed, node); node++)
			at -= mym__nodes_has(allowed, node);
		found.bits[node / 64] |= UINT64_C(1) << (node % 64);
	}
	*set = found;
}

int mym__nodes_parse(struct mym__text list, struct mym__nodes *set)
{
	struct mym__nodes nodes;

	memset(&nodes, 0, sizeof(nodes));
	list = mym__parse_word(&list);
	if (list.length > 0 && list.at[list.length - 1] == ',')
		return -EBADMSG;
	while (list.length > 0) {
		struct mym__text range = mym__parse_until(&list, ',');
		struct mym__text last = range;
		struct mym__text first = mym__parse_until(&last, '-');
		int64_t from, to;

		if (first.length == range.length)
			last = first;
		if (mym__parse_number(first, &from) < 0 ||
		    mym__parse_number(last, &to) < 0 ||
		    from > to || to >= MYM__NODES_MAX)
			return -EBADMSG;
		for (; from <= to; from++)
			nodes.bits[from / 64] |= UINT64_C(1) << (from % 64);
	}
	*set = nodes;
	return 0;
}

int mym__nodes_parse_binding(struct mym__text line, struct mym__nodes *nodes)
{
	struct mym__text list, mode;

	mym__parse_word(&line); /* the address */
	list = mym__parse_word(&line);
	mode = mym__parse_until(&list, ':');
	/* "bind", "bind=static", "bind=relative|balancing" */
	if (!mym__text_is(mym__parse_until(&mode, '='), "bind"))
		return 1;
	return mym__nodes_parse(list, nodes);
}
