/* SPDX-License-Identifier: MIT */
/*
 * What changes from outside is seen by the simple calls within 100 ms, at any
 * depth: after that time everybody asks once, and must have the new answer.
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answers.h"
#include "askers.h"
#include "fail.h"
#include "group.h"
#include "kill.h"
#include "libc.h"
#include "suite.h"
#include "units.h"

#define LOW (64 * MIB)
#define HIGH (128 * MIB)
/* More than the askers use, less than is between the two. */
#define ROOM (48 * MIB)

static const int depths[] = { 1, 4, 16, 64 };
#define DEPTHS ((int)(sizeof(depths) / sizeof(depths[0])))

static char point[] = "/tmp/mymem-test-XXXXXX";

static void begin(void)
{
	groups_begin();
	if (!mkdtemp(point)) {
		perror(point);
		exit(1);
	}
}

static void end(void)
{
	group_end();
	rmdir(point);
}

/* Groups in each other; the process is in the last. */
static struct chain {
	int depth;
	char name[256];
	char dirs[65][4800];
} chain;

static const char *make_chain(const char *name, int depth)
{
	char *end = chain.name + snprintf(chain.name, sizeof(chain.name),
					  "%s-%d", name, depth);

	chain.depth = depth;
	for (int i = 0; i < depth; i++) {
		if (i > 0)
			end = stpcpy(end, "/d");
		snprintf(chain.dirs[i], sizeof(chain.dirs[0]), "%s",
			 group_make(chain.name, 0));
	}
	return chain.dirs[depth - 1];
}

static void check(int asker, enum question question, int64_t value)
{
	static const char *const names[] = { "limit", "available", "workers" };
	int64_t got = asker_ask(asker, question);
	int64_t least = question == ASK_LIMIT ? value : value - ROOM;

	ck_assert_msg(got >= least && got <= value,
		      "%s: %s: %lld, and not %lld (depth %d)",
		      asker_name(asker), names[question], (long long)got,
		      (long long)value, chain.depth);
}

static void expect(enum question question, int64_t value)
{
	askers_wait();
	for (int i = 0; i < ASKERS; i++)
		check(i, question, value);
}

/* One that asks for nothing older than now. */
static void expect_at_once(enum question question, int64_t value)
{
	for (int i = 0; i < ASKERS; i++) {
		if (asker_is_fresh(i))
			check(i, question, value);
	}
}

/* Each of the calls has an answer of its own that may be too old. */
static void change_limits(void (*set)(const char *dir, int64_t limit))
{
	const int levels[] = { chain.depth - 1, chain.depth / 2, 0 };
	int question = ASK_LIMIT;

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		const char *dir = chain.dirs[levels[i]];

		set(dir, LOW);
		expect((enum question)(question++ % 3), LOW);
		set(dir, HIGH);
		expect((enum question)(question++ % 3), HIGH);
	}
}

START_TEST(limit_written)
{
	askers_start(make_chain("written", depths[_i]));
	change_limits(group_limit);
}
END_TEST

