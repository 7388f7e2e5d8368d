/* SPDX-License-Identifier: MIT */
/*
 * Where the process may take memory from some nodes only, those nodes are all
 * the memory there is: it is killed while others are free.  A cpuset decides
 * that for the process (Mems_allowed, CONSTRAINT_CPUSET), the policy MPOL_BIND
 * for a thread (CONSTRAINT_MEMORY_POLICY).  All other policies fall back to the
 * other nodes.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../base/compiler.h"
#include "../base/file.h"
#include "../base/lines.h"
#include "../base/nodes.h"
#include "../base/parse.h"
#include "../base/root.h"
#include "../base/saturate.h"
#include "../base/sys.h"
#include "../base/text.h"
#include "pass.h"
#include "process.h"
#include "readers.h"
#include "reclaim.h"
#include "supply.h"

#define NUMA MYM__KIND(MYM_KIND_NUMA)
/* An address and a policy (mpol_to_str() in mm/mempolicy.c, 64 bytes). */
#define ONE_LINE 128
#define NODES "/sys/devices/system/node/"

enum { TOTAL, FREE, ACTIVE_FILE, INACTIVE_FILE, RECLAIMABLE, SLAB_RECLAIMABLE,
       SHMEM, KEYS };
static const struct mym__name names[KEYS] = {
	[TOTAL] = MYM__NAME("MemTotal"),
	[FREE] = MYM__NAME("MemFree"),
	[ACTIVE_FILE] = MYM__NAME("Active(file)"),
	[INACTIVE_FILE] = MYM__NAME("Inactive(file)"),
	[RECLAIMABLE] = MYM__NAME("KReclaimable"),
	[SLAB_RECLAIMABLE] = MYM__NAME("SReclaimable"),
	[SHMEM] = MYM__NAME("Shmem"),
};
/* What each number is a part of. */
static const unsigned int wholes[KEYS] = {
	[TOTAL] = TOTAL, [FREE] = TOTAL, [ACTIVE_FILE] = TOTAL,
	[INACTIVE_FILE] = TOTAL, [RECLAIMABLE] = TOTAL,
	[SLAB_RECLAIMABLE] = TOTAL, [SHMEM] = TOTAL,
};

/* The nodes that have memory.  The kernel has has_memory where all of a node's
 * memory may be movable; elsewhere has_normal_memory is the same. */
static int with_memory(struct mym__pass *pass, struct mym__nodes *nodes)
{
	static const char files[][sizeof(NODES "has_normal_memory")] = {
		NODES "has_memory", NODES "has_normal_memory", NODES "online",
	};
	struct mym__text all;
	int r = -ENOENT;

	for (size_t i = 0; r < 0 && i < MYM__COUNT(files); i++) {
		struct mym__open open = mym__pass_get_at(pass, MYM__FILE_NODES,
							 files[i]);

		r = open.fd;
		if (open.fd >= 0)
			r = mym__lines_all(open.fd, pass->buffer, pass->size,
					   &all);
		if (r == 0)
			r = mym__nodes_parse(all, nodes);
		/* Some node has memory. */
		if (r == 0 && mym__nodes_count(nodes) == 0)
			r = -ENODATA;
		mym__pass_put(pass, open, r);
		mym__pass_missed(pass, NUMA, r);
	}
	return r;
}

/* A line of a node's meminfo: "Node 0 MemTotal: 1 kB". */
static void parse_line(struct mym__keys *keys, struct mym__text line)
{
	struct mym__text rest = line;

	if (mym__text_is(mym__parse_word(&rest), "Node")) {
		mym__parse_word(&rest);
		mym__parse_key(keys, rest);
	}
}

/* Adds a node's numbers; *seen keeps the keys that all nodes have. */
static int read_node(struct mym__pass *pass, unsigned int node, int64_t *sums,
		     uint64_t *seen)
{
	int64_t values[KEYS] = { 0 };
	struct mym__keys keys = {
		.names = names,
		.count = KEYS,
		.kilobytes = true,
		.values = values,
	};
	char path[sizeof(NODES) + 32];
	struct mym__lines lines;
	struct mym__text line;
	int fd, r;

	snprintf(path, sizeof(path), NODES "node%u/meminfo", node);
	fd = mym__root_get(pass->root, path, MYM__ROOT_FILE);
	if (fd < 0)
		return fd;
	mym__lines_init(&lines, fd, pass->buffer, pass->size);
	while ((r = mym__lines_next(&lines, &line)) == 0) {
		if (!lines.cut)
			parse_line(&keys, line);
	}
	mym__root_drop(fd);
	if (r < 0)
		return r;
	mym__pass_doubt(pass, &keys, wholes);
	if (!(keys.seen >> TOTAL & 1) || !(keys.seen >> FREE & 1))
		return -EBADMSG;
	if (keys.seen >> RECLAIMABLE & 1)
		values[SLAB_RECLAIMABLE] = values[RECLAIMABLE];
	for (unsigned int i = 0; i < KEYS; i++)
		sums[i] = mym__add(sums[i], values[i]);
	*seen &= keys.seen;
	return 0;
}

