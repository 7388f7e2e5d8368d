/* SPDX-License-Identifier: MIT */
/*
 * ramp MB/S MIB [deaf] - takes memory at a rate, in steps of 64 KiB, up to an
 * amount, and holds it for a second.  Deaf: SIGTERM does not end it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define STEP 65536

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	double began, rate;
	size_t bytes;
	char *memory;

	if (argc < 3)
		return 2;
	rate = atof(argv[1]) * 1e6;
	bytes = (size_t)atol(argv[2]) << 20;
	if (argc > 3)
		signal(SIGTERM, SIG_IGN);
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	/* Step by step, as a program that fills structures does. */
	madvise(memory, bytes, MADV_NOHUGEPAGE);
	began = now();
	for (size_t at = 0; at < bytes; at += STEP) {
		memset(memory + at, 1, STEP);
		while (now() < began + (double)at / rate)
			usleep(200);
	}
	sleep(1);
	puts("done");
	return 0;
}
