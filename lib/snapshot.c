/* SPDX-License-Identifier: MIT */
/* Finds the group if it is not known, and makes passes until one holds. */
#include <errno.h>
#include <string.h>

#include "answer/answer.h"
#include "answer/findings.h"
#include "base/compiler.h"
#include "base/file.h"
#include "base/fork.h"
#include "base/guard.h"
#include "base/root.h"
#include "base/self.h"
#include "base/sys.h"
#include "context.h"
#include "discover/dialect.h"
#include "discover/group.h"
#include "discover/places.h"
#include "read/limit-watch.h"
#include "read/pass.h"
#include "read/readers.h"
#include "snapshot.h"

#define RLIMITS (MYM__KIND(MYM_KIND_RLIMIT_AS) | \
		 MYM__KIND(MYM_KIND_RLIMIT_DATA) | \
		 MYM__KIND(MYM_KIND_RLIMIT_MEMLOCK) | \
		 MYM__KIND(MYM_KIND_ADDRESS_SPACE))

/* Whether a reader is called: if one of the facts in `when` is needed (0: always),
 * and in a light pass only if the whole one found one of these kinds of constraints
 * (0: always). */
MYM__INLINE void use(struct mym__pass *pass, void (*read)(struct mym__pass *),
		     uint64_t when, uint64_t kinds)
{
	if ((when == 0 || mym__pass_wants(pass, when)) &&
	    (kinds == 0 || !pass->known || (pass->known->kinds & kinds)))
		read(pass);
}

/* The readers, in order: a new rule is a file, and a row.  Not a table of
 * pointers, each of which would have to be relocated in each process. */
static void use_all(struct mym__pass *pass)
{
	/* The machine is added last, but the others need to know its size. */
	use(pass, mym__host_read, 0, 0);
	use(pass, mym__cgroup_read, 0, 0);
	use(pass, mym__rlimit_read, MYM_WANT_LIMIT, RLIMITS);
	use(pass, mym__commit_read, MYM_WANT_LIMIT, MYM__KIND(MYM_KIND_COMMIT));
	use(pass, mym__numa_read, MYM_WANT_LIMIT, MYM__KIND(MYM_KIND_NUMA));
	use(pass, mym__known_read, 0, 0);
	/* What the others leave decides how exactly the machine has to be
	 * known. */
	use(pass, mym__host_finish, 0, 0);
	use(pass, mym__protection_of_machine, MYM_WANT_AVAILABLE, 0);
	use(pass, mym__swap_read, MYM_WANT_SWAP_AVAILABLE, 0);
	use(pass, mym__psi_read_host, MYM_WANT_PSI_SOME | MYM_WANT_PSI_FULL, 0);
	mym__known_finish(pass);
}

/* The facts that must be read for those that are wanted. */
static uint64_t needs(uint64_t want)
{
	if (want & MYM_WANT_PRESSURE)
		want |= MYM_WANT_AVAILABLE | MYM_WANT_PSI_SOME |
			MYM_WANT_PSI_FULL;
	/* What can be swapped out makes room only under some constraints. */
	if (want & MYM_WANT_SWAP_AVAILABLE)
		want |= MYM_WANT_SWAP_LIMIT | MYM_WANT_AVAILABLE;
	/* What can be reclaimed of the machine follows from what is available. */
	if (want & MYM_WANT_RECLAIMABLE)
		want |= MYM_WANT_AVAILABLE;
	/* These are facts of the constraint with the smallest limit, and
	 * available is never above the limit. */
	if (want & (MYM_WANT_AVAILABLE | MYM_WANT_USED | MYM_WANT_RECLAIMABLE |
		    MYM_WANT_SHMEM))
		want |= MYM_WANT_LIMIT;
	if (want & MYM_WANT_AVAILABLE)
		want |= MYM_WANT_HIGH;
	return want;
}

/* One pass over the places that were found: 0, or a transient error.  The
 * caller sets want, limits, known and quiet. */
