/* SPDX-License-Identifier: MIT */
/* The groups: one constraint for each visible level, and one for v1's memory
 * and swap together. */
#include <errno.h>
#include <string.h>

#include "../answer/findings.h"
#include "../answer/merge.h"
#include "../base/compiler.h"
#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/root.h"
#include "../base/saturate.h"
#include "../base/text.h"
#include "../discover/dialect.h"
#include "../discover/places.h"
#include "group-dir.h"
#include "level.h"
#include "pass.h"
#include "psi.h"
#include "readers.h"
#include "reclaim.h"
#include "stat.h"

/* Groups of v2 exist without the memory controller, which then limits nothing. */
static bool lacks_controller(struct level *level)
{
	struct mym__pass *pass = level->pass;
	struct mym__text all, word;
	int fd;

	if (pass->places->dialect->version != 2 || pass->sealed)
		return false;
	fd = mym__group_dir_get(&level->dir, "cgroup.controllers",
				MYM__ROOT_FILE);
	if (fd < 0 || mym__lines_all(fd, pass->buffer, pass->size, &all) < 0) {
		mym__root_drop(fd);
		return false;
	}
	mym__root_drop(fd);
	while ((word = mym__parse_word(&all)).length > 0) {
		if (mym__text_is(word, "memory"))
			return false;
	}
	return true;
}

/* A file of the kernel that was there is not gone because it is not found: it
 * may be hidden.  Below a sysroot it was removed. */
static bool is_gone(struct level *level, const struct mym_constraint *c,
		    uint64_t bit)
{
	const struct mym_constraint *last =
		mym__known(level->pass, c->kind, level->dir.place->path);

	return !last || !(last->valid & bit) || level->pass->root->confined ||
	       lacks_controller(level);
}

/* Notes one result: 0 the fact, 1 it is known to be absent. */
static void note(struct level *level, struct mym_constraint *c, uint64_t bit,
		 int64_t *member, int r, int64_t value)
{
	if (r == 0) {
		*member = value;
		c->valid |= bit;
	} else if (r == 1) {
		c->none |= bit;
	} else if (r != -ENOENT || !is_gone(level, c, bit)) {
		if (r == -ENODEV && !level->pass->sealed)
			level->pass->trouble |= MYM__PASS_STALE;
		mym__pass_failed(level->pass, c, bit, r);
		mym__known_facts(level->pass, c, level->dir.place->path);
	}
}

static int amount(struct level *level, enum level_file which, int64_t *value)
{
	return mym__pass_amount(level->pass, mym__level_get(level, which), value);
}

/* Reads a limit; 1: there is none, for which v1 has no word. */
static int limit_of(struct level *level, enum level_file which, int64_t *value)
{
	int r = amount(level, which, value);

	if (r == 0 && level->dialect->version == 1 && mym__parse_unlimited(*value))
		return 1;
	return r;
}

/* Only a limit can be "max". */
static int quantity(struct level *level, enum level_file which, int64_t *value)
{
	int r = amount(level, which, value);

	return r == 1 ? -EBADMSG : r;
}

static void read_limits(struct level *level)
{
	struct mym__pass *pass = level->pass;
	const uint64_t limits = MYM_WANT_LIMIT | MYM_WANT_HIGH;
	struct mym_constraint *c = level->constraint;
	int64_t value = 0;
	int r;

	if (!mym__pass_wants(pass, MYM_WANT_LIMIT | MYM_WANT_SWAP_LIMIT |
				   MYM_WANT_SWAP_AVAILABLE | MYM_WANT_HIGH))
		return;
	if (pass->quiet) {
		MYM__HOLDS(level->known);
		c->limit = level->known->limit;
		c->high = level->known->high;
		c->valid = level->known->valid & limits;
		c->none = level->known->none & limits;
		return;
	}
	r = limit_of(level, LEVEL_LIMIT, &value);
	note(level, c, MYM_WANT_LIMIT, &c->limit, r, value);

	if (!*level->dialect->file[LEVEL_HIGH])
		c->none |= MYM_WANT_HIGH;
	else if (mym__pass_wants(pass, MYM_WANT_HIGH)) {
		r = amount(level, LEVEL_HIGH, &value);
		note(level, c, MYM_WANT_HIGH, &c->high, r, value);
	}
}

