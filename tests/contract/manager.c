/* SPDX-License-Identifier: MIT */
/* systemd's memory pressure protocol: what the environment names is listened
 * to, and what it must not name is not touched. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "mymem.h"
#include "suite.h"

#define WATCH "MEMORY_PRESSURE_WATCH"
#define WRITE "MEMORY_PRESSURE_WRITE"
/* "some 200000 2000000", with its NUL. */
#define TRIGGER "c29tZSAyMDAwMDAgMjAwMDAwMAA="
#define HELLO "aGVsbG8="
#define PSI "/proc/pressure/memory"
#define TRIGGERS (MYM_SOURCE_GROUP_TRIGGER | MYM_SOURCE_HOST_TRIGGER)

static char path[64], directory[32];

static void set(const char *watch, const char *writing)
{
	ck_assert_int_eq(watch ? setenv(WATCH, watch, 1) : unsetenv(WATCH), 0);
	ck_assert_int_eq(writing ? setenv(WRITE, writing, 1) :
				   unsetenv(WRITE), 0);
}

static struct mym_watch *opened(uint64_t flags, uint64_t rules)
{
	const struct mym_watch_options options = {
		.flags = flags,
		.rules = rules,
	};
	struct mym_watch *watch = NULL;

	ck_assert_int_eq(mym_watch_open(&watch, &options, sizeof(options)), 0);
	return watch;
}

static uint64_t sources(uint64_t flags)
{
	struct mym_watch *watch = opened(flags, 0);
	uint64_t found = mym_watch_sources(watch);
	struct mym_event e;

	while (mym_watch_next(watch, &e, sizeof(e)) == 1)
		;
	mym_watch_close(watch);
	return found;
}

static uint64_t usual;

static void begin(void)
{
	strcpy(directory, "/tmp/mymem-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/named", directory);
	set(NULL, NULL);
	usual = sources(0);
	ck_assert_uint_eq(usual & MYM_SOURCE_MANAGER, 0);
}

static void end(void)
{
	unlink(path);
	rmdir(directory);
}

/* The manager alone: the machine may be stalled by others. */
static struct mym_watch *opened_to_be_called(void)
{
	return opened(0, MYM_PRESSURE_BY_MANAGER);
}

/* The next event of a kind, within 20 s. */
static void must_come(struct mym_watch *watch, uint64_t kind,
		      struct mym_event *e)
{
	for (int tries = 0; tries < 2000; tries++) {
		struct pollfd p = {
			.fd = mym_watch_fd(watch), .events = POLLIN,
		};

		poll(&p, 1, 10);
		while (mym_watch_next(watch, e, sizeof(*e)) == 1) {
			if (e->kind == kind)
				return;
		}
	}
	ck_abort_msg("no event of kind %d", (int)kind);
}

static void must_call(struct mym_watch *watch)
{
	struct mym_event e;

	do
		must_come(watch, MYM_EVENT_PRESSURE, &e);
	while (!(e.cause & MYM_PRESSURE_BY_MANAGER));
	ck_assert_int_ge(e.level, MYM_PRESSURE_MEDIUM);
}

START_TEST(fifo)
{
	struct mym_watch *watch;
	int fd;

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	set(path, NULL);
	ck_assert_uint_eq(sources(0), (usual & ~TRIGGERS) | MYM_SOURCE_MANAGER);
	watch = opened_to_be_called();
	fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "now", 3), 3);
	must_call(watch);
	/* A writer comes and goes. */
	close(fd);
	for (int i = 0; i < 3; i++) {
		struct mym_event e;

		usleep(1000);
		ck_assert_int_eq(mym_watch_next(watch, &e, sizeof(e)), 0);
	}
	ck_assert_uint_ne(mym_watch_sources(watch) & MYM_SOURCE_MANAGER, 0);
	mym_watch_close(watch);
}
END_TEST

/* What is looked at then gets descriptor 0, which is one like any other. */
START_TEST(standard_input_closed)
{
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	set(path, NULL);
	close(STDIN_FILENO);
	ck_assert_uint_ne(sources(0) & MYM_SOURCE_MANAGER, 0);
}
END_TEST

static int listening(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address,
			      sizeof(address)), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	return listener;
}

