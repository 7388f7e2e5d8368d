/* SPDX-License-Identifier: MIT */
/* The groups: one constraint for each visible level, and v1's hidden one. */
#include <errno.h>
#include <string.h>

#include "internal.h"
#include "level.h"

/* Notes one result: 0 the fact, 1 it is known not to be here. */
static void note(struct level *level, uint64_t bit, int64_t *member, int r,
		 int64_t value)
{
	if (r == 0) {
		*member = value;
		level->constraint->valid |= bit;
	} else if (r == 1) {
		level->constraint->none |= bit;
	} else if (r != -ENOENT) {
		if (r == -ENODEV)
			level->pass->stale = true;
		mym__pass_failed(level->pass, level->constraint, bit, r);
	}
}

static int amount(struct level *level, enum level_file which, const char *name,
		  int64_t *value)
{
	return mym__pass_amount(level->pass, mym__level_get(level, which, name),
				value);
}

/* A limit: 1 for none, for which v1 has no word. */
static int limit_of(struct level *level, enum level_file which,
		    const char *name, int64_t *value)
{
	int r = amount(level, which, name, value);

	if (r == 0 && level->dialect->version == 1 && mym__parse_unlimited(*value))
		return 1;
	return r;
}

/* Only a limit can be "max". */
static int quantity(struct level *level, enum level_file which,
		    const char *name, int64_t *value)
{
	int r = amount(level, which, name, value);

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
		c->limit = level->known->limit;
		c->high = level->known->high;
		c->valid = level->known->valid & limits;
		c->none = level->known->none & limits;
		return;
	}
	r = limit_of(level, LEVEL_LIMIT, level->dialect->limit, &value);
	note(level, MYM_WANT_LIMIT, &c->limit, r, value);

	if (!level->dialect->high)
		c->none |= MYM_WANT_HIGH;
	else if (mym__pass_wants(pass, MYM_WANT_HIGH)) {
		r = amount(level, LEVEL_HIGH, level->dialect->high, &value);
		note(level, MYM_WANT_HIGH, &c->high, r, value);
	}
}

int mym__cgroup_stat(struct mym__pass *pass, struct mym__open open,
		     uint64_t others, struct mym__usage *usage)
{
	const uint64_t file = 1 << MYM__STAT_ACTIVE_FILE |
			      1 << MYM__STAT_INACTIVE_FILE;
	const uint64_t parts = file | 1 << MYM__STAT_SLAB_RECLAIMABLE;
	int64_t *stats = usage->stats;
	struct mym__keys keys = {
		.names = pass->places->dialect->stats,
		.count = MYM__STATS,
		.wanted = parts | others,
		.from = open.file ? open.file->from : 0,
		.values = stats,
	};
	int r = open.fd;

	*usage = (struct mym__usage){ 0 };
	if (open.fd >= 0)
		r = mym__lines_keys(open.fd, pass->buffer, pass->size, &keys);
	if (open.file)
		open.file->from = keys.from;
	mym__pass_put(pass, open);
	if (r < 0)
		return r;
	usage->seen = keys.seen;
	usage->broken = keys.broken;
	usage->reclaimable = mym__add(mym__add(stats[MYM__STAT_ACTIVE_FILE],
					       stats[MYM__STAT_INACTIVE_FILE]),
				      stats[MYM__STAT_SLAB_RECLAIMABLE]);
	return (keys.broken & parts) || !(keys.seen & file) ? 1 : 0;
}

static void read_stat(struct level *level, bool hidden)
{
	const uint64_t both = MYM_WANT_RECLAIMABLE | MYM_WANT_SHMEM;
	struct mym_constraint *c = level->constraint;
	struct mym__usage usage;
	struct mym__open open;
	uint64_t others = 0;
	int r;

	if (mym__pass_wants(level->pass, MYM_WANT_SHMEM))
		others |= 1 << MYM__STAT_SHMEM;
	if (hidden)
		others |= 1 << MYM__STAT_HIERARCHICAL_LIMIT;
	open = mym__level_get(level, LEVEL_STAT, level->dialect->stat);
	r = mym__cgroup_stat(level->pass, open, others, &usage);
	if (r < 0) {
		note(level, both, &c->reclaimable, r, 0);
		return;
	}
	note(level, MYM_WANT_RECLAIMABLE, &c->reclaimable,
	     r == 1 ? -EBADMSG : 0, usage.reclaimable);
	if ((usage.seen | usage.broken) & 1 << MYM__STAT_SHMEM)
		note(level, MYM_WANT_SHMEM, &c->shmem,
		     usage.seen & 1 << MYM__STAT_SHMEM ? 0 : -EBADMSG,
		     usage.stats[MYM__STAT_SHMEM]);
	level->slab = usage.stats[MYM__STAT_SLAB_RECLAIMABLE];
	if (usage.seen & 1 << MYM__STAT_HIERARCHICAL_LIMIT)
		level->hierarchical_limit =
			usage.stats[MYM__STAT_HIERARCHICAL_LIMIT];
}

