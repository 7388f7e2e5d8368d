/* SPDX-License-Identifier: MIT */
/* What is made of the kernel's text. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../mymem-run/shown.h"
#include "suite.h"

#define HEAD "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
#define SDA "/dev/sda2                               partition\t"
#define ODD "/swap\\040file                           file\t\t"

static struct shown *shown;

static void setup(void)
{
	shown = calloc(1, sizeof(*shown));
}

static void teardown(void)
{
	free(shown);
}

static void put(const char *key, int64_t kib)
{
	shown->meminfo.line[shown->meminfo.lines++] = (struct meminfo_line){
		.key = key, .length = strlen(key), .known = true, .value = kib,
	};
}

static const char *swaps(const char *text, int64_t total, int64_t left)
{
	shown->meminfo.lines = 0;
	put("SwapTotal", total);
	put("SwapFree", left);
	strcpy(shown->meminfo.stat, text);
	shown->text[shown_swaps(shown)] = '\0';
	return shown->text;
}

START_TEST(swap_areas)
{
	static const char both[] = HEAD SDA "8388604\t\t1024\t\t-2\n"
		ODD "4194304\t\t4096\t\t-3\n";

	ck_assert_str_eq(swaps(both, 12582908, 12577788), both);
	ck_assert_str_eq(swaps(both, 0, 0), HEAD);
	/* As much as there is for this process, and no more of it used. */
	ck_assert_str_eq(swaps(both, 1048576, 1048576),
			 HEAD SDA "1048576\t\t0\t\t-2\n");
	ck_assert_str_eq(swaps(both, 9388604, 9383604),
			 HEAD SDA "8388604\t\t1024\t\t-2\n"
			 ODD "1000000\t\t3976\t\t-3\n");
	/* The kernel's columns. */
	ck_assert_str_eq(swaps(HEAD SDA "88388604\t20000000\t-2\n", 20000000, 0),
			 HEAD SDA "20000000\t20000000\t-2\n");
	/* What is no row is left out. */
	ck_assert_str_eq(swaps(HEAD "none\n" SDA "x\n" SDA "8\n", 100, 100), HEAD);
	ck_assert_str_eq(swaps("", 100, 100), "");
}
END_TEST

static const char *node(const char *text, int64_t all)
{
	shown->meminfo.lines = 0;
	put("MemTotal", 524288);
	put("MemFree", 262144);
	put("Cached", 1000);
	put("SwapCached", 20);
	put("Buffers", 4);
	put("Active(anon)", 64);
	strcpy(shown->meminfo.stat, text);
	shown->text[shown_node(shown, all)] = '\0';
	return shown->text;
}

START_TEST(nodes)
{
	static const char text[] =
		"Node 1 MemTotal:       16777216 kB\n"
		"Node 1 MemFree:         8388608 kB\n"
		"Node 1 MemUsed:         8388608 kB\n"
		"Node 1 Active(anon):      10000 kB\n"
		"Node 1 FilePages:         20000 kB\n"
		"Node 1 Unheard_of:           77 kB\n"
		"Node 1 HugePages_Total:     5\n";

	ck_assert_str_eq(node(text, 16777216),
			 "Node 1 MemTotal:         524288 kB\n"
			 "Node 1 MemFree:          262144 kB\n"
			 "Node 1 MemUsed:          262144 kB\n"
			 "Node 1 Active(anon):         64 kB\n"
			 "Node 1 FilePages:          1024 kB\n"
			 "Node 1 Unheard_of:           77 kB\n"
			 "Node 1 HugePages_Total:     5\n");
	/* A quarter of the machine has a quarter of what this process may use. */
	ck_assert_str_eq(node(text, 4 * 16777216),
			 "Node 1 MemTotal:         131072 kB\n"
			 "Node 1 MemFree:           65536 kB\n"
			 "Node 1 MemUsed:           65536 kB\n"
			 "Node 1 Active(anon):         16 kB\n"
			 "Node 1 FilePages:           256 kB\n"
			 "Node 1 Unheard_of:           77 kB\n"
			 "Node 1 HugePages_Total:     5\n");
	/* What cannot be known is not more than all of it. */
	ck_assert_ptr_nonnull(strstr(node(text, 0), "MemTotal:         524288 kB"));
	ck_assert_str_eq(node("", 1), "");
	ck_assert_str_eq(node("Node\nNo\n\nNode 1\nNode 1 x\nNode 1 x:\n", 1), "");
}
END_TEST

/* Whatever the text is, what is made of it is in its bounds, and no more than there
 * is. */
START_TEST(any_text)
{
	static const char *const pieces[] = {
		HEAD, SDA, ODD, "\t", " ", "\n", ":", "Node 0 ", "MemTotal:", " kB",
		"8388604", "99999999999999999999", "18446744073709551615", "-2", "x",
		"Node", "MemFree:       5", "\t\t1024\t\t-2\n", "/dev/sda2", "0",
	};
	uint64_t random = 1;

	for (int i = 0; i < 20000; i++) {
		char text[4096] = "";
		size_t length = 0;

		for (int n = 0; n < 24; n++) {
			const char *piece;

			random = random * 6364136223846793005u + 1442695040888963407u;
			piece = pieces[(random >> 33) %
				       (sizeof(pieces) / sizeof(pieces[0]))];
			memcpy(text + length, piece, strlen(piece) + 1);
			length += strlen(piece);
		}
		ck_assert_uint_lt(strlen(swaps(text, 1048576, 7)), 2 * sizeof(text));
		ck_assert_uint_lt(strlen(node(text, 16777216)), 2 * sizeof(text));
	}
}
END_TEST

START_TEST(paths)
{
	static const char *const good[] = {
		"/proc/meminfo", "/proc/swaps",
		"/sys/devices/system/node/node0/meminfo",
		"/sys/devices/system/node/node127/meminfo",
	}, *const bad[] = {
		"", "/", "meminfo", "/proc/meminfo ", "/proc/meminfo/", "/proc/swap",
		"//proc/meminfo", "/sys/devices/system/node/meminfo",
		"/sys/devices/system/node/node/meminfo",
		"/sys/devices/system/node/node0/numastat",
		"/sys/devices/system/node/node0/meminfox",
		"/sys/devices/system/node/node0x/meminfo",
		"/sys/devices/system/node/node-1/meminfo",
		"/sys/devices/system/node/node99999999999999999999/meminfo",
		"/mnt/proc/meminfo",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(shown_has(good[i]), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!shown_has(bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST(units)
{
	struct sysinfo info = { .uptime = 5 };

	put("MemTotal", 524288);
	put("MemFree", 1);
	shown_sysinfo(shown, &info);
	ck_assert_uint_eq(info.mem_unit, 1);
	ck_assert_uint_eq(info.totalram, 536870912);
	ck_assert_uint_eq(info.freeram, 1024);
	ck_assert_int_eq(info.uptime, 5);
	/* More than an unsigned long of 32 bits has. */
	put("SwapTotal", 8388608);
	shown_sysinfo(shown, &info);
	ck_assert_uint_eq((uint64_t)info.totalswap * info.mem_unit,
			  UINT64_C(8388608) * 1024);
	ck_assert_uint_eq((uint64_t)info.totalram * info.mem_unit, 536870912);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("shown");
	TCase *tc = tcase_create("text");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, swap_areas);
	tcase_add_test(tc, nodes);
	tcase_add_test(tc, any_text);
	tcase_add_test(tc, paths);
	tcase_add_test(tc, units);
	suite_add_tcase(s, tc);
	return s;
}
