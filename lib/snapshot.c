/* SPDX-License-Identifier: MIT */
/* One pass: find the group if it is not known, read what is wanted, merge. */
#include <errno.h>
#include <string.h>

#include "internal.h"

bool mym__pass_wants(const struct mym__pass *pass, uint64_t bits)
{
	return (pass->want & bits) != 0;
}

struct mym_constraint *mym__pass_add(struct mym__pass *pass, unsigned int kind,
				     const char *path)
{
	struct mym__table *table = pass->table;
	struct mym_constraint *constraint = &table->rows[table->count];

	*constraint = (struct mym_constraint){ .kind = kind };
	table->paths[table->count++] = path;
	return constraint;
}

void mym__pass_failed(struct mym__pass *pass, struct mym_constraint *constraint,
		      uint64_t bits, int error)
{
	if (mym__error_transient(error))
		pass->error = error;
	/* Another thread has closed a descriptor that it did not open. */
	if (error == -EBADF)
		pass->foreign = true;
	pass->flags |= MYM_FLAG_PARTIAL;
	if (!constraint || bits == 0)
		return;
	if (constraint->failed == 0)
		constraint->error = error;
	constraint->failed |= bits;
}

struct mym__open mym__pass_get(struct mym__pass *pass, enum mym__files file,
			       const char *path)
{
	struct mym__open open = { .file = pass->files ? &pass->files[file] : NULL };

	open.fd = mym__file_get(pass->root, open.file, path);
	return open;
}

struct mym__open mym__pass_once(struct mym__pass *pass, const char *path)
{
	return (struct mym__open){
		.fd = mym__root_get(pass->root, path, MYM__ROOT_FILE),
	};
}

void mym__pass_put(struct mym__pass *pass, struct mym__open open)
{
	if (!mym__file_put(open.file, open.fd))
		pass->foreign = true;
}

int mym__pass_amount(struct mym__pass *pass, struct mym__open open,
		     int64_t *value)
{
	struct mym__text all;
	int r = open.fd;

	if (open.fd >= 0) {
		r = mym__lines_all(open.fd, pass->buffer, 4096, &all);
		mym__pass_put(pass, open);
		if (r == 0)
			r = mym__parse_amount(all, value);
	}
	if (mym__error_transient(r))
		pass->error = r;
	return r;
}

/* What must be read so that the wanted facts can be told. */
static uint64_t with_prerequisites(uint64_t want)
{
	if (want & MYM_WANT_PRESSURE)
		want |= MYM_WANT_AVAILABLE | MYM_WANT_PSI_SOME |
			MYM_WANT_PSI_FULL;
	/* These are told of the constraint with the smallest limit, and
	 * available is never above the limit. */
	if (want & (MYM_WANT_AVAILABLE | MYM_WANT_USED | MYM_WANT_RECLAIMABLE |
		    MYM_WANT_SHMEM))
		want |= MYM_WANT_LIMIT;
	if (want & MYM_WANT_AVAILABLE)
		want |= MYM_WANT_HIGH;
	return want;
}

static void read_all(struct mym__pass *pass)
{
	struct mym_constraint host = { .kind = MYM_KIND_HOST };

	/* The machine comes last, but the others ask how big it is. */
	mym__host_read(pass, &host);
	if (pass->places->dialect)
		mym__cgroup_read(pass);
	mym__rlimit_read(pass);
	mym__commit_read(pass);
	mym__numa_read(pass);
	if (host.valid | host.failed)
		*mym__pass_add(pass, MYM_KIND_HOST, "/proc/meminfo") = host;
	mym__psi_read_host(pass);
}

