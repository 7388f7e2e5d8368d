/* SPDX-License-Identifier: MIT */
/* Minimal example of finding out which rule is the tightest, and its place. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <mymem.h>

int main(int argc, char **argv)
{
	/* NULL is this system; a path, a captured one. */
	const char *sysroot = argc > 1 ? argv[1] : NULL;
	struct mym_snapshot now;
	struct mym_ctx *ctx;
	int r;

	r = mym_open(&ctx, sysroot, 0);
	if (r < 0) {
		fprintf(stderr, "%s\n", strerror(-r));
		return 1;
	}
	r = mym_snapshot(ctx, MYM_WANT_LIMIT | MYM_WANT_AVAILABLE, &now,
			 sizeof(now));
	if (r < 0) {
		fprintf(stderr, "%s\n", strerror(-r));
		mym_close(ctx);
		return 1;
	}
	if (now.valid & MYM_WANT_LIMIT)
		printf("limit %" PRId64 " from %s\n", now.limit,
		       mym_constraint_path(ctx, (unsigned int)now.limit_by));
	if (now.valid & MYM_WANT_AVAILABLE)
		printf("available %" PRId64 " under %s\n", now.available,
		       mym_constraint_path(ctx, (unsigned int)now.available_by));
	if (now.flags & MYM_FLAG_HIDDEN_ANCESTORS)
		puts("groups above are out of sight: there may be less");
	mym_close(ctx);
	return 0;
}