static void leave_protected(struct level *level)
{
	const struct mym__table *known = level->pass->known;
	int64_t *reclaimable = &level->constraint->reclaimable;

	if (level->dialect->protection && (!known || known->protecting))
		*reclaimable = mym__subtract(*reclaimable,
			mym__protection_read(level->pass, mym__level_dir(level)));
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
		      !mym__pass_without(pass, MYM_KIND_CGROUP_HIDDEN);
	bool needed = mym__pass_wants(pass, MYM_WANT_AVAILABLE) &&
		      (hidden || (c->valid & limits));
	int64_t value = 0;
	int r;

	if (always || needed) {
		r = quantity(level, LEVEL_USAGE, level->dialect->usage, &value);
		note(level, MYM_WANT_USED, &c->used, r, value);
	}
	if (always || needed || hidden)
		read_stat(level, hidden);
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
	struct mym_constraint *c = level->constraint;
	int64_t limit = 0, used = 0, memory = c->used;
	int r;

	if (!mym__pass_wants(level->pass, MYM_WANT_SWAP_LIMIT |
					  MYM_WANT_SWAP_AVAILABLE))
		return;
	r = limit_of(level, LEVEL_SWAP_LIMIT, dialect->swap_limit, &limit);
	if (r == 0 && dialect->swap_with_memory) {
		if (c->none & MYM_WANT_LIMIT)
			r = 1;
		else if (c->valid & MYM_WANT_LIMIT)
			limit = mym__subtract(limit, c->limit);
		else
			r = c->failed & MYM_WANT_LIMIT ? -EBADMSG : -ENOENT;
	}
	note(level, MYM_WANT_SWAP_LIMIT, &c->swap_limit, r, limit);

	r = quantity(level, LEVEL_SWAP_USAGE, dialect->swap_usage, &used);
	if (r == 0 && dialect->swap_with_memory) {
		if (!(c->valid & MYM_WANT_USED))
			r = quantity(level, LEVEL_USAGE, dialect->usage, &memory);
		used = mym__subtract(used, memory);
	}
	note(level, MYM_WANT_SWAP_USED, &c->swap_used, r, used);
}

static void read_oom_kills(struct level *level)
{
	const struct mym__text name = MYM__TEXT("oom_kill");
	struct mym__pass *pass = level->pass;
	struct mym__keys keys = {
		.names = &name,
		.count = 1,
		.values = &pass->oom_kills,
	};
	struct mym__open open;
	int r;

	if (!mym__pass_wants(pass, MYM_WANT_OOM_KILLS))
		return;
	open = mym__level_get(level, LEVEL_EVENTS, level->dialect->events);
	r = open.fd;
	if (open.fd >= 0)
		r = mym__lines_keys(open.fd, pass->buffer, pass->size, &keys);
	mym__pass_put(pass, open);
	if (keys.broken)
		r = -EBADMSG;
	if (r < 0 && r != -ENOENT)
		mym__pass_failed(pass, level->constraint, MYM_WANT_OOM_KILLS, r);
	pass->oom_known = keys.seen != 0;
}

/* The limit of a group above the mount shows in the own memory.stat (v1). */
static void add_hidden(struct mym__pass *pass, const struct level *own)
{
	const uint64_t parts = MYM_WANT_USED | MYM_WANT_RECLAIMABLE |
			       MYM_WANT_SHMEM;
	int64_t limit = own->hierarchical_limit;
	struct mym_constraint *c;

	if (limit < 0 || mym__parse_unlimited(limit))
		return;
	for (unsigned int i = 0; i < pass->table->count; i++) {
		c = &pass->table->rows[i];
		if ((c->valid & MYM_WANT_LIMIT) && c->limit <= limit)
			return;
	}
	c = mym__pass_add(pass, MYM_KIND_CGROUP_HIDDEN, pass->places->hidden);
	c->limit = limit;
	c->used = own->constraint->used;
	c->reclaimable = own->constraint->reclaimable;
	c->shmem = own->constraint->shmem;
	c->valid = MYM_WANT_LIMIT | (own->constraint->valid & parts);
	c->none = MYM_WANT_HIGH;
	mym__merge_headroom(c);
}

