/* SPDX-License-Identifier: MIT */
/* The shared library loaded, asked and unloaded: nothing of it is left. */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "descriptors.h"
#include "mymem.h"
#include "suite.h"

#define ROUNDS 100
/* What these leave is libc's. */
#define FIRST 20

/* Blocks that are not freed: libc's own count has those that it keeps for the
 * next of that size. */
static atomic_long blocks;

/* The address sanitizer counts by itself, and has mappings of its own.  musl's
 * allocator has no other name to be called by. */
#if defined(__SANITIZE_ADDRESS__) || !defined(__GLIBC__)
#define COUNTED 0
#else
#define COUNTED 1
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

static void *counted(void *block)
{
	blocks += block != NULL;
	return block;
}

void *malloc(size_t size)
{
	return counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return counted(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
	if (block)
		return __libc_realloc(block, size);
	return counted(__libc_realloc(NULL, size));
}

void free(void *block)
{
	blocks -= block != NULL;
	__libc_free(block);
}
#endif

/* Whether the library or one that it loads is mapped, and how many mappings
 * there are. */
static bool is_mapped(const char *name, unsigned int *count)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	bool found = false;
	char line[4096];

	ck_assert_ptr_nonnull(maps);
	*count = 0;
	while (fgets(line, sizeof(line), maps)) {
		found = found || strstr(line, name);
		++*count;
	}
	fclose(maps);
	return found;
}

static void *symbol(void *library, const char *name)
{
	void *at = dlsym(library, name);

	ck_assert_msg(at != NULL, "%s: %s", name, dlerror());
	return at;
}

#define GET(function) \
	__typeof__(&function) its_##function; \
	*(void **)(void *)&its_##function = symbol(library, #function)

static void ask(void *library)
{
	GET(mym_limit);
	GET(mym_available);
	GET(mym_pressure);
	GET(mym_workers);
	GET(mym_open);
	GET(mym_snapshot);
	GET(mym_close);
	struct mym_snapshot s;
	struct mym_ctx *ctx;

	ck_assert_int_gt(its_mym_limit(), 0);
	ck_assert_int_ge(its_mym_available(), 0);
	ck_assert_int_ge(its_mym_pressure(), 0);
	ck_assert_int_ge(its_mym_workers(4096, 3), 0);
	ck_assert_int_eq(its_mym_open(&ctx, NULL, 0), 0);
	ck_assert_int_eq(its_mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s)), 0);
	its_mym_close(ctx);
}

START_TEST(unloaded)
{
	unsigned int descriptors = 0, mappings = 0;
	long memory = 0;

	for (int i = 0; i < ROUNDS; i++) {
		unsigned int maps, before = open_descriptors();
		void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);

		ck_assert_msg(library != NULL, "%s", dlerror());
		ck_assert(is_mapped("libmymem.so", &maps));
		ask(library);
		/* Or there would be nothing to leave behind. */
		ck_assert_uint_gt(open_descriptors(), before);
		ck_assert_int_eq(dlclose(library), 0);
		ck_assert(!is_mapped("libmymem.so", &maps));
		ck_assert(!is_mapped("libmount.so", &maps));
		ck_assert_uint_eq(open_descriptors(), before);
		if (i < FIRST) {
			descriptors = before;
			mappings = maps;
			memory = blocks;
		}
		ck_assert_uint_eq(before, descriptors);
		if (!COUNTED)
			continue;
		ck_assert_uint_eq(maps, mappings);
		ck_assert_int_gt(blocks, 0);
		ck_assert_int_eq(blocks, memory);
	}
}
END_TEST

const char *unavailable(void)
{
#ifdef __GLIBC__
	return NULL;
#else
	return "only glibc unloads what it has loaded";
#endif
}

Suite *suite(void)
{
	Suite *s = suite_create("unload");
	TCase *tc = tcase_create("dlclose");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, unloaded);
	suite_add_tcase(s, tc);
	return s;
}
