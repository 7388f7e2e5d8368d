/* SPDX-License-Identifier: MIT */
/* Frozen machines that differ in what an answer costs; the first is this one. */
#ifndef MACHINES_H
#define MACHINES_H

#include <stdio.h>

static const char *const machines[] = {
	NULL,
	"v2-limit-on-parent",
	"v1-limit-on-parent",
	"hybrid-memory-on-v1",
	"v2-deep-path",
	"v2-own-min-inside",
	"rlimit-and-cgroup",
	"commit-plain-user",
	"numa-list-with-gap",
	"avail-no-memavailable",
	"psi-group-squeezed",
	"swap-v1-memsw",
};

static inline const char *machine_sysroot(int i)
{
	static char path[4096];

	if (!machines[i])
		return NULL;
	snprintf(path, sizeof(path), "%s/%s", FIXTURES, machines[i]);
	return path;
}

#endif
