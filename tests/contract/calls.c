/* SPDX-License-Identifier: MIT */
/* The table of system calls in libmymem(7): what is in it is made, and what is
 * made is in it. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/kernel.h"
#include "syscalls.h"
#include "context.h"
#include "fast.h"
#include "filter.h"
#include "mymem.h"
#include "snapshot.h"
#include "suite.h"
#include "table.h"
#include "trace.h"
#include "watch/poll.h"
#include "watch/watch.h"

static struct mym_ctx *context;
static struct mym_watch *watch;
static struct mym_watch_options options;
static const char *sysroot;
static int process;
static int64_t age = 10000000;
static struct denial denials[8];
static size_t denied;

static void need(bool good)
{
	if (!good)
		_exit(1);
}

/* No call of its own, unless the clock is one. */
static void idle(int64_t ns)
{
	int64_t until = mym__fast_now(CLOCK_MONOTONIC) + ns;

	while (mym__fast_now(CLOCK_MONOTONIC) < until)
		continue;
}

/* Whatever the caller was given, one of the questions is about a limit. */
static void limit_locks(void)
{
	struct rlimit limit;

	need(getrlimit(RLIMIT_MEMLOCK, &limit) == 0);
	if (limit.rlim_cur == RLIM_INFINITY)
		limit.rlim_cur = 1 << 23;
	need(setrlimit(RLIMIT_MEMLOCK, &limit) == 0);
}

static void deny(void)
{
	limit_locks();
	if (denied > 0)
		need(filter_install(denials, denied) == 0);
	need(mym_set_max_age(age) == 0);
}

static void ask(void)
{
	need(mym_limit() >= 0 && mym_available() >= 0 && mym_pressure() >= 0 &&
	     mym_workers(4096, 3) >= 0);
}

/* Whole passes, and light ones; even where a pass is dear. */
static void ask_on(void)
{
	for (int i = 0; i < 3; i++) {
		idle(MYM__SELDOM + 10000000);
		mym__fast_expire();
		ask();
		idle(20000000);
		ask();
	}
}

static void asked(void)
{
	deny();
	ask();
	ask_on();
}

static void sealed(void)
{
	deny();
	need(mym_seal(NULL) == 0);
}

static void open_context(void)
{
	need(mym_open(&context, sysroot, 0) == 0);
}

/* This one, or another. */
static void open_process(void)
{
	need(mym_open_pid(&context, process > 0 ? process : getpid(), 0) == 0);
}

static void close_context(void)
{
	context = mym_close(context);
}

static void opened(void)
{
	deny();
	if (process > 0)
		open_process();
	else
		open_context();
}

static void snapshot(void)
{
	struct mym_snapshot s;

	need(mym_snapshot(context, MYM_WANT_ALL, &s, sizeof(s)) == 0);
}

static void snapshots(void)
{
	for (int i = 0; i < 3; i++)
		snapshot();
}

static void snapshots_and_seal(void)
{
	snapshots();
	if (!sysroot && process == 0)
		need(mym_seal(context) == 0);
}

static void used(void)
{
	opened();
	snapshots();
}

static void used_sealed(void)
{
	used();
	need(mym_seal(context) == 0);
}

static void open_watch(void)
{
	need(mym_watch_open(&watch, &options, sizeof(options)) == 0);
}

static void close_watch(void)
{
	watch = mym_watch_close(watch);
}

static void watching(void)
{
	deny();
	open_watch();
}

static void watching_sealed(void)
{
	options.flags |= MYM_WATCH_SEALED;
	watching();
}

static void next(void)
{
	struct mym_event event;

	need(mym__poll_arm(&watch->timer, 1) == 0);
	idle(1000000);
	watch->not_before = 0;
	while (mym_watch_next(watch, &event, sizeof(event)) > 0)
		continue;
}

/* A glance, a look, and one that finds its sources gone. */
static void dispatch(void)
{
	for (int i = 0; i < 3; i++)
		next();
	watch->ctx.known_at = 0;
	next();
	watch->retry = watch->armed_at = 0;
	watch->stale = true;
	next();
}

