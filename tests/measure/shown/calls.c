/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/kernel.h"
#include "calls.h"

extern char **environ;

/* --- what is done ------------------------------------------------------------
 */

static const char *kernels; /* the kernel's /proc/meminfo, elsewhere */
static int kernels_fd, shown_fd, other_fd;
static char text[8192];
static struct sysinfo info;

void must(bool good, const char *what)
{
	if (!good) {
		perror(what);
		exit(1);
	}
}

static int raw_open(const char *path, int flags)
{
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC,
			    MYM__AS_IT_IS);
}

static void read_all(int fd)
{
	must(syscall(SYS_read, fd, text, sizeof(text)) > 0, "read");
	close(fd);
}

static void raw_file(void)
{
	read_all(raw_open(kernels, O_RDONLY));
}
static void libc_file(void)
{
	int fd = open(MEMINFO, O_RDONLY | O_CLOEXEC);

	must(read(fd, text, sizeof(text)) > 0, MEMINFO);
	close(fd);
}

static void raw_again(void)
{
	syscall(SYS_lseek, kernels_fd, 0, SEEK_SET);
	must(syscall(SYS_read, kernels_fd, text, sizeof(text)) > 0, "read");
}
static void libc_again(void)
{
	lseek(shown_fd, 0, SEEK_SET);
	must(read(shown_fd, text, sizeof(text)) > 0, MEMINFO);
}

static void raw_pread(void)
{
	must(syscall(SYS_pread64, kernels_fd, text, sizeof(text), 0L, 0L) > 0,
	     "pread");
}
static void libc_pread(void)
{
	must(pread(shown_fd, text, sizeof(text), 0) > 0, MEMINFO);
}

static void raw_sysinfo(void)
{
	syscall(SYS_sysinfo, &info, MYM__AS_IT_IS);
}
static void libc_sysinfo(void)
{
	sysinfo(&info);
}
static void libc_pages(void)
{
	must(sysconf(_SC_PHYS_PAGES) > 0, "sysconf");
}

static void raw_other(void)
{
	close(raw_open("/etc/passwd", O_RDONLY));
}
static void libc_other(void)
{
	close(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}
static void raw_write(void)
{
	close(raw_open("/dev/null", O_WRONLY));
}
static void libc_write(void)
{
	close(open("/dev/null", O_WRONLY | O_CLOEXEC));
}
static void raw_read(void)
{
	syscall(SYS_read, other_fd, text, 1);
}
static void libc_read(void)
{
	must(read(other_fd, text, 1) == 1, "/dev/zero");
}

void run(char *const *command)
{
	int status = -1;
	pid_t pid;

	must(posix_spawnp(&pid, command[0], NULL, NULL, command, environ) == 0,
	     command[0]);
	must(waitpid(pid, &status, 0) == pid && status == 0, command[0]);
}

static void start_true(void)
{
	char *command[] = { "true", NULL };

	run(command);
}

const struct call calls[] = {
	{ "open, read and close `/proc/meminfo`", raw_file, libc_file, 10, 0 },
	{ "read it again at once: lseek(2), read(2)", raw_again, libc_again, 20,
	  0 },
	{ "the same by pread(2)", raw_pread, libc_pread, 20, 0 },
	{ "read it again after a tenth of a second", raw_again, libc_again, 1,
	  110 },
	{ "sysinfo(2)", raw_sysinfo, libc_sysinfo, 20, 0 },
	{ "sysconf(3), `_SC_PHYS_PAGES`", raw_sysinfo, libc_pages, 20, 0 },
	{ "open and close another file to read it", raw_other, libc_other, 50,
	  0 },
	{ "open and close another file to write it", raw_write, libc_write, 50,
	  0 },
	{ "read from another file", raw_read, libc_read, 500, 0 },
	{ "start and end `true` there", NULL, start_true, 1, 0 },
};
_Static_assert(sizeof(calls) == CALLS * sizeof(calls[0]), "calls");

void calls_begin(const char *file)
{
	kernels = file;
	kernels_fd = raw_open(kernels, O_RDONLY);
	shown_fd = open(MEMINFO, O_RDONLY | O_CLOEXEC);
	other_fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	must(kernels_fd >= 0 && shown_fd >= 0 && other_fd >= 0, "open");
}
