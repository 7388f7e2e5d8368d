/* SPDX-License-Identifier: MIT */
/*
 * Most of the time nothing has changed since the last look, and much is left.
 * A few reads prove that:
 *
 *   usage     of each group that limits is about what it was, and what lies
 *             between it and the limit is alone enough for no level
 *   machine   has about as much available as it had
 *   each      of these alone, unless it would last far longer than since the look
 *   stalls    their total has not grown, where no trigger reports them
 *   counters  those that the kernel does not report have not grown
 *   group     the process has not left it (v2)
 *
 * The kernel reports writes to limits, and then it is not the timer that wakes
 * the watch.  What else there is, is read by a look, at least once a second.  So is
 * the group on v1, where the kernel lists a dozen hierarchies to tell: that would
 * take as long as all else here.
 *
 * What can be reclaimed may have changed under the same usage.  But none of it
 * is needed for the conclusion, and without more usage nothing was used up.
 */
#include "../answer/findings.h"
#include "../answer/merge.h"
#include "../answer/pressure.h"
#include "../base/compiler.h"
#include "../base/file.h"
#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/saturate.h"
#include "../base/text.h"
#include "../context.h"
#include "../discover/dialect.h"
#include "../discover/places.h"
#include "../read/level.h"
#include "../read/psi.h"
#include "../snapshot.h"
#include "counters.h"
#include "glance.h"
#include "growth.h"
#include "watch.h"

#define LOOK_AT_LEAST INT64_C(1000000000)
/* What is less than this part of the limit is no change. */
#define PART 128
/* So many times is read what is used up while it lasts. */
#define EARLY 4

static bool about(int64_t a, int64_t b, int64_t limit)
{
	return (a > b ? a - b : b - a) <= limit / PART;
}

static bool is_enough(const struct mym_watch *watch, int64_t limit,
		      int64_t available)
{
	return available > mym__pressure_room(&watch->settings.rules, limit);
}

/* A file that the last look has kept. */
static bool read_amount(struct mym_watch *watch, const struct mym__file *file,
			int64_t *value)
{
	return file->fd > 0 &&
	       mym__lines_amount(file->fd, watch->ctx.buffer, value) == 0 &&
	       mym__file_is(file);
}

static bool group_is_idle(struct mym_watch *watch, unsigned int row)
{
	const struct mym__result *result = watch->ctx.result;
	const struct mym_constraint *c = &result->last.rows[row];
	const bool memsw = c->kind == MYM_KIND_CGROUP_MEMSW;
	const int64_t bound = mym__merge_bound(c);
	unsigned int level = row;
	int64_t used;

	if (memsw) {
		for (level = 0; level < result->places.count; level++) {
			if (result->places.at[level].path ==
			    result->last.paths[row])
				break;
		}
	}
	return level < result->places.count && level < MYM__GROUPS_KEPT &&
	       read_amount(watch, mym__watch_file(watch, level, memsw ?
					LEVEL_SWAP_USAGE : LEVEL_USAGE),
			   &used) &&
	       about(used, c->used, bound) &&
	       is_enough(watch, bound, mym__subtract(bound, used));
}

static bool machine_is_idle(struct mym_watch *watch, unsigned int row)
{
	static const struct mym__name names[] = {
		MYM__NAME("MemTotal"), MYM__NAME("MemAvailable"),
	};
	const struct mym__findings *found = &watch->ctx.result->last;
	const struct mym_constraint *c = &found->rows[row];
	const struct mym__file *file = &watch->ctx.files[MYM__FILE_MEMINFO];
	int64_t values[MYM__COUNT(names)];
	struct mym__keys keys = {
		.names = names,
		.count = MYM__COUNT(names),
		.kilobytes = true,
		.values = values,
	};

	return file->fd > 0 &&
	       mym__lines_keys(file->fd, watch->ctx.buffer,
			       sizeof(watch->ctx.buffer), &keys) == 0 &&
	       keys.seen == 3 && mym__file_is(file) &&
	       values[0] == found->host_total &&
	       about(values[1], found->host_available, c->limit) &&
	       is_enough(watch, c->limit, c->available);
}