/* What is not valid is 0, so that nobody comes to rely on it. */
static void blank(struct mym_snapshot *out)
{
#define MEMBER(bits, name) { (bits), offsetof(struct mym_snapshot, name) }
	static const struct {
		uint64_t bits;
		size_t offset;
	} members[] = {
		MEMBER(MYM_WANT_LIMIT, limit),
		MEMBER(MYM_WANT_LIMIT, limit_by),
		MEMBER(MYM_WANT_AVAILABLE, available),
		MEMBER(MYM_WANT_AVAILABLE, available_by),
		MEMBER(MYM_WANT_USED, used),
		MEMBER(MYM_WANT_RECLAIMABLE, reclaimable),
		MEMBER(MYM_WANT_HIGH, high),
		MEMBER(MYM_WANT_SWAP_LIMIT, swap_limit),
		MEMBER(MYM_WANT_SWAP_AVAILABLE, swap_available),
		MEMBER(MYM_WANT_HOST_TOTAL, host_total),
		MEMBER(MYM_WANT_HOST_AVAILABLE, host_available),
		MEMBER(MYM_WANT_PRESSURE, pressure),
		MEMBER(MYM_WANT_PRESSURE, pressure_cause),
		MEMBER(MYM_WANT_PRESSURE, pressure_sources),
		MEMBER(MYM_WANT_PSI_SOME, psi_some),
		MEMBER(MYM_WANT_PSI_FULL, psi_full),
		MEMBER(MYM_WANT_PSI_SOME | MYM_WANT_PSI_FULL, psi_scope),
		MEMBER(MYM_WANT_OOM_KILLS, oom_kills),
		MEMBER(MYM_WANT_CGROUP_VERSION, cgroup_version),
		MEMBER(MYM_WANT_SHMEM, shmem),
	};
#undef MEMBER

	for (size_t i = 0; i < MYM__COUNT(members); i++) {
		if (!(out->valid & members[i].bits))
			memset((char *)out + members[i].offset, 0,
			       sizeof(int64_t));
	}
}

static void answer(const struct mym__pass *pass, uint64_t want,
		   struct mym_snapshot *out)
{
	const struct mym__places *places = pass->places;

	out->flags = pass->flags;
	out->constraints = pass->table->count;
	out->cgroup_error = places->error;
	out->valid = MYM_WANT_CGROUP_VERSION;
	if (!(pass->flags & MYM_FLAG_NO_CGROUP))
		out->cgroup_version = places->dialect->version;
	if (pass->oom_known) {
		out->oom_kills = pass->oom_kills;
		out->valid |= MYM_WANT_OOM_KILLS;
	}
	mym__merge(pass->table->rows, pass->table->count, out);
	mym__pressure_judge(&pass->psi, out);
	/* A group that could not be looked at may have one. */
	if (places->doubtful)
		out->none &= ~MYM_WANT_HIGH;
	out->valid &= want;
	out->none &= want;
	blank(out);
	if (out->swap_available > 0 && pass->huge)
		out->flags |= MYM_FLAG_SWAP_ESTIMATED;
}

/* "None" is an answer only where something could be looked at. */
static bool nothing_known(const struct mym__pass *pass, uint64_t want,
			  const struct mym_snapshot *out)
{
	if ((out->valid & ~MYM_WANT_CGROUP_VERSION) ||
	    want == MYM_WANT_CGROUP_VERSION)
		return false;
	for (unsigned int i = 0; i < pass->table->count; i++) {
		const struct mym_constraint *c = &pass->table->rows[i];

		if (c->valid | (c->none & MYM_WANT_LIMIT))
			return out->none == 0;
	}
	return true;
}

/* The places of the last pass still hold if the process is where it was and
 * its group was certain.  v2 is not while v1 has the memory controller on a
 * hierarchy that was not mounted: it may be by now. */
static bool still_there(const struct mym_ctx *ctx)
{
	const struct mym__result *result = ctx->result;

	return result && result->places.dialect && !result->places.doubtful &&
	       !(result->places.flags & MYM_FLAG_HEURISTIC) &&
	       (result->places.dialect->version == 1 ||
		result->membership.error[0] == 1) &&
	       memcmp(&result->membership, &ctx->membership,
		      sizeof(ctx->membership)) == 0;
}

static int discover(struct mym_ctx *ctx, struct mym__result **out)
{
	struct mym__places places;
	int r;

	r = mym__discover(&ctx->root, ctx->buffer, sizeof(ctx->buffer),
			  &ctx->membership, &places);
	if (r < 0)
		return r;
	r = mym__result_new(out, &ctx->membership, &places);
	if (r < 0)
		mym__places_clear(&places);
	return r;
}