/* What the letters of the table stand for. */
static const struct stage {
	char letter;
	void (*before)(void), (*work)(void);
} stages[] = {
	{ 'F', deny, ask },
	{ 'L', asked, ask_on },
	{ 'l', sealed, ask_on },
	{ 'O', deny, open_context },
	{ 'P', deny, open_process },
	{ 'S', opened, snapshots_and_seal },
	{ 's', used_sealed, snapshots },
	{ 'X', used, close_context },
	{ 'x', used_sealed, close_context },
	{ 'W', deny, open_watch },
	{ 'N', watching, dispatch },
	{ 'n', watching_sealed, dispatch },
	{ 'C', watching, close_watch },
	{ 'c', watching_sealed, close_watch },
};

#define LETTERS 128
#define MOST 128
static struct {
	long number;
	bool by[LETTERS];
} made[MOST];
static unsigned int kinds;

static void note(const struct trace *trace, char letter)
{
	for (unsigned int i = 0; i < trace->count; i++) {
		unsigned int k = 0;

		while (k < kinds && made[k].number != trace->calls[i])
			k++;
		ck_assert_uint_lt(k, MOST);
		made[k].number = trace->calls[i];
		made[k].by[(int)letter] = true;
		if (k == kinds)
			kinds++;
	}
}

static struct trace trace;

static void run(const char *letters, bool thread)
{

	for (size_t i = 0; i < MYM__COUNT(stages); i++) {
		const struct stage *s = &stages[i];

		if (!strchr(letters, s->letter))
			continue;
		ck_assert(thread ? trace_thread(s->before, s->work, &trace) :
				   trace_run(s->before, s->work, &trace));
		note(&trace, s->letter);
	}
}

/* systemd's protocol, with a socket. */
static void run_managed(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char directory[] = "/tmp/mymem-calls-XXXXXX";
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket",
		 directory);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address,
			      sizeof(address)), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	setenv("MEMORY_PRESSURE_WATCH", address.sun_path, 1);
	run("WC", false);
	unsetenv("MEMORY_PRESSURE_WATCH");
	close(fd);
	unlink(address.sun_path);
	rmdir(directory);
}

static void refuse(long call, int error)
{
	denials[denied++] = (struct denial){ call, error };
}

#define ALL "FLlOPSsXxWNnCc"

/* Whatever another kernel, or what the program did, makes the library do. */
static void run_all(void)
{
	run(ALL, false);
	run("FLlSsWNn", true);
	run_managed();
	age = 0;
	run("FLl", false);
	age = 10000000;
	refuse(SYS_openat2, ENOSYS);
	refuse(SYS_statmount, ENOSYS);
	run(ALL, false);
	denied = 0;
	process = (int)getpid();
	run("PSX", false);
	process = 0;
	sysroot = FIXTURES "/v2-limit-on-parent";
	run("OSX", false);
	refuse(SYS_openat2, ENOSYS);
	run("OSX", false);
	denied = 0;
	sysroot = NULL;
}

static bool has_libmount(void)
{
#ifdef HAVE_LIBMOUNT
	void *library = dlopen("libmount.so.1", RTLD_LAZY);

	if (library)
		dlclose(library);
	return library != NULL;
#else
	return false;
#endif
}

/* Of the memory controller; and whether it is in a group below the root. */
static int version(bool *below)
{
	struct mym_snapshot s;
	const char *path;
	int r;

	open_context();
	r = mym_snapshot(context, MYM_WANT_LIMIT, &s, sizeof(s));
	path = mym_cgroup_path(context);
	*below = r == 0 && path && strcmp(path, "/") != 0;
	close_context();
	return r < 0 || !(s.valid & MYM_WANT_LIMIT) ? 0 : (int)s.cgroup_version;
}

static bool has_stalls(void)
{
	char byte;
	int fd = open("/proc/pressure/memory", O_RDONLY | O_CLOEXEC);
	bool has = fd >= 0 && read(fd, &byte, 1) == 1;

	close(fd);
	return has;
}

