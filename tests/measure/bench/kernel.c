/* SPDX-License-Identifier: MIT */
/* What the kernel and libc charge for the least. */
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#include "row.h"

static struct timespec t;
static struct sysinfo info;

BATCH(run_getppid, getppid())
BATCH(run_monotonic, clock_gettime(CLOCK_MONOTONIC, &t))
BATCH(run_coarse, clock_gettime(CLOCK_MONOTONIC_COARSE, &t))
BATCH(run_sysinfo, sysinfo(&info))

const struct row kernel_rows[] = {
	ROW("kernel", "getppid", .run = run_getppid),
	ROW("kernel", "clock_gettime MONOTONIC", .run = run_monotonic),
	ROW("kernel", "clock_gettime MONOTONIC_COARSE", .run = run_coarse),
	ROW("kernel", "sysinfo", .run = run_sysinfo),
	{ 0 }
};
