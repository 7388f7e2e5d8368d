/* SPDX-License-Identifier: MIT */
/*
 * ask WAY [ARGUMENT]: asks for the machine's memory in one of many ways, by
 * system calls alone, and prints it in KiB; or does what a program may do
 * meanwhile, and prints "ok".  It is built for several C libraries and for both
 * sizes of words.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kill.h"

#define MEMINFO "/proc/meminfo"
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

static void die(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

/* MemTotal; < 0: it is none. */
static long total_of(int fd)
{
	char text[64];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	long kib;

	text[n > 0 ? n : 0] = '\0';
	return sscanf(text, "MemTotal: %ld kB", &kib) == 1 ? kib : -1;
}

static void show(int fd)
{
	if (fd < 0)
		die("open");
	printf("%ld\n", total_of(fd));
}

static void by_openat(const char *argument)
{
	show((int)syscall(SYS_openat, AT_FDCWD, argument ? argument : MEMINFO,
			  O_RDONLY));
}

static void by_open(const char *argument)
{
#ifdef SYS_open
	show((int)syscall(SYS_open, argument ? argument : MEMINFO, O_RDONLY));
#else
	by_openat(argument);
#endif
}

static void by_openat2(const char *argument)
{
	/* Flags, mode, and what must not be on the way: another file system. */
	uint64_t how[3] = { O_RDONLY, 0,
			    argument ? strtoul(argument, NULL, 16) : 0 };
	int dir = open("/proc", O_PATH | O_DIRECTORY);

	show((int)syscall(SYS_openat2, dir, "meminfo", how, sizeof(how)));
}

static void by_fd(const char *argument)
{
	show(openat(open("/proc", O_RDONLY | O_DIRECTORY), "meminfo",
		    O_RDONLY));
}

static void by_cwd(const char *argument)
{
	if (chdir("/proc/sys/kernel") < 0)
		die("chdir");
	show(open("../../meminfo", O_RDONLY));
}

static void by_sysinfo(const char *argument)
{
	struct sysinfo info;

	if (syscall(SYS_sysinfo, &info) < 0)
		die("sysinfo");
	printf("%lld\n", (long long)info.totalram * info.mem_unit / 1024);
}

static void by_vfork(const char *argument)
{
	pid_t pid = vfork();

	if (pid == 0) {
		int fd = open(MEMINFO, O_RDONLY);

		dup2(fd, 99);
		_exit(fd < 0);
	}
	by_open(NULL);
}

/* The path ends where the mapping does. */
static void at_border(const char *argument)
{
	const long page = sysconf(_SC_PAGESIZE);
	char *at = mmap(NULL, 2 * (size_t)page, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED || munmap(at + page, (size_t)page) < 0)
		die("mmap");
	at += page - (long)sizeof(MEMINFO);
	memcpy(at, MEMINFO, sizeof(MEMINFO));
	show(open(at, O_RDONLY));
}

/* It goes on in the next page. */
static void across_border(const char *argument)
{
	const long page = sysconf(_SC_PAGESIZE);
	char *at = mmap(NULL, 2 * (size_t)page, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		die("mmap");
	show(open(memcpy(at + page - 5, MEMINFO, sizeof(MEMINFO)), O_RDONLY));
}

static void expect(const char *what, int fd, int error)
{
	if (fd >= 0 || errno != error) {
		printf("%s: %d, %s\n", what, fd, strerror(errno));
		exit(1);
	}
}

/* What the kernel refuses is refused as ever. */
static void refused(const char *argument)
{
	static char path[8192];
	char *last;

	memset(path, '/', sizeof(path));
	strcpy(path + sizeof(path) - sizeof("proc/meminfo"), "proc/meminfo");
	expect("longer than any path", open(path, O_RDONLY), ENAMETOOLONG);
	last = path + sizeof(path) - 4097;
	expect("4096 bytes", open(last, O_RDONLY), ENAMETOOLONG);
	if (total_of(open(last + 1, O_RDONLY)) <= 0)
		die("4095 bytes");
	expect("no memory", open((char *)8, O_RDONLY), EFAULT);
	expect("no struct", (int)syscall(SYS_sysinfo, 8), EFAULT);
	expect("no such file", open("/nonexistent/meminfo", O_RDONLY), ENOENT);
	expect("no such directory", openat(77, "meminfo", O_RDONLY), EBADF);
	expect("a directory", open(MEMINFO "/", O_RDONLY), ENOTDIR);
	expect("a flag of another", open(MEMINFO, O_RDONLY | O_DIRECTORY),
	       ENOTDIR);
	printf("ok\n");
}

/* Of what was opened. */
static void properties(const char *argument)
{
	int fd = open(MEMINFO, O_RDONLY | O_CLOEXEC | O_NONBLOCK), other;
	struct stat st;
	char byte;

	if (fd < 0)
		die("open");
	if (!(fcntl(fd, F_GETFD) & FD_CLOEXEC))
		die("O_CLOEXEC is lost");
	if (!(fcntl(fd, F_GETFL) & O_NONBLOCK))
		die("O_NONBLOCK is lost");
	other = open(MEMINFO, O_RDONLY);
	if (fcntl(other, F_GETFD) & FD_CLOEXEC)
		die("O_CLOEXEC is added");
	if (other != fd + 1)
		die("not the lowest number");
	if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY ||
	    write(fd, "x", 1) >= 0 || ftruncate(fd, 0) == 0)
		die("it can be written");
	/* Each has a place of its own. */
	if (read(fd, &byte, 1) != 1 || lseek(other, 0, SEEK_CUR) != 0)
		die("the offset is shared");
	if (fstat(fd, &st) < 0 || (st.st_mode & 0777) != 0444)
		die("mode");
	printf("ok\n");
}

