/* SPDX-License-Identifier: MIT */
/*
 * Whether dentries and inodes are ever given back: vm.vfs_cache_pressure.  At 0
 * super_cache_count() in fs/super.c offers reclaim none of them, neither under
 * the limit of a group nor when the machine runs out.  They are nearly all of
 * the slab that counts as reclaimable.
 */
#include "../answer/findings.h"
#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/sys.h"
#include "../base/text.h"
#include "pass.h"
#include "reclaim.h"

/* Bytes of an inode and a dentry. */
#define EACH 1024

bool mym__slab_kept(struct mym__pass *pass)
{
	struct mym__slab *slab = &pass->found->slab;
	struct mym__open open;
	int64_t pressure;

	if (!slab->asked_kept) {
		open = mym__pass_get(pass, MYM__FILE_CACHE_PRESSURE);
		/* The kernel's default, where /proc does not tell, is 100. */
		if (mym__pass_amount(pass, open, &pressure) == 0)
			slab->kept = pressure == 0;
		slab->asked_kept = true;
	}
	return slab->kept;
}

/* "sockets: used 270": those of the network namespace, of all families; < 0 if
 * that cannot be read. */
static int64_t sockets(struct mym__pass *pass)
{
	struct mym__open open = mym__pass_once(pass, MYM__FILE_SOCKETS);
	struct mym__text line;
	struct mym__lines lines;
	int64_t count = 0;
	int r = open.fd;

	if (open.fd < 0)
		return open.fd;
	mym__lines_init(&lines, open.fd, pass->buffer, pass->size);
	while (count == 0 && (r = mym__lines_next(&lines, &line)) == 0) {
		if (mym__text_is(mym__parse_word(&line), "sockets:") &&
		    mym__text_is(mym__parse_word(&line), "used"))
			r = mym__parse_number(mym__parse_word(&line), &count);
	}
	mym__pass_put(pass, open, r);
	mym__pass_error(pass, r);
	if (r < 0)
		return r;
	return count < INT64_MAX / EACH ? count : INT64_MAX / EACH;
}

static int64_t descriptors(struct mym__pass *pass)
{
	struct mym__open open;
	int64_t count;

	if (!pass->root->sealed)
		return mym__sys_descriptors(pass->root, -1);
	open = mym__pass_once(pass, MYM__FILE_DESCRIPTORS);
	count = mym__sys_descriptors(pass->root, open.fd);
	mym__pass_put(pass, open, 0);
	return count;
}

/*
 * The slab of inodes and dentries counts as reclaimable, but what a socket or
 * an open file uses stays.  Sockets are not counted for each group, and open
 * files only for this process; some of those are sockets, so the larger number
 * counts.
 */
int64_t mym__slab_pinned(struct mym__pass *pass)
{
	struct mym__slab *slab = &pass->found->slab;

	if (!slab->asked_pinned) {
		int64_t used = sockets(pass);
		int64_t files = descriptors(pass);
		int64_t now = EACH * (used > files ? used : files);

		if (used >= 0 || now > slab->pinned)
			slab->pinned = now;
		slab->asked_pinned = true;
	}
	return slab->pinned;
}