static void add(struct mym__pass *pass, const struct mym__nodes *allowed,
		const char *path)
{
	struct mym_constraint *c = mym__pass_add(pass, MYM_KIND_NUMA, path);
	int64_t sums[KEYS] = { 0 };
	struct mym__supply supply;
	uint64_t seen = UINT64_MAX;
	int r = 0;

	c->none = MYM_WANT_HIGH;
	for (unsigned int node = 0; r == 0 && node < MYM__NODES_MAX; node++) {
		if (mym__nodes_has(allowed, node))
			r = read_node(pass, node, sums, &seen);
	}
	if (r < 0) {
		mym__pass_failed(pass, c, MYM_WANT_LIMIT | MYM_WANT_AVAILABLE, r);
		return;
	}
	supply = (struct mym__supply){
		.free = sums[FREE],
		.file = mym__add(sums[ACTIVE_FILE], sums[INACTIVE_FILE]),
		.slab = sums[SLAB_RECLAIMABLE],
	};
	c->limit = sums[TOTAL];
	mym__watermarks_read(pass, c, allowed, pass->found->host_total, &supply);
	if (supply.zoned)
		supply.slab = mym__dentries_given(pass, &supply);
	else if (mym__slab_kept(pass))
		supply.slab = 0;
	c->used = mym__subtract(sums[TOTAL], sums[FREE]);
	c->available = mym__supply_available(&supply);
	/* The parts were not read at the same moment. */
	if (c->available > c->limit)
		c->available = c->limit;
	c->reclaimable = mym__subtract(c->available, sums[FREE]);
	c->valid = MYM_WANT_LIMIT | MYM_WANT_USED | MYM_WANT_AVAILABLE |
		   MYM_WANT_RECLAIMABLE;
	if (seen >> SHMEM & 1) {
		c->shmem = sums[SHMEM];
		c->valid |= MYM_WANT_SHMEM;
	}
}

/*
 * The binding of the captured process: that of its stack, which follows the
 * policy of the thread, else that of the first mapping.  Of a process that runs
 * only the first one is read, since the kernel counts the pages of each mapping that
 * it shows: no more of them than fit into what is read at once.
 */
static int read_binding(struct mym__pass *pass, struct mym__nodes *nodes)
{
	const bool other = pass->root->other;
	struct mym__lines lines;
	struct mym__text line, rest, word;
	int bound = 1, found = 0;
	int fd = mym__root_get(pass->root, "/proc/self/numa_maps",
			       MYM__ROOT_FILE);
	int r = fd;

	if (fd < 0)
		return fd == -ENOENT || fd == -ENOTDIR ? 1 : fd;
	mym__lines_init(&lines, fd, pass->buffer, other ? ONE_LINE : pass->size);
	lines.most = MYM__TABLE_MOST;
	while (found < (other ? 1 : 2) &&
	       (r = mym__lines_next(&lines, &line)) == 0) {
		bool stack = false;

		for (rest = line; (word = mym__parse_word(&rest)).length > 0;)
			stack = stack || mym__text_is(word, "stack");
		if (found == 0 || stack)
			bound = mym__nodes_parse_binding(line, nodes);
		found = stack ? 2 : 1;
	}
	mym__root_drop(fd);
	return r < 0 ? r : bound;
}

/* Restricts the nodes to another set, unless they have none in common; returns
 * whether that left any out. */
static bool restrict_to(struct mym__nodes *nodes, const struct mym__nodes *to)
{
	struct mym__nodes both;
	bool fewer = false;

	for (size_t i = 0; i < MYM__COUNT(both.bits); i++) {
		both.bits[i] = nodes->bits[i] & to->bits[i];
		fewer = fewer || both.bits[i] != nodes->bits[i];
	}
	if (!fewer || mym__nodes_count(&both) == 0)
		return false;
	*nodes = both;
	return true;
}

/* The kernel ignores a policy that names no allowed node (policy_nodemask()). */
static bool restrict_by_policy(struct mym__pass *pass, struct mym__nodes *nodes)
{
	struct mym__nodes bound;
	bool relative = false;
	int r;

	if (pass->root->confined || pass->root->other)
		r = read_binding(pass, &bound);
	else
		r = mym__sys_binding(pass->root, &bound, &relative);
	/* EPERM: where asking is forbidden, so is setting a policy. */
	if (r < 0 && r != -EPERM && r != -ENOSYS)
		mym__pass_failed(pass, NULL, NUMA, r);
	else if (r < 0)
		pass->lost |= NUMA;
	if (r != 0)
		return false;
	if (relative)
		mym__nodes_relative(&bound, nodes);
	return restrict_to(nodes, &bound);
}

void mym__numa_read(struct mym__pass *pass)
{
	struct mym__process process;
	struct mym__nodes nodes;
	const char *path = NULL;
	int r;

	/* No /sys, or a kernel without NUMA. */
	if (with_memory(pass, &nodes) != 0) {
		pass->lost |= NUMA;
		return;
	}
	/* A single node cannot be left out. */
	if (mym__nodes_count(&nodes) < 2)
		return;
	r = mym__process_read(pass, &process);
	if (r < 0 || !process.has_nodes)
		mym__pass_failed(pass, NULL, NUMA, r < 0 ? r : -ENODATA);
	else
		pass->found->nodes = process.nodes;
	if (restrict_to(&nodes, &pass->found->nodes))
		path = mym__root_name(pass->root, "/proc/self/status");
	if (restrict_by_policy(pass, &nodes))
		path = pass->root->confined || pass->root->other ?
		       mym__root_name(pass->root, "/proc/self/numa_maps") :
		       "get_mempolicy(2)";
	if (path)
		add(pass, &nodes, path);
}