static int make_pass(struct mym_ctx *ctx, struct mym__result *result, bool kept,
		     struct mym__pass *pass)
{
	const struct mym__findings *known = pass->known;
	struct mym__findings *found = &result->next;

	*found = (struct mym__findings){
		.rows = found->rows,
		.paths = found->paths,
		.want = pass->want,
		.flags = result->places.flags | pass->doubts,
		.host_available = -1,
		.oom_kills = -1,
		.reserve = INT64_MAX,
	};
	if (known)
		found->flags |= known->flags & MYM_FLAG_NO_CGROUP;
	pass->root = &ctx->root;
	pass->places = &result->places;
	pass->buffer = ctx->buffer;
	pass->size = sizeof(ctx->buffer);
	pass->found = found;
	pass->files = kept ? ctx->files : NULL;
	pass->scans = pass->root->confined ? NULL : result->scans;
	pass->groups = kept && !pass->left &&
				       !(result->places.are & MYM__PLACES_LOOKALIKE)
			       ? result->files
			       : NULL;
	pass->kept = &result->kept;
	pass->last = ctx->result ? &ctx->result->last : NULL;
	if (pass->last) {
		found->slab = pass->last->slab;
		found->nodes = pass->last->nodes;
	}
	if (!known)
		found->slab.asked_kept = found->slab.asked_pinned = false;
	use_all(pass);
	mym__group_mount_close(&pass->mount);
	if (found->flags & MYM_FLAG_PARTIAL || pass->trouble)
		mym__result_count(result);
	return pass->error;
}

/* The places of the last pass still hold if the process is where it was and
 * its group was certain.  A group of v2 is not certain while v1 has the
 * memory controller on a hierarchy that was not mounted: that may be mounted
 * by now. */
static bool still_there(const struct mym_ctx *ctx, bool psi)
{
	const struct mym__result *result = ctx->result;

	return result && result->places.dialect &&
	       !(psi && (result->places.are & MYM__PLACES_NO_PSI)) &&
	       !(result->places.are &
		 (MYM__PLACES_UNCERTAIN | MYM__PLACES_UNCERTAIN_PSI)) &&
	       !(result->places.flags & MYM_FLAG_HEURISTIC) &&
	       (result->places.dialect->version == 1 ||
		result->membership.error[0] == 1) &&
	       mym__group_same(&result->membership, &ctx->membership);
}

/* Whether the group of the last pass was seen better then.  It is still the
 * process's, and what holds there does not depend on what can be seen of it.
 * Below a sysroot what is not there was removed. */
static bool was_better(const struct mym_ctx *ctx, const struct mym__places *now)
{
	const struct mym__places *last;
	uint64_t doubts;
	bool erred;

	if (!ctx->result ||
	    !mym__group_same(&ctx->result->membership, &ctx->membership))
		return false;
	last = &ctx->result->places;
	doubts = now->flags & ~last->flags;
	erred = now->flags & MYM_FLAG_PARTIAL;
	return (doubts & MYM_FLAG_PARTIAL) ||
	       (erred && now->count < last->count) ||
	       ((erred || !ctx->root.confined) &&
		(doubts || (last->dialect && now->dialect != last->dialect)));
}

/* Looks for the group; 1: what is known of it is better than what was found. */
static int discover(struct mym_ctx *ctx, bool psi, struct mym__result **out)
{
	struct mym__places places;
	int r;

	if (ctx->root.sealed)
		return !ctx->result ? -ENODATA :
			!mym__group_same(&ctx->result->membership,
					 &ctx->membership);
	r = mym__discover(&ctx->root, ctx->buffer, sizeof(ctx->buffer),
			  &ctx->membership, psi, &places);
	if (r < 0)
		return r;
	if (was_better(ctx, &places)) {
		mym__places_clear(&places);
		return 1;
	}
	r = mym__result_new(out, &ctx->membership, &places);
	if (r < 0)
		mym__places_clear(&places);
	return r;
}

