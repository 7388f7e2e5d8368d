/* SPDX-License-Identifier: MIT */
/*
 * probe LIMIT
 *
 * What a program in a group with this limit, in MiB, sees of the machine's memory, by
 * each function and each name of a file; and that all else is as it is without.
 * Nothing but a C library is needed, whichever it is.  TAP.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMINFO "/proc/meminfo"

static int tests, failures;
static long limit; /* MiB */

static void ok(bool good, const char *name)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tests, name);
	failures += !good;
}

/* In MiB, as the text says it; -1: it says nothing. */
static long total_in(const char *text)
{
	const char *at = strstr(text, "MemTotal:");

	return at ? atol(at + sizeof("MemTotal:")) / 1024 : -1;
}

static long total_of(int fd)
{
	char text[8192];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	text[n < 0 ? 0 : n] = '\0';
	return total_in(text);
}

static long total_closed(int fd)
{
	long total = total_of(fd);

	close(fd);
	return total;
}

static long total_streamed(FILE *file)
{
	char text[256] = "";

	if (!file || !fgets(text, sizeof(text), file))
		return -1;
	return total_in(text);
}

/* Where a program keeps it open, the limit is changed meanwhile. */
static void set_limit(long mib)
{
	FILE *file = fopen(getenv("LIMIT_FILE"), "w");

	if (!file || fprintf(file, "%ld", mib << 20) < 0 || fclose(file) != 0) {
		printf("Bail out! the limit cannot be set\n");
		exit(1);
	}
	limit = mib;
}

/* --- names ---------------------------------------------------------------- */

static void names(void)
{
	static const char *const spellings[] = {
		MEMINFO, "//proc/./meminfo", "/proc/self/../meminfo",
		"/proc/sys/vm/../../meminfo", "/proc//meminfo",
		"/proc/self/root/proc/meminfo", "/../proc/meminfo",
	};
	char name[64], path[] = "/tmp/mymem-probe.XXXXXX";
	int dir, fd;

	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		ok(total_closed(open(spellings[i], O_RDONLY)) == limit,
		   spellings[i]);
	dir = open("/proc", O_RDONLY | O_DIRECTORY);
	ok(total_closed(openat(dir, "meminfo", O_RDONLY)) == limit,
	   "relative to a descriptor");
	ok(total_closed(openat(-1, MEMINFO, O_RDONLY)) == limit,
	   "absolute, and no descriptor");
	close(dir);
	ok(chdir("/proc/self") == 0 &&
	   total_closed(open("../meminfo", O_RDONLY)) == limit,
	   "relative to the working directory");
	ok(chdir("/") == 0 && total_closed(open("proc/meminfo", O_RDONLY)) ==
				      limit, "relative to the root");

	/* A file of another name is another file. */
	ok(mkdtemp(path) != NULL, "a directory");
	snprintf(name, sizeof(name), "%s/meminfo", path);
	fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0640);
	ok(fd >= 0 && write(fd, "MemTotal: 1048576 kB\n", 21) == 21 &&
	   lseek(fd, 0, SEEK_SET) == 0 && total_of(fd) == 1024,
	   "a program's own meminfo is its own");
	close(fd);
	ok(total_closed(open(name, O_RDONLY)) == 1024,
	   "and stays so when it is opened again");
	unlink(name);
	rmdir(path);
}

/* --- functions ------------------------------------------------------------ */

#if defined(__GLIBC__)
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int dir, const char *path, int flags);
int __openat64_2(int dir, const char *path, int flags);
#endif

