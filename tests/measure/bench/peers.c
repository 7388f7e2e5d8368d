/* SPDX-License-Identifier: MIT */
/* What programs use today, in the same process. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef HAVE_LIBUV
#include <uv.h>
#endif
#ifdef HAVE_LIBPROC2
#include <libproc2/meminfo.h>
#endif
#ifdef HAVE_LIBCGROUP
#include <libcgroup.h>
#endif

#include <mymem.h>

#include "group.h"
#include "peers.h"

BATCH(run_pages, sysconf(_SC_PHYS_PAGES))
BATCH(run_free_pages, sysconf(_SC_AVPHYS_PAGES))

#ifdef HAVE_LIBUV
BATCH(run_constrained, uv_get_constrained_memory())
BATCH(run_free, uv_get_free_memory())
#endif

#ifdef HAVE_LIBPROC2
static struct meminfo_info *info;

static bool have_meminfo(const struct row *row)
{
	(void)row;
	return info || procps_meminfo_new(&info) == 0;
}

static long long cached(void)
{
	struct meminfo_result *result;

	result = procps_meminfo_get(info, MEMINFO_MEM_AVAILABLE);
	return result ? (long long)result->result.ul_int : -1;
}

static long long selected(void)
{
	enum meminfo_item items[] = { MEMINFO_MEM_AVAILABLE };
	struct meminfo_stack *stack;

	stack = procps_meminfo_select(info, items, 1);
	return stack ? (long long)stack->head->result.ul_int : -1;
}

BATCH(run_cached, cached())
BATCH(run_selected, selected())
#endif

#ifdef HAVE_LIBCGROUP
static char group[4096];

static bool have_group(const struct row *row)
{
	struct mym_snapshot snapshot;
	struct mym_ctx *ctx;
	const char *path;

	(void)row;
	if (!group_version() || cgroup_init() != 0 ||
	    mym_open(&ctx, NULL, 0) < 0)
		return false;
	if (mym_snapshot(ctx, MYM_WANT_LIMIT, &snapshot, sizeof(snapshot)) == 0) {
		size_t length = strlen(group_mount());

		path = mym_constraint_path(ctx, 0);
		if (path && strncmp(path, group_mount(), length) == 0)
			strncpy(group, path + length, sizeof(group) - 1);
	}
	mym_close(ctx);
	return group[0];
}

static long long number_in(enum group_file file)
{
	char name[64], text[64] = "";
	void *handle = NULL;

	snprintf(name, sizeof(name), "%s", group_file(file));
	if (cgroup_read_value_begin("memory", group, name, &handle, text,
				    sizeof(text)) == 0)
		cgroup_read_value_end(&handle);
	return strtoll(text, NULL, 10);
}

BATCH(run_values, number_in(GROUP_LIMIT) - number_in(GROUP_USAGE))
#endif

const struct row peer_rows[] = {
	ROW("peers", "sysconf _SC_PHYS_PAGES", .run = run_pages),
	ROW("peers", "sysconf _SC_AVPHYS_PAGES", .run = run_free_pages),
#ifdef HAVE_LIBUV
	ROW("peers", "libuv uv_get_constrained_memory", .run = run_constrained),
	ROW("peers", "libuv uv_get_free_memory", .run = run_free),
#endif
#ifdef HAVE_LIBPROC2
	ROW("peers", "libproc2 procps_meminfo_get", .run = run_cached,
	  .have = have_meminfo),
	ROW("peers", "libproc2 procps_meminfo_select", .run = run_selected,
	  .have = have_meminfo),
#endif
#ifdef HAVE_LIBCGROUP
	ROW("peers", "libcgroup limit, usage", .run = run_values, .have = have_group),
#endif
	{ 0 }
};

const char *peers_libuv(void)
{
#ifdef HAVE_LIBUV
	return uv_version_string();
#else
	return "";
#endif
}