static void accept(struct mym_ctx *ctx, struct mym__result *result,
		   const struct mym__pass *pass, int64_t time)
{
	struct mym__findings last = result->next;

	ctx->known_at = time;
	result->next = result->last;
	result->last = last;
	if (ctx->result != result)
		mym__result_free(ctx->result);
	ctx->result = result;
	ctx->anew = pass->sealed;
}

/* Some of the kept files are about the process that opened them, and one that was
 * asked for by its id may have been this one before a fork. */
static void check_process(struct mym_ctx *ctx)
{
	unsigned int process = mym__fork_number();

	ctx->root.other = ctx->root.self > 0 && ctx->root.self != process;

	if (process == 0 || ctx->process != process) {
		mym__file_forget(ctx->files, MYM__FILES_OF_PROCESS);
		ctx->root.thread = 0;
	}
	ctx->process = process;
}

/* 1: another thread speaks for the process now; 2: nobody who could is found. */
static int follow(struct mym_ctx *ctx)
{
	int r = mym__self_follow(&ctx->root, ctx->buffer, sizeof(ctx->buffer));

	if (r == 1)
		mym__file_forget(ctx->files, MYM__FILES);
	return r;
}

/*
 * A kept descriptor does not show what is mounted over its file later: where
 * the mount table has changed, everything is looked for anew.  Without a table
 * nothing is kept.
 */
static void watch_mounts(struct mym_ctx *ctx)
{
	struct mym__file *file = &ctx->files[MYM__FILE_MOUNTS], next = { 0 };
	bool changed, is;
	int fd, r;

	if (ctx->root.confined || ctx->root.sealed)
		return;
	changed = file->fd > 0 && mym__sys_mounts_changed(file->fd);
	is = file->fd > 0 && mym__file_is(file);
	if (is && !changed)
		return;
	do {
		fd = mym__file_get(&ctx->root, &next,
				   mym__file_path(MYM__FILE_MOUNTS));
		/* The first thread has no mounts once it has left.  That another
		 * one has left is seen by the membership. */
		r = fd == -EINVAL ? follow(ctx) : 0;
		is = is && r != 1;
	} while (r == 1);
	ctx->anew = ctx->anew || changed || next.fd > 0;
	/* Where /proc is hidden by now, the files that are open still tell. */
	/* cppcheck-suppress uninitvar ; the loop above runs at least once */
	if (fd < 0 && is)
		return;
	mym__file_forget(ctx->files, MYM__FILES);
	*file = next;
	if (next.fd == 0)
		mym__root_drop(fd);
}

/* Before what a pass opens. */
static void begin_guard(struct mym_ctx *ctx)
{
	ctx->guard = (struct mym__guard){
		.file = &ctx->files[MYM__FILE_MOUNTS],
	};
	ctx->root.guard = &ctx->guard;
}

/* Without a mount table that tells of changes nothing is kept, unless nothing
 * else can be had. */
static bool keeps(const struct mym_ctx *ctx)
{
	return ctx->root.sealed || ctx->files[MYM__FILE_MOUNTS].fd > 0;
}

/* Where it cannot be read any more, the process is taken to be where it was. */
static void stay(struct mym_ctx *ctx)
{
	for (int i = 0; ctx->result && i < 2; i++) {
		int error = ctx->membership.error[i];

		if (error < 0 && ctx->result->membership.error[i] >= 0 &&
		    (error != -ENOENT || !ctx->root.confined)) {
			ctx->membership = ctx->result->membership;
			ctx->missed = true;
		}
	}
}

/* Whether that may be about a thread that has left.  On v1 such a thread is in the
 * root group.  On v2 the first one stays in its last group; the files of the others
 * cannot be read any more. */
static bool is_doubtful(const struct mym_ctx *ctx)
{
	const struct mym__membership *membership = &ctx->membership;

	/* That is found out after the pass. */
	if (ctx->root.other)
		return false;
	if (membership->error[0] == 0)
		return strcmp(membership->path[0], "/") == 0 &&
		       !mym__sys_is_first();
	if (ctx->root.thread > 0)
		return membership->error[0] < 0;
	return !mym__sys_is_first() && mym__sys_first_left();
}

