/* SPDX-License-Identifier: MIT */
/*
 * cost MYMEM_RUN: what it costs to be shown one's own memory, as a table in
 * Markdown.  Each number is the median of batches that take turns: with and
 * without in one process, because what is marked as libmymem marks it is not
 * trapped.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/kernel.h"
#include "clock.h"

#define ROUNDS	51
#define BATCH	40
#define STARTS	31
#define MEMINFO "/proc/meminfo"

static void do_open(const char *path, int flags, unsigned int mark, bool reads)
{
	char text[8192];
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC,
			      mark);

	if (fd < 0 || (reads && read(fd, text, sizeof(text)) <= 0)) {
		perror(path);
		exit(1);
	}
	close(fd);
}

static void open_file(unsigned int mark)
{
	do_open("/etc/passwd", O_RDONLY, mark, false);
}

static void open_to_write(unsigned int mark)
{
	do_open("/dev/null", O_WRONLY, mark, false);
}

static void read_meminfo(unsigned int mark)
{
	do_open(MEMINFO, O_RDONLY, mark, true);
}

static void ask_sysinfo(unsigned int mark)
{
	struct sysinfo info;

	syscall(SYS_sysinfo, &info, mark);
}

static const struct {
	const char *name;
	void (*run)(unsigned int mark);
} rows[] = {
	{ "open and close a file to read it", open_file },
	{ "open and close a file to write it", open_to_write },
	{ "open, read and close `/proc/meminfo`", read_meminfo },
	{ "sysinfo(2)", ask_sysinfo },
};

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double least(double *times, size_t count)
{
	qsort(times, count, sizeof(*times), compare);
	return times[0];
}

static void inside(const char *mode)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double times[2][ROUNDS];

		for (int round = 0; round < 2 * ROUNDS; round++) {
			const unsigned int mark = round % 2 ? 0 : MYM__AS_IT_IS;
			int64_t begin = clock_now();

			for (int n = 0; n < BATCH; n++)
				rows[i].run(mark);
			times[round % 2][round / 2] =
				(double)(clock_now() - begin) / BATCH / 1000;
		}
		printf("| %s | %s | %.2f | %.2f |\n", mode, rows[i].name,
		       least(times[0], ROUNDS), least(times[1], ROUNDS));
	}
}

static double start(char **command)
{
	int64_t begin = clock_now();
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execvp(command[0], command);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		exit(1);
	return (double)(clock_now() - begin) / 1000;
}

static void outside(char *run, char *own, const char *mode)
{
	char option[32];
	char *with[] = { run, option, "true", NULL };
	char *ask[] = { run, option, own, "inside", option, NULL };
	double times[2][STARTS];

	snprintf(option, sizeof(option), "--mode=%s", mode);
	for (int i = 0; i < 2 * STARTS; i++)
		times[i % 2][i / 2] = start(i % 2 ? with : with + 2);
	printf("| %s | start and end true(1) | %.0f | %.0f |\n", option,
	       least(times[0], STARTS), least(times[1], STARTS));
	fflush(stdout);
	start(ask);
}

int main(int argc, char **argv)
{
	if (argc == 3) {
		inside(argv[2]);
		return 0;
	}
	if (argc != 2) {
		fprintf(stderr, "usage: cost MYMEM_RUN\n");
		return 2;
	}
	printf("| mode | | without, µs | with, µs |\n|---|---|--:|--:|\n");
	outside(argv[1], argv[0], "trap");
	outside(argv[1], argv[0], "mount");
	return 0;
}