/*
 * v1 limits memory and swap together as well, and checks that limit first
 * (try_charge_memcg() in mm/memcontrol.c).  It is never less than the limit of
 * memory, so where that is unlimited, so is this.
 */
static void read_memsw_limit(struct level *level)
{
	struct mym__pass *pass = level->pass;
	struct mym_constraint *c = level->constraint;
	const struct mym_constraint *known = NULL;
	const char *path = level->dir.place->path;
	int64_t limit = 0;
	int r = 1;

	if (!level->dialect->swap_with_memory ||
	    !mym__pass_wants(pass, MYM_WANT_LIMIT | MYM_WANT_SWAP_LIMIT))
		return;
	if (pass->quiet) {
		known = mym__known(pass, MYM_KIND_CGROUP_MEMSW, path);
		r = known ? 0 : 1;
	} else if (pass->error != 0 || (pass->trouble & MYM__PASS_FD_LOST)) {
		return; /* this pass is void: open nothing more */
	} else if (!(c->none & MYM_WANT_LIMIT)) {
		r = limit_of(level, LEVEL_SWAP_LIMIT, &limit);
		if (r < 0)
			known = mym__known(pass, MYM_KIND_CGROUP_MEMSW, path);
	}
	if (known)
		limit = known->limit;
	if (r == 0 || known) {
		level->memsw = mym__pass_add(pass, MYM_KIND_CGROUP_MEMSW, path);
		level->memsw->limit = limit;
		level->memsw->valid = MYM_WANT_LIMIT;
		level->memsw->none = MYM_WANT_HIGH | MYM_WANT_SWAP_AVAILABLE;
		if (r < 0)
			mym__pass_failed(pass, level->memsw, MYM_WANT_LIMIT, r);
		else if (c->failed & MYM_WANT_LIMIT)
			r = -EBADMSG;
		else if (!(c->valid & MYM_WANT_LIMIT))
			r = -ENOENT;
	}
	note(level, c, MYM_WANT_SWAP_LIMIT, &c->swap_limit, r,
	     mym__subtract(limit, c->limit));
}

static void read_memsw_usage(struct level *level)
{
	struct mym__pass *pass = level->pass;
	struct mym_constraint *c = level->constraint, *memsw = level->memsw;
	int64_t used = 0, memory = c->used;
	bool counts = mym__pass_wants(pass, MYM_WANT_AVAILABLE | MYM_WANT_USED |
					    MYM_WANT_RECLAIMABLE |
					    MYM_WANT_SHMEM);
	bool hidden = level->hierarchical_memsw >= 0 &&
		      !mym__parse_unlimited(level->hierarchical_memsw);
	int r;

	if (!level->dialect->swap_with_memory ||
	    (!(counts && (memsw || hidden)) &&
	     !mym__pass_wants(pass, MYM_WANT_SWAP_LIMIT)))
		return;
	r = quantity(level, LEVEL_SWAP_USAGE, &used);
	if (r == 0)
		level->memsw_used = used;
	if (counts && memsw) {
		note(level, memsw, MYM_WANT_USED, &memsw->used, r, used);
		if (r == -ENOENT)
			mym__pass_failed(pass, memsw, MYM_WANT_USED, r);
		if (c->valid & MYM_WANT_RECLAIMABLE) {
			memsw->reclaimable = c->reclaimable;
			memsw->valid |= MYM_WANT_RECLAIMABLE;
		} else {
			mym__pass_failed(pass, memsw, MYM_WANT_RECLAIMABLE,
					 c->error ? (int)c->error : -ENOENT);
		}
		memsw->shmem = c->shmem;
		memsw->valid |= c->valid & MYM_WANT_SHMEM;
		mym__merge_memsw(memsw, c, level->swapped);
	}
	if (r == 0 && !(c->valid & MYM_WANT_USED))
		r = quantity(level, LEVEL_USAGE, &memory);
	note(level, c, MYM_WANT_SWAP_USED, &c->swap_used, r,
	     mym__subtract(used, memory));
}

