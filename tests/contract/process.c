/* SPDX-License-Identifier: MIT */
/* Manners: what a library does to the process it is in, and what the process
 * may do to it: threads, fork, descriptors, other users. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/compiler.h"
#include "context.h"
#include "descriptors.h"
#include "mymem.h"
#include "snapshot.h"
#include "suite.h"
#include "tree.h"

#define NOBODY 65534
#define FILL 0xa5

static const char v2[] = FIXTURES "/v2-limit-on-parent";
#define V2_LIMIT INT64_C(2147483648)

static struct mym_ctx *opened(const char *sysroot)
{
	struct mym_ctx *ctx = NULL;

	ck_assert_int_eq(mym_open(&ctx, sysroot, 0), 0);
	return ctx;
}

static bool right(struct mym_ctx *ctx)
{
	struct mym_snapshot s;

	return mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s)) == 0 &&
	       s.limit == V2_LIMIT;
}

/* All of it once; false if an answer is wrong. */
static bool use_all(void)
{
	struct mym_ctx *ctx = NULL, *live = NULL;
	struct mym_snapshot s;
	int64_t limit = mym_limit(), available = mym_available();
	bool ok = limit > 0 && available >= 0 && available <= limit &&
		  mym_pressure() >= 0 && mym_workers(4096, 8) >= 0;

	ok = ok && mym_open(&live, NULL, 0) == 0 &&
	     mym_snapshot(live, MYM_WANT_ALL, &s, sizeof(s)) == 0 &&
	     s.limit == limit;
	ok = ok && mym_open(&ctx, v2, 0) == 0 && right(ctx) && right(ctx);
	mym_close(live);
	mym_close(ctx);
	return ok;
}

static void *use_often(void *wrong)
{
	struct mym_ctx *ctx = NULL;

	if (mym_open(&ctx, v2, 0) < 0)
		atomic_fetch_add((atomic_int *)wrong, 1);
	for (int i = 0; i < 200; i++) {
		int64_t limit = mym_limit(), available = mym_available();

		if (limit <= 0 || available < 0 || available > limit ||
		    mym_pressure() < 0 || (i % 10 == 0 && !right(ctx)))
			atomic_fetch_add((atomic_int *)wrong, 1);
	}
	mym_close(ctx);
	return NULL;
}

/* What is kept for the simple calls stays: little after the first pass, the rest
 * after the next whole one. */
static void keep_all(void)
{
	ck_assert_int_ge(mym_pressure(), 0);
	usleep(MYM__SELDOM / 1000 + 1);
	ck_assert_int_ge(mym_pressure(), 0);
}

START_TEST(threads)
{
	unsigned int before;
	atomic_int wrong = 0;
	pthread_t thread[8];

	keep_all();
	before = open_descriptors();

	for (size_t i = 0; i < MYM__COUNT(thread); i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, use_often,
						&wrong), 0);
	for (size_t i = 0; i < MYM__COUNT(thread); i++)
		ck_assert_int_eq(pthread_join(thread[i], NULL), 0);
	ck_assert_int_eq(wrong, 0);
	ck_assert_uint_eq(open_descriptors(), before);
}
END_TEST

static void *use_once(void *wrong)
{
	if (!use_all())
		atomic_fetch_add((atomic_int *)wrong, 1);
	return NULL;
}

