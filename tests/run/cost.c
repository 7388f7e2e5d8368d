/* SPDX-License-Identifier: MIT */
/*
 * Not a test: what the preloaded object costs, against the system call that it stands
 * in front of, in turns in one process.
 *
 *     ninja -C b tests/run/cost
 *     b/tests/run/limited 536870912 env \
 *             LD_PRELOAD=b/mymem-run/preload/libmymem-preload.so b/tests/run/cost
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 201

static char text[8192];
static struct sysinfo info;
static int zero;

static void raw_open(void)
{
	syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY));
}
static void libc_open(void)
{
	close(open("/dev/null", O_RDONLY));
}

static void raw_read(void)
{
	syscall(SYS_read, zero, text, 1);
}
static void libc_read(void)
{
	if (read(zero, text, 1) < 0)
		abort();
}

static void raw_meminfo(void)
{
	long fd = syscall(SYS_openat, AT_FDCWD, "/proc/meminfo", O_RDONLY);

	syscall(SYS_read, fd, text, sizeof(text));
	syscall(SYS_close, fd);
}
static void libc_meminfo(void)
{
	int fd = open("/proc/meminfo", O_RDONLY);

	if (read(fd, text, sizeof(text)) <= 0)
		abort();
	close(fd);
}

static void raw_sysinfo(void)
{
	syscall(SYS_sysinfo, &info);
}
static void libc_sysinfo(void)
{
	sysinfo(&info);
}
static void libc_pages(void)
{
	if (sysconf(_SC_PHYS_PAGES) <= 0)
		abort();
}

static const struct {
	const char *name;
	void (*raw)(void), (*libc)(void);
	int batch;
} rows[] = {
	{ "open and close another file", raw_open, libc_open, 100 },
	{ "read another file", raw_read, libc_read, 1000 },
	{ "open, read, close /proc/meminfo", raw_meminfo, libc_meminfo, 1 },
	{ "sysinfo", raw_sysinfo, libc_sysinfo, 1 },
	{ "sysconf(_SC_PHYS_PAGES)", raw_sysinfo, libc_pages, 1 },
};

static double once(void (*call)(void), int batch)
{
	struct timespec begin, end;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (int i = 0; i < batch; i++)
		call();
	clock_gettime(CLOCK_MONOTONIC, &end);
	return ((double)(end.tv_sec - begin.tv_sec) * 1e6 +
		(double)(end.tv_nsec - begin.tv_nsec) / 1e3) / batch;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	static double raw[ROUNDS], libc[ROUNDS];

	zero = open("/dev/zero", O_RDONLY);
	printf("%-32s %10s %10s %8s\n", "median, in us", "raw", "libc", "ratio");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (int round = 0; round < ROUNDS; round++) {
			raw[round] = once(rows[i].raw, rows[i].batch);
			libc[round] = once(rows[i].libc, rows[i].batch);
		}
		qsort(raw, ROUNDS, sizeof(raw[0]), compare);
		qsort(libc, ROUNDS, sizeof(libc[0]), compare);
		printf("%-32s %10.2f %10.2f %8.1f\n", rows[i].name,
		       raw[ROUNDS / 2], libc[ROUNDS / 2],
		       libc[ROUNDS / 2] / raw[ROUNDS / 2]);
	}
	return 0;
}
