/* SPDX-License-Identifier: MIT */
/* fuzz --target=NAME: libFuzzer's main, and the table of what it fuzzes.
 * --target=list prints the names and the files of the fixtures to begin with. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "read/readers.h"
#include "targets.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define GROUP "/sys/fs/cgroup/g/"
#define NODE "/sys/devices/system/node/"

static const struct target targets[] = {
	{ "tree", "", parse_tree, NULL, NULL },
	{ "denied", "", parse_denied, NULL, NULL },
	{ "lines", "*/memory.events */cgroup", parse_lines, NULL, NULL },
	{ "amount", "*/memory.max */memory.*limit*", parse_amount, NULL, NULL },
	{ "words", "*/osrelease */limits", parse_words, NULL, NULL },
	{ "groups", "*/cgroup", parse_groups, NULL, NULL },
	{ "nodes", "*/has_memory */online", parse_nodes, NULL, NULL },
	{ "binding", "*/numa_maps", parse_binding, NULL, NULL },
	{ "zones", "*/zoneinfo", parse_zones, NULL, NULL },
	{ "psi", "*pressure*", parse_psi, NULL, NULL },
	{ "rlimits", "*/limits", parse_limits, NULL, NULL },
	{ "base64", "", parse_base64, NULL, NULL },
	{ "call", "", parse_call, NULL, NULL },
	{ "keys-stat", "*/memory.stat", parse_stat, NULL, NULL },
	{ "keys-meminfo", "*/proc/meminfo", parse_meminfo, NULL, NULL },
	{ "keys-events", "*/memory.events", parse_events, NULL, NULL },
	{ "mountinfo", "*/mountinfo", parse_mounts, NULL, NULL },
	{ "cgroup", "*/self/cgroup", NULL, "/proc/self/cgroup", read_membership },
	{ "meminfo", "*/proc/meminfo", NULL, "/proc/meminfo", read_host },
	{ "zoneinfo", "*/zoneinfo", NULL, "/proc/zoneinfo", read_host },
	{ "dentry-state", "*/dentry-state", NULL, "/proc/sys/fs/dentry-state",
	  read_host },
	{ "pressure", "*pressure*", NULL, "/proc/pressure/memory",
	  mym__psi_read_host },
	{ "status", "*/status", NULL, "/proc/self/status", mym__rlimit_read },
	{ "limits", "*/limits", NULL, "/proc/self/limits", mym__rlimit_read },
	{ "osrelease", "*/osrelease", NULL, "/proc/sys/kernel/osrelease",
	  mym__rlimit_read },
	{ "overcommit", "*/overcommit_memory", NULL,
	  "/proc/sys/vm/overcommit_memory", mym__commit_read },
	{ "uid_map", "*/uid_map", NULL, "/proc/self/uid_map", mym__commit_read },
	{ "node-meminfo", "*/node*/meminfo", NULL, NODE "node0/meminfo",
	  mym__numa_read },
	{ "has_memory", "*/has_memory */online", NULL, NODE "has_memory",
	  mym__numa_read },
	{ "numa_maps", "*/numa_maps", NULL, "/proc/self/numa_maps",
	  mym__numa_read },
	{ "swaps", "*/swaps", NULL, "/proc/swaps", read_swap },
	{ "swappiness", "*/swappiness", NULL, "/proc/sys/vm/swappiness",
	  read_swap },
	{ "lru_gen", "*/lru_gen/enabled", NULL, "/sys/kernel/mm/lru_gen/enabled",
	  read_swap },
	{ "sockstat", "*/sockstat", NULL, "/proc/net/sockstat", read_pinned },
	{ "memory.max", "*/memory.max", NULL, GROUP "memory.max", read_groups },
	{ "memory.stat", "*/memory.stat", NULL, GROUP "memory.stat",
	  read_groups },
	{ "memory.events", "*/memory.events", NULL, GROUP "memory.events",
	  read_groups },
	{ "memory.pressure", "*pressure*", NULL, GROUP "memory.pressure",
	  read_groups },
	{ "controllers", "*/cgroup.controllers", NULL, GROUP "cgroup.controllers",
	  read_groups },
};
static const struct target *chosen;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char option[] = "--target=";
	const char *name = NULL;

	for (int i = 1; i < *argc; i++) {
		if (strncmp((*argv)[i], option, strlen(option)) == 0)
			name = (*argv)[i] + strlen(option);
	}
	if (name && strcmp(name, "list") == 0) {
		for (size_t i = 0; i < MYM__COUNT(targets); i++)
			printf("%s %s\n", targets[i].name, targets[i].seeds);
		exit(0);
	}
	for (size_t i = 0; i < MYM__COUNT(targets); i++) {
		if (name && strcmp(name, targets[i].name) == 0)
			chosen = &targets[i];
	}
	if (!chosen) {
		fprintf(stderr, "fuzz: %s: no such target\n", name ? name : "");
		exit(2);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct mym__text text = { size ? (const char *)data : "", size };

	if (chosen->parse)
		chosen->parse(text);
	else
		feed_file(chosen, text);
	return 0;
}