/* 64 KiB, or what this architecture's signal frames need at least. */
START_TEST(small_stack)
{
	long least = sysconf(_SC_THREAD_STACK_MIN);
	size_t size = least > 64 * 1024 ? (size_t)least : 64 * 1024;
	atomic_int wrong = 0;
	pthread_attr_t attr;
	pthread_t thread;

	ck_assert_int_eq(pthread_attr_init(&attr), 0);
	ck_assert_int_eq(pthread_attr_setstacksize(&attr, size), 0);
	ck_assert_int_eq(pthread_create(&thread, &attr, use_once, &wrong), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	pthread_attr_destroy(&attr);
	ck_assert_int_eq(wrong, 0);
}
END_TEST

/* Without a system call. */
static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void *use_while_cancelled(void *finished)
{
	const struct mym_watch_options options = {
		.interval_min = 1000000, .interval_max = 1000000,
	};
	struct mym_watch *watch = NULL;
	struct mym_event event;
	bool ok;

	/* From here on the first cancellation point would end it.  Each call
	 * makes a pass, and each look at the watch is due. */
	pthread_cancel(pthread_self());
	ok = use_all() && mym_limit() > 0 &&
	     mym_available() >= 0 && mym_pressure() >= 0 &&
	     mym_workers(1, 1) >= 0 &&
	     mym_watch_open(&watch, &options, sizeof(options)) == 0;
	for (int i = 0; ok && i < 3; i++) {
		int64_t end = now() + 2000000;

		while (now() < end)
			;
		ok = mym_watch_next(watch, &event, sizeof(event)) >= 0;
	}
	mym_watch_close(watch);
	atomic_store((atomic_int *)finished, ok);
	pthread_testcancel();
	return NULL;
}

/* A thread that is to end is not cancelled inside of a call. */
START_TEST(cancelled)
{
	atomic_int finished = 0;
	unsigned int before;
	pthread_t thread;
	void *result;

	/* What the simple calls keep. */
	ck_assert_int_eq(mym_set_max_age(0), 0);
	ck_assert(use_all());
	keep_all();
	before = open_descriptors();
	ck_assert_int_eq(pthread_create(&thread, NULL, use_while_cancelled,
					&finished), 0);
	ck_assert_int_eq(pthread_join(thread, &result), 0);
	ck_assert_ptr_eq(result, PTHREAD_CANCELED);
	ck_assert_int_eq(finished, 1);
	ck_assert_uint_eq(open_descriptors(), before);
}
END_TEST

/* The exit status of a child that does this. */
static int in_child(bool (*work)(void *), void *data)
{
	int status = -1;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(work(data) ? 0 : 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static bool use_inherited(void *ctx)
{
	bool ok = right(ctx) && use_all() && right(ctx);

	mym_close(ctx);
	return ok;
}

START_TEST(forked_child)
{
	struct mym_ctx *ctx = opened(v2), *fresh = opened(v2);

	ck_assert(right(ctx));
	ck_assert_int_eq(in_child(use_inherited, ctx), 0);
	ck_assert_int_eq(in_child(use_inherited, fresh), 0);
	/* What the child did is not ours. */
	ck_assert(right(ctx));
	ck_assert(right(fresh));
	mym_close(ctx);
	mym_close(fresh);
}
END_TEST

START_TEST(descriptors)
{
	struct mym_ctx *ctx, *live;
	unsigned int before, held;
	struct mym_snapshot s;

	ck_assert_int_eq(mym_set_max_age(0), 0);
	keep_all();
	before = open_descriptors();
	ctx = opened(v2);
	ck_assert(right(ctx));
	ck_assert_uint_eq(open_descriptors(), before + 1);
	live = opened(NULL);
	for (int pass = 0; pass < 2; pass++)
		ck_assert_int_eq(mym_snapshot(live, MYM_WANT_ALL, &s,
					      sizeof(s)), 0);
	held = open_descriptors();
	ck_assert_uint_gt(held, before + 1);
	for (int i = 0; i < 1000; i++) {
		struct mym_ctx *broken = NULL;

		ck_assert_int_gt(mym_limit(), 0);
		ck_assert_int_ge(mym_available(), 0);
		ck_assert_int_ge(mym_pressure(), 0);
		ck_assert_int_eq(mym_snapshot(live, MYM_WANT_ALL, &s,
					      sizeof(s)), 0);
		if (i % 10)
			continue;
		ck_assert(right(ctx));
		ck_assert_int_eq(mym_open(&broken, v2, 0), 0);
		mym_close(broken);
		mym_open(&broken, "/absent", 0);
		mym_open(&broken, "/dev/null", 0);
	}
	ck_assert_uint_eq(open_descriptors(), held);
	mym_close(ctx);
	mym_close(live);
	ck_assert_uint_eq(open_descriptors(), before);
}
END_TEST

/* The descriptor that a context holds. */
static int held_by(struct mym_ctx **ctx)
{
	bool before[1024];
	int found = -1;

	for (int fd = 0; fd < 1024; fd++)
		before[fd] = fcntl(fd, F_GETFD) >= 0;
	*ctx = opened(v2);
	for (int fd = 0; fd < 1024; fd++) {
		if (!before[fd] && fcntl(fd, F_GETFD) >= 0) {
			ck_assert_int_eq(found, -1);
			found = fd;
		}
	}
	ck_assert_int_ge(found, 0);
	return found;
}

static int flags_of(int fd)
{
	char path[64], line[256];
	unsigned int flags = 0;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	while (fgets(line, sizeof(line), in))
		sscanf(line, "flags: %o", &flags);
	fclose(in);
	return (int)flags;
}

START_TEST(close_on_exec)
{
	struct mym_ctx *ctx;
	int fd = held_by(&ctx);

	ck_assert(flags_of(fd) & O_CLOEXEC);
	ck_assert(flags_of(fd) & O_PATH);
	/* Away from the numbers that programs reuse. */
	ck_assert_int_ge(fd, 64);
	mym_close(ctx);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
}
END_TEST

/* A program that closes all and opens its own: that is not our sysroot. */
START_TEST(descriptor_taken)
{
	static const char *const takers[] = {
		"/", "/dev/null", FIXTURES "/rlimit-and-cgroup",
	};
	struct mym_snapshot s;
	struct mym_ctx *ctx;

	for (size_t i = 0; i < MYM__COUNT(takers) + 1; i++) {
		int fd = held_by(&ctx), taker = -1;

		if (i % 2)
			ck_assert(right(ctx));
		ck_assert_int_eq(close(fd), 0);
		if (i < MYM__COUNT(takers)) {
			taker = open(takers[i], O_RDONLY | O_CLOEXEC);
			ck_assert_int_ge(taker, 0);
			ck_assert_int_eq(dup2(taker, fd), fd);
			close(taker);
		}
		memset(&s, FILL, sizeof(s));
		ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, &s,
					      sizeof(s)), -EIO);
		for (size_t j = 0; j < sizeof(s); j++)
			ck_assert_int_eq(((unsigned char *)&s)[j], FILL);
		if (i % 2)
			ck_assert_str_eq(mym_constraint_path(ctx, 1),
					 "/sys/fs/cgroup/batch.slice");
		mym_close(ctx);
		if (i < MYM__COUNT(takers)) {
			ck_assert_int_ge(fcntl(fd, F_GETFD), 0);
			close(fd);
		}
	}
}
END_TEST

/* Started with 0, 1 and 2 closed: what we open gets these numbers. */
static bool without_standard_ones(void *unused)
{
	(void)unused;
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	if (!use_all())
		return false;
	for (int fd = 0; fd < 3; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			return false;
	}
	return true;
}

START_TEST(standard_ones_closed)
{
	ck_assert_int_eq(in_child(without_standard_ones, NULL), 0);
}
END_TEST

START_TEST(silence)
{
	int ends[2], saved[2];
	struct mym_snapshot s;
	struct mym_ctx *ctx;
	char byte;
	bool ok;

	ck_assert_int_eq(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		saved[i] = fcntl(i + 1, F_DUPFD_CLOEXEC, 10);
		dup2(ends[1], i + 1);
	}
	ok = use_all();
	mym_open(NULL, NULL, 9);
	mym_open(&ctx, "/absent", 0);
	if (mym_open(&ctx, FIXTURES "/bad-binary", 0) == 0) {
		mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s));
		mym_snapshot(ctx, 0, NULL, 1);
		mym_close(ctx);
	}
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		dup2(saved[i], i + 1);
		close(saved[i]);
	}
	ck_assert(ok);
	ck_assert_int_eq(read(ends[0], &byte, 1), -1);
	ck_assert_int_eq(errno, EAGAIN);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

