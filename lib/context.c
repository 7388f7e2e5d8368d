/* SPDX-License-Identifier: MIT */
/* A context: where it looks, what it found, and the last good answers. */
#include <errno.h>
#include <stdlib.h>

#include "answer/findings.h"
#include "base/file.h"
#include "base/root.h"
#include "context.h"
#include "discover/group.h"
#include "discover/places.h"
#include "read/limit-watch.h"
#include "read/pass.h"

int mym__context_init(struct mym_ctx *ctx, const char *sysroot)
{
	return mym__root_open(&ctx->root, sysroot);
}

void mym__context_clear(struct mym_ctx *ctx)
{
	mym__result_free(ctx->result);
	mym__file_forget(ctx->files, MYM__FILES);
	mym__limit_watch_end(&ctx->limits);
	mym__root_close(&ctx->root);
}

int mym__context_open(struct mym_ctx **out, const char *sysroot)
{
	struct mym_ctx *ctx = calloc(1, sizeof(*ctx));
	int r;

	if (!ctx)
		return -ENOMEM;
	r = mym__context_init(ctx, sysroot);
	if (r < 0) {
		free(ctx);
		return r;
	}
	*out = ctx;
	return 0;
}

void mym__context_close(struct mym_ctx *ctx)
{
	mym__context_clear(ctx);
	free(ctx);
}

static bool findings_new(struct mym__findings *found, size_t rows)
{
	found->rows = calloc(rows, sizeof(*found->rows));
	found->paths = calloc(rows, sizeof(*found->paths));
	return found->rows && found->paths;
}

static void findings_free(struct mym__findings *found)
{
	free(found->rows);
	free(found->paths);
}

static size_t group_files(const struct mym__places *places)
{
	size_t groups = places->count < MYM__GROUPS_KEPT ? places->count :
							   MYM__GROUPS_KEPT;

	return groups * MYM__GROUP_FILES;
}

int mym__result_new(struct mym__result **out,
		    const struct mym__membership *membership,
		    const struct mym__places *places)
{
	struct mym__result *result = calloc(1, sizeof(*result));
	size_t rows = places->count * MYM__CONSTRAINTS_EACH +
		      MYM__CONSTRAINTS_EXTRA;

	if (!result)
		return -ENOMEM;
	/* One more, because calloc() of nothing may return NULL. */
	result->files = calloc(group_files(places) + 1, sizeof(*result->files));
	result->scans = calloc(places->count + 1, sizeof(*result->scans));
	if (!result->files || !result->scans ||
	    !findings_new(&result->last, rows) ||
	    !findings_new(&result->next, rows)) {
		mym__result_free(result);
		return -ENOMEM;
	}
	result->membership = *membership;
	result->places = *places;
	*out = result;
	return 0;
}

void mym__result_count(struct mym__result *result)
{
	result->kept = 0;
	for (size_t i = 0; i < group_files(&result->places); i++)
		result->kept += result->files[i].fd > 0;
}

void mym__result_free(struct mym__result *result)
{
	if (!result)
		return;
	if (result->files)
		mym__file_forget(result->files, group_files(&result->places));
	free(result->files);
	free(result->scans);
	mym__places_clear(&result->places);
	findings_free(&result->last);
	findings_free(&result->next);
	free(result);
}
