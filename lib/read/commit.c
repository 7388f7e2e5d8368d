/* SPDX-License-Identifier: MIT */
/*
 * Overcommit mode 2: the kernel promises no more than CommitLimit,
 * machine-wide, and holds back a reserve (__vm_enough_memory() in mm/util.c).
 */
#include <errno.h>

#include "../answer/merge.h"
#include "../base/compiler.h"
#include "../base/file.h"
#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/saturate.h"
#include "../base/text.h"
#include "pass.h"
#include "process.h"
#include "readers.h"

/* <linux/capability.h> */
#define CAP_SYS_ADMIN 21

/* The kernel's defaults, where /proc does not tell. */
#define ADMIN_RESERVE (INT64_C(8) << 20)
#define USER_RESERVE (INT64_C(128) << 20)

static int64_t reserve(struct mym__pass *pass, struct mym_constraint *c,
		       enum mym__files file, int64_t fallback)
{
	int64_t kilobytes;
	int r = mym__pass_amount(pass, mym__pass_once(pass, file), &kilobytes);

	/* What cannot be read now may be more than the default. */
	if (r < 0 && r != -ENOENT)
		mym__pass_failed(pass, c, MYM_WANT_AVAILABLE, r);
	return r == 0 ? mym__multiply(kilobytes, 1024) : fallback;
}

static int read_meminfo(struct mym__pass *pass, struct mym_constraint *c)
{
	static const struct mym__name names[] = {
		MYM__NAME("CommitLimit"),
		MYM__NAME("Committed_AS"),
	};
	int64_t values[MYM__COUNT(names)];
	struct mym__keys keys = {
		.names = names,
		.count = MYM__COUNT(names),
		.kilobytes = true,
		.values = values,
	};
	struct mym__open open = mym__pass_get(pass, MYM__FILE_MEMINFO);
	int r = mym__pass_keys(pass, open, &keys);

	if (keys.seen & 1) {
		c->limit = values[0];
		c->valid |= MYM_WANT_LIMIT;
	}
	if (keys.seen & 2) {
		c->used = values[1];
		c->valid |= MYM_WANT_USED;
	}
	return r < 0 ? r : -ENODATA;
}

void mym__commit_read(struct mym__pass *pass)
{
	const uint64_t parts = MYM_WANT_LIMIT | MYM_WANT_USED;
	struct mym__process process;
	struct mym_constraint *c;
	int64_t mode, admin, user, vm_size = INT64_MAX;
	int r;

	r = mym__pass_amount(pass, mym__pass_get(pass, MYM__FILE_OVERCOMMIT),
			     &mode);
	if (r != 0) {
		mym__pass_failed(pass, NULL, MYM__KIND(MYM_KIND_COMMIT),
				 r == 1 ? -EBADMSG : r);
		return;
	}
	if (mode != 2)
		return;
	c = mym__pass_add(pass, MYM_KIND_COMMIT,
			  mym__file_path(MYM__FILE_OVERCOMMIT));
	c->none = MYM_WANT_HIGH | MYM_WANT_SWAP_AVAILABLE;
	r = read_meminfo(pass, c);
	if ((c->valid & parts) != parts) {
		mym__pass_failed(pass, c, parts & ~c->valid, r);
		return;
	}
	if (!mym__pass_wants(pass, MYM_WANT_AVAILABLE))
		return;
	r = mym__process_read(pass, &process);
	if (process.seen >> MYM__VM_SIZE & 1)
		vm_size = process.values[MYM__VM_SIZE];
	else
		mym__pass_failed(pass, NULL, 0, r < 0 ? r : -ENODATA);
	admin = mym__process_may(pass, &process, CAP_SYS_ADMIN) ? 0 :
		reserve(pass, c, MYM__FILE_ADMIN_RESERVE, ADMIN_RESERVE);
	user = reserve(pass, c, MYM__FILE_USER_RESERVE, USER_RESERVE);
	c->available = mym__merge_commit(c->limit, c->used, admin, user, vm_size);
	c->valid |= MYM_WANT_AVAILABLE;
}