START_TEST(unix_socket)
{
	int listener = listening(), fd;
	struct mym_watch *watch;
	struct mym_event e;
	char text[16] = "";

	set(path, HELLO);
	watch = opened_to_be_called();
	ck_assert_uint_ne(mym_watch_sources(watch) & MYM_SOURCE_MANAGER, 0);
	fd = accept(listener, NULL, NULL);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(read(fd, text, sizeof(text)), 5);
	ck_assert_str_eq(text, "hello");
	ck_assert_int_eq(write(fd, "", 1), 1);
	must_call(watch);
	/* It hangs up, once. */
	close(fd);
	must_come(watch, MYM_EVENT_DEGRADED, &e);
	ck_assert_uint_eq(e.lost, MYM_SOURCE_MANAGER);
	ck_assert_uint_eq(e.sources & MYM_SOURCE_MANAGER, 0);
	ck_assert_uint_ne(e.sources & MYM_SOURCE_HEADROOM, 0);
	close(listener);
	mym_watch_close(watch);
}
END_TEST

/* Its call counts for as long as any event does, even when it has hung up. */
START_TEST(calls_and_hangs_up)
{
	const struct mym_watch_options options = {
		.rules = MYM_PRESSURE_BY_MANAGER,
		.cooldown = 1,
		.hold_off = 1,
		.event_window = INT64_C(600000000000),
		.interval_min = 1000000,
		.interval_max = 1000000,
	};
	struct mym_watch *watch;
	struct mym_event e;
	int listener = listening(), fd;

	set(path, NULL);
	ck_assert_int_eq(mym_watch_open(&watch, &options, sizeof(options)), 0);
	ck_assert_uint_ne(mym_watch_sources(watch) & MYM_SOURCE_MANAGER, 0);
	fd = accept(listener, NULL, NULL);
	ck_assert_int_eq(write(fd, "", 1), 1);
	must_call(watch);
	close(fd);
	must_come(watch, MYM_EVENT_DEGRADED, &e);
	ck_assert_uint_eq(e.lost, MYM_SOURCE_MANAGER);
	ck_assert_int_ge(e.level, MYM_PRESSURE_MEDIUM);
	for (int i = 0; i < 20; i++) {
		struct pollfd p = {
			.fd = mym_watch_fd(watch), .events = POLLIN,
		};

		poll(&p, 1, 1000);
		ck_assert_int_eq(mym_watch_next(watch, &e, sizeof(e)), 0);
	}
	close(listener);
	mym_watch_close(watch);
}
END_TEST

START_TEST(psi_file)
{
	if (access(PSI, W_OK) < 0) {
		printf("# skipped: no PSI here\n");
		fflush(stdout);
		return;
	}
	set(PSI, TRIGGER);
	ck_assert_uint_eq(sources(0), (usual & ~TRIGGERS) | MYM_SOURCE_MANAGER);
	set(PSI, NULL);
	ck_assert_uint_eq(sources(0), (usual & ~TRIGGERS) | MYM_SOURCE_MANAGER);
}
END_TEST

START_TEST(off)
{
	static const char *const words[] = { "/dev/null", "" };

	for (int i = 0; i < 2; i++) {
		set(words[i], NULL);
		ck_assert_uint_eq(sources(0),
				  usual & ~(TRIGGERS | MYM_SOURCE_PSI));
	}
}
END_TEST

/* What is no such thing is not used, and nothing is written to it. */
START_TEST(nonsense)
{
	static const char *const paths[] = {
		"named", "/nonexistent/file", "/", "/dev/zero", "/dev/full",
		"/proc/self/oom_score_adj", "/proc/pressure/../self/comm",
		"/sys/fs/cgroup/cgroup.procs",
		"/sys/fs/cgroup/unified/cgroup.procs",
		"/sys/fs/cgroup/memory/cgroup.procs", PSI,
	};
	int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	struct stat st;

	set(path, TRIGGER);
	ck_assert_uint_eq(sources(0), usual);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_size, 0);
	close(fd);
	for (size_t i = 0; i + 1 < sizeof(paths) / sizeof(paths[0]); i++) {
		set(paths[i], TRIGGER);
		ck_assert_msg(sources(0) == usual, "%s", paths[i]);
		set(paths[i], NULL);
		ck_assert_msg(sources(0) == usual, "%s", paths[i]);
	}
	set(PSI, "c29tZSA");
	ck_assert_uint_eq(sources(0), usual);
	/* "some 1 2": the kernel refuses it. */
	set(PSI, "c29tZSAxIDI=");
	ck_assert_uint_eq(sources(0), usual);
	/* Nothing to listen to. */
	set(NULL, TRIGGER);
	ck_assert_uint_eq(sources(0), usual);
}
END_TEST

