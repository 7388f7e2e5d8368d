/* SPDX-License-Identifier: MIT */
/* How much stack an answer takes: threads and signal handlers may have little. */
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/compiler.h"
#include "machines.h"
#include "modes.h"
#include "mymem.h"
#include "suite.h"

#define PAINT 0xa5
#define KIB ((size_t)1024)
#define LARGE (512 * KIB)
/* What a libc gives at least; some give no less than a little more. */
#define SMALL (16 * KIB)
/* The address sanitizer needs more than all of that. */
#if defined(__SANITIZE_ADDRESS__)
#define EXTRA (256 * KIB)
#else
#define EXTRA 0
#endif

/* A stack with a page below it that must not be touched. */
static unsigned char *stack_new(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char *at = mmap(NULL, page + size, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(at, MAP_FAILED);
	ck_assert_int_eq(mprotect(at, page, PROT_NONE), 0);
	memset(at + page, PAINT, size);
	return at + page;
}

static void stack_free(unsigned char *stack, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	munmap(stack - page, page + size);
}

/* The bytes down to the lowest that was written to. */
static size_t stack_used(const unsigned char *stack, size_t size)
{
	size_t unused = 0;

	while (unused < size && stack[unused] == PAINT)
		unused++;
	return size - unused;
}

typedef void *(*work_function)(void *data);

struct job {
	work_function work;
	void *data;
	unsigned char *stack;
	size_t used; /* by the work */
};

/* What a thread or a signal needs to get here, and back, does not count. */
static void *measure(void *data)
{
	struct job *job = data;
	const size_t margin = 128; /* this function's frame, and memset()'s */
	size_t size = (size_t)((unsigned char *)__builtin_frame_address(0) -
			       job->stack);

	memset(job->stack, PAINT, size - margin);
	job->work(job->data);
	job->used = stack_used(job->stack, size);
	return NULL;
}

static void run_thread(unsigned char *stack, size_t size, work_function work,
		       void *data)
{
	pthread_attr_t attr;
	pthread_t thread;

	ck_assert_int_eq(pthread_attr_init(&attr), 0);
	ck_assert_int_eq(pthread_attr_setstack(&attr, stack, size), 0);
	ck_assert_int_eq(pthread_create(&thread, &attr, work, data), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	pthread_attr_destroy(&attr);
}

static size_t depth(work_function work, void *data)
{
	struct job job = { work, data, stack_new(LARGE), 0 };

	run_thread(job.stack, LARGE, measure, &job);
	stack_free(job.stack, LARGE);
	return job.used;
}

static void *ask(void *wrong)
{
	if (mym_limit() < 0 || mym_available() < 0 || mym_pressure() < 0 ||
	    mym_workers(4096, 3) < 0)
		*(bool *)wrong = true;
	return NULL;
}

static void *use_context(void *path)
{
	struct mym_snapshot s;
	struct mym_ctx *ctx;

	if (mym_open(&ctx, path, 0) == 0) {
		mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s));
		mym_close(ctx);
	}
	if (!path)
		mym_available();
	return NULL;
}

static void first_pass(FILE *out, const void *path)
{
	fprintf(out, "%zu", depth(use_context, (void *)(uintptr_t)path));
}

static void *take(void *ctx)
{
	struct mym_snapshot s;

	mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s));
	return NULL;
}

static void next_pass(FILE *out, const void *path)
{
	struct mym_ctx *ctx;

	if (mym_open(&ctx, path, 0) < 0)
		return;
	take(ctx);
	fprintf(out, "%zu", depth(take, ctx));
	mym_close(ctx);
}

/* Sanitizers make the frames larger. */
static void assert_stack(size_t used, size_t least, size_t most)
{
	ck_assert_uint_ge(used, least);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	ck_assert_uint_le(used, most);
#else
	(void)most;
#endif
}

static size_t number(enum mode mode,
		     void (*work)(FILE *out, const void *data), const char *path)
{
	char *text = mode_text(mode, work, path);
	size_t value = strtoul(text, NULL, 10);

	free(text);
	return value;
}

/* A thread's stack may be 64 KiB small.  Of the walk in place of openat2(2)
 * only a sysroot has need. */