static void status_lines(char *text, size_t size)
{
	static const char *const keys[] = {
		"Threads:", "SigBlk:", "SigIgn:", "SigCgt:", "NoNewPrivs:",
	};
	FILE *in = fopen("/proc/self/status", "r");
	char line[256];

	text[0] = '\0';
	ck_assert_ptr_nonnull(in);
	while (fgets(line, sizeof(line), in)) {
		for (size_t i = 0; i < MYM__COUNT(keys); i++) {
			if (strncmp(line, keys[i], strlen(keys[i])) == 0 &&
			    strlen(text) + strlen(line) < size)
				strcat(text, line);
		}
	}
	fclose(in);
}

/* No thread, no handler, no mask. */
START_TEST(leaves_no_trace)
{
	char before[1024], after[1024];
	mode_t mask = umask(0123);

	status_lines(before, sizeof(before));
	ck_assert_ptr_nonnull(strstr(before, "Threads:"));
	ck_assert_ptr_nonnull(strstr(before, "SigCgt:"));
	ck_assert(use_all());
	status_lines(after, sizeof(after));
	ck_assert_str_eq(after, before);
	ck_assert_int_eq(umask(mask), 0123);
}
END_TEST

static void on_alarm(int signal)
{
	(void)signal;
}

/* Signals without SA_RESTART at all times change no answer. */
START_TEST(signal_storm)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval often = { { 0, 200 }, { 0, 200 } };
	struct itimerval never = { { 0, 0 }, { 0, 0 } };
	struct mym_ctx *ctx = opened(v2);
	int64_t limit = mym_limit();
	int wrong = 0;

	ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
	for (int i = 0; i < 300; i++)
		wrong += mym_limit() != limit || !right(ctx);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
	ck_assert_int_eq(wrong, 0);
	mym_close(ctx);
}
END_TEST

