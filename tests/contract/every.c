/* SPDX-License-Identifier: MIT */
/*
 * Every system call fails, whether the library makes it or libc for it: the n-th
 * for all n, once, and with all after it, with each error, in all that a program
 * does with the library.  And what is no failure makes no difference: reads that
 * give one byte, and a thousand signals a second.
 *
 * A thread that is no part of it sees each call before it is made, so that none
 * can be forgotten.  Of all faults a random part is tried; EVERY_FAULT=1 in the
 * environment tries all, and SEED=... the same part again.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/compiler.h"
#include "descriptors.h"
#include "group.h"
#include "judge.h"
#include "notify.h"
#include "scenarios.h"
#include "suite.h"
#include "syscalls.h"
#include "wrap.h"

static const int errors[] = {
	EMFILE, ENFILE, EACCES, EPERM, ENOENT, ENODEV, EINTR, EIO, ENOMEM,
	ENOSYS, EAGAIN, EOPNOTSUPP, EINVAL,
};

/* How many faults are tried of each call, and of each of a longer sequence. */
#define SAMPLE 3
#define LONG 100
#define CALLS_MAX 4096
#define USED_MAX 1024

static const struct scenario *scenario;
static struct fault fault;
static unsigned int complaints, seed;
static bool every_fault;

/* What the thread that sees all calls has seen, here or in a child. */
static struct {
	bool on;
	unsigned int calls, failed;
	int numbers[CALLS_MAX];
	bool used[USED_MAX]; /* by number, in all runs */
	int number;    /* of the first that has failed */
	bool identity; /* the library was not told whose a descriptor is */
} *seen;

void complain(const char *what)
{
	const bool on = seen->on;
	const int error = errno;

	/* The first ones tell enough. */
	if (complaints++ >= 20)
		return;
	seen->on = false;
	printf("# %s: call %u of %u%s, %s: %s: %s\n", scenario->name, fault.n,
	       seen->calls, fault.persistent ? " and all after it" : "",
	       seen->failed ? call_name(seen->number) : "nothing",
	       fault.error ? error_name(fault.error) : "no error", what);
	fflush(stdout);
	seen->on = on;
	errno = error;
}

/* A descriptor that cannot be looked at may be another's by now, and is not
 * closed. */
static bool asks_whose(const struct seccomp_data *call)
{
	static const long stats[] = {
#ifdef SYS_fstat
		SYS_fstat,
#endif
#ifdef SYS_fstat64
		SYS_fstat64,
#endif
#ifdef SYS_newfstatat
		SYS_newfstatat,
#endif
#ifdef SYS_fstatat64
		SYS_fstatat64,
#endif
		SYS_statx,
	};

	for (size_t i = 0; i < MYM__COUNT(stats); i++) {
		if (call->nr == stats[i])
			return true;
	}
#ifdef SYS_fcntl
	if (call->nr == SYS_fcntl)
		return call->args[1] == F_GETSIG;
#endif
#ifdef SYS_fcntl64
	if (call->nr == SYS_fcntl64)
		return call->args[1] == F_GETSIG;
#endif
	return call->nr == SYS_epoll_ctl &&
	       (fault.error == ENOENT || fault.error == EINVAL ||
		fault.error == EPERM);
}

static bool answer(const struct seccomp_data *call, int64_t *result)
{
	if (!seen->on || !fault_counts(call->nr))
		return false;
	if (seen->calls < CALLS_MAX)
		seen->numbers[seen->calls] = call->nr;
	if ((unsigned int)call->nr < USED_MAX)
		seen->used[call->nr] = true;
	seen->calls++;
	if (!fault_hits(&fault, seen->calls, call))
		return false;
	if (seen->failed++ == 0)
		seen->number = call->nr;
	seen->identity |= asks_whose(call);
	/* What these take away is gone, whatever they say. */
	if (call->nr == SYS_close || call->nr == SYS_munmap)
		syscall(call->nr, (long)call->args[0], (long)call->args[1]);
	*result = -fault.error;
	return true;
}

