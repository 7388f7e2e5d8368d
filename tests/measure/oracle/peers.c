/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#ifdef HAVE_LIBUV
#include <uv.h>
#pragma weak uv_get_available_memory
uint64_t uv_get_available_memory(void);
#endif

#include "group.h"
#include "kernel-file.h"
#include "peers.h"

/* What v1 has instead of "no limit", on any page size. */
#define UNLIMITED ((int64_t)1 << 62)

const char *const peer_names[PEERS] = {
	[PEER_LIBUV] = "libuv",
	[PEER_LIBUV_AVAILABLE] = "libuv_available",
	[PEER_LIMIT_USAGE] = "limit_usage",
	[PEER_WORKING_SET] = "working_set",
	[PEER_MEMAVAILABLE] = "memavailable",
	[PEER_SYSCONF] = "sysconf",
};

/* The limit of a program that follows its documentation: what is constrained,
 * or 0 for unknown; and what is free. */
static void ask_libuv(int64_t answers[PEERS])
{
#ifdef HAVE_LIBUV
	uint64_t constrained = uv_get_constrained_memory();
	uint64_t answer = uv_get_free_memory();

	if (constrained > 0 && constrained < answer)
		answer = constrained;
	answers[PEER_LIBUV] = (int64_t)answer;
	if (uv_get_available_memory)
		answers[PEER_LIBUV_AVAILABLE] =
			(int64_t)uv_get_available_memory();
#endif
}

static void ask_group(const char *own, int64_t answers[PEERS])
{
	const bool v1 = group_version() == 1;
	int64_t limit, usage, inactive;
	char stat[8192];

	limit = group_get(own, group_file(GROUP_LIMIT));
	usage = group_get(own, group_file(GROUP_USAGE));
	snprintf(stat, sizeof(stat), "%s/memory.stat", own);
	inactive = kernel_key(stat, v1 ? "total_inactive_file" : "inactive_file");
	if (limit < 0 || limit >= UNLIMITED || usage < 0)
		return;
	answers[PEER_LIMIT_USAGE] = limit > usage ? limit - usage : 0;
	if (inactive < 0)
		return;
	usage = usage > inactive ? usage - inactive : 0;
	answers[PEER_WORKING_SET] = limit > usage ? limit - usage : 0;
}

void peers_ask(const char *own, int64_t answers[PEERS])
{
	long pages = sysconf(_SC_AVPHYS_PAGES);

	for (int i = 0; i < PEERS; i++)
		answers[i] = -1;
	ask_libuv(answers);
	if (own)
		ask_group(own, answers);
	answers[PEER_MEMAVAILABLE] = kernel_key("/proc/meminfo", "MemAvailable");
	if (pages >= 0)
		answers[PEER_SYSCONF] = (int64_t)pages * getpagesize();
}

const char *peers_libuv(void)
{
#ifdef HAVE_LIBUV
	return uv_version_string();
#else
	return NULL;
#endif
}
