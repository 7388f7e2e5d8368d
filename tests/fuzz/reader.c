/* SPDX-License-Identifier: MIT */
/* Those who read a file each: one machine, in which the input is that file. */
#include <string.h>

#include "base/compiler.h"
#include "base/lines.h"
#include "check.h"
#include "discover/dialect.h"
#include "discover/group.h"
#include "machine.h"
#include "read/pass.h"
#include "read/readers.h"
#include "read/reclaim.h"
#include "targets.h"

#define GROUP "/sys/fs/cgroup/g"

static const struct {
	const char *path, *content;
} others[] = {
	{ "/proc/meminfo",
	  "MemTotal: 2048000 kB\nMemFree: 512000 kB\nMemAvailable: 1024000 kB\n"
	  "Active(file): 300000 kB\nInactive(file): 300000 kB\nShmem: 1000 kB\n"
	  "SReclaimable: 90000 kB\nSwapTotal: 500000 kB\nSwapFree: 400000 kB\n"
	  "CommitLimit: 1500000 kB\nCommitted_AS: 700000 kB\n" },
	{ "/proc/zoneinfo",
	  "Node 0, zone Normal\n pages free 128000\n min 4000\n low 5000\n"
	  " high 6000\n managed 500000\n protection: (0, 0)\n"
	  " nr_zone_inactive_file 75000\n nr_zone_active_file 75000\n"
	  " cpu: 0\n count: 100\n batch: 63\n" },
	{ "/proc/self/status",
	  "VmSize: 100000 kB\nVmData: 50000 kB\nVmLck: 0 kB\n"
	  "CapEff: 000001ffffffffff\nMems_allowed_list: 0\n" },
	{ "/proc/self/limits",
	  "Max data size 100000000 unlimited bytes\n"
	  "Max address space 200000000 unlimited bytes\n" },
	{ "/proc/self/uid_map", "0 0 4294967295\n" },
	{ "/proc/sys/vm/overcommit_memory", "2\n" },
	{ "/proc/sys/vm/swappiness", "0\n" },
	{ "/proc/sys/fs/dentry-state", "100 50 45 0 0 0\n" },
	{ "/proc/swaps", "Filename Type\n/dev/sda partition\n" },
	{ "/sys/devices/system/node/has_memory", "0-1\n" },
	{ "/sys/devices/system/node/node0/meminfo",
	  "Node 0 MemTotal: 1024000 kB\nNode 0 MemFree: 256000 kB\n" },
	{ GROUP "/memory.max", "500000000\n" },
	{ GROUP "/memory.current", "300000000\n" },
	{ GROUP "/memory.stat",
	  "active_file 1000000\ninactive_file 2000000\nslab_reclaimable 5000\n" },
	{ GROUP "/cgroup.events", "populated 1\n" },
};

void read_host(struct mym__pass *pass)
{
	mym__host_read(pass);
	mym__host_finish(pass);
}

void read_swap(struct mym__pass *pass)
{
	read_host(pass);
	mym__swap_read(pass);
}

void read_pinned(struct mym__pass *pass)
{
	CHECK(mym__slab_pinned(pass) >= 0);
}

void read_groups(struct mym__pass *pass)
{
	mym__cgroup_read(pass);
}

void read_membership(struct mym__pass *pass)
{
	static struct mym__membership membership, again;

	for (int i = 0; i < 2; i++)
		CHECK(mym__group_membership(pass->root, NULL, pass->buffer,
					    pass->size,
					    i ? &again : &membership) == 0);
	CHECK(mym__group_same(&membership, &again));
	for (int i = 0; i < 2; i++) {
		CHECK(membership.error[i] <= 1);
		CHECK(membership.error[i] == 0 ? membership.path[i][0] == '/' :
						 !*membership.path[i]);
	}
}

static void make(const struct target *target)
{
	machine_clear();
	machine_add(target->path, strlen(target->path), "", 0, 0);
	for (size_t i = 0; i < MYM__COUNT(others); i++)
		machine_add(others[i].path, strlen(others[i].path),
			    others[i].content, strlen(others[i].content), 0);
}

void feed_file(const struct target *target, struct mym__text content)
{
	static char buffer[MYM__LINES_SIZE];
	static struct mym_constraint rows[MYM__CONSTRAINTS_EACH +
					  MYM__CONSTRAINTS_EXTRA];
	static const char *paths[MYM__COUNT(rows)];
	static struct mym__place place = { "/sys/fs/cgroup", "g", GROUP };
	static bool made;
	const struct mym__places places = {
		.dialect = &mym__dialect_v2, .count = 1, .at = &place,
		.are = MYM__PLACES_LOOKALIKE,
	};
	struct mym__findings found = {
		.rows = rows, .paths = paths, .oom_kills = -1,
		.host_available = -1,
	};
	struct mym__root root;
	struct mym__pass pass = {
		.root = &root, .places = &places, .buffer = buffer,
		.size = sizeof(buffer), .want = MYM_WANT_ALL, .found = &found,
	};

	if (!made)
		make(target);
	made = true;
	machine_change(target->path, content.at, content.length);
	CHECK(mym__root_open(&root, "/") == 0);
	target->read(&pass);
	mym__group_mount_close(&pass.mount);
	CHECK(found.count <= MYM__COUNT(rows) && pass.error == 0);
	for (unsigned int i = 0; i < found.count; i++)
		check_constraint(&rows[i]);
	mym__root_close(&root);
	CHECK(machine_descriptors() == 0);
}