static bool be_nobody(void *dumpable)
{
	if (setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return false;
	/* Without it /proc/self belongs to root. */
	if (dumpable && prctl(PR_SET_DUMPABLE, 1) < 0)
		return false;
	return use_all();
}

static bool nobody_reads_fixtures(void *unused)
{
	return setresuid(NOBODY, NOBODY, NOBODY) == 0 &&
	       access(FIXTURES, R_OK | X_OK) == 0;
}

START_TEST(another_user)
{
	const char *why = NULL;

	if (geteuid() != 0)
		why = "only root can become another user";
	else if (in_child(nobody_reads_fixtures, NULL) != 0)
		why = "other users cannot read the source where it is";
	if (why) {
		printf("# skipped: %s\n", why);
		fflush(stdout);
		return;
	}
	ck_assert_int_eq(in_child(be_nobody, &(int){ 0 }), 0);
	ck_assert_int_eq(in_child(be_nobody, NULL), 0);
}
END_TEST

/* Files that may not be read: each costs its fact, says so, and no more. */
static const struct {
	const char *closed;
	unsigned int constraint;
	uint64_t failed;
	int64_t limit, available; /* 0: unknown */
} denials[] = {
#define SLICE "sys/fs/cgroup/batch.slice/"
#define SLICE_AVAILABLE INT64_C(1015021568)
	{ SLICE "report.service/memory.max", 0, MYM_WANT_LIMIT, V2_LIMIT,
	  SLICE_AVAILABLE },
	{ SLICE "report.service/memory.high", 0, MYM_WANT_HIGH, V2_LIMIT,
	  SLICE_AVAILABLE },
	{ SLICE "report.service/memory.swap.max", 0, MYM_WANT_SWAP_LIMIT,
	  V2_LIMIT, SLICE_AVAILABLE },
	{ SLICE "report.service/memory.events", 0, MYM_WANT_OOM_KILLS,
	  V2_LIMIT, SLICE_AVAILABLE },
	/* Its memory.min is not known: all of its cache may be protected. */
	{ SLICE "report.service", 0, MYM_WANT_LIMIT, V2_LIMIT,
	  INT64_C(574619648) },
	{ SLICE "memory.max", 1, MYM_WANT_LIMIT, -1, -1 },
	{ SLICE "memory.current", 1, MYM_WANT_USED, V2_LIMIT, -1 },
	{ SLICE "memory.stat", 1, MYM_WANT_RECLAIMABLE, V2_LIMIT, -1 },
	{ "proc/meminfo", 3, MYM_WANT_LIMIT | MYM_WANT_AVAILABLE, V2_LIMIT,
	  SLICE_AVAILABLE },
};

struct denied {
	const char *tree;
	int i;
};

static bool look_denied(void *data)
{
	const struct denied *denied = data;
	const int i = denied->i;
	struct mym_ctx *ctx = NULL;
	struct mym_constraint c;
	struct mym_snapshot s;

	if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return false;
	if (mym_open(&ctx, denied->tree, 0) < 0 ||
	    mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s)) < 0 ||
	    mym_constraint(ctx, denials[i].constraint, &c, sizeof(c)) < 0)
		return false;
	mym_close(ctx);
	printf("# %s: flags %#jx, failed %#jx by %jd, limit %jd, available "
	       "%jd\n", denials[i].closed, (uintmax_t)s.flags,
	       (uintmax_t)c.failed, (intmax_t)c.error, (intmax_t)s.limit,
	       (intmax_t)s.available);
	fflush(stdout);
	return (s.flags & MYM_FLAG_PARTIAL) && c.error == -EACCES &&
	       (c.failed & denials[i].failed) == denials[i].failed &&
	       !(c.valid & denials[i].failed) &&
	       !(c.none & denials[i].failed) &&
	       (s.valid & MYM_WANT_LIMIT) && (s.valid & MYM_WANT_AVAILABLE) &&
	       (denials[i].limit < 0 || s.limit == denials[i].limit) &&
	       (denials[i].available < 0 ||
		s.available == denials[i].available);
}

