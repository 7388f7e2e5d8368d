/* SPDX-License-Identifier: MIT */
/* Where the address space of another process ends, which its first stack tells. */
#include <errno.h>
#include <unistd.h>

#include "answer/findings.h"
#include "base/compiler.h"
#include "base/lines.h"
#include "base/root.h"
#include "base/self.h"
#include "mymem.h"
#include "read/pass.h"
#include "read/readers.h"
#include "suite.h"
#include "units.h"

static int error;
static int64_t stack;

int __wrap_mym__self_stat(const struct mym__root *root, int thread, char *buffer,
			  enum mym__self_word which, int64_t *value);
int __wrap_mym__self_stat(const struct mym__root *root, int thread, char *buffer,
			  enum mym__self_word which, int64_t *value)
{
	(void)root;
	(void)thread;
	(void)buffer;
	ck_assert_int_eq(which, MYM__SELF_STACK);
	if (!error)
		*value = stack;
	return error;
}

START_TEST(stacks)
{
	static const struct {
		int error;
		int64_t stack, limit; /* 0: there is no such limit, < 0: unknown */
	} rows[] = {
		{ 0, 0xbffff000, 3072 * MIB },
		{ 0, 0xfffff000, 4096 * MIB },
		{ 0, 0x7ffff000, 2048 * MIB },
		{ 0, 0xafffffff, 2816 * MIB },
		{ 0, INT64_C(0x7fff00000000), 0 },
		{ 0, 0x40000000, 0 }, /* an emulator's */
		{ 0, 0, -1 },	      /* who may not trace it is told that */
		{ -EACCES, 0, -1 },
	};
	static char buffer[MYM__LINES_SIZE];

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		const struct mym__places places = { 0 };
		struct mym_constraint found[MYM__CONSTRAINTS_EXTRA];
		const char *paths[MYM__CONSTRAINTS_EXTRA];
		struct mym__findings findings = { .rows = found, .paths = paths };
		const struct mym_constraint *c = NULL;
		struct mym__root root;
		struct mym__pass pass = {
			.root = &root,
			.places = &places,
			.buffer = buffer,
			.size = sizeof(buffer),
			.want = MYM_WANT_LIMIT,
			.found = &findings,
		};

		error = rows[i].error;
		stack = rows[i].stack;
		ck_assert_int_eq(mym__root_process(&root, getpid()), 0);
		root.other = true;
		mym__rlimit_read(&pass);
		mym__root_close(&root);
		for (unsigned int k = 0; k < findings.count; k++) {
			if (found[k].kind == MYM_KIND_ADDRESS_SPACE)
				c = &found[k];
		}
		ck_assert_int_eq(c != NULL, rows[i].limit > 0);
		if (c)
			ck_assert_int_eq(c->limit, rows[i].limit);
		ck_assert_uint_eq(pass.lost & MYM__KIND(MYM_KIND_ADDRESS_SPACE),
				  rows[i].limit < 0 ?
				  MYM__KIND(MYM_KIND_ADDRESS_SPACE) : 0);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("space");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, stacks);
	suite_add_tcase(s, tc);
	return s;
}
