/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "fail.h"
#include "inside.h"
#include "kernel-file.h"
#include "memory.h"
#include "situation.h"
#include "tcp.h"
#include "units.h"

#define STEP_PAGES 16
#define SWAPPED (160 * MIB)
#define BREATH (48 * MIB)
#define JOBS 2
#define SOURCES (64 * MIB)
#define SOME (1 << 17)
#define REST 10 /* s, at most */

/* Small pages: a huge one would be 2 MiB at a time. */
static volatile char *room(int64_t size)
{
	void *memory = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	must(memory == MAP_FAILED ? -1 : 0, "anonymous memory");
	must(madvise(memory, (size_t)size, MADV_NOHUGEPAGE), "madvise");
	return memory;
}

/* So many bytes a second; 0: at once. */
static void take(struct page *page, volatile char *memory, int64_t size,
		 int64_t rate)
{
	const int64_t step = STEP_PAGES * getpagesize();
	int64_t touched = 0, began = clock_now();

	while (touched < size) {
		int64_t due = rate == 0 ? size : (clock_now() - began) / 1000 *
						 (rate / 1000) / 1000;

		for (; touched < due && touched < size; touched += step) {
			for (int i = 0; i < STEP_PAGES; i++)
				memory[touched + i * getpagesize()] = 1;
			page->touched = touched + step;
			page->touched_at = clock_now();
		}
		if (touched < size)
			usleep(1000);
	}
}

void inside_take(struct page *page, int64_t size, int64_t rate)
{
	page->began = clock_now();
	take(page, room(size), size, rate);
}

void inside_ramp(struct page *page, const struct situation *situation)
{
	inside_take(page, 4 * situation->limit, situation->rate);
}

static int64_t begin(struct page *page)
{
	page->began = clock_now();
	return page->began + page->seconds * S;
}

static int64_t file_size(const char *path)
{
	FILE *file = fopen(path, "re");
	long size;

	must(file ? fseek(file, 0, SEEK_END) : -1, path);
	size = ftell(file);
	must((int)size, path);
	fclose(file);
	return size;
}

static int open_file(const struct page *page)
{
	int file = open(page->file, O_RDONLY | O_CLOEXEC);

	must(file, page->file);
	return file;
}

/* Some at a time, so that it ends in time on a slow machine; and from the start
 * again after the end. */
static void read_some(struct page *page, int file)
{
	static char block[SOME];
	ssize_t r = read(file, block, sizeof(block));

	must((int)r, page->file);
	if (r == 0)
		lseek(file, 0, SEEK_SET);
	page->touched += r;
	page->touched_at = clock_now();
}

/* Or until the parent has seen enough. */
static void read_until(struct page *page, int64_t end)
{
	int file = open_file(page);

	while (clock_now() < end && page->go)
		read_some(page, file);
	close(file);
}

void inside_read(struct page *page, const struct situation *situation)
{
	int64_t end = begin(page);

	if (file_size(page->file) <
	    2 * (situation->high ? situation->high : situation->limit))
		fail("the file is too small");
	read_until(page, end);
}

void inside_swap(struct page *page, const struct situation *situation)
{
	volatile char *memory = room(SWAPPED);
	unsigned int seed = 1;
	int64_t end = begin(page);

	(void)situation;
	while (clock_now() < end) {
		size_t at = (size_t)rand_r(&seed) % SWAPPED;

		memory[at]++;
		page->touched += getpagesize();
	}
}

/* As a runtime that collects its garbage. */
void inside_tooth(struct page *page, const struct situation *situation)
{
	static const int64_t rates[] = { 0, 400, 200, 100, 50 }; /* MB/s */
	const int64_t size = situation->limit / 96 * 58;
	int64_t end = begin(page);

	for (size_t i = 0; clock_now() < end; i++) {
		volatile char *memory = room(size);

		take(page, memory, size,
		     rates[i % (sizeof(rates) / sizeof(rates[0]))] * 1000000);
		usleep(100000);
		munmap((void *)memory, (size_t)size);
		/* Not always at the same time of the watch's timer. */
		usleep(50000 + (unsigned int)(i * 37 % 11) * 20000);
	}
}

void inside_pack(struct page *page, const struct situation *situation)
{
	const int64_t size = situation->limit / 96 * 84;
	int64_t end = begin(page);

	take(page, room(size), size, 0);
	while (clock_now() < end)
		usleep(10000);
}

