/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "base/compiler.h"
#include "base/error.h"
#include "judge.h"

bool in_closed_set(int error)
{
	static const int set[] = {
		-ENODATA, -ENOMEM, -EMFILE, -ENFILE, -EIO,
	};

	for (size_t i = 0; i < MYM__COUNT(set); i++) {
		if (error == set[i])
			return true;
	}
	return false;
}

static bool opening_error(int error)
{
	return in_closed_set(error) || error == -ENOENT ||
	       error == -ENOTDIR || error == -EACCES;
}

static bool in_set_of_process(int error)
{
	return in_closed_set(error) || error == -ESRCH || error == -EACCES;
}

static bool untouched(const void *object, size_t size)
{
	const unsigned char *bytes = object;

	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != 0xa5)
			return false;
	}
	return true;
}

static void take_rows(struct mym_ctx *ctx, struct answer *answer)
{
	for (unsigned int i = 0; i < answer->s.constraints &&
				 i < MYM__COUNT(answer->rows); i++)
		mym_constraint(ctx, i, &answer->rows[i],
			       sizeof(answer->rows[i]));
}

void ask(struct mym_ctx *ctx, struct answer *answer)
{
	memset(&answer->s, 0xa5, sizeof(answer->s));
	answer->result = mym_snapshot(ctx, MYM_WANT_ALL, &answer->s,
				      sizeof(answer->s));
	if (answer->result == 0)
		take_rows(ctx, answer);
}

bool same_answer(const struct trial *trial, const struct answer *a)
{
	const struct answer *b = trial->truth;
	struct mym_snapshot x = a->s, y = b->s;

	if (a->result != b->result)
		return false;
	if (trial->running)
		return x.valid == y.valid && x.none == y.none &&
		       x.flags == y.flags && x.constraints == y.constraints &&
		       x.limit == y.limit;
	x.time = y.time = 0;
	return memcmp(&x, &y, sizeof(x)) == 0 &&
	       memcmp(a->rows, b->rows, (size_t)x.constraints *
					sizeof(a->rows[0])) == 0;
}

/* Whether it promises more than the truth. */
static bool promises_more(const struct trial *trial, const struct mym_snapshot *s)
{
	const struct mym_snapshot *t = &trial->truth->s;
	uint64_t both = s->valid & t->valid;

	return ((both & MYM_WANT_LIMIT) && s->limit > t->limit) ||
	       ((both & MYM_WANT_AVAILABLE) &&
		s->available - trial->slack > t->available);
}

static bool admits_it(const struct trial *trial, const struct mym_snapshot *s)
{
	return (s->flags & ~trial->truth->s.flags &
		(MYM_FLAG_PARTIAL | MYM_FLAG_HEURISTIC | MYM_FLAG_NO_CGROUP |
		 MYM_FLAG_UNVERIFIED)) != 0;
}

bool is_absence(int error)
{
	return error == ENOENT || error == ENOTDIR;
}

static void judge_numbers(const struct trial *trial,
			  const struct mym_snapshot *s)
{
	const uint64_t known = trial->truth->s.valid;
	const bool absent = is_absence(trial->error);
	uint64_t lost;

	if (promises_more(trial, s) && trial->known && !absent)
		complain("more than was known before");
	else if (promises_more(trial, s) && mym__error_transient(-trial->error))
		complain("more than there is, when it should have failed");
	else if (promises_more(trial, s) && !admits_it(trial, s) && !absent)
		complain("more than there is, and nothing says so");
	/* Where PSI is off some kernels say so. */
	lost = known & ~s->valid;
	if (trial->error == ENODEV || trial->error == EOPNOTSUPP)
		lost &= ~(MYM_WANT_PSI_SOME | MYM_WANT_PSI_FULL);
	if (lost && !admits_it(trial, s) && !absent)
		complain("a fact is lost, and nothing says so");
	if ((s->valid & MYM_WANT_LIMIT) && (s->valid & MYM_WANT_AVAILABLE) &&
	    (s->available < 0 || s->available > s->limit))
		complain("available is not within the limit");
	/* A guess is about another group, which may have no limit. */
	if ((s->none & known) && !absent &&
	    !(s->flags & MYM_FLAG_HEURISTIC))
		complain("unknown has turned into none");
}

void judge(const struct trial *trial, const struct answer *answer)
{
	if (answer->opened < 0) {
		if (trial->other ? !in_set_of_process(answer->opened) :
				   !opening_error(answer->opened))
			complain("the error of opening is not of the set");
		return;
	}
	if (answer->result < 0) {
		if (trial->other ? !in_set_of_process(answer->result) :
				   !in_closed_set(answer->result))
			complain("mym_snapshot's error is not of the set");
		if (!untouched(&answer->s, sizeof(answer->s)))
			complain("a failed snapshot has written");
		return;
	}
	judge_numbers(trial, &answer->s);
}
