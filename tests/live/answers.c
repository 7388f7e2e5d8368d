/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answers.h"
#include "child.h"
#include "fail.h"
#include "group.h"
#include "suite.h"

static void by_check(const char *what)
{
	ck_abort_msg("%s", what);
}

/* Some tests need more. */
__attribute__((weak)) const char *unavailable(void)
{
	return group_missing();
}

void groups_begin(void)
{
	fail_by(by_check);
	group_begin("");
}

struct answers *answers_new(void)
{
	struct answers *answers = mmap(NULL, sizeof(*answers),
				       PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(answers, MAP_FAILED);
	/* The shared pages are charged to who touches them first: us. */
	memset(answers, 0, sizeof(*answers));
	return answers;
}

void answers_take(struct mym_ctx *ctx, struct answers *a)
{
	unsigned int limit_by, available_by;

	a->result = mym_snapshot(ctx, MYM_WANT_ALL, &a->snapshot,
				 sizeof(a->snapshot));
	if (a->result < 0)
		return;
	limit_by = (unsigned int)a->snapshot.limit_by;
	available_by = (unsigned int)a->snapshot.available_by;
	mym_constraint(ctx, limit_by, &a->limit_by, sizeof(a->limit_by));
	mym_constraint(ctx, available_by, &a->available_by,
		       sizeof(a->available_by));
	snprintf(a->limit_path, sizeof(a->limit_path), "%s",
		 mym_constraint_path(ctx, limit_by));
	snprintf(a->available_path, sizeof(a->available_path), "%s",
		 mym_constraint_path(ctx, available_by));
	a->has_hidden = 0;
	for (unsigned int i = 0; i < a->snapshot.constraints; i++) {
		struct mym_constraint c;

		mym_constraint(ctx, i, &c, sizeof(c));
		a->has_hidden |= c.kind == MYM_KIND_CGROUP_HIDDEN;
	}
}

void ask_everything(struct answers *a, void *data)
{
	struct mym_ctx *ctx;

	(void)data;
	a->limit = mym_limit();
	a->available = mym_available();
	a->pressure = mym_pressure();
	a->result = mym_open(&ctx, NULL, 0);
	if (a->result < 0)
		return;
	answers_take(ctx, a);
	mym_close(ctx);
}

uint64_t flags_here(void)
{
	return access("/proc/meminfo", F_OK) == 0 ?
		       0 : MYM_FLAG_PARTIAL | MYM_FLAG_ESTIMATED;
}

void snapshot_must_be(const struct answers *a, int64_t limit, const char *dir)
{
	const uint64_t doubts = MYM_FLAG_HEURISTIC | MYM_FLAG_PARTIAL |
				MYM_FLAG_UNVERIFIED | MYM_FLAG_NO_CGROUP;

	ck_assert_int_eq(a->result, 0);
	ck_assert_int_eq(a->snapshot.limit, limit);
	ck_assert_str_eq(a->limit_path, dir);
	ck_assert_uint_eq(a->snapshot.flags & doubts, flags_here() & doubts);
}

void answers_must_be(const struct answers *a, int64_t limit, const char *dir)
{
	snapshot_must_be(a, limit, dir);
	ck_assert_int_eq(a->limit, limit);
	ck_assert_int_le(a->available, limit);
}

void in_child(const char *dir, void (*run)(void *data), void *data,
	      void (*here)(void *data))
{
	pid_t pid = child_start(dir, run, data);
	int status;

	if (here)
		here(data);
	status = child_wait(pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		      "the child ended with %#x", (unsigned int)status);
}

struct asker {
	struct answers *answers;
	void (*run)(struct answers *answers, void *data);
	void *data;
};

static void ask(void *data)
{
	const struct asker *asker = data;

	/* What is true now. */
	mym_set_max_age(0);
	asker->run(asker->answers, asker->data);
}

struct answers *in_group(const char *dir,
			 void (*run)(struct answers *answers, void *data),
			 void *data)
{
	struct asker asker = { answers_new(), run, data };

	in_child(dir, ask, &asker, NULL);
	return asker.answers;
}

void use_memory(int64_t bytes)
{
	char *memory = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(memory, MAP_FAILED);
	memset(memory, 1, (size_t)bytes);
}
