/* SPDX-License-Identifier: MIT */
/* What an answer costs: memory and system calls. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/kernel.h"
#include "base/lines.h"
#include "context.h"
#include "discover/dialect.h"
#include "discover/mounts.h"
#include "machines.h"
#include "mymem.h"
#include "snapshot.h"
#include "suite.h"
#include "trace.h"
#include "watch/poll.h"
#include "watch/watch.h"
#include "wrap.h"

/* Only the first pass looks for the group, and only that needs memory. */
START_TEST(no_allocation)
{
	struct mym_snapshot s;
	struct mym_ctx *ctx;
	unsigned int opening;
	int r;

	wrap_start();
	r = mym_open(&ctx, machine_sysroot(_i), 0);
	wrap_stop();
	ck_assert_int_eq(r, 0);
	opening = wrap.calls[SITE_MEMORY];
	ck_assert_uint_eq(opening, 1);
	for (int pass = 0; pass < 4; pass++) {
		wrap_start();
		r = mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s));
		wrap_stop();
		ck_assert_int_eq(r, 0);
		/* Or nothing is being counted. */
		if (pass == 0) {
			ck_assert_uint_gt(wrap.calls[SITE_MEMORY], 5);
			continue;
		}
		ck_assert_uint_eq(wrap.calls[SITE_MEMORY], 0);
		ck_assert_uint_eq(wrap.frees, 0);
	}
	mym_close(ctx);
}
END_TEST

static struct mym_ctx *context;

static void available(void)
{
	if (mym_available() < 0)
		_exit(1);
}

static void limit(void)
{
	if (mym_limit() < 0)
		_exit(1);
}

/* While the answers are young enough. */
static void warm(void)
{
	for (int i = 0; i < 1000; i++) {
		if (mym_limit() < 0 || mym_available() < 0 ||
		    mym_pressure() < 0 || mym_workers(4096, 3) < 0)
			_exit(1);
	}
}

static void snapshot(void)
{
	struct mym_snapshot s;

	if (mym_snapshot(context, MYM_WANT_ALL, &s, sizeof(s)) < 0)
		_exit(1);
}

/* Everything that the library has business with: it looks, and memory is
 * allocated for it; the second line is what dlopen() of libmount makes. */
static const long fine[] = {
	SYS_openat, SYS_openat2, SYS_read, SYS_close, SYS_statfs, SYS_fstatfs,
	SYS_prlimit64, SYS_sysinfo, SYS_statx, SYS_statmount, SYS_fcntl,
	SYS_readlinkat, SYS_getdents64, SYS_clock_gettime, SYS_getpid,
	SYS_gettid,
#ifdef SYS_fstat
	SYS_fstat,
#endif
#ifdef SYS_newfstatat
	SYS_newfstatat,
#endif
#ifdef SYS_readlink /* libmount, of the name that it is given */
	SYS_readlink,
#endif
#ifdef SYS_open
	SYS_open,
#endif
#ifdef SYS_mmap
	SYS_mmap,
#endif
	SYS_munmap, SYS_brk, SYS_mprotect, SYS_madvise, SYS_futex,
	SYS_pidfd_open, SYS_get_mempolicy,
	SYS_pread64, SYS_lseek, SYS_getrandom, SYS_sched_yield, SYS_ppoll,
	SYS_ioctl, SYS_inotify_init1, SYS_inotify_add_watch,
#ifdef SYS_poll
	SYS_poll,
#endif
};

static void check_calls(const struct trace *trace)
{
	for (unsigned int i = 0; i < trace->count; i++) {
		bool known = false;

		for (size_t j = 0; j < MYM__COUNT(fine); j++)
			known = known || trace->calls[i] == fine[j];
		ck_assert_msg(known, "system call %ld: it has no business "
			      "with that", trace->calls[i]);
	}
}

/* How many files and directories were opened, or could not be. */
static unsigned int opens(const struct trace *trace, bool failed)
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < trace->count; i++)
		found += trace->failed[i] == failed &&
			 (trace->calls[i] == SYS_openat ||
			  trace->calls[i] == SYS_openat2);
	return found;
}

