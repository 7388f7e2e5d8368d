/* SPDX-License-Identifier: MIT */
/* What the static file has instead of printf(3) says what the C library's says.
 */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

/* mymem-free/printf.c, with other names. */
int own_snprintf(char *buffer, size_t size, const char *text, ...)
	__attribute__((format(printf, 3, 4)));
int own_fprintf(FILE *file, const char *text, ...)
	__attribute__((format(printf, 2, 3)));
int own_printf(const char *text, ...) __attribute__((format(printf, 1, 2)));

static char theirs[128], ours[128];

/* In buffers of every size that matters. */
#define SAME(...)                                                              \
	do {                                                                   \
		static const size_t sizes[] = { sizeof(ours), 8, 2, 1, 0 };    \
                                                                               \
		for (size_t n_ = 0; n_ < sizeof(sizes) / sizeof(sizes[0]);     \
		     n_++) {                                                   \
			memset(theirs, '#', sizeof(theirs));                   \
			memset(ours, '#', sizeof(ours));                       \
			ck_assert_int_eq(                                      \
				snprintf(theirs, sizes[n_], __VA_ARGS__),      \
				own_snprintf(ours, sizes[n_], __VA_ARGS__));   \
			ck_assert_mem_eq(theirs, ours, sizeof(ours));          \
		}                                                              \
	} while (0)

#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wformat-truncation"
#endif

START_TEST(text)
{
	static const char *const words[] = { "", "a", "memory.max",
					     "longer than any of the widths" };

	SAME("nothing to convert");
	SAME("100%%|%c|", 'x');
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *w = words[i];

		SAME("%s", w);
		SAME("|%11s|%-13s|%s", w, w, w);
		for (int n = -3; n < 12; n++)
			SAME("|%*s|", n, w);
		for (int n = 0; n < 12; n++)
			SAME("|%.*s|%12.3s|", n, w, w);
	}
	/* Text that does not end is read as far as it may be. */
	SAME("%.*s", 2, (const char[]){ 'a', 'b' });
}
END_TEST

START_TEST(numbers)
{
	static const int64_t values[] = {
		0,    1,       9,	10,	   -1,	      -10,
		4096, INT_MAX, INT_MIN, INT64_MAX, INT64_MIN,
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		const int64_t v = values[i];

		SAME("%" PRId64, v);
		SAME("%10" PRId64 "|%04" PRId64 "|%02" PRId64 "|%-9" PRId64 "|",
		     v, v, v, v);
		SAME("%d %u %x %02x %04x", (int)v, (unsigned int)v,
		     (unsigned int)v, (unsigned int)v, (unsigned int)v);
		SAME("%ld %lu %lx", (long)v, (unsigned long)v,
		     (unsigned long)v);
		SAME("%lld %llu", (long long)v, (unsigned long long)v);
		SAME("%*" PRId64 "|%c", 12, v, 'c');
	}
}
END_TEST

START_TEST(files)
{
	char *written = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&written, &size);

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(own_fprintf(file, "%s %5d|", "Mem:", 12), 11);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_str_eq(written, "Mem:    12|");
	free(written);
	/* A line that TAP takes for a comment. */
	ck_assert_int_eq(own_printf("# %s\n", "to the standard output"), 25);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("printf");
	TCase *c = tcase_create("printf");

	tcase_add_test(c, text);
	tcase_add_test(c, numbers);
	tcase_add_test(c, files);
	suite_add_tcase(s, c);
	return s;
}