static void read_stat(struct level *level, bool hidden)
{
	const uint64_t both = MYM_WANT_RECLAIMABLE | MYM_WANT_SHMEM;
	struct mym_constraint *c = level->constraint;
	struct mym__usage usage;
	struct mym__open open;
	uint64_t others = 1 << MYM__STAT_MAPPED_FILE;
	int r;

	if (mym__pass_wants(level->pass, MYM_WANT_SHMEM))
		others |= 1 << MYM__STAT_SHMEM;
	if (level->memsw)
		others |= 1 << MYM__STAT_SWAP;
	if (hidden)
		others |= 1 << MYM__STAT_HIERARCHICAL_LIMIT |
			  1 << MYM__STAT_HIERARCHICAL_MEMSW;
	open = mym__level_get(level, LEVEL_STAT);
	r = mym__stat_read(level->pass, open, others, &usage);
	if (r < 0) {
		note(level, c, both, &c->reclaimable, r, 0);
		return;
	}
	note(level, c, MYM_WANT_RECLAIMABLE, &c->reclaimable,
	     r == 1 ? -EBADMSG : 0, usage.reclaimable);
	if ((usage.seen | usage.broken) & 1 << MYM__STAT_SHMEM)
		note(level, c, MYM_WANT_SHMEM, &c->shmem,
		     usage.seen & 1 << MYM__STAT_SHMEM ? 0 : -EBADMSG,
		     usage.stats[MYM__STAT_SHMEM]);
	level->slab = usage.stats[MYM__STAT_SLAB_RECLAIMABLE];
	level->mapped = usage.stats[MYM__STAT_MAPPED_FILE];
	if (usage.seen & 1 << MYM__STAT_SWAP)
		level->swapped = usage.stats[MYM__STAT_SWAP];
	if (usage.seen & 1 << MYM__STAT_HIERARCHICAL_LIMIT)
		level->hierarchical_limit =
			usage.stats[MYM__STAT_HIERARCHICAL_LIMIT];
	if (usage.seen & 1 << MYM__STAT_HIERARCHICAL_MEMSW)
		level->hierarchical_memsw =
			usage.stats[MYM__STAT_HIERARCHICAL_MEMSW];
}

static void leave_protected(struct level *level)
{
	struct mym_constraint *c = level->constraint;

	if (*level->dialect->protection)
		c->reclaimable = mym__subtract(c->reclaimable,
					       mym__protection_of_group(level));
}

static void read_usage(struct level *level, bool own)
{
	const uint64_t limits = MYM_WANT_LIMIT | MYM_WANT_HIGH;
	const uint64_t parts = MYM_WANT_USED | MYM_WANT_RECLAIMABLE;
	struct mym__pass *pass = level->pass;
	struct mym_constraint *c = level->constraint;
	bool always = mym__pass_wants(pass, parts | MYM_WANT_SHMEM);
	bool hidden = own && level->dialect->version == 1 &&
		      mym__pass_wants(pass, MYM_WANT_LIMIT) &&
		      (!pass->known ||
		       (pass->known->kinds & MYM__KIND(MYM_KIND_CGROUP_HIDDEN)));
	bool needed = mym__pass_wants(pass, MYM_WANT_AVAILABLE) &&
		      (hidden || level->memsw || (c->valid & limits));
	int64_t value = 0;
	int r;

	if (always || needed) {
		r = quantity(level, LEVEL_USAGE, &value);
		note(level, c, MYM_WANT_USED, &c->used, r, value);
	}
	if (always || needed || hidden)
		read_stat(level, hidden);
	/* With a usage of the past goes what could be reclaimed of it then. */
	if (c->failed & c->valid & MYM_WANT_USED)
		c->reclaimable = mym__known(pass, c->kind,
					    level->dir.place->path)->reclaimable;
	if ((c->valid & limits) && (c->valid & MYM_WANT_RECLAIMABLE) &&
	    mym__pass_wants(pass, MYM_WANT_AVAILABLE | MYM_WANT_RECLAIMABLE))
		leave_protected(level);
	/* A limit without its usage says nothing about what is available. */
	if (needed && (c->valid & limits)) {
		uint64_t missing = parts & ~(c->valid | c->failed);

		if (missing)
			mym__pass_failed(pass, c, missing, -ENOENT);
	}
}