/* One pass over the places that were found: 0, or a transient error. */
static int make_pass(struct mym_ctx *ctx, struct mym__result *result,
		     uint64_t want, bool kept, struct mym__pass *pass)
{
	*pass = (struct mym__pass){
		.root = &ctx->root,
		.places = &result->places,
		.buffer = ctx->buffer,
		.size = sizeof(ctx->buffer),
		.want = with_prerequisites(want),
		.flags = result->places.flags,
		.table = &result->spare,
		.files = kept ? ctx->files : NULL,
		.groups = kept && !result->places.plain ? result->files : NULL,
	};
	result->spare.count = 0;
	read_all(pass);
	return pass->error;
}

static void accept(struct mym_ctx *ctx, struct mym__result *result)
{
	struct mym__table good = result->spare;

	result->spare = result->good;
	result->good = good;
	if (ctx->result != result)
		mym__result_free(ctx->result);
	ctx->result = result;
	ctx->anew = false;
}

/* Some of the kept files are about the process that opened them. */
static void check_process(struct mym_ctx *ctx)
{
	int process = mym__root_process();

	if (ctx->process != process)
		mym__file_forget(ctx->files, MYM__FILES);
	ctx->process = process;
}

/*
 * What is kept does not see what is mounted over it later: where the mount
 * table has changed all is looked for anew.  Without a table nothing is kept.
 */
static void watch_mounts(struct mym_ctx *ctx)
{
	struct mym__file *file = &ctx->files[MYM__FILE_MOUNTS];
	bool changed = file->fd > 0 && mym__root_mounts_changed(file->fd);
	int fd;

	if (ctx->root.confined ||
	    (file->fd > 0 && mym__root_kept(file) && !changed))
		return;
	mym__file_forget(ctx->files, MYM__FILES);
	fd = mym__file_get(&ctx->root, file, "/proc/self/mountinfo");
	if (file->fd == 0)
		mym__root_drop(fd);
	else
		ctx->anew = true;
}

static int read_membership(struct mym_ctx *ctx, bool kept)
{
	return mym__group_membership(&ctx->root, kept ?
				     &ctx->files[MYM__FILE_CGROUP] : NULL,
				     ctx->buffer, sizeof(ctx->buffer),
				     &ctx->membership);
}

/* A group may have been left, and then removed, while it was looked for: what
 * is not there any more looks like what never was.  The kept files of one that
 * was found before give ENODEV. */
static bool was_left(struct mym_ctx *ctx, const struct mym__result *result,
		     bool kept)
{
	if (result == ctx->result &&
	    !(result->places.flags & MYM_FLAG_HEURISTIC))
		return false;
	return read_membership(ctx, kept) != 0 ||
	       memcmp(&result->membership, &ctx->membership,
		      sizeof(ctx->membership)) != 0;
}

#define TRIES 8

/*
 * A group that was left or removed meanwhile is found anew, and what was read
 * through a descriptor that is not ours is read again.  The last try keeps
 * nothing and takes what it gets.
 */
int mym__snapshot(struct mym_ctx *ctx, uint64_t want, struct mym_snapshot *out)
{
	struct mym__result *result;
	struct mym__pass pass;
	int r;

	r = mym__root_check(&ctx->root);
	if (r < 0)
		return r;
	check_process(ctx);
	watch_mounts(ctx);
	for (int tries = 1;; tries++) {
		bool last = tries == TRIES;
		bool keep = !last && ctx->files[MYM__FILE_MOUNTS].fd > 0;

		*out = (struct mym_snapshot){ .time = mym__root_now() };
		r = read_membership(ctx, keep);
		if (r == 1)
			continue;
		result = ctx->result;
		if (r == 0 && (ctx->anew || !still_there(ctx)))
			r = discover(ctx, &result);
		if (r < 0)
			return r;
		r = make_pass(ctx, result, want, keep, &pass);
		if (r == 0 && (last || !(pass.stale || pass.foreign ||
					 was_left(ctx, result, keep))))
			break;
		ctx->anew = ctx->anew || pass.stale;
		if (result != ctx->result)
			mym__result_free(result);
		if (r < 0)
			return r;
	}
	answer(&pass, want, out);
	if (nothing_known(&pass, want, out))
		r = -ENODATA;
	else
		accept(ctx, result);
	if (result != ctx->result)
		mym__result_free(result);
	return r;
}