START_TEST(passes)
{
	const char *path = machine_sysroot(_i);

	for (int mode = 0; mode < MODES; mode++) {
		size_t first = number((enum mode)mode, first_pass, path);
		size_t next = number((enum mode)mode, next_pass, path);
		bool walks = path && mode != MODE_OPENAT2;

		printf("# %s by %s: %zu bytes of stack, then %zu\n", path ?
		       machines[_i] : "the running system", mode_names[mode],
		       first, next);
		fflush(stdout);
		assert_stack(first, 256, 32 * KIB);
		assert_stack(next, 256, walks ? 32 * KIB : 8 * KIB);
	}
}
END_TEST

START_TEST(fresh_calls)
{
	bool wrong = false;
	size_t first, next;

	mym_set_max_age(0);
	first = depth(ask, &wrong);
	next = depth(ask, &wrong);
	ck_assert(!wrong);
	printf("# simple calls: %zu bytes of stack at first, then %zu\n",
	       first, next);
	fflush(stdout);
	assert_stack(next, 256, 8 * KIB);
	/* Or it was not the first. */
	ck_assert_uint_lt(next, first);
}
END_TEST

START_TEST(warm_calls)
{
	bool wrong = false;
	size_t warm;

	mym_set_max_age(INT64_MAX);
	/* Tells the others too. */
	ck_assert_int_ge(mym_pressure(), 0);
	warm = depth(ask, &wrong);
	ck_assert(!wrong);
	printf("# warm: %zu bytes of stack\n", warm);
	fflush(stdout);
	assert_stack(warm, 32, KIB);
}
END_TEST

/* All of what a thread has, with what a libc puts there itself. */
static size_t whole_thread(size_t size, bool *wrong)
{
	unsigned char *stack = stack_new(size);
	size_t used;

	run_thread(stack, size, ask, wrong);
	used = stack_used(stack, size);
	stack_free(stack, size);
	return used;
}

START_TEST(smallest_thread)
{
	size_t least = (size_t)sysconf(_SC_THREAD_STACK_MIN);
	size_t size = (least > SMALL ? least : SMALL) + EXTRA;
	bool wrong = false;
	size_t first, next;

	mym_set_max_age(0);
	first = whole_thread(size, &wrong);
	next = whole_thread(size, &wrong);
	ck_assert(!wrong);
	printf("# of %zu bytes: %zu at first, then %zu\n", size, first, next);
	fflush(stdout);
	ck_assert_uint_gt(next, KIB);
}
END_TEST

static struct job *handled;

static void handle(int signal)
{
	(void)signal;
	measure(handled);
}

/* A handler on a stack of its own, of this size. */
static size_t handler_depth(size_t size, bool *wrong)
{
	struct job job = { ask, wrong, stack_new(size), 0 };
	const stack_t own = { .ss_sp = job.stack, .ss_size = size };
	const stack_t none = { .ss_flags = SS_DISABLE };

	handled = &job;
	ck_assert_int_eq(sigaltstack(&own, NULL), 0);
	raise(SIGUSR1);
	handled = NULL;
	ck_assert_int_eq(sigaltstack(&none, NULL), 0);
	stack_free(job.stack, size);
	return job.used;
}

START_TEST(signal_handler)
{
	const struct sigaction action = {
		.sa_handler = handle,
		.sa_flags = SA_ONSTACK,
	};
	/* The kernel's frame, which has all the registers, and a little. */
	size_t size = (size_t)sysconf(_SC_MINSIGSTKSZ) + KIB + EXTRA;
	bool wrong = false;
	size_t used;

	mym_set_max_age(INT64_MAX);
	ck_assert_int_ge(mym_pressure(), 0);
	ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
	used = handler_depth(LARGE, &wrong);
	printf("# warm, in a handler: %zu bytes of stack\n", used);
	fflush(stdout);
	assert_stack(used, 32, KIB);
	handler_depth(size, &wrong);
	ck_assert(!wrong);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("stack");
	TCase *tc = tcase_create("stack");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, passes, 0, MYM__COUNT(machines));
	tcase_add_test(tc, fresh_calls);
	tcase_add_test(tc, warm_calls);
	tcase_add_test(tc, smallest_thread);
	tcase_add_test(tc, signal_handler);
	suite_add_tcase(s, tc);
	return s;
}