static void read_swap(struct level *level)
{
	const struct mym__dialect *dialect = level->dialect;
	struct mym__pass *pass = level->pass;
	struct mym_constraint *c = level->constraint;
	const uint64_t bit = MYM_WANT_SWAP_HIGH;
	int64_t value = 0;
	int r;

	if (dialect->swap_with_memory ||
	    !mym__pass_wants(pass, MYM_WANT_AVAILABLE | MYM_WANT_SWAP_LIMIT))
		return;
	if (pass->quiet) {
		MYM__HOLDS(level->known);
		c->swap_high = level->known->swap_high;
		c->valid |= level->known->valid & bit;
		c->none |= level->known->none & bit;
	} else {
		r = limit_of(level, LEVEL_SWAP_HIGH, &value);
		note(level, c, bit, &c->swap_high, r, value);
	}
	if (mym__pass_wants(pass, MYM_WANT_SWAP_LIMIT)) {
		r = limit_of(level, LEVEL_SWAP_LIMIT, &value);
		note(level, c, MYM_WANT_SWAP_LIMIT, &c->swap_limit, r, value);
	} else if (!(c->valid & bit)) {
		return;
	}
	r = quantity(level, LEVEL_SWAP_USAGE, &value);
	note(level, c, MYM_WANT_SWAP_USED, &c->swap_used, r, value);
}

static void read_oom_kills(struct level *level)
{
	static const struct mym__name name = MYM__NAME("oom_kill");
	struct mym__pass *pass = level->pass;
	int64_t kills = 0;
	struct mym__keys keys = {
		.names = &name,
		.count = 1,
		.values = &kills,
	};
	struct mym__open open;
	int r;

	if (!mym__pass_wants(pass, MYM_WANT_OOM_KILLS))
		return;
	open = mym__level_get(level, LEVEL_EVENTS);
	keys.at = open.file ? open.file->at : NULL;
	r = mym__pass_keys(pass, open, &keys);
	if (keys.broken)
		r = -EBADMSG;
	if (r < 0 && r != -ENOENT)
		mym__pass_failed(pass, level->constraint, MYM_WANT_OOM_KILLS, r);
	if (keys.seen != 0)
		pass->found->oom_kills = kills;
}

static bool controller_off(struct level *top)
{
	struct mym__pass *pass = top->pass;

	if (pass->sealed && pass->last)
		return pass->last->flags & MYM_FLAG_NO_CGROUP;
	for (unsigned int i = 0; i < pass->found->count; i++) {
		const struct mym_constraint *c = &pass->found->rows[i];

		/* A file of the controller was there, whatever it said. */
		if (c->valid | c->none | c->failed)
			return false;
	}
	return lacks_controller(top);
}

/* The kernel gives v2's root group of the machine none of these files
 * (CFTYPE_NOT_ON_ROOT in mm/memcontrol.c): these limits are not unknown, there
 * are none. */
static void lack_limits(struct mym_constraint *c)
{
	const uint64_t limits = MYM_WANT_LIMIT | MYM_WANT_HIGH |
				MYM_WANT_AVAILABLE | MYM_WANT_SWAP_LIMIT;

	c->none |= limits & ~(c->valid | c->failed);
}

/* v1 has no such file: the one of the group in the cgroup2 tree is kept in its
 * place. */
static void read_pressure(struct level *level, bool own)
{
	struct mym__pass *pass = level->pass;
	struct level beside = {
		.pass = pass,
		.dialect = &mym__dialect_v2,
		.dir = mym__group_dir(pass->root, pass->places,
				      &pass->places->unified, &pass->mount),
		.files = level->files,
	};

	if (!mym__pass_wants(pass, MYM_WANT_PSI_SOME | MYM_WANT_PSI_FULL))
		return;
	if (own && pass->places->unified.mount)
		level = &beside;
	if (*level->dialect->file[LEVEL_PRESSURE])
		(own ? mym__psi_read_own : mym__psi_read_above)(pass,
			mym__level_get(level, LEVEL_PRESSURE));
	mym__group_dir_close(&beside.dir);
}

/*
 * Inodes are freed by RCU callbacks.  Until these have run, reclaim has found
 * nothing, and try_charge_memcg() in mm/memcontrol.c kills after sixteen such
 * attempts: a process that takes everything at once may not get this memory.
 *
 * Executable text that is in use is made active and stays active
 * (folio_check_references() and shrink_active_list() in mm/vmscan.c), unless
 * the multi-generational LRU is on.  Nothing tells how much of the mapped files
 * is executable.
 */
