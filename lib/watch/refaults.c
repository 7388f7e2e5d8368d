/* SPDX-License-Identifier: MIT */
/*
 * What was in use, was taken away for lack of memory, and had to be read again.
 *
 * The kernel remembers the pages that it takes away.  When one comes back it
 * counts a refault, and if the page had been in use, as working set, a restore
 * (workingset_refault() in mm/workingset.c, Linux 5.9).  Reading or copying a
 * large file gives refaults at most, and a machine that reads its executables
 * again and again gives restores.  v2 has both for each group; v1 has refaults
 * for each group, but restores only for the machine: of these a group has at
 * most as many as it has refaults.  Memory that was swapped out had certainly
 * been in use, so for that a refault is enough.
 *
 * The counters of the machine include those of groups that are at a limit of
 * their own.  The machine itself is short only where pages were taken away for
 * want of free ones (pgsteal, which leaves out what is done for a limit).
 */
#include "../answer/pressure.h"
#include "../base/file.h"
#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/root.h"
#include "../base/saturate.h"
#include "../base/text.h"
#include "../context.h"
#include "../discover/places.h"
#include "../read/group-dir.h"
#include "poll.h"
#include "refaults.h"
#include "watch.h"

#define WINDOW INT64_C(2000000000)

/* The same index means the same in each list. */
enum {
	FILES, SWAPPED, ACTIVE, INACTIVE, COMMON,
	BY_KSWAPD = COMMON, BY_ALL,
	KEYS
};
_Static_assert(KEYS == MYM__REFAULTS_KEYS, "what is kept of a look");

static const struct mym__name of_v1[COMMON] = {
	[FILES] = MYM__NAME("total_workingset_refault_file"),
	[SWAPPED] = MYM__NAME("total_workingset_refault_anon"),
	[ACTIVE] = MYM__NAME("total_active_file"),
	[INACTIVE] = MYM__NAME("total_inactive_file"),
};
static const struct mym__name of_v2[COMMON] = {
	[FILES] = MYM__NAME("workingset_restore_file"),
	[SWAPPED] = MYM__NAME("workingset_refault_anon"),
	[ACTIVE] = MYM__NAME("active_file"),
	[INACTIVE] = MYM__NAME("inactive_file"),
};
static const struct mym__name of_machine[KEYS] = {
	[FILES] = MYM__NAME("workingset_restore_file"),
	[SWAPPED] = MYM__NAME("workingset_refault_anon"),
	[ACTIVE] = MYM__NAME("nr_active_file"),
	[INACTIVE] = MYM__NAME("nr_inactive_file"),
	[BY_KSWAPD] = MYM__NAME("pgsteal_kswapd"),
	[BY_ALL] = MYM__NAME("pgsteal_direct"),
};

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Keeps the descriptor, or closes it. */
static void keep(struct mym__file *file, int fd)
{
	if (fd >= 0 && mym__file_adopt(file, fd) < 0)
		mym__root_drop(fd);
}

static void open_group(struct mym_watch *watch, struct mym__file *file)
{
	const struct mym__places *places = &watch->ctx.result->places;
	struct mym__group_dir own =
		mym__group_dir(&watch->ctx.root, places, &places->at[0], NULL);

	keep(file,
	     mym__group_dir_get(&own, places->dialect->file[LEVEL_STAT], MYM__ROOT_FILE));
	mym__group_dir_close(&own);
	watch->refaults.v1 = places->dialect->version == 1;
}

void mym__refaults_arm(struct mym_watch *watch)
{
	const struct mym__result *result = watch->ctx.result;
	struct mym__file *file = watch->refaults.file;

	if (!(watch->settings.rules.by & (MYM_PRESSURE_BY_EVENTS | MYM_PRESSURE_BY_PSI)))
		return;
	if (file[MYM__AGAIN_MACHINE].fd == 0)
		keep(&file[MYM__AGAIN_MACHINE],
		     mym__root_get(&watch->ctx.root, "/proc/vmstat",
				   MYM__ROOT_FILE));
	if (file[MYM__AGAIN_GROUP].fd == 0 && result &&
	    result->places.dialect &&
	    !(result->places.are & MYM__PLACES_LOOKALIKE) &&
	    result->places.count > 0)
		open_group(watch, &file[MYM__AGAIN_GROUP]);
}

