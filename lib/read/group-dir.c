/* SPDX-License-Identifier: MIT */
/* The directory of a group, and the files in it. */
#include <errno.h>

#include "group-dir.h"

struct mym__group_dir mym__group_dir(const struct mym__root *root,
				     const struct mym__places *places,
				     const struct mym__place *place)
{
	return (struct mym__group_dir){
		.root = root,
		.place = place,
		.lookalike = places->are & MYM__PLACES_LOOKALIKE,
		.fd = -1,
	};
}

int mym__group_dir_fd(struct mym__group_dir *dir)
{
	const struct mym__place *place = dir->place;
	int top;

	if (dir->opened)
		return dir->fd;
	dir->opened = true;
	top = dir->fd = mym__root_get(dir->root, place->mount, MYM__ROOT_DIR);
	/* Something else is mounted there now? */
	if (top >= 0 && !dir->lookalike) {
		int r = mym__root_cgroupfs(dir->root, top);

		if (r == 1)
			dir->trouble |= MYM__GROUP_UNVERIFIED;
		else if (r < 0)
			dir->fd = -ENODEV;
	}
	if (dir->fd >= 0 && *place->below)
		dir->fd = mym__root_below(dir->root, top, place->below,
					  MYM__ROOT_DIR, NULL);
	if (top != dir->fd)
		mym__root_drop(top);
	if (dir->fd == -ENOENT || dir->fd == -ENOTDIR || dir->fd == -ENODEV)
		dir->trouble |= MYM__GROUP_GONE;
	return dir->fd;
}

/* A FUSE file system may stand in for cgroupfs; a file that was laid over the
 * kernel's is nothing the kernel will honour. */
int mym__group_dir_get(struct mym__group_dir *dir, const char *name,
		       enum mym__root_kind kind)
{
	bool crossed_mount = false;
	int fd = mym__group_dir_fd(dir);

	if (fd >= 0)
		fd = mym__root_below(dir->root, fd, name, kind,
				     dir->lookalike ? NULL : &crossed_mount);
	if (fd < 0 || !crossed_mount)
		return fd;
	dir->trouble |= MYM__GROUP_UNVERIFIED | MYM__GROUP_OVERLAID;
	if (mym__root_cgroupfs(dir->root, fd) == 1)
		return fd;
	mym__root_drop(fd);
	return -EXDEV;
}

void mym__group_dir_close(struct mym__group_dir *dir)
{
	mym__root_drop(dir->fd);
}