static volatile int listener = -1;

static void *serve(void *unused)
{
	while (listener < 0)
		usleep(100);
	notify_serve(listener, answer);
	return unused;
}

/* From now on all calls of this thread are seen-> */
static void watch_calls(void)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, serve, NULL), 0);
	listener = notify_install();
	ck_assert_int_ge(listener, 0);
}

static void go(bool on)
{
	seen->on = on;
}

static void close_kept(void)
{
	int fds[DESCRIPTORS_MAX];
	unsigned int count = high_descriptors(fds);

	for (unsigned int i = 0; i < count; i++)
		close(fds[i]);
}

/* What was not given back is closed, so that the next has as much as this. */
static void find_leaks(void)
{
	if (wrap.blocks != 0)
		complain("memory is lost");
	if (wrap.not_cloexec != 0)
		complain("a descriptor would survive exec()");
	if (wrap.bad_closes != 0)
		complain("a descriptor is closed twice");
	if (wrap.descriptors == 0)
		return;
	if (!seen->identity)
		complain("descriptors are lost");
	close_kept();
}

static void run_once(void)
{
	seen->calls = seen->failed = 0;
	seen->identity = false;
	if (!scenario->lasting)
		wrap_start();
	scenario_run(fault.error, go);
	wrap_stop();
	if (!scenario->lasting)
		find_leaks();
	else if (seen->identity)
		close_kept();
}

/* In a process that has not asked before. */
static void run_in_child(void (*what)(void))
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		alarm(60);
		what();
		fflush(NULL);
		_exit(complaints > 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (status != 0)
		complain(WIFEXITED(status) ? "see above" : "killed");
}

static void run_watched(void)
{
	watch_calls();
	run_once();
}

static void try(void)
{
	if (scenario->fresh)
		run_in_child(run_watched);
	else
		run_once();
}

static unsigned int missed, tried;

static void try_fault(unsigned int n, unsigned int which)
{
	fault = (struct fault){
		.n = n,
		.error = errors[which / 2],
		.persistent = which % 2,
	};
	try();
	tried++;
	missed += seen->failed == 0;
}

/* Descriptors that are not kept, and files that are kept twice. */
static unsigned int count_lost(void)
{
	int fds[DESCRIPTORS_MAX];
	const unsigned int kept = high_descriptors(fds);
	unsigned int lost = open_descriptors() - kept;
	struct stat a, b;

	for (unsigned int i = 1; i < kept; i++) {
		ck_assert_int_eq(fstat(fds[i], &a), 0);
		for (unsigned int j = 0; j < i; j++) {
			ck_assert_int_eq(fstat(fds[j], &b), 0);
			lost += a.st_dev == b.st_dev && a.st_ino == b.st_ino;
		}
	}
	return lost;
}

static void print_calls(unsigned int calls)
{
	unsigned int count[512] = { 0 };

	printf("# %s: %u calls x %zu errors x 2:", scenario->name, calls,
	       MYM__COUNT(errors));
	for (unsigned int i = 0; i < calls && i < CALLS_MAX; i++)
		count[seen->numbers[i] & 511]++;
	for (unsigned int i = 0; i < calls && i < CALLS_MAX; i++) {
		unsigned int *here = &count[seen->numbers[i] & 511];

		if (*here)
			printf(" %s %u", call_name(seen->numbers[i]), *here);
		*here = 0;
	}
	printf("\n");
	fflush(stdout);
}

static void begin(int i)
{
	scenario = &scenarios[i];
	seed += (unsigned int)i;
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(seen, MAP_FAILED);
	scenario_prepare(scenario);
}

static void learn(void)
{
	seen->calls = 0;
	scenario_learn(go);
}

static void learn_watched(void)
{
	watch_calls();
	learn();
}

