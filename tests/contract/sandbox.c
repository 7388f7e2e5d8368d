/* SPDX-License-Identifier: MIT */
/*
 * Sandboxes that kill: a program that was sealed goes on asking, in all that
 * allow what libmymem(7) lists.  The lists of others are modelled on OpenSSH's
 * sandbox-seccomp-filter.c, Chromium's baseline_policy.cc and systemd's
 * @system-service, as far as this library has to do with them.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/compiler.h"
#include "syscalls.h"
#include "fast.h"
#include "filter.h"
#include "mymem.h"
#include "snapshot.h"
#include "suite.h"
#include "table.h"
#include "watch/poll.h"
#include "watch/watch.h"

/* Names of calls: which are allowed, and which fail.  "fstatat" is one of a
 * descriptor alone. */
struct sandbox {
	const char *name, *allowed, *failing;
	int error;
};

#define PROCESS " exit exit_group rt_sigreturn rt_sigprocmask"

static const struct sandbox chromium = {
	"chromium", "brk clock_gettime clock_gettime64 close epoll_create1 "
	"epoll_ctl epoll_pwait epoll_wait fcntl fcntl64 fstat fstat64 fstatat "
	"futex getpid getrandom gettid gettimeofday getuid geteuid lseek "
	"madvise mmap mmap2 mprotect munmap nanosleep poll ppoll ppoll_time64 "
	"pread64 pselect6 read rt_sigaction sched_yield select time write "
	"writev" PROCESS,
	"access faccessat getdents64 lstat open openat readlink readlinkat stat "
	"statfs statfs64 statx socket connect", EPERM,
};

static const struct sandbox openssh = {
	"openssh", "brk clock_gettime clock_gettime64 close futex getpgid getpid "
	"getrandom gettid gettimeofday geteuid getuid madvise mmap mmap2 "
	"mprotect mremap munmap nanosleep poll ppoll ppoll_time64 pselect6 read "
	"select time write writev" PROCESS,
	"fstat fstat64 lstat newfstatat open openat stat statx", EACCES,
};

/* With what the library needs besides, first as that is written in C. */
static const struct sandbox openssh_more = {
	"openssh, and pread64 and fstat", "fstat fstat64 fstatat pread64 brk "
	"clock_gettime clock_gettime64 close futex getpgid getpid getrandom "
	"gettid gettimeofday geteuid getuid madvise mmap mmap2 mprotect mremap "
	"munmap nanosleep poll ppoll ppoll_time64 pselect6 read select time "
	"write writev" PROCESS,
	"lstat open openat stat statx", EACCES,
};

static const struct sandbox system_service = {
	"@system-service", "access brk clock_getres clock_getres_time64 "
	"clock_gettime clock_gettime64 close connect epoll_create1 epoll_ctl "
	"epoll_pwait epoll_wait faccessat fcntl fcntl64 fstat fstat64 fstatat64 "
	"fstatfs fstatfs64 futex get_mempolicy getdents64 getpgid getpid "
	"getrandom gettid gettimeofday geteuid getuid inotify_add_watch "
	"inotify_init1 ioctl lseek lstat madvise mmap mmap2 mprotect mremap "
	"munmap nanosleep newfstatat open openat openat2 pidfd_open poll ppoll "
	"ppoll_time64 pread64 prlimit64 pselect6 read readlink readlinkat "
	"rt_sigaction sched_yield select set_robust_list socket stat statfs "
	"statfs64 statx sysinfo time timerfd_create timerfd_settime "
	"timerfd_settime64 write writev" PROCESS,
	/* Newer than the systemd of Debian 12. */
	"statmount", ENOSYS,
};

static size_t add(struct denial *rules, size_t count, const char *names,
		  int error)
{
	while (*names != '\0') {
		size_t length = strcspn(names, " ");
		bool fd = length == 7 && strncmp(names, "fstatat", length) == 0;
		long number = fd ? call_number("newfstatat", 10)
				 : call_number(names, length);

		if (number >= 0) {
			ck_assert_uint_lt(count, DENIALS_MAX);
			rules[count++] = (struct denial){
				number, fd ? FILTER_FD : error,
			};
		}
		names += length + strspn(names + length, " ");
	}
	return count;
}

static void enter(const struct sandbox *sandbox)
{
	struct denial rules[DENIALS_MAX];
	size_t count = add(rules, 0, sandbox->allowed, 0);

	count = add(rules, count, sandbox->failing, sandbox->error);
	if (filter_only(rules, count) < 0)
		_exit(100);
}

