/* SPDX-License-Identifier: MIT */
/*
 * A machine with one NUMA node more than the process may use, as files below a
 * sysroot: each node is like this machine's first.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <mymem.h>

#include "fail.h"
#include "mounts.h"
#include "raw.h"
#include "row.h"

#define NODES "/sys/devices/system/node/"

static const char *sysroot;
static struct mym_ctx *ctx;

static FILE *create(const char *name)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s%s", sysroot, name);
	for (char *end = path + strlen(sysroot); (end = strchr(end + 1, '/'));) {
		*end = '\0';
		must(mkdir(path, 0755) < 0 && errno != EEXIST ? -1 : 0, path);
		*end = '/';
	}
	file = fopen(path, "we");
	must(file ? 0 : -1, path);
	raw_add(path);
	return file;
}

/* Closes what is written or read. */
static void done(FILE *file)
{
	must(fclose(file), "a file of the machine");
}

static FILE *open_here(const char *path)
{
	FILE *file = fopen(path, "re");

	must(file ? 0 : -1, path);
	return file;
}

/* All lines about the first node, as those of another one. */
static void add_node(FILE *to, const char *from, int node)
{
	FILE *file = open_here(from);
	int of = 0, length = 0;
	char line[256];

	while (of == 0 && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %d%n", &of, &length) != 1)
			fputs(line, to);
		else if (of == 0)
			fprintf(to, "Node %d%s", node, line + length);
	}
	done(file);
}

static void add_nodes(int allowed)
{
	FILE *zones = create("/proc/zoneinfo");
	char path[64];

	for (int node = 0; node <= allowed; node++)
		add_node(zones, "/proc/zoneinfo", node);
	done(zones);
	for (int node = 0; node < allowed; node++) {
		FILE *file;

		snprintf(path, sizeof(path), NODES "node%d/meminfo", node);
		file = create(path);
		add_node(file, NODES "node0/meminfo", node);
		done(file);
	}
}

/* As much of everything as all nodes together have. */
static void add_meminfo(int nodes)
{
	FILE *file = create("/proc/meminfo"), *here = open_here("/proc/meminfo");
	char line[256], name[32];
	long long amount;

	while (fgets(line, sizeof(line), here)) {
		if (sscanf(line, "%31[^:]: %lld kB", name, &amount) == 2)
			fprintf(file, "%s: %lld kB\n", name, amount * nodes);
	}
	done(here);
	done(file);
}

static void add_text(const char *path, const char *text)
{
	FILE *file = create(path);

	fputs(text, file);
	done(file);
}

static void add_machine(int allowed)
{
	char text[64];

	add_nodes(allowed);
	add_meminfo(allowed + 1);
	snprintf(text, sizeof(text), "0-%d\n", allowed);
	add_text(NODES "has_memory", text);
	snprintf(text, sizeof(text), "Mems_allowed_list:\t0-%d\n", allowed - 1);
	add_text("/proc/self/status", text);
	add_text("/proc/self/cgroup", "0::/\n");
	add_text("/proc/self/mountinfo", "21 1 259:2 / / rw - ext4 /dev/vda1 rw\n");
	add_text("/proc/self/limits", "Limit  Soft Limit  Hard Limit  Units\n");
	add_text("/proc/self/numa_maps", "7ffd00000000 default stack anon=1\n");
	add_text("/proc/sys/vm/overcommit_memory", "0\n");
	add_text("/proc/sys/vm/vfs_cache_pressure", "100\n");
}

static struct mym_snapshot snapshot;

static int ask(void)
{
	return mym_snapshot(ctx, MYM_WANT_AVAILABLE, &snapshot, sizeof(snapshot));
}

BATCH(run_snapshot, ask())

const struct row numa_rows[] = {
	ROW(NULL, "raw: each file opened, read and closed", RAW(RAW_FIRST)),
	ROW(NULL, "mym_snapshot MYM_WANT_AVAILABLE", .run = run_snapshot),
	{ 0 }
};

const char *numa_enter(const struct situation *situation)
{
	const char *wrong = mounts_empty(&sysroot);
	struct mym_constraint least;

	if (wrong)
		return wrong;
	add_machine(situation->number);
	must(mym_open(&ctx, sysroot, 0), "mym_open");
	must(ask(), "mym_snapshot");
	must(mym_constraint(ctx, (unsigned int)snapshot.limit_by, &least,
			    sizeof(least)), "mym_constraint");
	if (least.kind != MYM_KIND_NUMA)
		fail("the nodes are not the tightest constraint");
	return NULL;
}
