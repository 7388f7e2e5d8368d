/* SPDX-License-Identifier: MIT */
/* A program of somebody else: asks about a captured machine, and calls the rest
 * of the library, so that all of it must be linked. */
#include <inttypes.h>
#include <stdio.h>

#include <mymem.h>

int main(int argc, char **argv)
{
	struct mym_constraint constraint;
	struct mym_snapshot snapshot;
	struct mym_ctx *ctx;

	if (argc != 2 || mym_open(&ctx, argv[1], 0) < 0)
		return 1;
	if (mym_snapshot(ctx, MYM_WANT_ALL, &snapshot, sizeof(snapshot)) < 0 ||
	    mym_constraint(ctx, (unsigned int)snapshot.limit_by, &constraint,
			   sizeof(constraint)) < 0 ||
	    !mym_constraint_path(ctx, 0) || !mym_cgroup_path(ctx))
		return 1;
	printf("limit %" PRId64 "\n", snapshot.limit);
	printf("available %" PRId64 "\n", snapshot.available);
	printf("version %s\n", mym_version());
	mym_close(ctx);

	/* Of this machine only that there is an answer or an error. */
	if (mym_limit() == 0 || mym_available() < -4095 ||
	    mym_pressure() > MYM_PRESSURE_CRITICAL || mym_workers(1, 1) > 1)
		return 1;
	return 0;
}
