/* SPDX-License-Identifier: MIT */
/* When a light pass reads the machine's numbers again: where it may have less than
 * the group leaves. */
#include "base/compiler.h"
#include "base/sys.h"
#include "context.h"
#include "mymem.h"
#include "snapshot.h"
#include "suite.h"
#include "tree.h"
#include "units.h"

/* In MiB.  The machine's numbers are of a moment, and it may have less than is free
 * by a 64th. */
enum { TOTAL = 1000, SCARCE = 20 };
#define RESERVE (TOTAL * MIB / 64)

static struct mym__sysinfo machine; /* what the system call says, */
static int result, calls; /* unless it is denied; how often it was asked */

int __wrap_mym__sys_sysinfo(const struct mym__root *root,
			    struct mym__sysinfo *info);

int __wrap_mym__sys_sysinfo(const struct mym__root *root,
			    struct mym__sysinfo *info)
{
	(void)root;
	calls++;
	*info = machine;
	return result;
}

static void meminfo(int pool, int left)
{
	put("proc/meminfo", "MemTotal: %d kB\nHugetlb: %d kB\nMemFree: %d kB\n"
	    "MemAvailable: %d kB\nActive(file): 0 kB\nInactive(file): 0 kB\n"
	    "SReclaimable: 0 kB\n", TOTAL << 10, pool << 10, left << 10,
	    left << 10);
}

/* A whole pass, the machine is filled, and a light pass. */
START_TEST(machine_is_filled)
{
	static const struct {
		struct mym__sysinfo machine;
		int result, calls;
		int pool, limit; /* of the machine for hugetlb, and of the group */
		int available;
	} rows[] = {
		/* Enough for the group; not quite. */
		{ { .total = TOTAL * MIB, .free = 90 * MIB + RESERVE + 1 },
		  0, 1, 0, 100, 90 },
		{ { .total = TOTAL * MIB, .free = 90 * MIB + RESERVE },
		  0, 1, 0, 100, SCARCE },
		/* The system call is denied, or is about another machine. */
		{ { .total = TOTAL * MIB, .free = TOTAL * MIB },
		  1, 1, 0, 100, SCARCE },
		{ { .total = TOTAL * MIB + 1, .free = TOTAL * MIB },
		  0, 1, 0, 100, SCARCE },
		/* It tells of more than the machine has beside hugetlb. */
		{ { .total = TOTAL * MIB, .free = TOTAL * MIB },
		  0, 1, 900, 110, SCARCE },
		{ { .total = TOTAL * MIB, .free = TOTAL * MIB },
		  0, 1, 900, 100, 90 },
		/* No group limits: it need not be asked. */
		{ { .total = TOTAL * MIB, .free = TOTAL * MIB },
		  0, 0, 0, 0, SCARCE },
	};
	struct mym_snapshot s;
	struct mym_ctx *ctx;

	own_v2("/a");
	mount_v2("/", "/sys/fs/cgroup");
	group_v2("sys/fs/cgroup/a", rows[_i].limit);
	ram(TOTAL);
	meminfo(rows[_i].pool, TOTAL - rows[_i].pool);
	machine = rows[_i].machine;
	result = rows[_i].result;
	ck_assert_int_eq(mym_open(&ctx, ".", 0), 0);
	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_AVAILABLE, &s, sizeof(s)), 0);
	meminfo(rows[_i].pool, SCARCE);
	calls = 0;
	ck_assert_int_eq(mym__snapshot_light(ctx, MYM_WANT_AVAILABLE,
					     ctx->known_at + 1, &s), 0);
	ck_assert_int_eq(s.available, rows[_i].available * MIB);
	ck_assert_int_eq(calls, rows[_i].calls);
	mym_close(ctx);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("light");
	TCase *tc = tree_tcase("all");

	tcase_add_loop_test(tc, machine_is_filled, 0, 7);
	suite_add_tcase(s, tc);
	return s;
}