/* 1: it was another file, or is about another thread now; try again. */
static int read_membership(struct mym_ctx *ctx, bool kept)
{
	int r = mym__group_membership(&ctx->root, kept ? ctx->files : NULL,
				      ctx->buffer, sizeof(ctx->buffer),
				      &ctx->membership);

	if (r == 0 && !ctx->root.confined && !ctx->root.sealed &&
	    is_doubtful(ctx))
		r = follow(ctx);
	if (r == 2) {
		/* What v1 says of a thread that has left is about nobody. */
		if (ctx->membership.error[0] == 0)
			ctx->membership.error[0] = -ESRCH;
		r = 0;
	}
	ctx->missed = false;
	if (r == 0)
		stay(ctx);
	return r;
}

static bool name_has_changed(struct mym_ctx *ctx,
			     const struct mym__result *result, bool kept)
{
	return read_membership(ctx, kept) != 0 ||
	       !mym__group_same(&result->membership, &ctx->membership);
}

/* The process may have left a group, and that may have been removed, while it
 * was looked for: what is gone looks like what never was.  The kept files of a
 * group that was found before give ENODEV. */
static bool was_left(struct mym_ctx *ctx, const struct mym__result *result,
		     bool kept)
{
	if (result == ctx->result &&
	    (ctx->root.sealed || !(result->places.flags & MYM_FLAG_HEURISTIC)))
		return false;
	return name_has_changed(ctx, result, kept);
}

/* The watch on the limits that begins with this pass, or NULL where an earlier
 * one goes on. */
static struct mym__limit_watch *begin_limits(struct mym_ctx *ctx,
					     const struct mym__result *result,
					     uint64_t want)
{
	struct mym__limit_watch *limits = &ctx->limits;

	if (result == ctx->result &&
	    mym__limit_watch_continue(limits, want, ctx->buffer,
				      sizeof(ctx->buffer)))
		return NULL;
	mym__limit_watch_begin(limits, want, !ctx->root.sealed &&
			       !(result->places.are & MYM__PLACES_LOOKALIKE));
	return limits;
}

static void end_limits(const struct mym__pass *pass)
{
	if (pass->limits)
		mym__limit_watch_end(pass->limits);
}

#define TRIES 8

/*
 * A group that was left or removed meanwhile is looked for anew, and what was
 * read through a descriptor that was another file is read again.  The last try
 * keeps nothing, and its result counts in any case.  The first good pass keeps
 * only what tells whether the places still hold: many ask once.
 */
int mym__snapshot(struct mym_ctx *ctx, uint64_t want, struct mym_snapshot *out)
{
	struct mym__result *result;
	struct mym__pass pass;
	bool psi = needs(want) & (MYM_WANT_PSI_SOME | MYM_WANT_PSI_FULL);
	int r;

	r = mym__root_check(&ctx->root);
	if (r < 0)
		return r;
	check_process(ctx);
	for (int tries = 1;; tries++) {
		bool last = tries >= TRIES;
		bool keep, held;

		watch_mounts(ctx);
		begin_guard(ctx);
		keep = keeps(ctx) && (!last || ctx->root.sealed);
		*out = (struct mym_snapshot){
			.time = mym__sys_clock(CLOCK_MONOTONIC),
		};
		r = read_membership(ctx, keep);
		if (r == 1)
			continue;
		result = ctx->result;
		if (r == 0 && (ctx->anew || !still_there(ctx, psi)))
			r = discover(ctx, psi, &result);
		if (r < 0)
			return r;
		MYM__HOLDS(result);
		pass = (struct mym__pass){
			.want = needs(want),
			.sealed = r == 1 || ctx->root.sealed,
			.sealing = ctx->sealing,
			.doubts = r == 1 || ctx->missed ? MYM_FLAG_PARTIAL : 0,
		};
		pass.limits = begin_limits(ctx, result, pass.want);
		/* Of a group that was left, what was known there is all. */
		pass.left = r == 1 && ctx->root.sealed;
		r = make_pass(ctx, result, keep && (ctx->result || ctx->stays),
			      &pass);
		/* What was read is of that process if it is still there. */
		if (r == 0 && ctx->root.other)
			r = follow(ctx);
		held = r == 0 &&
		       (last ||
			!(pass.trouble || was_left(ctx, result, keep) ||
			  !mym__guard_holds(&ctx->guard)));
		if (held)
			break;
		end_limits(&pass);
		ctx->anew = ctx->anew || (pass.trouble & MYM__PASS_STALE);
		if (result != ctx->result)
			mym__result_free(result);
		if (r < 0)
			return r;
	}
	r = mym__answer(pass.found, pass.places, want, out);
	if (r == 0)
		accept(ctx, result, &pass, out->time);
	else
		end_limits(&pass);
	if (result != ctx->result)
		mym__result_free(result);
	return r;
}

