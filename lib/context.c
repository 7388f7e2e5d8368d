/* SPDX-License-Identifier: MIT */
/* A context: where it looks, what it found, and the last good answers. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "answer/findings.h"
#include "base/file.h"
#include "base/root.h"
#include "base/self.h"
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

static int init_process(struct mym_ctx *ctx, int process)
{
	int r = mym__root_process(&ctx->root, process);

	if (r == 0)
		r = mym__self_begin(&ctx->root, ctx->buffer,
				    sizeof(ctx->buffer));
	if (r != 0)
		mym__root_close(&ctx->root);
	return r;
}

int mym__context_open(struct mym_ctx **out, const char *sysroot, int process)
{
	struct mym_ctx *ctx = malloc(sizeof(*ctx));
	int r;

	if (!ctx)
		return -ENOMEM;
	memset(ctx, 0, offsetof(struct mym_ctx, buffer));
	r = process > 0 ? init_process(ctx, process) :
			  mym__context_init(ctx, sysroot);
	if (r != 0) {
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

static size_t group_files(const struct mym__places *places)
{
	size_t groups = places->count < MYM__GROUPS_KEPT ? places->count :
							   MYM__GROUPS_KEPT;

	return groups * MYM__GROUP_FILES;
}

static void *take(char **room, size_t size)
{
	*room += size;
	return *room - size;
}

/* One block holds it all: each part is as aligned as those after it need. */
int mym__result_new(struct mym__result **out,
		    const struct mym__membership *membership,
		    const struct mym__places *places)
{
	size_t count = places->count * MYM__CONSTRAINTS_EACH +
		       MYM__CONSTRAINTS_EXTRA;
	size_t scans = (places->count + 1) * sizeof(struct mym__scan);
	size_t files = group_files(places) * sizeof(struct mym__file);
	size_t rows = count * sizeof(struct mym_constraint);
	size_t paths = count * sizeof(char *);
	struct mym__result *result;
	char *room;

	result = calloc(1, sizeof(*result) + scans + files + 2 * (rows + paths));
	if (!result)
		return -ENOMEM;
	room = (char *)(result + 1);
	result->scans = take(&room, scans);
	result->files = take(&room, files);
	result->last.rows = take(&room, rows);
	result->next.rows = take(&room, rows);
	result->last.paths = take(&room, paths);
	result->next.paths = take(&room, paths);
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

void mym__result_forget(struct mym__result *result)
{
	if (result)
		mym__file_forget(result->files, group_files(&result->places));
}

void mym__result_free(struct mym__result *result)
{
	if (!result)
		return;
	mym__result_forget(result);
	mym__places_clear(&result->places);
	free(result);
}