/* How many calls there are when all is well: when libmount is loaded, and what is
 * kept is open. */
static unsigned int count_calls(void)
{
	if (scenario->fresh) {
		run_in_child(learn_watched);
		return seen->calls;
	}
	learn_watched();
	learn();
	learn();
	return seen->calls;
}

/* Whether the tests run where it is denied, or it is said why they cannot. */
static bool is_in_table(const char *name)
{
	FILE *table = fopen(CALL_TABLE, "r");
	char line[256];
	bool found = false;

	ck_assert_ptr_nonnull(table);
	while (!found && fgets(line, sizeof(line), table)) {
		line[strcspn(line, " ")] = '\0';
		found = strcmp(line, name) == 0;
	}
	fclose(table);
	return found;
}

START_TEST(each_fails)
{
	const unsigned int ways = 2 * MYM__COUNT(errors);
	unsigned int calls, before, sample;

	begin(_i);
	calls = count_calls();
	sample = calls > LONG ? 1 : SAMPLE;
	print_calls(calls);
	ck_assert_uint_eq(complaints, 0);
	ck_assert_uint_gt(calls, 0);
	ck_assert_uint_lt(calls, CALLS_MAX);
	before = count_lost();
	for (unsigned int n = 1; n <= calls; n++) {
		if (every_fault)
			for (unsigned int i = 0; i < ways; i++)
				try_fault(n, i);
		else
			for (unsigned int i = 0; i < sample; i++)
				try_fault(n, (unsigned int)rand_r(&seed) % ways);
	}
	printf("# %s: %u faults of %u were tried, %u made no difference\n",
	       scenario->name, tried, calls * ways, missed);
	fault = (struct fault){ 0 };
	/* What is kept is open again, perhaps with what only a fault made it read. */
	for (int i = 0; i < 3; i++)
		try();
	ck_assert_uint_le(count_lost(), before);
	ck_assert_uint_eq(complaints, 0);
	ck_assert_uint_le(missed, tried / 4);
	for (int i = 0; i < USED_MAX; i++)
		if (seen->used[i] && !is_in_table(call_name(i)))
			complain(call_name(i));
	ck_assert_msg(complaints == 0, "calls are not in " CALL_TABLE);
}
END_TEST

/* What the kernel may do at any time is no fault. */
static void read_bytes(void)
{
	scenario_learn(go);
	wrap.site = SITE_READ;
	wrap.n = 1;
	wrap.persistent = true;
	wrap_start();
	scenario_run(0, go);
	wrap_stop();
	wrap.n = 0;
}

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
	(void)number;
	signals++;
}

static void be_interrupted(void)
{
	const struct sigaction action = { .sa_handler = count_signal };
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, never = { 0 };

	scenario_learn(go);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	do
		scenario_run(0, go);
	while (signals < 100);
	setitimer(ITIMER_REAL, &never, NULL);
}

START_TEST(no_difference)
{
	begin(_i);
	run_in_child(read_bytes);
	run_in_child(be_interrupted);
	ck_assert_uint_eq(complaints, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("every");
	const char *chosen = getenv("SEED");

	every_fault = getenv("EVERY_FAULT") != NULL;
	seed = chosen ? (unsigned int)atoi(chosen) :
			(unsigned int)time(NULL) % 100000;
	printf("# SEED=%u\n", seed);
	fflush(stdout);
	for (int i = 0; i < (int)scenario_count; i++) {
		TCase *tc = tcase_create(scenarios[i].name);

		tcase_set_timeout(tc, every_fault ? 3000 : 300);
		if (!scenarios[i].machine)
			tcase_add_unchecked_fixture(tc, group_begin_if_any,
						    group_end_if_any);
		tcase_add_loop_test(tc, each_fails, i, i + 1);
		tcase_add_loop_test(tc, no_difference, i, i + 1);
		suite_add_tcase(s, tc);
	}
	return s;
}