/* v2 files exist without the memory controller, which then limits nothing. */
static bool controller_off(struct level *top)
{
	struct mym__pass *pass = top->pass;
	const struct mym__text memory = MYM__TEXT("memory");
	struct mym__text all, word;
	int fd;

	if (pass->places->dialect->version != 2)
		return false;
	for (unsigned int i = 0; i < pass->table->count; i++) {
		const struct mym_constraint *c = &pass->table->rows[i];

		/* Any file of the controller, whatever it says. */
		if (c->valid | c->none | c->failed)
			return false;
	}
	if (mym__level_dir(top) < 0)
		return false;
	fd = mym__root_below(pass->root, top->dir, "cgroup.controllers",
			     MYM__ROOT_FILE, NULL);
	if (fd < 0 || mym__lines_all(fd, pass->buffer, pass->size, &all) < 0) {
		mym__root_drop(fd);
		return false;
	}
	mym__root_drop(fd);
	while ((word = mym__parse_word(&all)).length > 0) {
		if (mym__text_equal(word, memory))
			return false;
	}
	return true;
}

/* v1 has no file for it: that of the group in the cgroup2 tree takes its place
 * in what is kept. */
static void read_pressure(struct level *level, bool own)
{
	struct mym__pass *pass = level->pass;
	struct level beside = {
		.pass = pass,
		.dialect = &mym__dialect_v2,
		.place = &pass->places->beside,
		.files = level->files,
		.dir = -1,
	};

	if (!mym__pass_wants(pass, MYM_WANT_PSI_SOME | MYM_WANT_PSI_FULL))
		return;
	if (own && !level->dialect->pressure && pass->places->beside.mount)
		level = &beside;
	if (level->dialect->pressure)
		(own ? mym__psi_read_own : mym__psi_read_above)(pass,
			mym__level_get(level, LEVEL_PRESSURE,
				       level->dialect->pressure));
	mym__root_drop(beside.dir);
}

static bool read_level(struct level *level, bool own)
{
	struct mym__pass *pass = level->pass;
	bool kept = level->files && level->files[LEVEL_LIMIT].fd > 0;

	if (!kept && !level->known && mym__level_dir(level) < 0) {
		mym__pass_failed(pass, level->constraint,
				 MYM_WANT_LIMIT | MYM_WANT_HIGH, level->dir);
		return false;
	}
	read_limits(level);
	read_usage(level, own);
	read_swap(level);
	mym__merge_headroom(level->constraint);
	if (mym__merge_late(level->constraint, level->slab))
		pass->flags |= MYM_FLAG_ESTIMATED;
	if (own)
		read_oom_kills(level);
	if (own || (level->constraint->valid & (MYM_WANT_LIMIT | MYM_WANT_HIGH)))
		read_pressure(level, own);
	return true;
}

void mym__cgroup_read(struct mym__pass *pass)
{
	const struct mym__places *places = pass->places;
	struct level own = { 0 };

	for (unsigned int i = 0; i < places->count; i++) {
		struct level level = {
			.pass = pass,
			.dialect = places->dialect,
			.place = &places->at[i],
			.known = pass->known ? &pass->known->rows[i] : NULL,
			.files = pass->groups && i < MYM__GROUPS_KEPT ?
				 &pass->groups[i * MYM__GROUP_FILES] : NULL,
			.hierarchical_limit = -1,
			.dir = -1,
			.constraint = mym__pass_add(pass, MYM_KIND_CGROUP,
						    places->at[i].path),
		};

		if (read_level(&level, i == 0) && i == 0)
			own = level;
		if (i == places->count - 1 && controller_off(&level)) {
			pass->flags |= MYM_FLAG_NO_CGROUP;
			pass->table->count = 0;
			pass->oom_known = false;
		}
		mym__root_drop(level.dir);
	}
	if (own.constraint)
		add_hidden(pass, &own);
}
