/* SPDX-License-Identifier: MIT */
/* The directory of a group, and the files in it. */
#include <errno.h>
#include <string.h>

#include "group-dir.h"

struct mym__group_dir mym__group_dir(const struct mym__root *root,
				     const struct mym__places *places,
				     const struct mym__place *place,
				     struct mym__group_mount *mount)
{
	return (struct mym__group_dir){
		.root = root,
		.place = place,
		.mount = mount,
		.lookalike = places->are & MYM__PLACES_LOOKALIKE,
		.fd = -1,
	};
}

void mym__group_mount_close(struct mym__group_mount *mount)
{
	if (mount->point)
		mym__root_drop(mount->fd);
	mount->point = NULL;
}

static void open_mount(struct mym__group_mount *mount,
		       const struct mym__group_dir *dir)
{
	int r = 0;

	if (mount->point && strcmp(mount->point, dir->place->mount) == 0)
		return;
	mym__group_mount_close(mount);
	*mount = (struct mym__group_mount){
		.point = dir->place->mount,
		.fd = mym__root_get(dir->root, dir->place->mount,
				    MYM__ROOT_DIR),
	};
	/* Something else may be mounted there by now. */
	if (mount->fd >= 0 && !dir->lookalike)
		r = mym__root_cgroupfs(dir->root, mount->fd);
	if (r == 1)
		mount->trouble = MYM__GROUP_UNVERIFIED;
	if (r < 0) {
		mym__root_drop(mount->fd);
		mount->fd = -ENODEV;
	}
}

int mym__group_dir_fd(struct mym__group_dir *dir)
{
	struct mym__group_mount own = { .point = NULL };
	struct mym__group_mount *mount = dir->mount ? dir->mount : &own;

	if (dir->opened)
		return dir->fd;
	dir->opened = true;
	open_mount(mount, dir);
	dir->trouble |= mount->trouble;
	dir->fd = mount->fd;
	if (mount->fd >= 0)
		dir->fd = mym__root_below(dir->root, mount->fd,
					  *dir->place->below ? dir->place->below
							     : ".",
					  MYM__ROOT_DIR, NULL);
	mym__group_mount_close(&own);
	if (dir->fd == -ENOENT || dir->fd == -ENOTDIR || dir->fd == -ENODEV)
		dir->trouble |= MYM__GROUP_GONE;
	return dir->fd;
}

/* A FUSE file system may stand in for cgroupfs; any other file that was mounted
 * over the kernel's means nothing to the kernel. */
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
