/* SPDX-License-Identifier: MIT */
/* The memory policy of the thread, as get_mempolicy(2) says, for which this stands. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/compiler.h"
#include "base/kernel.h"
#include "base/nodes.h"
#include "base/root.h"
#include "base/sys.h"
#include "suite.h"

#define BITS (8 * sizeof(unsigned long))
#define PREFERRED 1

/* The kernel. */
static int mode, error;
static unsigned int bound; /* to this node alone */

/* kernel_get_mempolicy() in mm/mempolicy.c: one bit less than it is told. */
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
	unsigned long *mask, most;
	va_list ap;
	int *told;

	ck_assert_int_eq(number, SYS_get_mempolicy);
	va_start(ap, number);
	told = va_arg(ap, int *);
	mask = va_arg(ap, unsigned long *);
	most = va_arg(ap, unsigned long);
	va_end(ap);
	if (error) {
		errno = error;
		return -1;
	}
	*told = mode;
	memset(mask, 0, (most - 1 + BITS - 1) / BITS * sizeof(*mask));
	if (bound < most - 1)
		mask[bound / BITS] |= 1UL << bound % BITS;
	return 0;
}

static int ask(bool confined, struct mym__nodes *nodes, bool *relative)
{
	const struct mym__root root = { .fd = -1, .confined = confined };

	return mym__sys_binding(&root, nodes, relative);
}

/* Each node is one, the last that there may be, too. */
START_TEST(nodes)
{
	static const unsigned int some[] = { 0, 1, 31, 32, 63, 64, 127, 512,
					     MYM__NODES_MAX - 1 };

	mode = MYM__MPOL_BIND;
	for (size_t i = 0; i < MYM__COUNT(some); i++) {
		struct mym__nodes got;
		bool relative = true;

		bound = some[i];
		memset(&got, 0xff, sizeof(got));
		ck_assert_int_eq(ask(false, &got, &relative), 0);
		ck_assert_uint_eq(mym__nodes_count(&got), 1);
		ck_assert(mym__nodes_has(&got, bound));
		ck_assert(!relative);
	}
}
END_TEST

START_TEST(modes)
{
	static const struct {
		int mode, error, result;
		bool relative;
	} rows[] = {
		{ MYM__MPOL_BIND, 0, 0, false },
		{ MYM__MPOL_BIND | MYM__MPOL_F_RELATIVE_NODES, 0, 0, true },
		{ MYM__MPOL_BIND | 1 << 15, 0, 0, false },
		/* The default, and what falls back to the other nodes. */
		{ 0, 0, 1, false },
		{ PREFERRED, 0, 1, false },
		{ PREFERRED | MYM__MPOL_F_RELATIVE_NODES, 0, 1, false },
		{ 0, EPERM, -EPERM, false },
		{ 0, ENOSYS, -ENOSYS, false },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__nodes got;
		bool relative = false;

		mode = rows[i].mode;
		error = rows[i].error;
		ck_assert_int_eq(ask(false, &got, &relative), rows[i].result);
		ck_assert_int_eq(relative, rows[i].relative);
		/* That of this thread is none of a captured process. */
		ck_assert_int_eq(ask(true, &got, &relative), 1);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("binding");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, nodes);
	tcase_add_test(tc, modes);
	suite_add_tcase(s, tc);
	return s;
}