START_TEST(denied_files)
{
	struct denied denied = { .i = _i };
	char tree[TREE_PATH];
	int status;

	tree_make(tree);
	tree_copy(v2, tree);
	ck_assert_int_eq(chmod(tree_path(tree, denials[_i].closed), 0), 0);
	denied.tree = tree;
	status = in_child(look_denied, &denied);
	tree_remove(tree);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* The smallest RLIMIT_NOFILE with which that many numbers are free. */
static rlim_t room_for(int more)
{
	rlim_t limit = 0;

	while (more > 0 || fcntl((int)limit, F_GETFD) >= 0)
		more -= fcntl((int)limit++, F_GETFD) < 0;
	return limit;
}

/* As many descriptors as one pass needs at once, and no more. */
START_TEST(few_descriptors)
{
	int64_t limit = mym_limit();
	struct mym_snapshot s;
	struct mym_ctx *ctx;
	struct rlimit few;
	int enough = -1;

	ck_assert_int_eq(mym_set_max_age(0), 0);
	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &few), 0);
	for (int more = 0; more < 16; more++) {
		int r;

		few.rlim_cur = room_for(more);
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
		r = mym_snapshot(ctx, MYM_WANT_LIMIT, &s, sizeof(s));
		ck_assert_msg(r == -EMFILE || (r == 0 && s.limit == limit),
			      "with %d: %d", more, r);
		/* The last good one meanwhile. */
		ck_assert_int_eq(mym_limit(), limit);
		if (r == 0 && enough < 0)
			enough = more;
	}
	few.rlim_cur = few.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	mym_close(ctx);
	printf("# a snapshot needs %d descriptors at once\n", enough);
	fflush(stdout);
	ck_assert_int_ge(enough, 1);
	ck_assert_int_le(enough, 4);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("process");
	TCase *tc = tcase_create("manners");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, threads);
	tcase_add_test(tc, small_stack);
	tcase_add_test(tc, forked_child);
	tcase_add_test(tc, descriptors);
	tcase_add_test(tc, close_on_exec);
	tcase_add_test(tc, descriptor_taken);
	tcase_add_test(tc, standard_ones_closed);
	tcase_add_test(tc, cancelled);
	tcase_add_test(tc, silence);
	tcase_add_test(tc, leaves_no_trace);
	tcase_add_test(tc, signal_storm);
	tcase_add_test(tc, another_user);
	tcase_add_loop_test(tc, denied_files, 0, MYM__COUNT(denials));
	tcase_add_test(tc, few_descriptors);
	suite_add_tcase(s, tc);
	return s;
}
