/* SPDX-License-Identifier: MIT */
/* The files about swap that a kernel may be without, and those that are broken. */
#include <string.h>

#include "answer/findings.h"
#include "base/compiler.h"
#include "base/lines.h"
#include "read/pass.h"
#include "read/readers.h"
#include "suite.h"
#include "tree.h"

static char buffer[MYM__LINES_SIZE];
static struct mym__findings findings;

static void read_swap(void)
{
	const struct mym__places places = { 0 };
	struct mym__root root;
	struct mym__pass pass = {
		.root = &root,
		.places = &places,
		.buffer = buffer,
		.size = sizeof(buffer),
		.found = &findings,
		.sealing = true, /* all of it is asked */
	};

	findings = (struct mym__findings){ 0 };
	ck_assert_int_eq(mym__root_open(&root, "."), 0);
	mym__swap_read(&pass);
	mym__root_close(&root);
	ck_assert(findings.swap_asked);
}

START_TEST(missing)
{
	static const char *const files[] = { "none", "proc/sys/vm", "proc" };

	for (size_t i = 0; i < MYM__COUNT(files); i++) {
		dir("proc/sys");
		gone("proc");
		put(files[i], "%s", "");
		read_swap();
		ck_assert_msg(findings.flags == 0, "%s", files[i]);
		ck_assert(!findings.swap_stays);
		gone(files[i]);
	}
}
END_TEST

START_TEST(broken)
{
	static const char *const files[] = {
		"proc/sys/vm/swappiness", "proc/swaps",
	};

	dir(files[_i]);
	read_swap();
	ck_assert_uint_eq(findings.flags, MYM_FLAG_PARTIAL);
}
END_TEST

START_TEST(in_memory)
{
	put("proc/swaps", "Filename Type\n/dev/sda2 partition\n");
	read_swap();
	ck_assert(!findings.swap_stays);
	add("proc/swaps", "/dev/zram0 partition\n");
	read_swap();
	ck_assert(findings.swap_stays);
	gone("proc/swaps");
	put("sys/module/zswap/parameters/enabled", "N\n");
	read_swap();
	ck_assert(!findings.swap_stays);
	put("sys/module/zswap/parameters/enabled", "Y\n");
	read_swap();
	ck_assert(findings.swap_stays);
	ck_assert_uint_eq(findings.flags, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("swap");
	TCase *tc = tree_tcase("all");

	tcase_add_test(tc, missing);
	tcase_add_loop_test(tc, broken, 0, 2);
	tcase_add_test(tc, in_memory);
	suite_add_tcase(s, tc);
	return s;
}
