/* SPDX-License-Identifier: MIT */
/* One level of the hierarchy: its directory and its files, kept or opened. */
#include <errno.h>

#include "../base/file.h"
#include "limit-watch.h"
#include "../base/root.h"
#include "../discover/places.h"
#include "level.h"
#include "pass.h"

int mym__level_dir(struct level *level)
{
	struct mym__pass *pass = level->pass;
	const struct mym__place *place = level->place;
	int top;

	if (level->opened)
		return level->dir;
	level->opened = true;
	top = level->dir = mym__root_get(pass->root, place->mount,
					 MYM__ROOT_DIR);
	/* Something else is mounted there now? */
	if (top >= 0 && !pass->places->lookalike) {
		int r = mym__root_cgroupfs(pass->root, top);

		if (r == 1)
			pass->found->flags |= MYM_FLAG_UNVERIFIED;
		else if (r < 0)
			level->dir = -ENODEV;
	}
	if (level->dir >= 0 && *place->below)
		level->dir = mym__root_below(pass->root, top, place->below,
					     MYM__ROOT_DIR, NULL);
	if (top != level->dir)
		mym__root_drop(top);
	if (level->dir == -ENOENT || level->dir == -ENOTDIR ||
	    level->dir == -ENODEV)
		pass->stale = true;
	return level->dir;
}

/* Before it is read: what is written later is told of. */
static void listen(struct mym__pass *pass, enum level_file which, int fd)
{
	const unsigned int limits = 1 << LEVEL_LIMIT | 1 << LEVEL_HIGH |
				    1 << LEVEL_SWAP_LIMIT | 1 << LEVEL_SWAP_HIGH;

	if (pass->notify > 0 && (limits >> which & 1) &&
	    !mym__notify_add(pass->notify, fd))
		pass->deaf = true;
}

/* Opens a file of the group.  Absent files are normal: the controller need not
 * be enabled here, and the root group has few. */
struct mym__open mym__level_get(struct level *level, enum level_file which,
				const char *name)
{
	struct mym__pass *pass = level->pass;
	struct mym__open open = {
		.file = level->files ? &level->files[which] : NULL,
		.fd = -ENOENT,
	};
	bool crossed_mount = false;

	if (!name)
		return open;
	if (open.file && open.file->fd > 0) {
		open.fd = open.file->fd;
		listen(pass, which, open.fd);
		return open;
	}
	open.fd = mym__level_dir(level);
	if (open.fd >= 0)
		open.fd = mym__root_below(
			pass->root, open.fd, name, MYM__ROOT_FILE,
			pass->places->lookalike ? NULL : &crossed_mount);
	if (open.fd < 0)
		return open;
	if (!crossed_mount) {
		open.fd = mym__file_keep(pass->root, open.file, open.fd);
		listen(pass, which, open.fd);
		return open;
	}
	/* A FUSE file system may stand in for cgroupfs; a file that was laid
	 * over the kernel's is nothing the kernel will honour. */
	pass->found->flags |= MYM_FLAG_UNVERIFIED;
	pass->deaf = true;
	if (mym__root_cgroupfs(pass->root, open.fd) == 1)
		return open;
	mym__root_drop(open.fd);
	open.fd = -EXDEV;
	return open;
}
