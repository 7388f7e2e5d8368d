/* SPDX-License-Identifier: MIT */
/*
 * cost MYMEM_RUN [LXCFS_MEMINFO]: what it costs to be shown one's own memory,
 * by mymem-run in each mode and by lxcfs, as a table in Markdown.
 *
 * Each call takes turns with the kernel's own in one process: libmymem's mark
 * is not trapped, a bare system call passes by what is preloaded, and the
 * kernel's file is also mounted elsewhere.  All ways take turns, too.  PASSES:
 * how often each has its turn (5).  Needs root, and is to be run in a group
 * with a limit.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "clock.h"

#define ROUNDS	15 /* of a pass */
#define SAMPLES (8 * ROUNDS)

/* --- in which way it is shown ---------------------------------------------- */

static const char *const ways[] = { "none", "preload", "trap", "mount",
				    "lxcfs" };
#define WAYS  (sizeof(ways) / sizeof(ways[0]))
#define LXCFS (WAYS - 1)

static int rounds_of(size_t row)
{
	return calls[row].pause ? 5 : ROUNDS;
}

/* In memory that the processes share; in µs. */
struct times {
	double raw[SAMPLES], libc[SAMPLES];
};
static struct shared {
	struct times start[WAYS]; /* true(1), with mymem-run before it */
	struct times times[WAYS][CALLS];
} * shared;

static double once(void (*call)(void), int batch)
{
	const int64_t begin = clock_now();

	for (int i = 0; i < batch; i++)
		call();
	return (double)(clock_now() - begin) / batch / 1000;
}

/* inside FD WAY PASS KERNELS: a program that is shown its memory. */
static void inside(char **argv)
{
	const int pass = atoi(argv[2]);
	struct times *times;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED,
		      atoi(argv[0]), 0);
	must(shared != MAP_FAILED, "mmap");
	times = shared->times[atoi(argv[1])];
	calls_begin(argv[3]);
	for (size_t i = 0; i < CALLS; i++) {
		const int rounds = rounds_of(i);

		for (int n = pass * rounds; n < (pass + 1) * rounds; n++) {
			usleep((useconds_t)calls[i].pause * 1000);
			if (calls[i].raw)
				times[i].raw[n] =
					once(calls[i].raw, calls[i].batch);
			times[i].libc[n] = once(calls[i].libc, calls[i].batch);
		}
	}
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *times, int count)
{
	qsort(times, (size_t)count, sizeof(*times), compare);
	return times[count / 2];
}

static void print_number(const char *before, double number)
{
	printf("%s%.*f", before,
	       number < 10    ? 2
	       : number < 100 ? 1
			      : 0,
	       number);
}

/* The least, the median, and the least as a multiple of the kernel's. */
static void print_cell(struct times *t, struct times *first, int count)
{
	const double middle = median(t->libc, count);

	median(t->raw, count);
	median(first->libc, count);
	if (middle <= 0) {
		printf(" – |");
		return;
	}
	print_number(" ", t->libc[0]);
	print_number(" / ", middle);
	print_number(" (×",
		     t->libc[0] / (t->raw[0] > 0 ? t->raw[0] : first->libc[0]));
	printf(") |");
}

static void print(const char *name, struct times *times, size_t stride,
		  int count)
{
	printf("| %s |", name);
	for (size_t way = 0; way < WAYS; way++)
		print_cell(times + way * stride, times, count);
	printf("\n");
}

/* --- the turns ------------------------------------------------------------- */

static const char *mymem_run, *lxcfs, *kernels;
static char here[4096];

static void show_lxcfs(void)
{
	must(unshare(CLONE_NEWNS) == 0 &&
		     mount(lxcfs, MEMINFO, NULL, MS_BIND, NULL) == 0,
	     lxcfs);
}

static void turn(size_t way, int pass, int fd)
{
	char option[32], numbers[3][16];
	char *command[] = { (char *)mymem_run, option,		here,
			    "inside",	       numbers[0],	numbers[1],
			    numbers[2],	       (char *)kernels, NULL };
	const bool by_us = way > 0 && way < LXCFS;
	char *alone[] = { (char *)mymem_run, option, "true", NULL };
	int status = -1;
	pid_t pid;

	snprintf(option, sizeof(option), "--mode=%s", ways[way]);
	snprintf(numbers[0], sizeof(numbers[0]), "%d", fd);
	snprintf(numbers[1], sizeof(numbers[1]), "%zu", way);
	snprintf(numbers[2], sizeof(numbers[2]), "%d", pass);
	for (int n = pass * ROUNDS; by_us && n < (pass + 1) * ROUNDS; n++) {
		const int64_t begin = clock_now();

		run(alone + 2);
		shared->start[way].raw[n] =
			(double)(clock_now() - begin) / 1000;
		run(alone);
		shared->start[way].libc[n] =
			(double)(clock_now() - begin) / 1000 -
			shared->start[way].raw[n];
	}
	if (way == LXCFS && !lxcfs)
		return;
	pid = fork();
	if (pid == 0) {
		if (way == LXCFS)
			show_lxcfs();
		execv(command[by_us ? 0 : 2], command + (by_us ? 0 : 2));
		perror(command[0]);
		_exit(127);
	}
	must(waitpid(pid, &status, 0) == pid && status == 0, ways[way]);
}

int main(int argc, char **argv)
{
	const char *passes = getenv("PASSES");
	const int most = SAMPLES / ROUNDS, wanted = passes ? atoi(passes) : 5;
	const int count = wanted < 1 ? 1 : wanted > most ? most : wanted;
	char file[] = "/tmp/mymem-cost.XXXXXX";
	int fd;

	if (argc == 6 && strcmp(argv[1], "inside") == 0) {
		inside(argv + 2);
		return 0;
	}
	if (argc != 2 && argc != 3) {
		fprintf(stderr, "usage: cost MYMEM_RUN [LXCFS_MEMINFO]\n");
		return 2;
	}
	mymem_run = argv[1];
	lxcfs = argv[2];
	must(readlink("/proc/self/exe", here, sizeof(here) - 1) > 0, "exe");
	fd = memfd_create("times", 0);
	must(fd >= 0 && ftruncate(fd, sizeof(*shared)) == 0, "memfd");
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED,
		      fd, 0);
	must(shared != MAP_FAILED, "mmap");
	must(unshare(CLONE_NEWNS) == 0 &&
		     mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0,
	     "a mount namespace");
	close(mkstemp(file));
	kernels = file;
	must(mount(MEMINFO, file, NULL, MS_BIND, NULL) == 0, file);
	for (int pass = 0; pass < count; pass++) {
		for (size_t way = 0; way < WAYS; way++)
			turn(way, pass, fd);
	}
	umount2(file, MNT_DETACH);
	unlink(file);
	printf("| µs |");
	for (size_t way = 0; way < WAYS; way++)
		printf(" %s |", ways[way]);
	printf("\n|---|---:|---:|---:|---:|---:|\n");
	print("start and end `true` by `mymem-run`", shared->start, 1,
	      count * ROUNDS);
	for (size_t i = 0; i < CALLS; i++)
		print(calls[i].name, &shared->times[0][i], CALLS,
		      count * rounds_of(i));
	return 0;
}
