/* SPDX-License-Identifier: MIT */
/* Files that are there and refuse: PSI that is switched off, and a policy that
 * writes a line into its log for each attempt. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"
#include "mymem.h"
#include "suite.h"
#include "tree.h"
#include "wrap.h"

#define NOBODY 65534
#define PSI (MYM_WANT_PSI_SOME | MYM_WANT_PSI_FULL)

static struct mym_snapshot look(struct mym_ctx *ctx)
{
	struct mym_snapshot s;
	int r;

	wrap_start();
	r = mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s));
	wrap_stop();
	ck_assert_int_eq(r, 0);
	return s;
}

/* Two answers about a machine, the second while reads of a file fail. */
static void look_twice(const char *machine, const char *file, int error,
		       struct mym_snapshot *fine, struct mym_snapshot *broken)
{
	char sysroot[TREE_PATH];
	struct mym_ctx *ctx;

	snprintf(sysroot, sizeof(sysroot), "%s/%s", FIXTURES, machine);
	ck_assert_int_eq(mym_open(&ctx, sysroot, 0), 0);
	*fine = look(ctx);
	wrap.site = SITE_READ;
	wrap.error = error;
	wrap.only = file;
	*broken = look(ctx);
	/* Or the file was not read. */
	ck_assert_str_ne(wrap.at, "");
	wrap.only = NULL;
	mym_close(ctx);
}

/* psi=0 on kernels that have the files all the same (4.20 and later:
 * EOPNOTSUPP), and files that were hidden while open (ENODEV). */
static const int off[] = { EOPNOTSUPP, ENODEV };

START_TEST(psi_off_in_the_group)
{
	struct mym_snapshot fine, broken;

	look_twice("psi-group-squeezed", "/memory.pressure", off[_i], &fine,
		   &broken);
	ck_assert_int_eq(fine.psi_scope, MYM_SCOPE_CGROUP);
	ck_assert_int_eq(fine.pressure, MYM_PRESSURE_CRITICAL);
	ck_assert_int_eq(broken.psi_scope, MYM_SCOPE_HOST);
	ck_assert_uint_eq(broken.valid, fine.valid);
	/* As if the file were missing: that is no failure. */
	ck_assert_uint_eq(broken.flags, fine.flags);
	/* The machine idles; its headroom speaks. */
	ck_assert_int_eq(broken.psi_some, 0);
	ck_assert_int_eq(broken.pressure, MYM_PRESSURE_LOW);
	ck_assert_uint_eq(broken.pressure_cause, MYM_PRESSURE_BY_HEADROOM);
}
END_TEST

START_TEST(psi_off_everywhere)
{
	struct mym_snapshot fine, broken;

	look_twice("psi-v1-has-only-host", "/pressure/memory", off[_i], &fine,
		   &broken);
	ck_assert_int_eq(fine.psi_scope, MYM_SCOPE_HOST);
	ck_assert_uint_eq(broken.valid, fine.valid & ~PSI);
	ck_assert_uint_eq(broken.none, fine.none);
	ck_assert_uint_eq(broken.flags, fine.flags);
	ck_assert_int_eq(broken.psi_scope, 0);
	ck_assert_int_eq(broken.pressure, MYM_PRESSURE_NONE);
	/* "None", and who says so. */
	ck_assert_uint_eq(broken.pressure_sources, MYM_PRESSURE_BY_HEADROOM);
}
END_TEST

/* Anything else is a failure, and said to be one. */
START_TEST(psi_broken)
{
	struct mym_snapshot fine, broken;

	look_twice("psi-v1-has-only-host", "/pressure/memory", EIO, &fine,
		   &broken);
	ck_assert_uint_eq(broken.valid, fine.valid & ~PSI);
	ck_assert_uint_eq(broken.flags, fine.flags | MYM_FLAG_PARTIAL);
}
END_TEST

static const char *const closed[] = {
#define SLICE "sys/fs/cgroup/batch.slice/"
	"proc/pressure/memory",
	"proc/self/limits",
	"proc/sys/vm/overcommit_memory",
	SLICE "memory.stat",
	SLICE "report.service/memory.events",
	SLICE "report.service/memory.high",
	SLICE "report.service/memory.max",
	SLICE "report.service/memory.pressure",
	SLICE "report.service/memory.swap.max",
};

/* Exits with 0 if a pass has tried each of them once. */
static void count_attempts(const char *tree)
{
	struct mym_ctx *ctx;

	if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) < 0)
		_exit(2);
	if (mym_open(&ctx, tree, 0) < 0)
		_exit(2);
	for (int pass = 0; pass < 3; pass++) {
		look(ctx);
		printf("# %zu files are closed, %u times refused\n",
		       MYM__COUNT(closed), wrap.denied);
		fflush(stdout);
		if (wrap.denied != MYM__COUNT(closed))
			_exit(1);
	}
	_exit(0);
}

/* One attempt for each file in each pass: what a pass costs a log is known,
 * and who asks decides how often. */
START_TEST(asked_once)
{
	char tree[TREE_PATH];
	int status;
	pid_t pid;

	tree_make(tree);
	tree_copy(FIXTURES "/v2-limit-on-parent", tree);
	for (size_t i = 0; i < MYM__COUNT(closed); i++)
		ck_assert_int_eq(chmod(tree_path(tree, closed[i]), 0), 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		count_attempts(tree);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	tree_remove(tree);
	ck_assert_int_eq(status, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("refused");
	TCase *tc = tcase_create("files");

	tcase_add_loop_test(tc, psi_off_in_the_group, 0, MYM__COUNT(off));
	tcase_add_loop_test(tc, psi_off_everywhere, 0, MYM__COUNT(off));
	tcase_add_test(tc, psi_broken);
	tcase_add_test(tc, asked_once);
	suite_add_tcase(s, tc);
	return s;
}
