/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mymem-free.h"

const char *program = "mymem-free";

struct mym_constraint constraint_at(const struct report *report, uint64_t index)
{
	struct mym_constraint constraint;

	if (mym_constraint(report->ctx, (unsigned int)index, &constraint,
			   sizeof(constraint)) < 0)
		memset(&constraint, 0, sizeof(constraint));
	return constraint;
}

const char *path_at(const struct report *report, uint64_t index)
{
	const char *path = mym_constraint_path(report->ctx, (unsigned int)index);

	return path ? path : "";
}

const char *limit_file(const struct report *report)
{
	return report->snapshot.cgroup_version == 1 ? "memory.limit_in_bytes" :
						      "memory.max";
}