static void functions(void)
{
	FILE *file;

	ok(total_closed(open(MEMINFO, O_RDONLY)) == limit, "open");
	ok(total_closed(openat(AT_FDCWD, MEMINFO, O_RDONLY)) == limit, "openat");
#if defined(__GLIBC__)
	ok(total_closed(open64(MEMINFO, O_RDONLY)) == limit, "open64");
	ok(total_closed(openat64(AT_FDCWD, MEMINFO, O_RDONLY)) == limit,
	   "openat64");
	ok(total_closed(__open_2(MEMINFO, O_RDONLY)) == limit, "__open_2");
	ok(total_closed(__open64_2(MEMINFO, O_RDONLY)) == limit, "__open64_2");
	ok(total_closed(__openat_2(AT_FDCWD, MEMINFO, O_RDONLY)) == limit,
	   "__openat_2");
	ok(total_closed(__openat64_2(AT_FDCWD, MEMINFO, O_RDONLY)) == limit,
	   "__openat64_2");
	file = fopen64(MEMINFO, "r");
	ok(total_streamed(file) == limit, "fopen64");
	file = freopen64(MEMINFO, "re", file);
	ok(total_streamed(file) == limit, "freopen64");
	fclose(file);
#endif
	file = fopen(MEMINFO, "r");
	ok(total_streamed(file) == limit, "fopen");
	file = freopen(MEMINFO, "re", file);
	ok(total_streamed(file) == limit, "freopen");
	ok(fcntl(fileno(file), F_GETFD) == FD_CLOEXEC, "freopen: closed by exec");
	fclose(file);
}

/* --- numbers -------------------------------------------------------------- */

static int64_t line(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? atoll(at + strlen(key)) : -1;
}

static bool near(int64_t a, int64_t b)
{
	return a - b < 4096 && b - a < 4096; /* KiB */
}