/* By itself it would not be looked at yet, nor for a while.  Once less than half is
 * left, it is not only its size that tells how soon. */
static bool is_early(const struct mym_constraint *c, int64_t since)
{
	const int64_t later = since * EARLY;

	return mym__pace_lasting(0, later, c->available) == later &&
	       c->available > mym__merge_bound(c) / 2;
}

static bool is_idle(struct mym_watch *watch, unsigned int row, int64_t since)
{
	const struct mym_constraint *c = &watch->ctx.result->last.rows[row];

	switch (c->kind) {
	case MYM_KIND_CGROUP:
	case MYM_KIND_CGROUP_MEMSW:
		/* Nothing is available once too much is swapped out. */
		return !(c->valid & MYM_WANT_SWAP_HIGH) &&
		       (is_early(c, since) || group_is_idle(watch, row));
	case MYM_KIND_HOST:
		return is_early(c, since) || machine_is_idle(watch, row);
	default:
		return false;
	}
}

static bool no_more_stalls(struct mym_watch *watch)
{
	const struct mym__psi *known = watch->ctx.result->last.psi;
	const struct mym__file *file;
	struct mym__psi psi;

	if (!(watch->settings.rules.by & MYM_PRESSURE_BY_PSI))
		return true;
	if (known[MYM__PSI_ABOVE].scope)
		return false;
	/* There are none to know, or the trigger reports as many as matter. */
	if (known[MYM__PSI_OWN].scope == 0 ||
	    watch->trigger_scope == known[MYM__PSI_OWN].scope)
		return true;
	file = known[MYM__PSI_OWN].scope == MYM_SCOPE_HOST ?
	       &watch->ctx.files[MYM__FILE_PRESSURE] :
	       mym__watch_file(watch, 0, LEVEL_PRESSURE);
	return file->fd > 0 &&
	       mym__psi_read(file->fd, watch->ctx.buffer,
			     sizeof(watch->ctx.buffer),
			     known[MYM__PSI_OWN].scope, &psi) == 0 &&
	       psi.total[0] >= 0 &&
	       psi.total[0] == known[MYM__PSI_OWN].total[0] &&
	       mym__file_is(file);
}

/* All of them are followed, and each is as it was. */
static bool rows_are_idle(struct mym_watch *watch, int64_t since)
{
	const struct mym__findings *found = &watch->ctx.result->last;
	unsigned int rows = 0;

	for (unsigned int i = 0; i < found->count; i++) {
		if (!(found->rows[i].valid & MYM_WANT_AVAILABLE))
			continue;
		if (!is_idle(watch, i, since))
			return false;
		rows++;
	}
	return rows > 0 && rows == watch->falling;
}

static bool has_left(struct mym_watch *watch)
{
	const struct mym__dialect *dialect = watch->ctx.result->places.dialect;

	return !(dialect && dialect->version == 1) &&
	       mym__snapshot_moved(&watch->ctx);
}

bool mym__glance(struct mym_watch *watch, int64_t now)
{
	const int64_t since = now - watch->ahead - watch->ctx.known_at;

	if (!watch->calm || watch->stale || watch->limits.fd == 0 ||
	    since < 0 || since >= LOOK_AT_LEAST ||
	    since >= watch->settings.interval_max ||
	    (watch->ctx.result->last.flags & MYM_FLAG_PARTIAL) ||
	    !rows_are_idle(watch, since) || !no_more_stalls(watch) ||
	    !mym__counters_quiet(watch) || has_left(watch))
		return false;
	for (unsigned int i = 0; i < watch->falling; i++)
		watch->falls[i].soon = INT64_MAX;
	watch->glanced_at = now;
	return true;
}