static bool kernel_has(int major, int minor)
{
	struct utsname name;
	int is_major = 0, is_minor = 0;

	ck_assert_int_eq(uname(&name), 0);
	ck_assert_int_eq(sscanf(name.release, "%d.%d", &is_major, &is_minor), 2);
	return is_major > major || (is_major == major && is_minor >= minor);
}

/* Whether what the last column says is so here; "maybe" cannot be told. */
static bool holds(const struct table_row *row)
{
	const char *when = row->when;
	int major, minor;
	bool below;

	if (strncmp(when, "always", 6) == 0)
		return true;
	if (strncmp(when, "libmount", 8) == 0)
		return has_libmount();
	if (strncmp(when, "PSI", 3) == 0)
		return has_stalls();
	if (strncmp(when, "v2", 2) == 0)
		return version(&below) == 2;
	if (strncmp(when, "group", 5) == 0)
		return version(&below) > 0 && below;
	if (sscanf(when, "since %d.%d", &major, &minor) == 2)
		return kernel_has(major, minor);
	ck_assert_msg(strncmp(when, "maybe", 5) == 0, "what is \"%.*s\"?",
		      (int)row->when_length, when);
	return false;
}

static bool is_made(const struct table_row *row, int letter)
{
	for (unsigned int k = 0; k < kinds; k++) {
		if (made[k].by[letter] && table_names(row, made[k].number))
			return true;
	}
	return false;
}

static unsigned int complain_of_rows(void)
{
	const char *at = table_rows;
	unsigned int wrong = 0;
	struct table_row row;

	while (table_next(&at, &row)) {
		bool here = holds(&row);

		for (size_t i = 0; i < row.letters_length; i++) {
			int letter = (unsigned char)row.letters[i];

			ck_assert_msg(strchr(ALL, letter), "what is %c?", letter);
			if (is_made(&row, letter))
				continue;
			wrong += here;
			printf("# %s: %c: %.*s\n", here ? "never made" :
				"not here", letter, (int)row.names_length,
				row.names);
		}
	}
	return wrong;
}

static unsigned int complain_of_calls(void)
{
	unsigned int wrong = 0;

	for (unsigned int k = 0; k < kinds; k++) {
		const char *name = call_name(made[k].number);

		for (int letter = 0; letter < LETTERS; letter++) {
			const char *at = table_rows;
			struct table_row row;
			bool found = !made[k].by[letter];

			while (!found && table_next(&at, &row))
				found = table_has(&row, letter) &&
					table_names(&row, made[k].number);
			if (found)
				continue;
			wrong++;
			printf("# not in the table: %c: %s (%ld)\n", letter,
			       name ? name : "?", made[k].number);
		}
	}
	return wrong;
}

static bool may_trace(void)
{
	if (trace_run(NULL, close_context, &trace))
		return true;
	printf("# skipped: no ptrace(2) here\n");
	fflush(stdout);
	return false;
}

static void ready(void)
{
	used();
	open_watch();
}

static void ask_what_is_known(void)
{
	struct mym_constraint c;

	need(mym_set_max_age(5) == 0);
	need(mym_constraint(context, 0, &c, sizeof(c)) == 0);
	need(mym_constraint_path(context, 0) && mym_version());
	mym_cgroup_path(context);
	need(mym_watch_fd(watch) >= 0);
	mym_watch_sources(watch);
}

START_TEST(none)
{
	if (!may_trace())
		return;
	ck_assert(trace_run(ready, ask_what_is_known, &trace));
	ck_assert_uint_eq(trace.count, 0);
	ck_assert(trace_run(ready, close_context, &trace));
	/* Or nothing is being counted. */
	ck_assert_uint_gt(trace.count, 0);
}
END_TEST

START_TEST(table)
{
	unsigned int wrong;

	if (!may_trace())
		return;
	/* Nobody else's mounts come and go here, if that can be had. */
	if (unshare(CLONE_NEWNS) == 0)
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
	run_all();
	wrong = complain_of_rows() + complain_of_calls();
	fflush(stdout);
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("calls");
	TCase *tc = tcase_create("table");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, none);
	tcase_add_test(tc, table);
	suite_add_tcase(s, tc);
	return s;
}