static void doubt(struct level *level)
{
	struct mym__pass *pass = level->pass;
	struct mym_constraint *c = level->constraint;

	if (mym__merge_matters(c, level->slab)) {
		pass->found->flags |= MYM_FLAG_ESTIMATED;
		mym__merge_pinned(c, level->slab, mym__slab_pinned(pass));
	}
	/* Calls without a context do not return flags. */
	if (!pass->known && mym__merge_matters(c, level->mapped) &&
	    !mym__generations(pass))
		pass->found->flags |= MYM_FLAG_ESTIMATED;
}

/* The directory cannot be opened. */
static void miss(struct level *level)
{
	const char *path = level->dir.place->path;
	struct mym__pass *pass = level->pass;
	struct mym_constraint *rows[] = { level->constraint, NULL };

	if (mym__known(pass, MYM_KIND_CGROUP_MEMSW, path))
		rows[1] = mym__pass_add(pass, MYM_KIND_CGROUP_MEMSW, path);
	for (size_t i = 0; i < MYM__COUNT(rows) && rows[i]; i++) {
		const struct mym_constraint *last =
			mym__known(pass, rows[i]->kind, path);
		uint64_t lost = MYM_WANT_LIMIT;

		if (*level->dialect->file[LEVEL_HIGH])
			lost |= MYM_WANT_HIGH;
		if (last) {
			*rows[i] = *last;
			lost = last->valid | (last->none & lost);
			rows[i]->none &= ~lost;
		}
		mym__pass_failed(pass, rows[i], lost, level->dir.fd);
	}
}

/* Those that are not there will not be: what is made later is not seen. */
static void keep_files(struct level *level, bool own)
{
	for (unsigned int i = 0; level->files && i < LEVEL_SELF; i++) {
		struct mym__open open;

		if (i == LEVEL_EVENTS && !own)
			continue;
		open = mym__level_get(level, i);
		if (*level->dialect->file[i] && open.fd == -ENOENT)
			open.file->fd = -1;
		mym__pass_put(level->pass, open, 0);
	}
}

static bool read_level(struct level *level, bool own)
{
	bool kept = level->files && level->files[LEVEL_LIMIT].fd != 0;

	if (!kept && !level->known && mym__level_dir(level) < 0) {
		miss(level);
		return false;
	}
	read_limits(level);
	read_memsw_limit(level);
	read_usage(level, own);
	read_memsw_usage(level);
	read_swap(level);
	mym__merge_headroom(level->constraint);
	doubt(level);
	if (own)
		read_oom_kills(level);
	if (own || (level->constraint->valid & (MYM_WANT_LIMIT | MYM_WANT_HIGH)))
		read_pressure(level, own);
	if (level->pass->sealing)
		keep_files(level, own);
	return true;
}

void mym__cgroup_read(struct mym__pass *pass)
{
	const struct mym__places *places = pass->places;
	struct level own = { 0 };

	if (!places->dialect ||
	    (pass->known && (pass->known->flags & MYM_FLAG_NO_CGROUP)))
		return;
	for (unsigned int i = 0; i < places->count; i++) {
		struct level level = {
			.pass = pass,
			.dialect = places->dialect,
			.dir = mym__group_dir(pass->root, places,
					      &places->at[i], &pass->mount),
			.known = pass->known ? &pass->known->rows[i] : NULL,
			.files = pass->groups && i < MYM__GROUPS_KEPT
					 ? &pass->groups[(size_t)i * MYM__GROUP_FILES]
					 : NULL,
			.memsw_used = -1,
			.swapped = -1,
			.hierarchical_limit = -1,
			.hierarchical_memsw = -1,
			.constraint = mym__pass_add(pass, MYM_KIND_CGROUP,
						    places->at[i].path),
		};

		if (read_level(&level, i == 0) && i == 0)
			own = level;
		if (i == places->count - 1 && controller_off(&level)) {
			pass->found->flags |= MYM_FLAG_NO_CGROUP;
			pass->found->count = 0;
			pass->found->oom_kills = -1;
		} else if (i == places->count - 1 &&
			   (places->are & MYM__PLACES_ROOT) &&
			   places->dialect->version == 2) {
			lack_limits(level.constraint);
		}
		mym__group_dir_close(&level.dir);
	}
	pass->found->count += pass->found->memsws;
	if (own.constraint)
		mym__hidden_read(pass, &own);
	else
		pass->lost |= MYM__KIND(MYM_KIND_CGROUP_HIDDEN);
}