START_TEST(system_calls)
{
	static struct trace trace;
	static const struct {
		const char *name;
		void (*before)(void), (*work)(void);
		unsigned int least;
	} works[] = {
		{ "the first mym_limit()", NULL, limit, 20 },
		{ "the first mym_available()", NULL, available, 20 },
		{ "the first mym_snapshot(ALL)", NULL, snapshot, 20 },
		{ "the next mym_snapshot(ALL)", snapshot, snapshot, 10 },
	};
	unsigned int counts[MYM__COUNT(works)], opened = 0;
	struct mym_snapshot s;

	ck_assert_int_eq(mym_open(&context, NULL, 0), 0);
	ck_assert_int_eq(mym_snapshot(context, MYM_WANT_ALL, &s, sizeof(s)), 0);
	for (size_t i = 0; i < MYM__COUNT(works); i++) {
		if (!trace_run(works[i].before, works[i].work, &trace)) {
			printf("# skipped: no ptrace(2) here\n");
			fflush(stdout);
			break;
		}
		check_calls(&trace);
		counts[i] = trace.count;
		printf("# %s: %u system calls\n", works[i].name, trace.count);
		fflush(stdout);
		ck_assert_uint_ge(trace.count, works[i].least);
		/* Asking for less costs no more, nor does asking again; what
		 * is kept is not opened again. */
		if (i == 1)
			ck_assert_uint_ge(counts[1], counts[0]);
		if (i == 3) {
			ck_assert_uint_ge(counts[2], counts[3]);
			/* What is not there is looked for again, but is not
			 * opened. */
			ck_assert_uint_lt(opens(&trace, false), opened / 2);
			/* No mapping is made to ask whether it is locked. */
			ck_assert_uint_eq(trace_count(&trace, SYS_munmap), 0);
		}
		opened = opens(&trace, false);
	}
	mym_close(context);
}
END_TEST

static void ask_once(void)
{
	struct mym_snapshot s;

	if (mym_open(&context, NULL, 0) < 0 ||
	    mym_snapshot(context, MYM_WANT_LIMIT, &s, sizeof(s)) < 0)
		_exit(1);
	mym_close(context);
}

/* Whether statmount(2) is enough to find the group, and in how many groups it
 * is. */
static bool found_quickly(unsigned int *groups)
{
	static char buffer[MYM__LINES_SIZE];
	struct mym__mounts quick = { 0 };
	struct mym_snapshot s;
	bool found;

	ck_assert_int_eq(mym_open(&context, NULL, 0), 0);
	ck_assert_int_eq(mym_snapshot(context, MYM_WANT_LIMIT, &s, sizeof(s)), 0);
	ck_assert_int_ge(mym__mounts_quick(&context->root, 1 << 1 | 1 << 2,
					   buffer, sizeof(buffer), &quick), 0);
	*groups = context->result->places.count;
	found = quick.count > 0 && *groups > 0 &&
		context->result->places.flags == 0;
	mym__mounts_clear(&quick);
	mym_close(context);
	return found;
}

/* The directory and the limit of each group, and of all the rest each file and
 * each directory once, but for those of the mount and of the process's
 * group: that is looked for, and then read. */
START_TEST(first_answer)
{
	static struct trace trace;
	unsigned int groups;
	bool quick = found_quickly(&groups);

	if (!trace_run(NULL, ask_once, &trace)) {
		printf("# skipped: no ptrace(2) here\n");
	} else {
		check_calls(&trace);
		printf("# the first answer, in %u groups: %u system calls\n",
		       groups, trace.count);
		if (quick) {
			ck_assert_uint_le(opens(&trace, false), 12 + 2 * groups);
			ck_assert_uint_le(trace.count, 70 + 5 * groups +
					  2 * trace_count(&trace, SYS_fcntl));
		}
	}
	fflush(stdout);
}
END_TEST

static void answer_for_ever(void)
{
	mym_set_max_age(INT64_MAX);
	warm();
}

START_TEST(nothing_when_warm)
{
	static struct trace trace;

	if (trace_run(answer_for_ever, warm, &trace))
		ck_assert_uint_eq(trace.count, 0);
	else
		printf("# skipped: no ptrace(2) here\n");
	fflush(stdout);

	/* And no memory. */
	answer_for_ever();
	wrap_start();
	warm();
	wrap_stop();
	for (int site = 0; site < SITES; site++)
		ck_assert_uint_eq(wrap.calls[site], 0);
	ck_assert_uint_eq(wrap.frees, 0);
}
END_TEST

static void answer_anew(void)
{
	mym_set_max_age(0);
	limit();
	limit();
}

/* That the limit was not written costs two system calls, at any depth; to find
 * out all the rest again, ten times a second, is not counted. */
START_TEST(two_when_fresh)
{
	static struct trace trace;
	unsigned int least = UINT_MAX;

	for (int tries = 0; least > 2 && tries < 100; tries++) {
		if (!trace_run(answer_anew, limit, &trace)) {
			printf("# skipped: no ptrace(2) here\n");
			fflush(stdout);
			return;
		}
		check_calls(&trace);
		if (trace.count < least)
			least = trace.count;
	}
	ck_assert_uint_eq(least, 2);
}
END_TEST

static int64_t pressure(void)
{
	return mym_pressure();
}

static int64_t workers(void)
{
	return mym_workers(4096, 3);
}

/* Until what seldom changes is to be read too. */
static void seldom(void)
{
	usleep(MYM__SELDOM / 1000 + 20000); /* a coarse clock */
}