static bool has_id(const struct mym_ctx *ctx)
{
	return ctx->result->places.dialect == &mym__dialect_v2 &&
	       ctx->result->membership.id != 0 && !ctx->root.sealed;
}

/* By the id that the kernel gives. */
static bool id_has_changed(struct mym_ctx *ctx)
{
	struct mym__file *file = &ctx->files[MYM__FILE_PROCESS];
	uint64_t id = 0;

	return mym__sys_group_id(&ctx->root, keeps(ctx) ? file : NULL, &id) !=
		       0 ||
	       id != ctx->result->membership.id;
}

bool mym__snapshot_moved(struct mym_ctx *ctx)
{
	return has_id(ctx) ? id_has_changed(ctx) :
				     name_has_changed(ctx, ctx->result,
						      keeps(ctx));
}

/* A pass that takes what seldom changes from the last whole one; 1: it would
 * not hold.  Without an id, only a whole pass notices a move. */
static int light_pass(struct mym_ctx *ctx, uint64_t want, int64_t time,
		      struct mym_snapshot *out)
{
	struct mym__result *result = ctx->result;
	struct mym__pass pass = {
		.want = needs(want),
		.quiet = ctx->limits.state == MYM__LIMITS_WATCHED,
		.sealed = ctx->root.sealed,
	};

	*out = (struct mym_snapshot){ .time = time };
	/* In another time namespace the last pass may seem to be yet to come. */
	if (ctx->known_at == 0 || time < ctx->known_at ||
	    time - ctx->known_at >= MYM__SELDOM ||
	    (ctx->limits.wanted &&
	     ctx->limits.state == MYM__LIMITS_UNWATCHED) ||
	    (pass.want & ~result->last.want) ||
	    (result->last.flags & MYM_FLAG_PARTIAL) ||
	    (pass.quiet && !mym__limit_watch_quiet(&ctx->limits)) ||
	    (has_id(ctx) && id_has_changed(ctx)))
		return 1;
	/* A group without the controller still has its PSI. */
	if ((result->last.flags & MYM_FLAG_NO_CGROUP) && result->places.dialect &&
	    (pass.want & MYM_WANT_PRESSURE))
		return 1;
	pass.known = &result->last;
	begin_guard(ctx);
	if (make_pass(ctx, result, keeps(ctx), &pass) < 0 ||
	    pass.trouble || !mym__guard_holds(&ctx->guard) ||
	    (pass.found->flags & MYM_FLAG_PARTIAL))
		return 1;
	return mym__answer(pass.found, pass.places, want, out) == 0 ? 0 : 1;
}

int mym__snapshot_light(struct mym_ctx *ctx, uint64_t want, int64_t time,
			struct mym_snapshot *out)
{
	int r = light_pass(ctx, want, time, out);

	/* What is not read again is not known any more, and could not stand in
	 * for what the next pass cannot read. */
	if (r == 1 && ctx->result)
		want |= ctx->result->last.want;
	return r == 1 ? mym__snapshot(ctx, want, out) : r;
}
