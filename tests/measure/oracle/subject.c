/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "fail.h"
#include "group.h"
#include "kernel-file.h"
#include "subject.h"

#define CHUNK ((size_t)256 << 10)
#define PAGE_TABLE ((size_t)2 << 20)

void subject_score(int score)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", score);
	must_do(kernel_write("/proc/self/oom_score_adj", text),
		"oom_score_adj");
}

void subject_score_last(void)
{
	if (kernel_write("/proc/self/oom_score_adj", "-1000") < 0)
		subject_score(0);
}

static void ask(struct stage *stage, struct result *result)
{
	struct mym_ctx *ctx = stage->ctx;
	int r = 0;

	peers_ask(stage->seen, result->peers);
	if (!ctx)
		r = mym_open(&ctx, NULL, 0);
	if (r == 0)
		r = mym_snapshot(ctx, MYM_WANT_ALL, &result->snapshot,
				 sizeof(result->snapshot));
	if (r == 0)
		r = mym_constraint(ctx,
				   (unsigned int)result->snapshot.available_by,
				   &result->by, sizeof(result->by));
	must_do(r, "the context");
	result->limit = mym_limit();
	result->available = mym_available();
}

/* With what no compression makes smaller. */
static void fill(volatile char *page, size_t size)
{
	static uint64_t state = 88172645463325252;
	volatile uint64_t *words = (volatile uint64_t *)page;

	for (size_t i = 0; i < size / sizeof(*words); i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		words[i] = state;
	}
}

static void take(struct subject *subject, const struct stage *stage,
		 volatile char *chunk, size_t size)
{
	const size_t page = (size_t)getpagesize();

	for (size_t i = 0; i < size; i += stage->sparse ? size : page) {
		chunk[i] = 1;
		if (stage->incompressible)
			fill(chunk + i, page);
		subject->touched += (int64_t)page;
	}
}

/* Page by page, so that the truth is exact; where mapping is refused, less. */
static void take_all(struct subject *subject, const struct stage *stage,
		     int64_t most)
{
	const size_t page = (size_t)getpagesize();
	size_t size = stage->sparse ? PAGE_TABLE : CHUNK;

	while (subject->touched < most) {
		volatile char *chunk = mmap(NULL, size, PROT_READ | PROT_WRITE,
					    MAP_PRIVATE | MAP_ANONYMOUS |
					    MAP_NORESERVE, -1, 0);

		if (chunk == MAP_FAILED && size == page) {
			subject->refused = 1;
			_exit(0);
		}
		if (chunk == MAP_FAILED)
			size /= 2;
		else
			take(subject, stage, chunk, size);
	}
	subject->capped = 1;
	_exit(0);
}

void subject_run(struct subject *subject, struct stage *stage,
		 void (*enter)(struct stage *stage), int64_t most)
{
	fail_into(subject->result.failed, sizeof(subject->result.failed),
		  _exit);
	must(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
	subject_score(stage->runtime ? 0 : 1000);
	if (stage->own)
		group_join(stage->own, 0);
	if (enter)
		enter(stage);
	if (stage->runtime)
		runtime_ask(stage->runtime, &subject->result.answer);
	else
		ask(stage, &subject->result);
	subject->asked = 1;
	if (!stage->runtime)
		take_all(subject, stage, most);
	_exit(0);
}
