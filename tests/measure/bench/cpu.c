/* SPDX-License-Identifier: MIT */
#include <sched.h>

#include "cpu.h"
#include "fail.h"

static cpu_set_t allowed;

static void stay_on(size_t cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	must(sched_setaffinity(0, sizeof(one), &one), "affinity");
}

void cpu_one(void)
{
	size_t last = 0;

	must(sched_getaffinity(0, sizeof(allowed), &allowed), "affinity");
	for (size_t i = 0; i < CPU_SETSIZE; i++) {
		if (CPU_ISSET(i, &allowed))
			last = i;
	}
	stay_on(last);
}

void cpu_all(void)
{
	must(sched_setaffinity(0, sizeof(allowed), &allowed), "affinity");
}

void cpu_nth(int n)
{
	n %= CPU_COUNT(&allowed);
	for (size_t i = 0; i < CPU_SETSIZE; i++) {
		if (CPU_ISSET(i, &allowed) && n-- == 0)
			stay_on(i);
	}
}

clockid_t cpu_clock(int pid)
{
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0)
		fail("no clock of a process");
	return clock;
}
