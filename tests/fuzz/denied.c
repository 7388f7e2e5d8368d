/* SPDX-License-Identifier: MIT */
/*
 * What was known stays: a pass is made over the machine in the input, and another
 * one after a file that was opened cannot be any more.  Each file in turn, this
 * never leaves more than there was.
 */
#include <errno.h>

#include "base/compiler.h"
#include "check.h"
#include "machine.h"
#include "mymem.h"
#include "targets.h"

/* Below a sysroot what is not there was removed: of a rule that lacks a file
 * nothing is remembered. */
static bool lacks_file(struct mym_ctx *ctx, const struct mym_snapshot *s)
{
	struct mym_constraint c;

	for (unsigned int i = 0; i < s->constraints; i++) {
		CHECK(mym_constraint(ctx, i, &c, sizeof(c)) == 0);
		if (c.error == -ENOENT)
			return true;
	}
	return false;
}

static void no_more(const char *what, const char *path, bool both, int64_t before,
		    int64_t now)
{
	if (!both || now <= before)
		return;
	fprintf(stderr, "without %s: %s %lld, not %lld\n", path, what,
		(long long)now, (long long)before);
	abort();
}

/* A file that was opened before cannot be any more. */
static void deny(struct mym_ctx *ctx, const struct mym_snapshot *before,
		 unsigned int n)
{
	static const int errors[] = { -EACCES, -EIO, -EPERM, -EINVAL, -EOVERFLOW };
	struct mym_snapshot now;
	const char *path;
	uint64_t both;

	path = machine_deny(n, errors[n % MYM__COUNT(errors)]);
	if (!tree_ask(ctx, MYM_WANT_ALL, &now) || lacks_file(ctx, &now))
		return;
	both = before->valid & now.valid;
	no_more("limit", path, both & MYM_WANT_LIMIT, before->limit, now.limit);
	no_more("available", path, both & MYM_WANT_AVAILABLE, before->available,
		now.available);
}

void parse_denied(struct mym__text text)
{
	struct mym_snapshot before;
	unsigned int opens = 1;

	for (unsigned int n = 0; n < opens; n++) {
		struct mym_ctx *ctx;

		machine_clear();
		machine_unpack(text.at, text.length);
		CHECK(mym_open(&ctx, "/", 0) == 0);
		/* Twice, because the first pass leaves less to the next ones. */
		if (tree_ask(ctx, MYM_WANT_ALL, &before) &&
		    tree_ask(ctx, MYM_WANT_ALL, &before)) {
			opens = machine_opens();
			deny(ctx, &before, n);
		}
		mym_close(ctx);
		CHECK(machine_descriptors() == 0);
	}
}
