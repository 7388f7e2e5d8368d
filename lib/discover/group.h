/* SPDX-License-Identifier: MIT */
/* Groups by name, relative to the root of the cgroup namespace. */
#ifndef MYM_GROUP_H
#define MYM_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/file.h"
#include "../base/root.h"

#pragma GCC visibility push(hidden)

#define MYM__PATH_MAX 4096

/* Which groups the process is in, as /proc/self/cgroup says. */
struct mym__membership {
	int error[2]; /* v1, v2: 0, 1 no such line, < 0 */
	uint64_t id; /* of the v2 group; 0: unknown */
	char path[2][MYM__PATH_MAX];
};
/* 1: the kept descriptor was another file, try again. */
int mym__group_membership(const struct mym__root *root, struct mym__file *files,
			  char *buffer, size_t size,
			  struct mym__membership *membership);
bool mym__group_same(const struct mym__membership *a,
		     const struct mym__membership *b);

struct mym__group {
	int up;                   /* leading "..", */
	int names;                /* components after those, */
	char path[MYM__PATH_MAX]; /* and these, with single slashes between */
};
int mym__group_parse(struct mym__group *group, const char *path);
/* Levels below the namespace root; negative above it. */
int mym__group_depth(const struct mym__group *group);

enum mym__relation {
	MYM__UNRELATED, /* the mount shows other groups */
	MYM__ABOVE,     /* its root is above the group, by an unknown path */
	MYM__SHOWS      /* the mount shows the group, *below it */
};
enum mym__relation mym__group_relate(const struct mym__group *root,
				     const struct mym__group *own,
				     const char **below);

#pragma GCC visibility pop

#endif