/* The calls that the table has for these letters, and to end. */
static void enter_listed(const char *letters)
{
	char names[1024] = "exit_group ";
	struct sandbox listed = { "listed", names, "", 0 };
	const char *at = table_rows;
	struct table_row row;

	while (table_next(&at, &row)) {
		size_t have = strlen(names);

		for (const char *l = letters; *l != '\0'; l++) {
			if (!table_has(&row, *l))
				continue;
			snprintf(names + have, sizeof(names) - have, "%.*s ",
				 (int)row.names_length, row.names);
			break;
		}
	}
	for (char *c = names; *c != '\0'; c++) {
		if (*c == ',')
			*c = ' ';
	}
	/* Of fstat(3): no name is looked up. */
	for (char *c = names; (c = strstr(c, "newfstatat")) != NULL;)
		memcpy(c, "   fstatat", 10);
	enter(&listed);
}

static struct mym_ctx *ctx;
static struct mym_watch *watch;
static struct mym_snapshot before;

static void need(bool good, int status)
{
	if (!good)
		_exit(status);
}

static struct mym_snapshot snapshot(void)
{
	struct mym_snapshot s;

	need(mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s)) == 0, 10);
	return s;
}

static void seal(void)
{
	const struct mym_watch_options options = { .flags = MYM_WATCH_SEALED };

	need(mym_open(&ctx, NULL, 0) == 0, 2);
	need(mym_seal(NULL) == 0 && mym_seal(ctx) == 0, 3);
	need(mym_watch_open(&watch, &options, sizeof(options)) == 0, 4);
	before = snapshot();
}

static void idle(int64_t ns)
{
	int64_t until = mym__fast_now(CLOCK_MONOTONIC) + ns;

	while (mym__fast_now(CLOCK_MONOTONIC) < until)
		continue;
}

/* Not more than before, whether the answers are refreshed or not. */
static void ask(void)
{
	for (int i = 0; i < 3; i++) {
		int64_t limit = mym_limit(), available = mym_available();

		need(limit >= 0 && limit <= before.limit, 11);
		need(available >= 0 && available <= limit, 12);
		need(mym_pressure() >= 0 && mym_workers(4096, 3) >= 0, 13);
		idle(i == 0 ? 20000000 : MYM__SELDOM + 10000000);
	}
}

static void look(void)
{
	const uint64_t least = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE;
	struct mym_snapshot s = snapshot();

	need((least & ~s.valid) == 0, 14);
	need(s.limit <= before.limit && s.available <= s.limit, 15);
	need(s.swap_limit <= before.swap_limit, 16);
	need((s.flags & ~before.flags & ~(uint64_t)MYM_FLAG_PARTIAL) == 0, 17);
}

static void look_well(void)
{
	struct mym_snapshot s = snapshot();

	look();
	/* All that was known is known. */
	need((before.valid & ~s.valid) == 0, 18);
	need((s.flags & ~before.flags) == 0, 19);
}

static void dispatch(void)
{
	struct mym_event event;

	for (int i = 0; i < 4; i++) {
		need(mym__poll_arm(&watch->timer, 1) == 0, 20);
		idle(1000000);
		watch->not_before = 0;
		watch->stale = i == 2;
		watch->ctx.known_at = i == 1 ? 0 : watch->ctx.known_at;
		while (mym_watch_next(watch, &event, sizeof(event)) > 0)
			continue;
	}
}

static void *ask_fresh(void *data)
{
	for (int i = 0; i < 1000; i++)
		need(mym_limit() >= 0, 30);
	return data;
}

static void inside_listed(void)
{
	seal();
	enter_listed("ls");
	ask();
	look_well();
	mym_set_max_age(0);
	ask();
}

static void inside_listed_close(void)
{
	seal();
	enter_listed("x");
	mym_close(ctx);
}

static void inside_listed_watch(void)
{
	seal();
	enter_listed("n");
	dispatch();
}

static void inside_listed_watch_close(void)
{
	seal();
	enter_listed("c");
	mym_watch_close(watch);
}

/* Nobody sees the mounts any more, or has to. */
static void inside_after_mount(void)
{
	seal();
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		_exit(77);
	need(mount("nothing", "/sys", "tmpfs", 0, NULL) == 0, 40);
	need(mount("nothing", "/proc", "tmpfs", 0, NULL) == 0, 41);
	enter_listed("lsnxc");
	ask();
	look_well();
	dispatch();
	mym_close(ctx);
	mym_watch_close(watch);
}

/* The files are gone, and cannot be opened again. */
static void inside_without_files(void)
{
	seal();
	for (int fd = 3; fd < 1024; fd++)
		close(fd);
	enter_listed("lsx");
	ask();
	look();
	need(snapshot().flags & MYM_FLAG_PARTIAL, 50);
	mym_close(ctx);
}