static void private_mounts(int more)
{
	must(unshare(CLONE_NEWNS | more), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make private");
}

/* By another mount of the hierarchy. */
static void write_elsewhere(const char *dir, int64_t limit, int namespaces)
{
	char path[8192];
	int status;
	pid_t pid;

	snprintf(path, sizeof(path), "%s%s", point,
		 dir + strlen(group_mount()));
	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		/* Where the namespace begins. */
		group_join(group_mount(), 0);
		private_mounts(namespaces);
		if (group_version() == 1)
			must(mount("cgroup", point, "cgroup", 0, "memory"),
			     "mount cgroup");
		else
			must(mount("cgroup2", point, "cgroup2", 0, NULL),
			     "mount cgroup2");
		group_limit(path, limit);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

static void write_by_mount(const char *dir, int64_t limit)
{
	write_elsewhere(dir, limit, 0);
}

static void write_from_namespace(const char *dir, int64_t limit)
{
	write_elsewhere(dir, limit, CLONE_NEWCGROUP);
}

START_TEST(limit_written_by_another_mount)
{
	askers_start(make_chain("mount", depths[_i]));
	change_limits(write_by_mount);
}
END_TEST

START_TEST(limit_written_from_another_namespace)
{
	askers_start(make_chain("namespace", depths[_i]));
	change_limits(write_from_namespace);
}
END_TEST

/* A group of the same name is another group. */
START_TEST(moved)
{
	const char *first = make_chain("moved", depths[_i]), *second;
	char beside[sizeof(chain.name) + 4];

	snprintf(beside, sizeof(beside), "%s-2", chain.name);
	second = group_make(beside, HIGH);
	group_limit(first, LOW);
	askers_start(first);
	expect(ASK_LIMIT, LOW);
	askers_join(second);
	expect(ASK_LIMIT, HIGH);
	askers_join(first);
	expect(ASK_AVAILABLE, LOW);
	askers_join(second);
	group_remove(first);
	expect(ASK_WORKERS, HIGH);
	group_make(chain.name, LOW);
	askers_join(first);
	expect(ASK_LIMIT, LOW);
	group_limit(first, HIGH);
	expect(ASK_LIMIT, HIGH);
	group_remove(second);
	expect(ASK_AVAILABLE, HIGH);
}
END_TEST

static void set_rlimit(int resource, rlim_t soft)
{
	for (int i = 0; i < ASKERS; i++) {
		struct rlimit limit;

		must(prlimit(asker_process(i), (__rlimit_resource_t)resource,
			     NULL, &limit), "prlimit");
		limit.rlim_cur = soft;
		must(prlimit(asker_process(i), (__rlimit_resource_t)resource,
			     &limit, NULL), "prlimit");
	}
}

START_TEST(rlimit_set)
{
	const int resources[] = { RLIMIT_AS, RLIMIT_DATA };
	const char *dir = make_chain("rlimit", depths[_i]);

	group_limit(dir, 2 * HIGH);
	askers_start(dir);
	for (int i = 0; i < 2; i++) {
		set_rlimit(resources[i], LOW);
		expect(ASK_LIMIT, LOW);
		set_rlimit(resources[i], HIGH);
		expect(ASK_AVAILABLE, HIGH);
		set_rlimit(resources[i], LOW);
		expect(ASK_WORKERS, LOW);
		set_rlimit(resources[i], RLIM_INFINITY);
		expect(ASK_LIMIT, 2 * HIGH);
	}
}
END_TEST

static void write_meminfo(const char *name, int64_t total)
{
	FILE *out = fopen(name, "w");

	ck_assert_ptr_nonnull(out);
	fprintf(out, "MemTotal: %lld kB\nMemFree: %lld kB\n"
		"MemAvailable: %lld kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n",
		(long long)total / 1024, (long long)total / 1024,
		(long long)total / 1024);
	fclose(out);
}

/* What a sandbox or an lxcfs that comes later shows. */
START_TEST(mounted_over)
{
	const char *dir = make_chain("over", depths[_i]);
	int64_t host;
	char file[64];

	private_mounts(0);
	must(mount("none", point, "tmpfs", 0, NULL), "tmpfs");
	snprintf(file, sizeof(file), "%s/meminfo", point);
	askers_start(dir);
	host = asker_ask(0, ASK_LIMIT);
	ck_assert_int_gt(host, 2 * HIGH);
	group_limit(dir, HIGH);
	expect(ASK_LIMIT, HIGH);

	/* A limit that is hidden still holds. */
	must(mount("none", group_mount(), "tmpfs", 0, NULL), "hide");
	expect(ASK_LIMIT, HIGH);
	must(umount2(group_mount(), MNT_DETACH), "umount");
	expect(ASK_AVAILABLE, HIGH);

	write_meminfo(file, LOW);
	must(mount(file, "/proc/meminfo", NULL, MS_BIND, NULL), "bind");
	expect(ASK_LIMIT, LOW);
	write_meminfo(file, LOW / 2);
	expect(ASK_AVAILABLE, LOW / 2);
	must(umount2("/proc/meminfo", MNT_DETACH), "umount");
	expect(ASK_LIMIT, HIGH);
}
END_TEST

/* The groups above are out of sight, as in a container that is given only its
 * own one, and hold. */
START_TEST(own_group_mounted_over)
{
	const char *dir = make_chain("container", depths[_i] + 1);

	private_mounts(0);
	group_limit(chain.dirs[0], LOW);
	group_limit(dir, HIGH);
	askers_start(dir);
	expect(ASK_LIMIT, LOW);
	must(mount(dir, group_mount(), NULL, MS_BIND, NULL), "bind");
	expect(ASK_LIMIT, LOW);
	must(umount2(group_mount(), MNT_DETACH), "umount");
	expect(ASK_AVAILABLE, LOW);
}
END_TEST

/* Memory that another process of the group uses until it is killed. */
static pid_t eat(const char *dir, int64_t bytes)
{
	int ready[2];
	pid_t pid;
	char byte = 0;

	must(pipe(ready), "pipe");
	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		group_join(dir, 0);
		use_memory(bytes);
		if (write(ready[1], &byte, 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

START_TEST(memory_used)
{
	const char *dir = make_chain("used", depths[_i]);
	pid_t pid;

	group_limit(chain.dirs[0], HIGH);
	askers_start(dir);
	pid = eat(dir, HIGH - LOW);
	expect_at_once(ASK_AVAILABLE, LOW);
	expect(ASK_WORKERS, LOW);
	must(kill_one(pid, SIGKILL), "kill");
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	expect_at_once(ASK_WORKERS, HIGH);
	expect(ASK_AVAILABLE, HIGH);
	/* Hardly any is left. */
	eat(dir, HIGH - 2 * MIB - (HIGH - asker_ask(0, ASK_AVAILABLE)));
	askers_wait();
	for (int i = 0; i < ASKERS; i++)
		ck_assert_msg(asker_ask(i, ASK_PRESSURE) ==
			      MYM_PRESSURE_CRITICAL, "%s", asker_name(i));
}
END_TEST

/* The address sanitizer reserves more address space than that. */
#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ADDRESS_SPACE 0
#else
#define HAVE_ADDRESS_SPACE 1
#endif

/* SHALLOW in the environment leaves out what takes minutes in emulation: all
 * depths but one. */
Suite *suite(void)
{
	Suite *s = suite_create("fresh");
	TCase *tc = tcase_create("seen");
	const int first = getenv("SHALLOW") ? 1 : 0;
	const int last = getenv("SHALLOW") ? 2 : DEPTHS;

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, begin, end);
	tcase_add_loop_test(tc, limit_written, first, last);
	tcase_add_loop_test(tc, limit_written_by_another_mount, first,
			    last);
	tcase_add_loop_test(tc, limit_written_from_another_namespace,
			    first, last);
	tcase_add_loop_test(tc, moved, first, last);
	if (HAVE_ADDRESS_SPACE)
		tcase_add_loop_test(tc, rlimit_set, first, last);
	tcase_add_loop_test(tc, mounted_over, first, last);
	tcase_add_loop_test(tc, own_group_mounted_over, first, last);
	tcase_add_loop_test(tc, memory_used, first, last);
	suite_add_tcase(s, tc);
	return s;
}
