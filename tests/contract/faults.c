/* SPDX-License-Identifier: MIT */
/*
 * Everything fails once, in its turn: open, read, stat, malloc and the rest,
 * the n-th call for all n, once and from then on.  An answer under a fault is
 * the answer without it, or smaller, or says that something was not seen; the
 * context gives the right answer as soon as the fault is gone.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/compiler.h"
#include "child.h"
#include "descriptors.h"
#include "group.h"
#include "judge.h"
#include "kill.h"
#include "mymem.h"
#include "syscalls.h"
#include "suite.h"
#include "wrap.h"

static const struct machine {
	const char *name; /* of the fixture; NULL: the running system */
	int openat2_error;
	bool other; /* another process of that */
} machines[] = {
	{ "v2-limit-on-parent", 0, false },
	{ "v2-limit-on-parent", ENOSYS, false },
	{ "v1-limit-on-parent", 0, false },
	{ "v1-limit-on-parent", EPERM, false },
	{ "hybrid-memory-on-v1", 0, false },
	{ "hybrid-v1-memory-beside-v2", 0, false },
	{ "v2-own-and-parent-mounts", 0, false },
	{ "v2-own-and-parent-mounts", ENOSYS, false },
	{ "v1-k8s-pod-limit-in-hml", 0, false },
	{ "avail-no-memavailable", 0, false },
	{ "value-high-below-max", 0, false },
	{ "rlimit-and-cgroup", 0, false },
	{ "rlimit-as-and-data", 0, false },
	{ "psi-group-squeezed", 0, false },
	{ "swap-v1-memsw", 0, false },
	{ "commit-plain-user", 0, false },
	{ "commit-admin", 0, false },
	{ "numa-list-with-gap", 0, false },
	{ NULL, 0, true },
	{ NULL, 0, false },
	{ NULL, ENOSYS, false },
};

static const int errors[] = {
	EMFILE, ENFILE, ENOMEM, EACCES, EPERM, EIO, EINTR, ENODEV, ENOENT,
	ENOTDIR, ESTALE, ELOOP, ENOSYS, EAGAIN, EOPNOTSUPP, EINVAL, 999,
};

static const struct machine *machine;
static struct answer truth;
static bool known; /* the fault comes after a first answer */
static enum { UNSEALED, SEALED, SEALING } seal; /* the fault comes after it, or in it */
static unsigned int complaints;
static pid_t other;

static const char *sysroot(void)
{
	static char path[4096];

	if (!machine->name)
		return NULL;
	snprintf(path, sizeof(path), "%s/%s", FIXTURES, machine->name);
	return path;
}

void complain(const char *what)
{
	char which[32];

	/* The first ones tell enough. */
	if (complaints++ >= 20)
		return;
	snprintf(which, sizeof(which), "number %u", wrap.n);
	printf("# %s%s: %s %s%s, %s%s, %s: %s\n",
	       machine->name ? machine->name :
	       machine->other ? "another process" : "the running system",
	       machine->openat2_error ? " without openat2" : "",
	       site_names[wrap.site], wrap.only ? "always" : which,
	       wrap.chunk ? " in pieces" : "",
	       wrap.error ? error_name(wrap.error) : "one byte",
	       wrap.persistent ? " from then on" : "", wrap.at, what);
	fflush(stdout);
}

static struct trial trial(void)
{
	return (struct trial){
		.truth = &truth,
		.error = wrap.error,
		.running = !machine->name,
		.other = machine->other,
		.known = known,
		.slack = machine->name ? 0 : INT64_MAX,
	};
}

static bool same(const struct answer *answer)
{
	const struct trial now = trial();

	return same_answer(&now, answer);
}

static void judge_it(const struct answer *answer)
{
	const struct trial now = trial();

	judge(&now, answer);
}

static void seal_under_fault(struct mym_ctx *ctx)
{
	int r = mym_seal(ctx);

	if (r < 0 && !in_closed_set(r))
		complain("mym_seal's error is not of the set");
}

static int open_machine(struct mym_ctx **ctx)
{
	return machine->other ? mym_open_pid(ctx, other, 0) :
				mym_open(ctx, sysroot(), 0);
}

