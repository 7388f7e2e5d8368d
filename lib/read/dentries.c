/* SPDX-License-Identifier: MIT */
/*
 * How much of the machine's slab can be given back: /proc/sys/fs/dentry-state.
 * Dentries and inodes are nearly all of it.  Those that an open file, a socket
 * or a working directory holds cannot be freed, and the kernel counts how many
 * dentries nobody holds.  Most inodes are held by a dentry, so the same share
 * of them can be freed.
 */
#include "../base/error.h"
#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/text.h"
#include "pass.h"
#include "reclaim.h"
#include "supply.h"

static int read_counts(struct mym__pass *pass, int64_t *all, int64_t *unused)
{
	struct mym__open open = mym__pass_once(pass, MYM__FILE_DENTRIES);
	struct mym__text text;
	int r = open.fd;

	if (open.fd >= 0)
		r = mym__lines_all(open.fd, pass->buffer, MYM__SMALL_FILE,
				   &text);
	mym__pass_put(pass, open, r);
	mym__pass_error(pass, r);
	if (r == 0)
		r = mym__parse_number(mym__parse_word(&text), all);
	if (r == 0)
		r = mym__parse_number(mym__parse_word(&text), unused);
	return r;
}

int64_t mym__dentries_given(struct mym__pass *pass,
			    const struct mym__supply *supply)
{
	int64_t all, unused;

	if (mym__slab_kept(pass))
		return 0;
	if (read_counts(pass, &all, &unused) != 0)
		all = unused = 0;
	return mym__supply_slab(supply, all, unused);
}
