/* SPDX-License-Identifier: MIT */
/*
 * A program that does nothing but be linked with a library: how long it takes
 * to start and end, and how much memory it has.
 */
#include <stdio.h>
#include <string.h>

#if defined(WITH_MYMEM)
#include <mymem.h>
#define ASK() ((long long)mym_limit())
#elif defined(WITH_LIBUV)
#include <uv.h>
#define ASK() ((long long)uv_get_constrained_memory())
#elif defined(WITH_LIBMOUNT)
#include <libmount.h>
#define ASK() ((long long)mnt_get_library_version(NULL))
#elif defined(WITH_EMPTY)
long long empty(void);
#define ASK() empty()
#else
#define ASK() 0LL
#endif

static void show_rss(void)
{
	FILE *rollup = fopen("/proc/self/smaps_rollup", "r");
	char line[256];

	if (!rollup)
		return;
	while (fgets(line, sizeof(line), rollup)) {
		long kib;

		if (sscanf(line, "Rss: %ld", &kib) == 1)
			printf("%ld\n", kib);
	}
	fclose(rollup);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "ask") == 0)
		return ASK() < 0;
	if (argc > 1)
		show_rss();
	return 0;
}