/* A compiler: it takes some memory, reads what all of them read, and is gone. */
static _Noreturn void compile(struct page *page, int64_t size)
{
	volatile char *memory = room(size);
	int64_t end;
	int file = open_file(page);

	for (int64_t i = 0; i < size; i += getpagesize())
		memory[i] = 1;
	end = clock_now() + S / 10;
	for (int64_t at = 0; at < SOURCES && clock_now() < end; at += SOME)
		read_some(page, file);
	_exit(0);
}

void inside_build(struct page *page, const struct situation *situation)
{
	int64_t end = begin(page);
	unsigned int seed = 1, jobs = 0;
	int status;

	while (clock_now() < end || jobs > 0) {
		if (clock_now() < end && jobs < JOBS) {
			int64_t size =
				situation->limit / 64 * (1 + rand_r(&seed) % 9);
			pid_t pid = fork();

			must(pid, "fork");
			if (pid == 0)
				compile(page, size);
			jobs++;
			continue;
		}
		must(wait(&status), "wait");
		if (status != 0)
			fail("a job failed");
		jobs--;
	}
}

void inside_copy(struct page *page, const struct situation *situation)
{
	static char block[1 << 17];
	int64_t end = begin(page);
	int from = open_file(page);
	int to = open(page->copy, O_WRONLY | O_CLOEXEC);

	must(to, page->copy);
	if (file_size(page->file) < 2 * situation->limit)
		fail("the file is too small");
	while (clock_now() < end) {
		ssize_t r = read(from, block, sizeof(block));

		must((int)r, page->file);
		if (r == 0) {
			lseek(from, 0, SEEK_SET);
			lseek(to, 0, SEEK_SET);
			continue;
		}
		must(write(to, block, (size_t)r) == r ? 0 : -1, page->copy);
		page->touched += r;
		page->touched_at = clock_now();
	}
	close(from);
	close(to);
}

/* What can be sent at once. */
static void talk(const int ends[2])
{
	static char block[1 << 15];
	ssize_t r = write(ends[0], block, sizeof(block));

	while (r > 0) {
		ssize_t n = read(ends[1], block, sizeof(block));

		must((int)n, "a socket");
		r -= n;
	}
}

/* A program whose data leave too little room for its executables, of which it
 * needs each page again and again. */
void inside_reread(struct page *page, const struct situation *situation)
{
	const int64_t left = situation->limit ? 36 * MIB : 128 * MIB;
	const int64_t all = left / 36 * 64;
	int64_t size = situation->limit, end;
	int file = open_file(page);
	unsigned int seed = 1;
	volatile char *text;
	void *mapped;

	if (size == 0)
		size = kernel_key("/proc/meminfo", "MemAvailable") / MIB * MIB;
	size -= left;
	take(page, room(size), size, situation->rate);
	mapped = mmap(NULL, (size_t)all, PROT_READ | PROT_EXEC, MAP_PRIVATE,
		      file, 0);
	must(mapped == MAP_FAILED ? -1 : 0, page->file);
	text = mapped;
	end = begin(page);
	page->touched = 0;
	while (clock_now() < end) {
		int64_t at = rand_r(&seed) % (all / getpagesize());

		(void)text[at * getpagesize()];
		page->touched += getpagesize();
		page->touched_at = clock_now();
	}
}

/* Most of the cache is held by pipes, so that reclaim finds little of what it
 * looks for; and sockets want memory meanwhile. */
void inside_sockets(struct page *page, const struct situation *situation)
{
	int file = open_file(page);
	int ends[2];
	int64_t end;

	memory_splice(page->file, situation->limit * 3 / 4);
	tcp_pair(ends);
	end = begin(page);
	while (clock_now() < end && page->go) {
		read_some(page, file);
		talk(ends);
	}
}

void inside_wait(struct page *page, const struct situation *situation)
{
	(void)situation;
	begin(page);
	while (page->go)
		usleep(10000);
}

void inside_long(struct page *page, const struct situation *situation)
{
	int64_t end = begin(page), since;
	unsigned int wakes;

	(void)situation;
	while (clock_now() < end) {
		volatile char *memory = room(BREATH);

		for (int64_t i = 0; i < BREATH; i += getpagesize())
			memory[i] = 1;
		read_until(page, clock_now() + S / 2);
		munmap((void *)memory, BREATH);
		read_until(page, clock_now() + S / 2);
	}
	/* What was going on is over. */
	sleep(2);
	wakes = page->wakes;
	since = clock_now();
	sleep(page->seconds < REST ? (unsigned int)page->seconds : REST);
	page->relaxed_wakes = page->wakes - wakes;
	page->relaxed = clock_now() - since;
}
