/* SPDX-License-Identifier: MIT */
/* One level of the hierarchy: its files, kept or opened. */
#include <errno.h>
#include <sys/resource.h>

#include "../base/file.h"
#include "../base/sys.h"
#include "group-dir.h"
#include "level.h"
#include "limit-watch.h"
#include "pass.h"

int mym__level_dir(struct level *level)
{
	int fd = level->pass->sealed ? -ESTALE : mym__group_dir_fd(&level->dir);

	mym__pass_met(level->pass, &level->dir);
	return fd;
}

/* Called before the file is read, so that a write in between is noticed. */
static void watch_limit(struct mym__pass *pass, enum level_file which, int fd)
{
	const unsigned int limits = 1 << LEVEL_LIMIT | 1 << LEVEL_HIGH |
				    1 << LEVEL_SWAP_LIMIT | 1 << LEVEL_SWAP_HIGH;

	if (pass->limits && (limits >> which & 1))
		mym__limit_watch_add(pass->limits, fd);
}

/* Whether a program that gave this number away can do without another one. */
static bool is_spared(const struct mym__pass *pass, int fd)
{
	struct mym__rlimit soft, hard;

	if (*pass->kept < MYM__GROUP_FILES_SPARED)
		return true;
	mym__sys_rlimit(pass->root, RLIMIT_NOFILE, &soft, &hard);
	return soft.result == 1 || (soft.result == 0 && fd < soft.value / 2);
}

static int keep(struct mym__pass *pass, struct mym__file *file, int fd)
{
	if (!file || *pass->kept == MYM__GROUP_FILES_KEPT)
		return fd;
	fd = mym__file_keep(pass->root, file, fd);
	if (file->fd > 0)
		*pass->kept = is_spared(pass, file->fd) ? *pass->kept + 1 :
							  MYM__GROUP_FILES_KEPT;
	return fd;
}

/* What the machine's root group lacks, it lacks for ever: files appear in a group
 * when a controller is enabled for it, which the root group needs not. */
static bool is_absent(const struct level *level, int fd)
{
	const struct mym__places *places = level->pass->places;

	return fd == -ENOENT && (places->are & MYM__PLACES_ROOT) &&
	       level->dir.place == &places->at[places->count - 1];
}

struct mym__open mym__level_get(struct level *level, enum level_file which)
{
	const char *name = level->dialect->file[which];
	struct mym__pass *pass = level->pass;
	struct mym__open open = {
		.file = level->files ? &level->files[which] : NULL,
		.fd = -ENOENT,
	};

	if (!*name || (open.file && open.file->fd < 0))
		return open;
	open.kept = open.file && open.file->fd > 0;
	if (open.kept) {
		open.fd = open.file->fd;
	} else if (pass->sealed) {
		open.fd = -ESTALE;
	} else {
		open.fd = mym__group_dir_get(&level->dir, name, MYM__ROOT_FILE);
		if (!mym__pass_met(pass, &level->dir) && open.fd >= 0)
			open.fd = keep(pass, open.file, open.fd);
		else if (open.file && is_absent(level, open.fd))
			open.file->fd = -1;
	}
	if (open.fd >= 0)
		watch_limit(pass, which, open.fd);
	return open;
}