/* A trigger that the kernel refuses leaves nothing behind: the totals of the program's
 * standard input are not those of the manager. */
START_TEST(refused_with_standard_input)
{
	FILE *totals = tmpfile();
	struct mym_watch *watch;

	if (access(PSI, W_OK) < 0) {
		printf("# skipped: no PSI here\n");
		fflush(stdout);
		return;
	}
	/* "some 1000 2000": a window that the library understands. */
	set(PSI, "c29tZSAxMDAwIDIwMDA=");
	ck_assert_ptr_nonnull(totals);
	ck_assert_int_eq(dup2(fileno(totals), STDIN_FILENO), STDIN_FILENO);
	watch = opened_to_be_called();
	for (int i = 1; i <= 30; i++) {
		struct pollfd p = {
			.fd = mym_watch_fd(watch), .events = POLLIN,
		};
		struct mym_event e;

		rewind(totals);
		fprintf(totals, "some avg10=99.00 avg60=99.00 avg300=99.00 "
			"total=%d000000\n", i * 10);
		fflush(totals);
		poll(&p, 1, 100);
		while (mym_watch_next(watch, &e, sizeof(e)) == 1)
			ck_assert_uint_eq(e.cause & MYM_PRESSURE_BY_MANAGER, 0);
	}
	ck_assert_uint_eq(mym_watch_sources(watch) & MYM_SOURCE_MANAGER, 0);
	mym_watch_close(watch);
	fclose(totals);
}
END_TEST

/* "hello", written to it, would rename this thread. */
START_TEST(own_name)
{
	char before[17] = "", after[17] = "";

	ck_assert_int_eq(prctl(PR_GET_NAME, before), 0);
	set("/proc/self/comm", HELLO);
	ck_assert_uint_eq(sources(0), usual);
	/* As much of a PSI file as there is room for. */
	ck_assert_int_eq(prctl(PR_SET_NAME, "some avg10=0.00"), 0);
	ck_assert_uint_eq(sources(0), usual);
	ck_assert_int_eq(prctl(PR_GET_NAME, after), 0);
	ck_assert_str_eq(after, "some avg10=0.00");
	ck_assert_int_eq(prctl(PR_SET_NAME, before), 0);
}
END_TEST

START_TEST(asked_not_to)
{
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	set(path, NULL);
	ck_assert_uint_eq(sources(MYM_WATCH_NO_MANAGER), usual);
}
END_TEST

/* This program again, in the role that its environment names. */
__attribute__((constructor)) static void play_role(void)
{
	const char *role = getenv("MYMEM_TEST_ROLE");
	struct mym_watch *watch;

	if (!role)
		return;
	if (mym_watch_open(&watch, NULL, 0) < 0)
		_exit(100);
	_exit(mym_watch_sources(watch) & MYM_SOURCE_MANAGER ? 1 : 0);
}

static int run_as(uid_t real)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		setenv("MYMEM_TEST_ROLE", "any", 1);
		if (setreuid(real, (uid_t)-1) < 0)
			_exit(101);
		execl("/proc/self/exe", "again", (char *)NULL);
		_exit(102);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* With more rights than its user a program believes nothing of this. */
START_TEST(more_rights)
{
	if (geteuid() != 0) {
		printf("# skipped: only root can take other rights\n");
		fflush(stdout);
		return;
	}
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	set(path, NULL);
	ck_assert_int_eq(run_as(0), 1);
	ck_assert_int_eq(run_as(65534), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("manager");
	TCase *tc = tcase_create("environment");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, fifo);
	tcase_add_test(tc, standard_input_closed);
	tcase_add_test(tc, unix_socket);
	tcase_add_test(tc, calls_and_hangs_up);
	tcase_add_test(tc, psi_file);
	tcase_add_test(tc, off);
	tcase_add_test(tc, nonsense);
	tcase_add_test(tc, refused_with_standard_input);
	tcase_add_test(tc, own_name);
	tcase_add_test(tc, asked_not_to);
	tcase_add_test(tc, more_rights);
	suite_add_tcase(s, tc);
	return s;
}
