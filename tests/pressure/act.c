/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "act.h"
#include "fail.h"
#include "scene.h"
#include "text.h"

#define STEP_PAGES 16
#define SWAPPED (160 * MIB)
#define BREATH (48 * MIB)
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

void act_ramp(struct page *page, const struct scene *scene)
{
	const int64_t step = STEP_PAGES * getpagesize();
	const int64_t size = 4 * scene->limit;
	volatile char *memory = room(size);
	int64_t touched = 0, began = page_now();

	page->began = began;
	while (touched < size) {
		int64_t due = (page_now() - began) / 1000 *
			      (scene->rate / 1000) / 1000;

		for (; touched < due && touched < size; touched += step) {
			for (int i = 0; i < STEP_PAGES; i++)
				memory[touched + i * getpagesize()] = 1;
			page->touched = touched + step;
			page->touched_at = page_now();
		}
		usleep(1000);
	}
}

static int64_t begin(struct page *page)
{
	page->began = page_now();
	return page->began + page->seconds * S;
}

static int64_t file_size(const char *path)
{
	FILE *file = fopen(path, "re");
	long size = -1;

	if (file && fseek(file, 0, SEEK_END) == 0)
		size = ftell(file);
	must((int)size, path);
	fclose(file);
	return size;
}

/* Some at a time, so that it ends in time on a slow machine. */
static void read_until(struct page *page, int64_t end)
{
	static char block[1 << 17];
	FILE *file = fopen(page->file, "re");

	must(file ? 0 : -1, page->file);
	setvbuf(file, NULL, _IONBF, 0);
	while (page_now() < end) {
		size_t r = fread(block, 1, sizeof(block), file);

		page->touched += (int64_t)r;
		page->touched_at = page_now();
		if (r < sizeof(block))
			rewind(file);
	}
	fclose(file);
}

void act_read(struct page *page, const struct scene *scene)
{
	int64_t end = begin(page);

	if (file_size(page->file) <
	    2 * (scene->high ? scene->high : scene->limit))
		fail("the file is too small");
	read_until(page, end);
}

void act_swap(struct page *page, const struct scene *scene)
{
	volatile char *memory = room(SWAPPED);
	unsigned int seed = 1;
	int64_t end = begin(page);

	(void)scene;
	while (page_now() < end) {
		size_t at = (size_t)rand_r(&seed) % SWAPPED;

		memory[at]++;
		page->touched += getpagesize();
	}
}

void act_wait(struct page *page, const struct scene *scene)
{
	(void)scene;
	begin(page);
	while (page->go)
		usleep(10000);
}

void act_long(struct page *page, const struct scene *scene)
{
	int64_t end = begin(page), since;
	unsigned int wakes;

	(void)scene;
	while (page_now() < end) {
		volatile char *memory = room(BREATH);

		for (int64_t i = 0; i < BREATH; i += getpagesize())
			memory[i] = 1;
		read_until(page, page_now() + S / 2);
		munmap((void *)memory, BREATH);
		read_until(page, page_now() + S / 2);
	}
	/* What was going on is over. */
	sleep(2);
	wakes = page->wakes;
	since = page_now();
	sleep(page->seconds < REST ? (unsigned int)page->seconds : REST);
	page->relaxed_wakes = page->wakes - wakes;
	page->relaxed = page_now() - since;
}
