/* SPDX-License-Identifier: MIT */
/*
 * Memory for the library, which asks for a few blocks in each pass.  The program's
 * heap may be in the midst of growing when it opens a file, or in the hands of
 * another thread before a fork(2).
 *
 * What is given back is kept for the next pass, because a page that is touched
 * for the first time is what costs most.  Whoever takes something away does it in one
 * step, so that there is nothing to lock.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

/* Most are paths. */
#define SMALL 128
static _Alignas(max_align_t) char small[32][SMALL];
static _Atomic uint32_t taken;

/* The others are few. */
struct block {
	size_t size; /* of all of it */
	max_align_t content[];
};
static void *_Atomic kept[6];

static void *take_small(void)
{
	uint32_t now = atomic_load(&taken);
	int i;

	do {
		if (now == UINT32_MAX)
			return NULL;
		i = __builtin_ctz(~now);
	} while (!atomic_compare_exchange_weak(&taken, &now,
					       now | UINT32_C(1) << i));
	return small[i];
}

static void keep(struct block *block)
{
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		void *none = NULL;

		if (atomic_compare_exchange_strong(&kept[i], &none, block))
			return;
	}
	munmap(block, block->size);
}

static struct block *take_kept(size_t size)
{
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		struct block *block = atomic_exchange(&kept[i], NULL);

		if (block && block->size == size)
			return block;
		if (block)
			keep(block);
	}
	return NULL;
}

void *__wrap_malloc(size_t size)
{
	const size_t whole = (sizeof(struct block) + size + 4095) & ~(size_t)4095;
	void *content = size <= SMALL ? take_small() : NULL;
	struct block *block;

	if (content)
		return content;
	block = whole < size ? NULL : take_kept(whole);
	if (!block && whole > size) {
		block = mmap(NULL, whole, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (block == MAP_FAILED)
			return NULL;
		block->size = whole;
	}
	return block ? block->content : NULL;
}

static struct block *block_of(void *content)
{
	return (void *)((char *)content - offsetof(struct block, content));
}

static bool is_small(const void *content)
{
	const uintptr_t at = (uintptr_t)content, begin = (uintptr_t)small;

	return at >= begin && at < begin + sizeof(small);
}

void __wrap_free(void *content)
{
	if (is_small(content))
		atomic_fetch_and(&taken, ~(UINT32_C(1) << ((char (*)[SMALL])content -
							   small)));
	else if (content)
		keep(block_of(content));
}

void *__wrap_calloc(size_t count, size_t each)
{
	void *content = __wrap_malloc(count * each);

	return content ? memset(content, 0, count * each) : NULL;
}

void *__wrap_realloc(void *content, size_t size)
{
	void *new = __wrap_malloc(size);
	size_t old = 0;

	if (is_small(content))
		old = SMALL;
	else if (content)
		old = block_of(content)->size - sizeof(struct block);
	if (!new)
		return NULL;
	if (content)
		memcpy(new, content, old < size ? old : size);
	__wrap_free(content);
	return new;
}

char *__wrap_strdup(const char *text)
{
	const size_t size = strlen(text) + 1;
	char *copy = __wrap_malloc(size);

	return copy ? memcpy(copy, text, size) : NULL;
}