/* Opens, asks with the fault, asks without it, closes. */
static void run(struct answer *answer)
{
	const char *only = wrap.only;
	struct mym_ctx *ctx, *const pattern = (struct mym_ctx *)0xa5a5;
	unsigned int n = wrap.n;
	struct answer after;

	memset(answer, 0, sizeof(*answer));
	ctx = pattern;
	wrap.openat2_error = machine->openat2_error;
	errno = 4711;
	if (known) {
		wrap.n = 0;
		wrap.only = NULL;
		wrap_start();
		answer->opened = open_machine(&ctx);
		ask(ctx, answer);
		ask(ctx, answer);
		if (seal == SEALED && mym_seal(ctx) < 0)
			complain("mym_seal");
		wrap_begin();
		wrap.n = n;
		wrap.only = only;
		if (seal == SEALING)
			seal_under_fault(ctx);
	} else {
		wrap_start();
		answer->opened = open_machine(&ctx);
	}
	if (answer->opened == 0)
		ask(ctx, answer);
	if (errno != 4711)
		complain("errno has changed");
	/* From here on nothing fails. */
	wrap.n = 0;
	wrap.only = NULL;
	if (answer->opened == 0 && (n > 0 || only)) {
		if (seal == SEALING && mym_seal(ctx) < 0)
			complain("mym_seal, when the fault is gone");
		ask(ctx, &after);
		wrap.n = n;
		if (!same(&after) && !is_absence(wrap.error))
			complain("not as it was when the fault is gone");
		wrap.n = 0;
	}
	if (answer->opened == 0)
		mym_close(ctx);
	wrap_stop();
	wrap.n = n;
	wrap.only = only;
	if (answer->opened < 0 && ctx != pattern)
		complain("what could not be opened was written");
	if (wrap_lost())
		complain(wrap_lost());
}

/* The answer when all is well, and how many calls it takes of each kind. */
static void learn(unsigned int calls[SITES])
{
	wrap.n = 0;
	run(&truth);
	ck_assert_int_eq(truth.opened, 0);
	ck_assert_int_eq(truth.result, 0);
	memcpy(calls, wrap.calls, sizeof(wrap.calls));
}

static void fail_all(enum site site, unsigned int calls, int error)
{
	struct answer answer;

	wrap.site = site;
	wrap.error = error;
	for (int persistent = 0; persistent < 2; persistent++) {
		wrap.persistent = persistent;
		for (wrap.n = 1; wrap.n <= calls; wrap.n++) {
			run(&answer);
			judge_it(&answer);
		}
	}
}

static void join_a_group(pid_t pid)
{
	char name[32];

	if (group_missing())
		return;
	snprintf(name, sizeof(name), "faults-%d", (int)getpid());
	group_join(group_make(name, INT64_C(256) << 20), pid);
}

static void wait_for_the_end(void *unused)
{
	for (;;)
		pause();
}

static void start_another(void)
{
	other = child_start(NULL, wait_for_the_end, NULL);
	join_a_group(other);
}

static void end_another(void)
{
	if (kill_one(other, SIGKILL) < 0)
		complain("kill");
	child_wait(other);
}

static void each_fails(void)
{
	unsigned int calls[SITES], before;

	if (machine->other)
		start_another();
	else if (!machine->name)
		join_a_group(0);
	learn(calls);
	before = open_descriptors();
	ck_assert_uint_gt(calls[SITE_READ], 5);
	if (seal == SEALED)
		ck_assert_uint_eq(calls[SITE_OPEN], 0);
	if (!known) {
		ck_assert_uint_gt(calls[SITE_OPEN], 5);
		ck_assert_uint_gt(calls[SITE_MEMORY], 5);
	}
	for (int site = 0; site < SITES; site++) {
		if (site == SITE_MEMORY) {
			fail_all((enum site)site, calls[site], ENOMEM);
			continue;
		}
		/* A kept descriptor that cannot be looked at is not closed:
		 * it may be another's.  See kept.c. */
		if (site == SITE_STAT && !machine->name)
			continue;
		for (size_t i = 0; i < MYM__COUNT(errors); i++) {
			/* A read that is interrupted for ever never ends. */
			if (site == SITE_READ && errors[i] == EINTR)
				continue;
			fail_all((enum site)site, calls[site], errors[i]);
		}
	}
	if (machine->other)
		end_another();
	printf("# %s%s: of %u opens, %u reads, %u stats, %u allocations each "
	       "has failed\n", machine->name ? machine->name :
	       machine->other ? "another process" :
	       "the running system", machine->openat2_error ?
	       " without openat2" : "", calls[SITE_OPEN], calls[SITE_READ],
	       calls[SITE_STAT], calls[SITE_MEMORY]);
	fflush(stdout);
	ck_assert_uint_eq(open_descriptors(), before);
	ck_assert_uint_eq(complaints, 0);
}

START_TEST(nth_fails)
{
	machine = &machines[_i];
	each_fails();
}
END_TEST

