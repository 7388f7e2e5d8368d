/* SPDX-License-Identifier: MIT */
/*
 * Where swapping makes no room, and where what is swapped out stays in memory.
 * Asked only where there is swap left.
 */
#include <errno.h>
#include <string.h>

#include "../answer/findings.h"
#include "../answer/merge.h"
#include "../base/lines.h"
#include "../base/root.h"
#include "../base/text.h"
#include "group-dir.h"
#include "pass.h"
#include "readers.h"
#include "reclaim.h"

#define SWAPPINESS "/proc/sys/vm/swappiness"
#define ZSWAP "/sys/module/zswap/parameters/enabled"

/* A number, or `otherwise` where there is none. */
static int64_t number(struct mym__pass *pass, struct mym__open open,
		      int64_t otherwise)
{
	int64_t value;
	int r = mym__pass_amount(pass, open, &value);

	mym__pass_missed(pass, 0, r);
	return r == 0 ? value : otherwise;
}

static int64_t of_group(struct mym__pass *pass, unsigned int index,
			const char *name, int64_t otherwise)
{
	struct mym__group_dir dir =
		mym__group_dir(pass->root, pass->places,
			       &pass->places->at[index], &pass->mount);
	struct mym__open open = {
		.fd = mym__group_dir_get(&dir, name, MYM__ROOT_FILE),
	};

	mym__pass_met(pass, &dir);
	mym__group_dir_close(&dir);
	return number(pass, open, otherwise);
}

/*
 * Reclaim at a group's limit uses the swappiness of the group whose pages it
 * looks at, and with 0 leaves anonymous ones alone; reclaim for the machine
 * does so only with the multi-generational LRU (get_scan_count() and
 * get_swappiness() in mm/vmscan.c).  v2 has one swappiness for all groups.
 */
static void apply_swappiness(struct mym__pass *pass, bool groups)
{
	bool generations;
	int64_t swappiness;

	if (groups && pass->places->dialect->version == 1)
		swappiness = of_group(pass, 0, "memory.swappiness", 1);
	else
		swappiness = number(pass, mym__pass_open(pass, SWAPPINESS), 1);
	if (swappiness != 0)
		return;
	generations = mym__generations(pass);
	for (unsigned int i = 0; i < pass->found->count; i++) {
		struct mym_constraint *c = &pass->found->rows[i];

		if (c->kind == MYM_KIND_CGROUP ||
		    c->kind == MYM_KIND_CGROUP_HIDDEN || generations)
			c->none |= MYM_WANT_SWAP_AVAILABLE;
	}
}

/* A group may be kept from the swap device (memory.zswap.writeback, of any level),
 * and from zswap (memory.zswap.max); what is kept from both cannot be swapped out. */
static bool kept_from_swap(struct mym__pass *pass, bool zswap)
{
	unsigned int levels = pass->places->count;
	bool device = true;

	for (unsigned int i = 0; i < levels; i++)
		device = device &&
			 of_group(pass, i, "memory.zswap.writeback", 1) != 0;
	if (device)
		return false;
	for (unsigned int i = 0; zswap && i < levels; i++) {
		int64_t most = of_group(pass, i, "memory.zswap.max", INT64_MAX);

		if (most < INT64_MAX &&
		    of_group(pass, i, "memory.zswap.current", 0) >= most)
			zswap = false;
	}
	return !zswap;
}

/* Whether a swap device is itself in memory. */
static bool has_zram(struct mym__pass *pass)
{
	static const char zram[] = "/dev/zram";
	const size_t length = sizeof(zram) - 1;
	struct mym__open open = mym__pass_open(pass, "/proc/swaps");
	struct mym__lines lines;
	struct mym__text line;
	bool found = false;
	int r = open.fd;

	if (open.fd >= 0) {
		mym__lines_init(&lines, open.fd, pass->buffer, pass->size);
		while ((r = mym__lines_next(&lines, &line)) == 0)
			found = found || (line.length >= length &&
					  memcmp(line.at, zram, length) == 0);
		mym__pass_put(pass, open, r);
	}
	mym__pass_missed(pass, 0, r);
	return found;
}

/* What was known when the context was sealed; else there is nothing to swap to. */
static void recall(struct mym__pass *pass)
{
	struct mym__findings *found = pass->found;
	const struct mym__findings *last = pass->last;

	for (unsigned int i = 0; i < found->count; i++) {
		struct mym_constraint *c = &found->rows[i];
		const struct mym_constraint *known =
			mym__known(pass, c->kind, found->paths[i]);

		c->none |= last->swap_asked && known
				   ? known->none & MYM_WANT_SWAP_AVAILABLE
				   : MYM_WANT_SWAP_AVAILABLE;
	}
	found->swap_asked = last->swap_asked;
	found->swap_stays |= last->swap_stays;
}

void mym__swap_read(struct mym__pass *pass)
{
	struct mym__findings *found = pass->found;
	bool groups = pass->places->count > 0 &&
		      !(pass->found->flags & MYM_FLAG_NO_CGROUP);
	bool zswap;

	if (pass->root->sealed) {
		recall(pass);
		return;
	}
	if (mym__merge_swap_left(found->rows, found->count) <= 0 &&
	    !pass->sealing)
		return;
	found->swap_asked = true;
	apply_swappiness(pass, groups);
	zswap = mym__text_is(mym__pass_word(pass, mym__pass_open(pass, ZSWAP)), "Y");
	if (groups && pass->places->dialect->version == 2 &&
	    kept_from_swap(pass, zswap)) {
		for (unsigned int i = 0; i < found->count; i++)
			found->rows[i].none |= MYM_WANT_SWAP_AVAILABLE;
	}
	if (zswap || has_zram(pass))
		pass->found->swap_stays = true;
}