/* A child knows no more of itself than it was left. */
static void inside_fork(void)
{
	int status;
	pid_t pid;

	seal();
	pid = fork();
	if (pid > 0) {
		need(waitpid(pid, &status, 0) == pid, 51);
		_exit(WIFSIGNALED(status) ? 52 : WEXITSTATUS(status));
	}
	enter_listed("ls");
	ask();
	look();
}

/* Unless it is sealed again. */
static void inside_fork_sealed(void)
{
	pid_t pid;
	int status;

	seal();
	pid = fork();
	if (pid > 0) {
		need(waitpid(pid, &status, 0) == pid, 51);
		_exit(WIFSIGNALED(status) ? 52 : WEXITSTATUS(status));
	}
	need(mym_seal(NULL) == 0 && mym_seal(ctx) == 0, 53);
	enter_listed("lsx");
	ask();
	look_well();
	mym_close(ctx);
}

/* Two that refresh at the same time do not wait for each other. */
static void inside_threads(void)
{
	pthread_t other;

	seal();
	mym_set_max_age(0);
	need(pthread_create(&other, NULL, ask_fresh, NULL) == 0, 60);
	/* It will inherit nothing: each thread enters by itself. */
	enter_listed("l");
	ask_fresh(NULL);
}

static void inside_chromium(void)
{
	seal();
	enter(&chromium);
	ask();
	look_well();
	mym_close(ctx);
	mym_watch_close(watch);
}

static void inside_chromium_watch(void)
{
	seal();
	enter(&chromium);
	dispatch();
}

static void inside_openssh_warm(void)
{
	mym_set_max_age(INT64_MAX);
	seal();
	before.limit = mym_limit();
	need(mym_available() >= 0 && mym_pressure() >= 0, 5);
	enter(&openssh);
	ask();
}

static void inside_openssh(void)
{
	seal();
	/* Where a pass takes long, one is seldom made. */
	mym_set_max_age(0);
	enter(&openssh);
	ask();
}

static void inside_openssh_more(void)
{
	seal();
	enter(&openssh_more);
	ask();
	look_well();
	mym_close(ctx);
}

/* systemd's filter is there before the program is. */
static void inside_system_service(void)
{
	const struct mym_watch_options options = { .flags = 0 };

	enter(&system_service);
	before.limit = INT64_MAX;
	ask();
	need(mym_open(&ctx, NULL, 0) == 0, 2);
	before = snapshot();
	look_well();
	need(mym_watch_open(&watch, &options, sizeof(options)) == 0, 4);
	dispatch();
	mym_set_max_age(0);
	ask();
	mym_close(ctx);
	mym_watch_close(watch);
}

/* Not sealed, it needs more than is listed for that. */
static void inside_unsealed(void)
{
	need(mym_open(&ctx, NULL, 0) == 0, 2);
	need(mym_limit() > 0, 3);
	before = snapshot();
	mym_set_max_age(0);
	enter_listed("ls");
	ask();
	look();
}

static const struct {
	const char *name;
	void (*run)(void);
	bool killed;
} all[] = {
	{ "as listed", inside_listed, false },
	{ "as listed, to close", inside_listed_close, false },
	{ "as listed, a watch", inside_listed_watch, false },
	{ "as listed, to close a watch", inside_listed_watch_close, false },
	{ "after mounts", inside_after_mount, false },
	{ "without files", inside_without_files, false },
	{ "a child", inside_fork, false },
	{ "a sealed child", inside_fork_sealed, false },
	{ "threads", inside_threads, false },
	{ "Chromium", inside_chromium, false },
	{ "Chromium, a watch", inside_chromium_watch, true },
	{ "OpenSSH, warm", inside_openssh_warm, false },
	{ "OpenSSH", inside_openssh, true },
	{ "OpenSSH and two calls", inside_openssh_more, false },
	{ "systemd", inside_system_service, false },
	{ "not sealed", inside_unsealed, true },
};

START_TEST(survives)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		all[_i].run();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		printf("# skipped: %s: no mounts can be made here\n",
		       all[_i].name);
		fflush(stdout);
		return;
	}
	ck_assert_msg(all[_i].killed ? WIFSIGNALED(status) &&
				WTERMSIG(status) == SIGSYS : status == 0,
		      "%s: ended with %#x", all[_i].name, (unsigned int)status);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sandbox");
	TCase *tc = tcase_create("kills");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, survives, 0, MYM__COUNT(all));
	suite_add_tcase(s, tc);
	return s;
}
