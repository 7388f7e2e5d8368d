/* SPDX-License-Identifier: MIT */
/*
 * What was known stays in the minimum until it is known to be gone.  A limit
 * does not end because its file cannot be read any more: a sandbox was entered,
 * the user changed, something was mounted over it, the kernel had no memory.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "../answer/findings.h"
#include "../base/compiler.h"
#include "pass.h"
#include "readers.h"

/* Of what can be reclaimed the old number might promise too much, so that none
 * of it counts. */
static const struct {
	uint32_t bit, offset;
} facts[] = {
	{ MYM_WANT_LIMIT, offsetof(struct mym_constraint, limit) },
	{ MYM_WANT_HIGH, offsetof(struct mym_constraint, high) },
	{ MYM_WANT_USED, offsetof(struct mym_constraint, used) },
	{ MYM_WANT_SWAP_LIMIT, offsetof(struct mym_constraint, swap_limit) },
	{ MYM_WANT_SWAP_USED, offsetof(struct mym_constraint, swap_used) },
	{ MYM_WANT_SWAP_HIGH, offsetof(struct mym_constraint, swap_high) },
};

/* Of most rules there is one row, and groups have directories. */
static bool same_rule(const struct mym_constraint *a, const char *path_of_a,
		      const struct mym_constraint *b, const char *path_of_b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case MYM_KIND_CGROUP_HIDDEN:
	case MYM_KIND_CGROUP:
	case MYM_KIND_CGROUP_MEMSW:
		return strcmp(path_of_a, path_of_b) == 0;
	default:
		return true;
	}
}

/* There may be two hidden limits. */
static bool is_hidden_memsw(const struct mym__findings *found,
			    const struct mym_constraint *row)
{
	return found->hidden_memsw > 0 &&
	       row == &found->rows[found->hidden_memsw];
}

/* The row for the same rule as one `of` other findings. */
static struct mym_constraint *find(const struct mym__findings *found,
				   const struct mym__findings *of,
				   const struct mym_constraint *row,
				   const char *path)
{
	const unsigned int count = found ? found->count : 0;

	/* The places are mostly the same, and so are their names. */
	for (unsigned int i = 0; i < count; i++) {
		if (found->rows[i].kind == row->kind &&
		    found->paths[i] == path && row->kind == MYM_KIND_CGROUP)
			return &found->rows[i];
	}
	for (unsigned int i = 0; i < count; i++) {
		if (same_rule(&found->rows[i], found->paths[i], row, path) &&
		    is_hidden_memsw(found, &found->rows[i]) ==
			    is_hidden_memsw(of, row))
			return &found->rows[i];
	}
	return NULL;
}

const struct mym_constraint *mym__known(const struct mym__pass *pass,
					uint64_t kind, const char *path)
{
	const struct mym_constraint row = { .kind = kind };

	return find(pass->last, pass->found, &row, path);
}

/* Below a sysroot what is not there was removed. */
static const struct mym_constraint *known(const struct mym__pass *pass,
					  const struct mym_constraint *row,
					  const char *path)
{
	if (row->failed == 0 || (pass->root->confined && row->error == -ENOENT))
		return NULL;
	return find(pass->last, pass->found, row, path);
}

void mym__known_facts(const struct mym__pass *pass, struct mym_constraint *row,
		      const char *path)
{
	const struct mym_constraint *last = known(pass, row, path);
	const uint64_t lost = last ? row->failed & last->valid & ~row->valid : 0;

	for (size_t i = 0; i < MYM__COUNT(facts); i++) {
		if (!(lost & facts[i].bit))
			continue;
		memcpy((char *)row + facts[i].offset,
		       (const char *)last + facts[i].offset, sizeof(int64_t));
		row->valid |= facts[i].bit;
	}
}

static void add_lost(struct mym__pass *pass, const struct mym_constraint *last,
		     const char *path)
{
	const struct mym__places *places = pass->places;
	struct mym__findings *found = pass->found;
	struct mym_constraint *row;

	/* The old name goes when the old places do. */
	if (last->kind == MYM_KIND_CGROUP_HIDDEN)
		path = places->hidden ? places->hidden :
		       places->dialect->file[LEVEL_STAT];
	row = find(found, pass->last, last, path);
	if (!row) {
		row = mym__pass_add(pass, last->kind, path);
		if (is_hidden_memsw(pass->last, last))
			found->hidden_memsw = found->count - 1;
	} else if ((row->valid & MYM_WANT_LIMIT) && row->limit <= last->limit) {
		return;
	}
	*row = *last;
	mym__pass_failed(pass, row, last->valid, -ENODATA);
}

void mym__known_read(struct mym__pass *pass)
{
	const struct mym__findings *last = pass->last;
	const unsigned int count =
		last && mym__pass_wants(pass, MYM_WANT_LIMIT) ? last->count : 0;

	for (unsigned int i = 0; i < count; i++) {
		if (pass->lost & MYM__KIND(last->rows[i].kind))
			add_lost(pass, &last->rows[i], last->paths[i]);
	}
}

void mym__known_finish(struct mym__pass *pass)
{
	struct mym__findings *found = pass->found;

	for (unsigned int i = 0; i < found->count; i++) {
		struct mym_constraint *row = &found->rows[i];
		const struct mym_constraint *last =
			known(pass, row, found->paths[i]);

		if (!last)
			continue;
		mym__known_facts(pass, row, found->paths[i]);
		if ((last->valid & ~row->none & MYM_WANT_AVAILABLE) == 0)
			continue;
		if (!(row->valid & MYM_WANT_AVAILABLE) ||
		    ((row->failed & MYM_WANT_AVAILABLE) &&
		     row->available > last->available))
			row->available = last->available;
		row->valid |= MYM_WANT_AVAILABLE;
	}
}
