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
	struct mym__findings *found = pass->found;
	struct mym__open open;
	int64_t pressure;
	int r;

	if (found->slab_kept == MYM__NOT_ASKED) {
		open = mym__pass_get(pass, MYM__FILE_CACHE_PRESSURE);
		r = mym__pass_amount(pass, open, &pressure);
		/* The kernel's default, where /proc does not tell, is 100. */
		found->slab_kept = r == 0 && pressure == 0 ? MYM__ASKED_YES :
							     MYM__ASKED_NO;
		if (r != 0 && pass->last &&
		    pass->last->slab_kept == MYM__ASKED_YES)
			found->slab_kept = MYM__ASKED_YES;
	}
	return found->slab_kept == MYM__ASKED_YES;
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
		if (mym__text_equal(mym__parse_word(&line), MYM__TEXT("sockets:")) &&
		    mym__text_equal(mym__parse_word(&line), MYM__TEXT("used")))
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
	struct mym__findings *found = pass->found;

	if (found->pinned < 0) {
		int64_t used = sockets(pass);
		int64_t files = descriptors(pass);

		found->pinned = EACH * (used > files ? used : files);
		if (used < 0 && pass->last &&
		    found->pinned < pass->last->pinned)
			found->pinned = pass->last->pinned;
	}
	return found->pinned;
}
