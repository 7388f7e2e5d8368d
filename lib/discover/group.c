/* SPDX-License-Identifier: MIT */
/*
 * Groups by name.
 *
 * /proc/self/cgroup names the process's group and the mount table the root of
 * each mount, both relative to the root of the cgroup namespace.  "/a/b" is two
 * levels below that root, "/.." the group above it, whatever its name: the
 * kernel prints as many ".." as lead to the nearest common group.  So a group
 * above the root is identified by its depth.
 */
#include <errno.h>
#include <string.h>

#include "../base/error.h"
#include "../base/file.h"
#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/root.h"
#include "../base/sys.h"
#include "../base/text.h"
#include "dialect.h"
#include "group.h"

static int read_names(const struct mym__root *root, struct mym__file *files,
		      char *buffer, size_t size,
		      struct mym__membership *membership)
{
	struct mym__file *file = files ? &files[MYM__FILE_CGROUP] : NULL;
	struct mym__lines lines;
	struct mym__text line;
	bool kept;
	int fd, r = 0;

	for (int i = 0; i < 2; i++) {
		membership->error[i] = 1;
		membership->path[i][0] = '\0';
	}
	kept = file && file->fd > 0;
	fd = mym__file_get(root, file, mym__file_path(MYM__FILE_CGROUP));
	if (fd < 0) {
		membership->error[0] = membership->error[1] = fd;
		return mym__error_transient(fd) ? fd : 0;
	}
	mym__lines_init(&lines, fd, buffer, size);
	/* The other lines are of no interest. */
	while ((membership->error[0] > 0 || membership->error[1] > 0) &&
	       (r = mym__lines_next(&lines, &line)) == 0) {
		struct mym__member member;
		int version;

		if (mym__parse_member(line, &member) < 0)
			continue;
		/* v2 is hierarchy 0 and names no controllers. */
		if (mym__parse_has_token(member.controllers,
					 mym__dialect_v1.controller))
			version = 0;
		else if (member.hierarchy == 0 && member.controllers.length == 0)
			version = 1;
		else
			continue;
		if (membership->error[version] <= 0)
			continue;
		if (lines.cut || member.path.length >= MYM__PATH_MAX) {
			membership->error[version] = -ENAMETOOLONG;
			continue;
		}
		memcpy(membership->path[version], member.path.at,
		       member.path.length);
		membership->path[version][member.path.length] = '\0';
		membership->error[version] = 0;
		/* The kernel's line of v2 is the last: its hierarchy was there
		 * first, and the others are put in front of it
		 * (cgroup_setup_root() in kernel/cgroup/cgroup.c). */
		if (version == 1 && lines.begin == lines.end &&
		    !root->confined) {
			r = 1;
			break;
		}
	}
	if (!mym__file_put(file, fd, kept, root->sealed ? 0 : r))
		return 1;
	for (int i = 0; i < 2; i++) {
		if (membership->error[i] > 0)
			membership->error[i] = r;
	}
	return mym__error_transient(r) ? r : 0;
}

/* Where v1 has memory, no limit is in the hierarchy that the id is about. */
int mym__group_membership(const struct mym__root *root, struct mym__file *files,
			  char *buffer, size_t size,
			  struct mym__membership *membership)
{
	int r = read_names(root, files, buffer, size, membership);
	int told = 1;

	if (r == 0 && membership->error[0] != 0) {
		told = mym__sys_group_id(root, files ? &files[MYM__FILE_PROCESS] :
						       NULL, &membership->id);
		r = told < 0 ? told : 0;
	}
	if (told != 0)
		membership->id = 0;
	return r;
}

bool mym__group_same(const struct mym__membership *a,
		     const struct mym__membership *b)
{
	for (int i = 0; i < 2; i++) {
		if (a->error[i] != b->error[i] ||
		    strcmp(a->path[i], b->path[i]) != 0)
			return false;
	}
	/* Without an id the name has to do. */
	return a->id == b->id || a->id == 0 || b->id == 0;
}

int mym__group_parse(struct mym__group *group, const char *path)
{
	struct mym__text rest = { path, strlen(path) };
	size_t have = 0;

	group->up = group->names = 0;
	while (rest.length > 0) {
		struct mym__text name = mym__parse_until(&rest, '/');

		if (name.length == 0 || mym__text_is(name, "."))
			continue;
		if (mym__text_is(name, "..")) {
			if (group->names > 0)
				return -EBADMSG;
			group->up++;
			continue;
		}
		if (have + name.length + 2 > sizeof(group->path))
			return -ENAMETOOLONG;
		if (have > 0)
			group->path[have++] = '/';
		memcpy(group->path + have, name.at, name.length);
		have += name.length;
		group->names++;
	}
	group->path[have] = '\0';
	return 0;
}

int mym__group_depth(const struct mym__group *group)
{
	return group->names - group->up;
}

enum mym__relation mym__group_relate(const struct mym__group *root,
				     const struct mym__group *own,
				     const char **below)
{
	size_t length = strlen(root->path);

	if (root->up == own->up && strncmp(root->path, own->path, length) == 0 &&
	    (length == 0 || own->path[length] == '/' ||
	     own->path[length] == '\0')) {
		*below = own->path + length;
		*below += length > 0 && **below == '/';
		return MYM__SHOWS;
	}
	/* Nothing but "..": an ancestor of the namespace root. */
	if (root->up > own->up && root->names == 0)
		return MYM__ABOVE;
	return MYM__UNRELATED;
}
