/* SPDX-License-Identifier: MIT */
/* The mount table read by our own parser: for static libraries, musl, and
 * images without libmount. */
#include <errno.h>

#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/root.h"
#include "../base/text.h"
#include "mounts.h"

int mym__mounts_reader(const struct mym__root *root, char *buffer, size_t size,
		       struct mym__filter *filter, mym__mount_sink sink,
		       void *data)
{
	struct mym__lines lines;
	struct mym__text line;
	int fd, r;

	fd = mym__root_get(root, "/proc/self/mountinfo", MYM__ROOT_FILE);
	if (fd < 0)
		return fd;
	mym__lines_init(&lines, fd, buffer, size);
	lines.most = MYM__TABLE_MOST;
	while ((r = mym__filter_next(filter, &lines, &line)) == 0) {
		struct mym__mount mount;
		char *text = buffer + (line.at - buffer);

		/* A bad line must not cost the others.  A line that was cut
		 * still has its mount point: the options of overlayfs can be of
		 * any length. */
		if (mym__parse_mount(text, line.length, &mount) < 0)
			continue;
		r = sink(data, &mount);
		if (r < 0)
			break;
	}
	mym__root_drop(fd);
	return r < 0 ? r : 0;
}