/* What an answer was made of stays in the next one while it cannot be read. */
START_TEST(nth_fails_later)
{
	machine = &machines[_i];
	known = true;
	each_fails();
}
END_TEST

/* What was sealed opens nothing anew, and needs not. */
START_TEST(nth_fails_sealed)
{
	machine = &machines[MYM__COUNT(machines) - 1];
	seal = _i ? SEALING : SEALED;
	known = true;
	each_fails();
}
END_TEST

/* One file that stays broken while all others can be read. */
START_TEST(one_file_broken)
{
	static const char *const files[] = {
		"/proc/meminfo", "/proc/zoneinfo", "/proc/self/cgroup",
		"/proc/self/mountinfo", "/proc/self/limits",
		"/proc/self/status", "/proc/pressure/memory",
		"/vm/overcommit_memory", "/vm/admin_reserve_kbytes",
		"/vm/user_reserve_kbytes", "/node/has_memory",
		"/node0/meminfo", "/node2/meminfo", "/memory.max",
		"/memory.high", "/memory.current", "/memory.stat",
		"/memory.swap.max", "/memory.swap.current", "/memory.events",
		"/memory.pressure", "/memory.limit_in_bytes",
		"/memory.usage_in_bytes", "/memory.memsw.limit_in_bytes",
		"/memory.memsw.usage_in_bytes", "/memory.oom_control",
		"/memory.use_hierarchy", "/batch.slice/memory.max",
		"/batch.slice/memory.current", "/batch.slice/memory.stat",
		"/system.slice/memory.limit_in_bytes",
	};
	static const int broken[] = {
		EIO, ENODEV, EACCES, ENOMEM, EOPNOTSUPP, ESTALE,
	};
	unsigned int calls[SITES];
	struct answer answer;

	machine = &machines[_i];
	if (!machine->name)
		return;
	learn(calls);
	wrap.site = SITE_READ;
	for (size_t i = 0; i < MYM__COUNT(files); i++) {
		for (size_t j = 0; j < MYM__COUNT(broken); j++) {
			wrap.only = files[i];
			wrap.error = broken[j];
			run(&answer);
			judge_it(&answer);
		}
	}
	wrap.only = NULL;
	ck_assert_uint_eq(complaints, 0);
}
END_TEST

/* A file that breaks off in the middle, or between two lines: half of its
 * numbers are not the answer. */
START_TEST(breaks_off)
{
	unsigned int calls[SITES];

	machine = &machines[_i];
	if (machine->other)
		start_another();
	wrap.chunk = 97;
	learn(calls);
	fail_all(SITE_READ, calls[SITE_READ], EIO);
	fail_all(SITE_READ, calls[SITE_READ], ENOMEM);
	if (machine->other)
		end_another();
	ck_assert_uint_eq(complaints, 0);
}
END_TEST

/* What the kernel may do at any time is no fault: the answer is the same. */
START_TEST(no_fault_at_all)
{
	static const struct {
		enum site site;
		int error;
		bool persistent;
	} harmless[] = {
		{ SITE_READ, 0, false },     /* one byte */
		{ SITE_READ, 0, true },
		{ SITE_READ, EINTR, false },
		{ SITE_LOAD, ENOENT, false }, /* no libmount */
		{ SITE_LOAD, ENOENT, true },
		{ SITE_MOUNT, ENOSYS, false }, /* no statmount */
		{ SITE_MOUNT, EPERM, true },
	};
	unsigned int calls[SITES];
	struct answer answer;

	machine = &machines[_i];
	if (machine->other)
		start_another();
	learn(calls);
	for (size_t i = 0; i < MYM__COUNT(harmless); i++) {
		wrap.site = harmless[i].site;
		wrap.error = harmless[i].error;
		wrap.persistent = harmless[i].persistent;
		for (wrap.n = 1; wrap.n <= calls[wrap.site]; wrap.n++) {
			run(&answer);
			if (!same(&answer))
				complain("not the same answer");
		}
	}
	if (machine->other)
		end_another();
	ck_assert_uint_eq(complaints, 0);
}
END_TEST

/* openat2() may give EAGAIN when a rename races with "..". */
START_TEST(openat2_races)
{
	unsigned int calls[SITES];
	struct answer answer;

	machine = &machines[_i];
	if (machine->openat2_error || !machine->name)
		return;
	learn(calls);
	wrap.site = SITE_OPEN;
	wrap.error = EAGAIN;
	wrap.persistent = false;
	/* The first opens the sysroot, with open(). */
	for (wrap.n = 2; wrap.n <= calls[SITE_OPEN]; wrap.n++) {
		run(&answer);
		if (!same(&answer))
			complain("not the same answer");
	}
	ck_assert_uint_eq(complaints, 0);
}
END_TEST

