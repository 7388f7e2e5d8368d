/* SPDX-License-Identifier: MIT */
/*
 * The border: arguments in, structs of any size out, errors from the closed
 * set, errno as it was.
 */
#include <errno.h>
#include <string.h>

#include "mymem.h"

#include "base/compiler.h"
#include "base/entry.h"
#include "base/error.h"
#include "border.h"
#include "context.h"
#include "fast.h"
#include "seal.h"
#include "snapshot.h"

#define KNOWN_WANTS (((uint64_t)1 << 16) - 1)

int64_t mym_limit(void)
{
	return mym__fast_ask(MYM__FAST_LIMIT);
}

int64_t mym_available(void)
{
	return mym__fast_ask(MYM__FAST_AVAILABLE);
}

int mym_pressure(void)
{
	return (int)mym__fast_ask(MYM__FAST_PRESSURE);
}

int mym_set_max_age(int64_t ns)
{
	if (ns < 0)
		return -EINVAL;
	mym__fast_set_max_age(ns);
	return 0;
}

int mym_workers(int64_t bytes_each, int max)
{
	int64_t most, all;

	if (bytes_each <= 0 || max < 0)
		return -EINVAL;
	most = mym__fast_ask(MYM__FAST_AVAILABLE);
	if (most < 0)
		return (int)most;
	/* A division would cost as much as the rest of the call. */
	if (__builtin_mul_overflow(bytes_each, max, &all) || all > most)
		max = (int)(most / bytes_each);
	return max;
}

static int open_context(struct mym_ctx **out, const char *sysroot, int pid,
			unsigned int flags)
{
	struct mym__entry entry;
	struct mym_ctx *ctx;
	int r;

	if (!out || flags != 0)
		return -EINVAL;
	entry = mym__enter();
	r = mym__context_open(&ctx, sysroot, pid);
	mym__leave(entry);
	if (r < 0)
		return pid > 0 ? mym__error_process(r) : mym__error_sysroot(r);
	if (r > 0)
		return -EINVAL;
	*out = ctx;
	return 0;
}

int mym_open(struct mym_ctx **out, const char *sysroot, unsigned int flags)
{
	return open_context(out, sysroot, 0, flags);
}

int mym_open_pid(struct mym_ctx **out, int pid, unsigned int flags)
{
	return pid > 0 ? open_context(out, NULL, pid, flags) : -EINVAL;
}

struct mym_ctx *mym_close(struct mym_ctx *ctx)
{
	struct mym__entry entry = mym__enter();

	if (ctx)
		mym__context_close(ctx);
	mym__leave(entry);
	return NULL;
}

int mym_snapshot(struct mym_ctx *ctx, uint64_t want, struct mym_snapshot *out,
		 size_t size)
{
	struct mym__entry entry;
	struct mym_snapshot snapshot;
	int r;

	if (!ctx || !out || !mym__size_ok(size) || want == 0 ||
	    (want != MYM_WANT_ALL && (want & ~KNOWN_WANTS)))
		return -EINVAL;
	entry = mym__enter();
	r = mym__snapshot(ctx, want, &snapshot);
	mym__leave(entry);
	if (r < 0)
		return ctx->root.process > 0 ? mym__error_process(r) :
					       mym__error_public(r);
	mym__give(out, size, &snapshot, sizeof(snapshot));
	return 0;
}

int mym_seal(struct mym_ctx *ctx)
{
	struct mym__entry entry;
	int r;

	if (ctx && (ctx->root.confined || ctx->root.process > 0))
		return -EINVAL;
	entry = mym__enter();
	r = ctx ? mym__seal(ctx) : mym__fast_seal();
	mym__leave(entry);
	return r < 0 ? mym__error_public(r) : 0;
}

static const struct mym__findings *last(const struct mym_ctx *ctx)
{
	return ctx && ctx->result ? &ctx->result->last : NULL;
}

int mym_constraint(struct mym_ctx *ctx, unsigned int index,
		   struct mym_constraint *out, size_t size)
{
	const struct mym__findings *found = last(ctx);

	if (!ctx || !out || !mym__size_ok(size))
		return -EINVAL;
	if (!found || index >= found->count)
		return -ERANGE;
	mym__give(out, size, &found->rows[index], sizeof(found->rows[index]));
	return 0;
}

const char *mym_constraint_path(struct mym_ctx *ctx, unsigned int index)
{
	const struct mym__findings *found = last(ctx);

	return found && index < found->count ? found->paths[index] : NULL;
}

const char *mym_cgroup_path(struct mym_ctx *ctx)
{
	const struct mym__dialect *dialect;
	const struct mym__result *result = ctx ? ctx->result : NULL;

	dialect = result ? result->places.dialect : NULL;
	if (!dialect || result->membership.error[dialect->version - 1] != 0)
		return NULL;
	return result->membership.path[dialect->version - 1];
}

#define DIGITS(number) #number
#define DOTTED(major, minor, patch) \
	DIGITS(major) "." DIGITS(minor) "." DIGITS(patch)

const char *mym_version(void)
{
	return DOTTED(MYM_VERSION_MAJOR, MYM_VERSION_MINOR, MYM_VERSION_PATCH);
}