static void numbers(void)
{
	const long page = sysconf(_SC_PAGESIZE) / 1024;
	char text[8192];
	struct sysinfo info = { 0 };
	int fd = open(MEMINFO, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	int64_t total, unit;

	text[n < 0 ? 0 : n] = '\0';
	close(fd);
	total = line(text, "MemTotal:");
	ok(total == limit * 1024, "MemTotal is the limit");
	ok(line(text, "MemAvailable:") <= total &&
	   line(text, "MemAvailable:") > 0, "MemAvailable is no more");
	ok(line(text, "VmallocTotal:") > 0, "a key that no limit changes is there");
	ok(sysinfo(&info) == 0, "sysinfo");
	unit = info.mem_unit;
	ok((int64_t)info.totalram * unit / 1024 == total, "sysinfo: total");
	ok(near((int64_t)info.freeram * unit / 1024, line(text, "MemFree:")),
	   "sysinfo: free");
	ok(near((int64_t)info.bufferram * unit / 1024, line(text, "Buffers:")),
	   "sysinfo: buffers");
	ok(near((int64_t)info.sharedram * unit / 1024, line(text, "Shmem:")),
	   "sysinfo: shared");
	ok((int64_t)info.totalswap * unit / 1024 == line(text, "SwapTotal:"),
	   "sysinfo: swap");
	ok((int64_t)info.freeswap * unit / 1024 == line(text, "SwapFree:"),
	   "sysinfo: free swap");
	ok(info.totalhigh == 0 && info.freehigh == 0, "sysinfo: no high memory");
	ok(info.uptime > 0 && info.procs > 0, "sysinfo: the rest is the kernel's");
	ok(sysconf(_SC_PHYS_PAGES) * page == total, "_SC_PHYS_PAGES");
	ok(near(sysconf(_SC_AVPHYS_PAGES) * page, line(text, "MemFree:")),
	   "_SC_AVPHYS_PAGES");
	ok(get_phys_pages() * page == total, "get_phys_pages");
	ok(near(get_avphys_pages() * page, line(text, "MemFree:")),
	   "get_avphys_pages");
	ok(sysconf(_SC_NPROCESSORS_ONLN) > 0 && sysconf(-5) == -1 &&
	   errno == EINVAL, "sysconf of anything else");
}

/* --- other files ---------------------------------------------------------- */

static void others(void)
{
	char text[8192], key[64], *at = text;
	unsigned long long size, used, sizes = 0;
	struct sysinfo info;
	int fd = open("/proc/swaps", O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	text[n < 0 ? 0 : n] = '\0';
	close(fd);
	ok(strncmp(text, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n", 42) ==
	   0, "/proc/swaps has its head");
	while ((at = strchr(at, '\n')) && *++at) {
		if (sscanf(at, "%*s %*s %llu %llu", &size, &used) == 2)
			sizes += size;
	}
	sysinfo(&info);
	ok(sizes == (unsigned long long)info.totalswap * info.mem_unit / 1024,
	   "/proc/swaps: as much as there is for us");

	fd = open("/sys/devices/system/node/node0/meminfo", O_RDONLY);
	if (fd < 0) {
		ok(errno == ENOENT, "no node, and no file of it");
		return;
	}
	n = read(fd, text, sizeof(text) - 1);
	text[n < 0 ? 0 : n] = '\0';
	close(fd);
	ok(total_in(text) > 0 && total_in(text) <= limit,
	   "a node has no more than all of them");
	ok(sscanf(text, "Node 0 %63s", key) == 1 && strcmp(key, "MemTotal:") == 0,
	   "a node's file is as the kernel's");
	fd = open("/sys/bus/node/devices/node0/meminfo", O_RDONLY);
	ok(total_closed(fd) == total_in(text), "a node by a link");
}

/* --- as the real file ------------------------------------------------------ */

static int count_fds(void)
{
	int count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void *refused(void *data)
{
	int *error = data;

	if (syscall(SYS_setresuid, -1, 65534, -1) == 0) {
		*error = open(MEMINFO, O_WRONLY) < 0 ? errno : 0;
		syscall(SYS_setresuid, -1, 0, -1);
	}
	return NULL;
}

static void behaviour(void)
{
	const int before = count_fds(), flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
	struct rlimit all, few;
	char text[64];
	pthread_t thread;
	FILE *file;
	int fd, error;

	errno = 77;
	fd = open(MEMINFO, flags);
	ok(fd == 3 || before > 3, "the lowest number");
	ok(errno == 77, "open leaves errno");
	ok((fcntl(fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK)) == O_NONBLOCK,
	   "the flags that it was opened with");
	ok(fcntl(fd, F_GETFD) == FD_CLOEXEC, "O_CLOEXEC");
	ok(read(fd, text, 9) == 9 && memcmp(text, "MemTotal:", 9) == 0,
	   "nine bytes");
	ok(lseek(fd, 0, SEEK_CUR) == 9, "it is read from where it was");
	ok(read(fd, text, 7) == 7 && memcmp(text, "       ", 7) == 0,
	   "and the next seven are the next");
	ok(write(fd, "x", 1) < 0 && errno == EBADF, "it is not for writing");
	close(fd);
	fd = open(MEMINFO, O_RDONLY);
	ok(fcntl(fd, F_GETFD) == 0, "without O_CLOEXEC");
	close(fd);
	fd = open(MEMINFO, O_RDWR);
	ok(fd < 0 || (write(fd, "x", 1) < 0 && total_of(fd) == limit),
	   "nobody writes to it");
	close(fd);

	fd = open(MEMINFO, O_PATH);
	ok(fd >= 0 && fcntl(fd, F_GETFL) & O_PATH && read(fd, text, 1) < 0,
	   "O_PATH opens no more than a name");
	close(fd);
	errno = 0;
	ok(open(MEMINFO, O_RDONLY | O_DIRECTORY) < 0 && errno == ENOTDIR,
	   "ENOTDIR");
	ok(open(MEMINFO, O_RDONLY | O_CREAT | O_EXCL, 0600) < 0 &&
	   errno == EEXIST, "EEXIST");
	ok(open("/proc/none/meminfo", O_RDONLY) < 0 && errno == ENOENT, "ENOENT");
	ok(open((const char *)8, O_RDONLY) < 0 && errno == EFAULT, "EFAULT");
	ok(sysinfo((struct sysinfo *)8) < 0 && errno == EFAULT,
	   "EFAULT of sysinfo");
	file = fopen("/proc/none/meminfo", "r");
	ok(!file && errno == ENOENT, "ENOENT of fopen");
	error = -1;
	pthread_create(&thread, NULL, refused, &error);
	pthread_join(thread, NULL);
	ok(error == EACCES, "EACCES for those who may not write");

	/* Without descriptors there is no guess at what it may be. */
	getrlimit(RLIMIT_NOFILE, &all);
	few = all;
	few.rlim_cur = (rlim_t)before + 1;
	setrlimit(RLIMIT_NOFILE, &few);
	fd = open(MEMINFO, O_RDONLY);
	error = errno;
	setrlimit(RLIMIT_NOFILE, &all);
	ok((fd < 0 && error == EMFILE) || total_closed(fd) == limit,
	   "EMFILE, and not the machine's");
	ok(count_fds() == before, "no descriptor is lost");
}

/* --- read anew ------------------------------------------------------------- */

static void anew(void)
{
	const long first = limit;
	int fd = open(MEMINFO, O_RDONLY), other, copy;
	FILE *file = fopen(MEMINFO, "r");
	char text[4096] = "";

	ok(total_of(fd) == limit && total_streamed(file) == limit,
	   "two that stay open");
	/* What was read is taken for fresh for a moment. */
	set_limit(first / 2);
	usleep(200000);
	ok(lseek(fd, 0, SEEK_SET) == 0 && total_of(fd) == limit, "lseek");
	set_limit(first);
	usleep(200000);
	text[pread(fd, text, sizeof(text) - 1, 0)] = '\0';
	ok(total_in(text) == limit, "pread");
	set_limit(first / 2);
	usleep(200000);
	rewind(file);
	ok(total_streamed(file) == limit, "rewind");
	set_limit(first);
	usleep(200000);
	ok(fseek(file, 0, SEEK_SET) == 0 && total_streamed(file) == limit,
	   "fseek");
	set_limit(first / 2);
	usleep(200000);
	ok(fseeko(file, 0, SEEK_SET) == 0 && total_streamed(file) == limit,
	   "fseeko");
	fclose(file);
	other = open(MEMINFO, O_RDONLY);
	set_limit(first);
	usleep(200000);
	ok(total_of(other) == limit, "read for the first time");
	copy = dup(other);
	close(other);
	close(fd);

	/* The number is another file's now. */
	other = open("/dev/zero", O_RDONLY);
	text[0] = 1;
	ok(other <= fd && lseek(other, 0, SEEK_SET) == 0 &&
	   read(other, text, 1) == 1 && text[0] == 0,
	   "a number that was used again is the program's");
	close(other);
	close(copy);
}

/* --- at any time ------------------------------------------------------------ */

static volatile sig_atomic_t wrong, rounds;

static void handler(int number)
{
	const int error = errno;
	int fd = open(MEMINFO, O_RDONLY);

	wrong |= total_closed(fd) != limit;
	rounds = rounds + 1;
	errno = error;
}

static void *reader(void *data)
{
	intptr_t bad = 0;

	for (int i = 0; i < 10; i++) {
		FILE *file = fopen(MEMINFO, "r");

		bad |= total_streamed(file) != limit;
		if (file)
			fclose(file);
		bad |= total_closed(open(MEMINFO, O_RDONLY)) != limit;
		bad |= sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) !=
		       limit << 20;
	}
	return (void *)bad;
}

static void *cancelled(void *data)
{
	int fd;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	pthread_cancel(pthread_self());
	*(bool *)data = total_closed(open(MEMINFO, O_RDONLY)) == limit;
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	fd = open(MEMINFO, O_RDONLY);
	close(fd);
	return NULL;
}

static void any_time(void)
{
	const struct sigaction action = { .sa_handler = handler,
					  .sa_flags = SA_RESTART };
	pthread_t threads[4], one;
	bool good = false;
	void *result;
	intptr_t bad = 0;
	int status = 0;
	timer_t timer;
	const struct itimerspec often = { { 0, 1000000 }, { 0, 1000000 } };

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, reader, NULL);
	for (int i = 0; i < 10; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(reader(NULL) != NULL);
		waitpid(pid, &status, 0);
		bad |= status != 0;
	}
	ok(!bad, "children of a fork in the midst of threads");
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		bad |= (intptr_t)result;
	}
	ok(!bad, "threads");

	sigaction(SIGALRM, &action, NULL);
	timer_create(CLOCK_MONOTONIC, NULL, &timer);
	timer_settime(timer, 0, &often, NULL);
	while (rounds < 100) {
		free(malloc((size_t)rounds * 4096 + 100));
		wrong |= total_closed(open(MEMINFO, O_RDONLY)) != limit;
	}
	timer_delete(timer);
	ok(!wrong, "a signal handler in the midst of malloc and open");

	pthread_create(&one, NULL, cancelled, &good);
	pthread_join(one, &result);
	ok(good, "a thread that must not be cancelled yet is not");
	ok(result == PTHREAD_CANCELED, "open is a point of cancellation");
}

int main(int argc, char **argv)
{
	limit = argc > 1 ? atol(argv[1]) : 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	names();
	functions();
	numbers();
	others();
	behaviour();
	anew();
	any_time();
	printf("1..%d\n", tests);
	return failures != 0;
}
