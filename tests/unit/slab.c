/* SPDX-License-Identifier: MIT */
/* How much of the slab sockets and files hold: what the kernel counts, and whatever
 * descriptor tells. */
#include <string.h>
#include <unistd.h>

#include "answer/findings.h"
#include "base/compiler.h"
#include "base/lines.h"
#include "mymem.h"
#include "read/pass.h"
#include "read/reclaim.h"
#include "suite.h"
#include "tree.h"

#define SOCKSTAT "proc/net/sockstat"

static char buffer[MYM__LINES_SIZE];

static int64_t pinned(void)
{
	struct mym__findings findings = { .rows = NULL };
	struct mym__root root;
	struct mym__pass pass = {
		.root = &root,
		.buffer = buffer,
		.size = sizeof(buffer),
		.found = &findings,
	};
	int64_t r;

	ck_assert_int_eq(mym__root_open(&root, "."), 0);
	r = mym__slab_pinned(&pass);
	mym__root_close(&root);
	return r;
}

START_TEST(sockets)
{
	static const struct {
		const char *text;
		int64_t pinned;
	} rows[] = {
		{ "sockets: used 270\nTCP: inuse 9\n", 270 * 1024 },
		{ "TCP: inuse 9\nsockets: used 3\n", 3 * 1024 },
		{ "sockets: free 270\n", 0 },
		{ "socket: used 270\n", 0 },
		{ "", 0 },
		{ "sockets: used 9223372036854775807\n",
		  INT64_MAX / 1024 * 1024 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		put(SOCKSTAT, "%s", rows[i].text);
		ck_assert_msg(pinned() == rows[i].pinned, "%s", rows[i].text);
	}
}
END_TEST

START_TEST(standard_input_closed)
{
	put(SOCKSTAT, "sockets: used 270\n");
	close(STDIN_FILENO);
	ck_assert_int_eq(pinned(), 270 * 1024);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("slab");
	TCase *tc = tree_tcase("all");

	tcase_add_test(tc, sockets);
	tcase_add_test(tc, standard_input_closed);
	suite_add_tcase(s, tc);
	return s;
}
