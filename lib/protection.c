/* SPDX-License-Identifier: MIT */
/*
 * What a group cannot take back from the groups below it: when it reaches its
 * limit, reclaim leaves each of them the memory.min it was given
 * (mem_cgroup_calculate_protection() in mm/memcontrol.c; the protection of a
 * group directly below the one that reclaims is its memory.min as written).
 * memory.low is no such thing: reclaim falls back on it before the OOM killer
 * is called.
 */
#include <stdio.h>

#include "internal.h"

/* Room for the list of directories, behind the buffer for their files. */
#define LIST_SIZE 8192

static struct mym__open open_file(struct mym__pass *pass, int dir,
				  const char *child, const char *file)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", child, file);
	return (struct mym__open){
		.fd = mym__root_below(pass->root, dir, path, MYM__ROOT_FILE,
				      NULL),
	};
}

static int64_t read_child(struct mym__pass *pass, int dir, const char *child)
{
	const struct mym__dialect *dialect = pass->places->dialect;
	struct mym__usage usage;
	int64_t minimum = 0, used = 0;
	int r;

	r = mym__pass_amount(pass, open_file(pass, dir, child,
					     dialect->protection), &minimum);
	if (r == 1)
		minimum = INT64_MAX;
	if (r < 0 || minimum == 0)
		return 0;
	pass->table->protecting = true;
	r = mym__pass_amount(pass, open_file(pass, dir, child, dialect->usage),
			     &used);
	if (r != 0)
		return 0;
	if (mym__cgroup_stat(pass, open_file(pass, dir, child, dialect->stat),
			     0, &usage) != 0)
		return 0;
	return mym__merge_protected(minimum, used, usage.reclaimable);
}

int64_t mym__protection_read(struct mym__pass *pass, int dir)
{
	struct mym__list list = { .size = LIST_SIZE };
	int64_t sum = 0;
	const char *child;

	list.fd = mym__root_below(pass->root, dir, ".", MYM__ROOT_LIST, NULL);
	if (mym__error_transient(list.fd))
		pass->error = list.fd;
	if (list.fd < 0)
		return 0;
	pass->size -= LIST_SIZE;
	list.buffer = pass->buffer + pass->size;
	while (mym__root_list(&list, &child) == 0)
		sum = mym__add(sum, read_child(pass, dir, child));
	pass->size += LIST_SIZE;
	mym__root_drop(list.fd);
	return sum;
}