/* A refresh needs no memory once the group is found. */
START_TEST(refresh_without_memory)
{
	int64_t (*const calls[])(void) = {
		mym_limit, mym_available, pressure, workers,
	};

	ck_assert_int_eq(mym_set_max_age(0), 0);
	/* The first pass keeps little. */
	ck_assert_int_ge(mym_pressure(), 0);
	seldom();
	for (size_t i = 0; i < MYM__COUNT(calls); i++) {
		int64_t r;

		ck_assert_int_ge(calls[i](), 0);
		seldom();
		wrap.site = SITE_MEMORY;
		wrap.n = 1;
		wrap.error = ENOMEM;
		wrap.persistent = true;
		wrap_start();
		r = calls[i]();
		wrap_stop();
		ck_assert_int_ge(r, 0);
		ck_assert_uint_gt(wrap.calls[SITE_READ], 0);
		ck_assert_uint_eq(wrap.calls[SITE_MEMORY], 0);
		ck_assert_uint_eq(wrap.frees, 0);
		ck_assert_int_eq(wrap.descriptors, 0);
	}
}
END_TEST

/* Whether the kernel has all that the library looks for in a group. */
static bool has_all(const struct mym_snapshot *s)
{
	struct mym_constraint c;

	return mym_constraint(context, 0, &c, sizeof(c)) == 0 &&
	       c.kind == MYM_KIND_CGROUP &&
	       ((c.valid | c.none) & MYM_WANT_SWAP_LIMIT) &&
	       (s->valid & MYM_WANT_PSI_SOME);
}

/* What the machine's root group lacks is known after two passes. */
START_TEST(nothing_is_tried_again)
{
	static struct trace trace;
	struct mym_snapshot s;
	bool all;

	ck_assert_int_eq(mym_open(&context, NULL, 0), 0);
	for (int pass = 0; pass < 3; pass++)
		ck_assert_int_eq(mym_snapshot(context, MYM_WANT_ALL, &s,
					      sizeof(s)), 0);
	all = has_all(&s);
	if (!all || !trace_run(snapshot, snapshot, &trace)) {
		printf("# skipped: %s\n", all ? "no ptrace(2) here" :
				"no memory controller, swap accounting or PSI");
		fflush(stdout);
	} else {
		ck_assert_uint_eq(opens(&trace, true), 0);
		ck_assert_uint_eq(trace_count(&trace, SYS_pidfd_open), 0);
	}
	mym_close(context);
}
END_TEST

static struct mym_watch *watch;

static void look_at_once(void)
{
	struct mym_event event;

	if (mym__poll_arm(&watch->timer, 1) < 0)
		_exit(1);
	usleep(1000);
	while (mym_watch_next(watch, &event, sizeof(event)) > 0)
		continue;
}

static void begin_watch(void)
{
	/* Stalls and events of others would call for a look. */
	const struct mym_watch_options options = {
		.flags = MYM_WATCH_NO_MANAGER,
		.rules = MYM_PRESSURE_BY_HEADROOM,
	};

	if (mym_watch_open(&watch, &options, sizeof(options)) < 0)
		_exit(1);
	/* It tells what it has found first. */
	look_at_once();
	/* A look that was called for. */
	watch->ctx.known_at = 0;
	look_at_once();
}

/* What is read and checked: the usage of each group that limits, the machine, and
 * the counters that nobody reports; and the calls of the watch itself.  On v2 the
 * group is looked at, too. */
static unsigned int most_at_a_glance(void)
{
	const bool v1 = watch->ctx.result->places.dialect == &mym__dialect_v1;
	unsigned int above = watch->counters.limited & ~1U, counters = v1;

	for (; above; above &= above - 1)
		counters++;
	return (v1 ? 9U : 13U) + 2 * (watch->falling - 1) + 2 * counters;
}

START_TEST(glance)
{
	static struct trace trace;

	begin_watch();
	if (!watch->calm || !trace_run(begin_watch, look_at_once, &trace)) {
		printf("# skipped: %s\n", watch->calm ? "no ptrace(2) here" :
					  "memory is short here");
		fflush(stdout);
	} else {
		ck_assert_uint_gt(watch->falling, 0);
		ck_assert_uint_eq(opens(&trace, false), 0);
		ck_assert_uint_le(trace.count, most_at_a_glance());
	}
	watch = mym_watch_close(watch);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("counts");
	TCase *tc = tcase_create("what it costs");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, no_allocation, 0, MYM__COUNT(machines));
	tcase_add_test(tc, system_calls);
	tcase_add_test(tc, first_answer);
	tcase_add_test(tc, nothing_when_warm);
	tcase_add_test(tc, two_when_fresh);
	tcase_add_test(tc, refresh_without_memory);
	tcase_add_test(tc, nothing_is_tried_again);
	tcase_add_test(tc, glance);
	suite_add_tcase(s, tc);
	return s;
}
