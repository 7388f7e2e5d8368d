/* SPDX-License-Identifier: MIT */
/*
 * How much of the machine's slab can be given back: /proc/sys/fs/dentry-state.
 * Dentries and inodes are nearly all of it.  Those that an open file, a socket
 * or a working directory holds cannot be freed, and the kernel counts how many
 * dentries nobody holds.  Most inodes are held by a dentry, so the same share
 * of them can be freed.
 */
#include "../answer/findings.h"
#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/text.h"
#include "pass.h"
#include "reclaim.h"
#include "supply.h"

static void read_counts(struct mym__pass *pass, struct mym__slab *slab)
{
	struct mym__open open = mym__pass_once(pass, MYM__FILE_DENTRIES);
	int64_t dentries, unused;
	struct mym__text text;
	int r = open.fd;

	if (open.fd >= 0)
		r = mym__lines_all(open.fd, pass->buffer, MYM__SMALL_FILE,
				   &text);
	mym__pass_put(pass, open, r);
	mym__pass_error(pass, r);
	if (r == 0)
		r = mym__parse_number(mym__parse_word(&text), &dentries);
	if (r == 0)
		r = mym__parse_number(mym__parse_word(&text), &unused);
	if (r == 0) {
		slab->dentries = dentries;
		slab->unused = unused;
	}
}

int64_t mym__dentries_given(struct mym__pass *pass,
			    const struct mym__supply *supply)
{
	struct mym__slab *slab = &pass->found->slab;

	if (mym__slab_kept(pass))
		return 0;
	read_counts(pass, slab);
	return mym__supply_slab(supply, slab->dentries, slab->unused);
}
