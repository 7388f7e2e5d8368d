/* SPDX-License-Identifier: MIT */
/* Opens whatever a later pass may read, which then opens nothing more. */
#include <errno.h>

#include "base/error.h"
#include "base/file.h"
#include "base/guard.h"
#include "base/root.h"
#include "context.h"
#include "mymem.h"
#include "read/limit-watch.h"
#include "seal.h"
#include "snapshot.h"

/* Those that are not there will not be: what is made later is not seen. */
static int keep_files(struct mym_ctx *ctx)
{
	for (unsigned int i = 0; i < MYM__FILES; i++) {
		struct mym__file *file = &ctx->files[i];
		const char *path = mym__file_path(i);
		int fd;

		if (*path == '\0' || file->fd != 0)
			continue;
		fd = mym__file_get(&ctx->root, file, path);
		if (fd == -ENOENT)
			file->fd = -1;
		else if (mym__error_transient(fd))
			return fd;
		else if (file->fd == 0)
			mym__root_drop(fd);
	}
	return 0;
}

/* Other threads may be asking, too. */
static void set_sealed(struct mym_ctx *ctx, bool sealed)
{
	__atomic_store_n(&ctx->root.sealed, sealed, __ATOMIC_RELAXED);
}

int mym__seal(struct mym_ctx *ctx)
{
	const struct mym__file *mounts = &ctx->files[MYM__FILE_MOUNTS];
	struct mym_snapshot all;
	int r;

	set_sealed(ctx, false);
	mym__limit_watch_end(&ctx->limits);
	/* Before others are opened, which might get their numbers if the program
	 * has closed them. */
	mym__file_forget(ctx->files, MYM__FILES);
	mym__result_forget(ctx->result);
	ctx->stays = ctx->sealing = true;
	r = mym__snapshot(ctx, MYM_WANT_ALL, &all);
	ctx->sealing = false;
	/* Where the group is to be looked for anew, it could not be seen. */
	if (r == 0)
		r = mounts->fd > 0 && !ctx->anew ? keep_files(ctx) : -ENODATA;
	if (r == 0 && !mym__guard_holds(&ctx->guard))
		r = -EBADF;
	/* What was scanned for ever would be of use to nobody else. */
	ctx->anew = r < 0;
	set_sealed(ctx, r == 0);
	return r;
}