/* Not more than was known before, and nothing is lost; the limit is right as soon
 * as the fault is gone. */
static void ask_simply(int64_t limit)
{
	const unsigned int n = wrap.n;
	int64_t r;

	errno = 4711;
	wrap_begin();
	r = mym_limit();
	if (r < 0 ? !in_closed_set((int)r) : r > limit)
		complain("mym_limit");
	r = mym_available();
	if (r < 0 ? !in_closed_set((int)r) : r > limit)
		complain("mym_available");
	r = mym_pressure();
	if (r < 0 ? !in_closed_set((int)r) : r > MYM_PRESSURE_CRITICAL)
		complain("mym_pressure");
	r = mym_workers(INT64_C(1) << 20, 1000000);
	if (r < 0 ? !in_closed_set((int)r) : r > limit >> 20)
		complain("mym_workers");
	wrap.n = 0;
	if (mym_limit() != limit)
		complain("mym_limit, when the fault is gone");
	if (errno != 4711)
		complain("errno has changed");
	wrap.n = n;
}

/* The calls without a context have no flags to say that something is missing. */
START_TEST(simple_calls)
{
	unsigned int calls[SITES];
	int64_t limit;

	join_a_group(0);
	limit = mym_limit();
	ck_assert_int_eq(mym_set_max_age(0), 0);
	machine = &machines[MYM__COUNT(machines) - 1];
	wrap.openat2_error = 0;
	wrap.n = 0;
	wrap_start();
	mym_pressure();
	mym_pressure();
	memcpy(calls, wrap.calls, sizeof(calls));
	for (int site = 0; site < SITES; site++) {
		/* See each_fails(). */
		if (site == SITE_STAT)
			continue;
		wrap.site = (enum site)site;
		for (size_t i = 0; i < MYM__COUNT(errors); i++) {
			wrap.error = errors[i];
			if (site == SITE_READ && wrap.error == EINTR)
				continue;
			for (int all = 0; all < 2; all++) {
				wrap.persistent = all;
				for (wrap.n = 1; wrap.n <= calls[site]; wrap.n++)
					ask_simply(limit);
			}
		}
	}
	wrap_stop();
	ck_assert_uint_eq(complaints, 0);
}
END_TEST

/* A site that nothing passes has been tested nowhere. */
START_TEST(every_site)
{
	unsigned int calls[SITES], sums[SITES] = { 0 };

	for (size_t i = 0; i < MYM__COUNT(machines); i++) {
		machine = &machines[i];
		if (machine->other)
			start_another();
		learn(calls);
		if (machine->other)
			end_another();
		for (int site = 0; site < SITES; site++)
			sums[site] += calls[site];
	}
	for (int site = 0; site < SITES; site++) {
		/* Links are in no fixture; root.c has them, and watch.c what a
		 * watch asks for. */
		if (site == SITE_LINK || site == SITE_MAKE ||
		    site == SITE_TELL || site == SITE_WAIT)
			continue;
#ifndef HAVE_LIBMOUNT
		if (site == SITE_STREAM || site == SITE_LOAD)
			continue;
#endif
		ck_assert_msg(sums[site] > 0, "%s: never called",
			      site_names[site]);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("faults");
	TCase *tc = tcase_create("injected");

	tcase_set_timeout(tc, 240);
	tcase_add_unchecked_fixture(tc, group_begin_if_any, group_end_if_any);
	tcase_add_test(tc, every_site);
	tcase_add_loop_test(tc, nth_fails, 0, MYM__COUNT(machines));
	tcase_add_loop_test(tc, nth_fails_later, 0, MYM__COUNT(machines));
	tcase_add_loop_test(tc, one_file_broken, 0, MYM__COUNT(machines));
	tcase_add_loop_test(tc, breaks_off, 0, MYM__COUNT(machines));
	tcase_add_loop_test(tc, no_fault_at_all, 0, MYM__COUNT(machines));
	tcase_add_loop_test(tc, openat2_races, 0, MYM__COUNT(machines));
	tcase_add_test(tc, simple_calls);
	suite_add_tcase(s, tc);
	tc = tcase_create("sealed");
	tcase_set_timeout(tc, 240);
	tcase_add_unchecked_fixture(tc, group_begin_if_any, group_end_if_any);
	tcase_add_loop_test(tc, nth_fails_sealed, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}