void mym__refaults_drop(struct mym_watch *watch)
{
	struct mym__refaults *r = &watch->refaults;

	mym__file_forget(r->file, MYM__AGAINS);
	*r = (struct mym__refaults){ 0 };
}

static bool read_counts(struct mym_watch *watch, unsigned int whose,
			int64_t *counts)
{
	struct mym__refaults *r = &watch->refaults;
	const uint64_t needed = (UINT64_C(1) << COMMON) - 1;
	struct mym__file *file = &r->file[whose];
	struct mym__keys keys = {
		.names = whose == MYM__AGAIN_MACHINE ? of_machine :
			 r->v1 ? of_v1 : of_v2,
		.count = whose == MYM__AGAIN_MACHINE ? KEYS : COMMON,
		.values = counts,
	};

	if (file->fd == 0)
		return false;
	if (mym__lines_keys(file->fd, watch->ctx.buffer,
			    sizeof(watch->ctx.buffer), &keys) == 0 &&
	    (keys.seen & needed) == needed && mym__file_is(file))
		return true;
	/* The group is gone, or the descriptor is another file by now. */
	mym__file_forget(file, 1);
	return false;
}

/* Both windows must show it: a program that starts in a full group reads its
 * files once.  Before there are two, nothing counts as read again. */
static struct mym__again lasting(const struct mym__again *a,
				 const struct mym__again *b)
{
	return (struct mym__again){
		.known = a->known,
		.reclaimed = a->reclaimed && b->reclaimed,
		.files = smaller(a->files, b->files),
		.swapped = smaller(a->swapped, b->swapped),
		.cache = a->cache,
	};
}

static int64_t per_second(int64_t bytes, int64_t ns)
{
	int64_t ms = ns / 1000000;

	return bytes / ms * 1000 + bytes % ms * 1000 / ms;
}

static void note(struct mym__refaults *r, unsigned int whose,
		 const int64_t *more, int64_t time)
{
	const bool machine = whose == MYM__AGAIN_MACHINE;
	const int64_t page = mym__poll_page_size();
	const int64_t *now = r->counts[whose];
	struct mym__again fresh = {
		.known = r->was_read[whose],
		.reclaimed = !machine || more[BY_KSWAPD] || more[BY_ALL],
		.files = per_second(more[FILES] * page, time),
		.swapped = per_second(more[SWAPPED] * page, time),
		.cache = mym__add(now[ACTIVE], now[INACTIVE]) *
			 (machine ? page : 1),
	};

	r->again[whose] = lasting(&fresh, &r->window[whose]);
	r->window[whose] = fresh;
}

/* Not at each look: the kernel sums up the machine's counters over all CPUs. */
void mym__refaults_read(struct mym_watch *watch, int64_t now)
{
	struct mym__refaults *r = &watch->refaults;
	const int64_t time = mym__subtract(now, r->read_at);
	int64_t more[MYM__AGAINS][KEYS] = { 0 };

	if (r->read_at > 0 && time < WINDOW)
		return;
	for (unsigned int i = 0; i < MYM__AGAINS; i++) {
		int64_t counts[KEYS] = { 0 };
		bool before = r->was_read[i];

		r->was_read[i] = read_counts(watch, i, counts);
		for (unsigned int k = 0; k < KEYS; k++) {
			if (before && r->was_read[i])
				more[i][k] = mym__subtract(counts[k],
							   r->counts[i][k]);
			r->counts[i][k] = counts[k];
		}
	}
	if (r->v1) {
		int64_t *own = more[MYM__AGAIN_GROUP];
		const int64_t *all = more[MYM__AGAIN_MACHINE];

		r->was_read[MYM__AGAIN_GROUP] = r->was_read[MYM__AGAIN_GROUP] &&
						r->was_read[MYM__AGAIN_MACHINE];
		own[FILES] = smaller(own[FILES], all[FILES]);
		own[SWAPPED] = smaller(own[SWAPPED], all[SWAPPED]);
	}
	for (unsigned int i = 0; i < MYM__AGAINS; i++)
		note(r, i, more[i], r->read_at > 0 ? time : WINDOW);
	r->read_at = now;
}