static void without_proc(const char *argument)
{
	if (chroot("/var/empty") < 0 && chroot("/mnt") < 0)
		die("chroot");
	expect("in a chroot", open(MEMINFO, O_RDONLY), ENOENT);
	expect("from the root's parent", open("/.." MEMINFO, O_RDONLY), ENOENT);
	by_sysinfo(NULL);
}

static void deleted_cwd(const char *argument)
{
	char dir[] = "/tmp/mymem-ask.XXXXXX";

	if (!mkdtemp(dir) || chdir(dir) < 0 || rmdir(dir) < 0)
		die(dir);
	expect("in a directory that is gone", open("meminfo", O_RDONLY),
	       ENOENT);
	by_open(NULL);
}

static long wanted;

static void *open_often(void *argument)
{
	intptr_t wrong = 0;

	for (int i = 0; i < 200; i++) {
		int fd = open(MEMINFO, O_RDONLY | O_CLOEXEC);

		wrong += fd < 0 || total_of(fd) != wanted;
		close(fd);
	}
	return (void *)wrong;
}

static void threads(const char *argument)
{
	pthread_t thread[8];
	intptr_t wrong = 0;
	void *of_one;

	wanted = strtol(argument, NULL, 10);
	for (int i = 0; i < 8; i++)
		pthread_create(&thread[i], NULL, open_often, NULL);
	for (int i = 0; i < 8; i++) {
		pthread_join(thread[i], &of_one);
		wrong += (intptr_t)of_one;
	}
	if (wrong)
		printf("%ld of 1600 are wrong\n", (long)wrong);
	else
		printf("ok\n");
}

static volatile sig_atomic_t signals;

static void count(int number)
{
	signals++;
}

/* Signals while it waits; without SA_RESTART a call may be interrupted, and
 * nothing else. */
static void storm(const char *argument)
{
	struct sigaction action = { .sa_handler = count };
	struct itimerval often = { { 0, 150 }, { 0, 150 } };
	long wrong = 0, interrupted = 0, last = -1;

	wanted = strtol(argument, NULL, 10);
	for (int restart = 0; restart < 2; restart++) {
		action.sa_flags = restart ? SA_RESTART : 0;
		sigaction(SIGALRM, &action, NULL);
		setitimer(ITIMER_REAL, &often, NULL);
		for (int i = 0; i < 2000; i++) {
			int fd = open(MEMINFO, O_RDONLY);

			if (fd < 0 && errno == EINTR && !restart)
				interrupted++;
			else if (fd < 0 || total_of(fd) != wanted)
				wrong++;
			if (fd > last)
				last = fd;
			close(fd);
		}
	}
	setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
	if (wrong || !signals)
		printf("%ld of 4000 are wrong, with %d signals\n", wrong,
		       (int)signals);
	else if (last > 16)
		printf("descriptors are lost: %ld is in use\n", last);
	else
		printf("ok\n");
	(void)interrupted;
}

/* Processes that end while their calls wait. */
static void killed(const char *argument)
{
	for (int i = 0; i < 200; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			for (;;)
				close(open(MEMINFO, O_RDONLY));
		}
		usleep((useconds_t)(i * 20));
		kill_one(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	by_open(NULL);
}

/* Short processes, a few at a time. */
static void bomb(const char *argument)
{
	int status, wrong = 0;

	wanted = strtol(argument, NULL, 10);
	for (int i = 0; i < 1000; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(total_of(open(MEMINFO, O_RDONLY)) != wanted);
		if (pid < 0)
			die("fork");
		if (i >= 16 && wait(&status) > 0)
			wrong += status != 0;
	}
	while (wait(&status) > 0)
		wrong += status != 0;
	if (wrong)
		printf("%d of 1000 are wrong\n", wrong);
	else
		printf("ok\n");
}

/* A file that stays open follows a limit: prints each number that is new. */
static void stay(const char *argument)
{
	int fd = open(MEMINFO, O_RDONLY);
	long before = 0;

	for (int i = 0; i < 200; i++) {
		long now = total_of(fd);

		if (now != before) {
			printf("%ld\n", now);
			fflush(stdout);
		}
		if (before && now != before)
			return;
		before = now;
		usleep(50000);
	}
}

/* Asks for ever, as fast as it can, and ends at the first wrong answer. */
static void go_on(const char *argument)
{
	wanted = strtol(argument, NULL, 10);
	for (unsigned long i = 1;; i++) {
		int fd = open(MEMINFO, O_RDONLY);
		long total = fd < 0 ? -errno : total_of(fd);

		if (total != wanted) {
			printf("%ld\n", total);
			return;
		}
		close(fd);
		if (i % 1000 == 0 && access("stop", F_OK) == 0) {
			printf("ok\n");
			return;
		}
	}
}

static const struct {
	const char *name;
	void (*ask)(const char *argument);
} ways[] = {
	{ "open", by_open },
	{ "openat", by_openat },
	{ "openat2", by_openat2 },
	{ "fd", by_fd },
	{ "cwd", by_cwd },
	{ "sysinfo", by_sysinfo },
	{ "vfork", by_vfork },
	{ "at-border", at_border },
	{ "across-border", across_border },
	{ "refused", refused },
	{ "properties", properties },
	{ "without-proc", without_proc },
	{ "deleted-cwd", deleted_cwd },
	{ "threads", threads },
	{ "storm", storm },
	{ "killed", killed },
	{ "bomb", bomb },
	{ "stay", stay },
	{ "go-on", go_on },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(ways) / sizeof(ways[0]);
	     i++) {
		if (strcmp(argv[1], ways[i].name) == 0) {
			ways[i].ask(argv[2]);
			return 0;
		}
	}
	fprintf(stderr, "usage: ask WAY [ARGUMENT]\n");
	return 2;
}
