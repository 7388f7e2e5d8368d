/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <string.h>

#include <mymem.h>

#include "names.h"

const struct name kind_names[] = {
	{ MYM_KIND_HOST, "host" },
	{ MYM_KIND_CGROUP, "cgroup" },
	{ MYM_KIND_CGROUP_HIDDEN, "cgroup-hidden" },
	{ MYM_KIND_RLIMIT_AS, "rlimit-as" },
	{ MYM_KIND_RLIMIT_DATA, "rlimit-data" },
	{ MYM_KIND_COMMIT, "commit" },
	{ MYM_KIND_NUMA, "numa" },
	{ MYM_KIND_CGROUP_MEMSW, "cgroup-memsw" },
	{ MYM_KIND_RLIMIT_MEMLOCK, "rlimit-memlock" },
	{ MYM_KIND_ADDRESS_SPACE, "address-space" },
	{ 0, NULL }
};

const struct name level_names[] = {
	{ MYM_PRESSURE_NONE, "none" },
	{ MYM_PRESSURE_LOW, "low" },
	{ MYM_PRESSURE_MEDIUM, "medium" },
	{ MYM_PRESSURE_CRITICAL, "critical" },
	{ 0, NULL }
};

const struct name cause_names[] = {
	{ MYM_PRESSURE_BY_HEADROOM, "headroom" },
	{ MYM_PRESSURE_BY_PSI, "psi" },
	{ MYM_PRESSURE_BY_EVENTS, "events" },
	{ MYM_PRESSURE_BY_GROWTH, "growth" },
	{ MYM_PRESSURE_BY_MANAGER, "manager" },
	{ 0, NULL }
};

const struct name scope_names[] = {
	{ MYM_SCOPE_CGROUP, "cgroup" },
	{ MYM_SCOPE_HOST, "host" },
	{ MYM_SCOPE_ABOVE, "above" },
	{ 0, NULL }
};

const struct name flag_names[] = {
	{ MYM_FLAG_HIDDEN_ANCESTORS, "hidden-ancestors" },
	{ MYM_FLAG_HEURISTIC, "heuristic" },
	{ MYM_FLAG_PARTIAL, "partial" },
	{ MYM_FLAG_UNVERIFIED, "unverified" },
	{ MYM_FLAG_NO_CGROUP, "no-cgroup" },
	{ MYM_FLAG_ESTIMATED, "estimated" },
	{ MYM_FLAG_SWAP_ESTIMATED, "swap-estimated" },
	{ MYM_FLAG_VIRTUAL, "virtual" },
	{ 0, NULL }
};

const struct name fact_names[] = {
	{ MYM_WANT_LIMIT, "limit" },
	{ MYM_WANT_AVAILABLE, "available" },
	{ MYM_WANT_USED, "used" },
	{ MYM_WANT_RECLAIMABLE, "reclaimable" },
	{ MYM_WANT_HIGH, "high" },
	{ MYM_WANT_SWAP_LIMIT, "swap_limit" },
	{ MYM_WANT_OOM_KILLS, "oom_kills" },
	{ MYM_WANT_SHMEM, "shmem" },
	{ MYM_WANT_SWAP_USED, "swap_used" },
	{ MYM_WANT_SWAP_HIGH, "swap_high" },
	{ 0, NULL }
};

const char *name_of(const struct name *names, uint64_t value)
{
	for (; names->name; names++) {
		if (names->value == value)
			return names->name;
	}
	return "unknown";
}

bool value_named(const struct name *names, const char *name, int64_t *value)
{
	for (; names->name; names++) {
		if (strcmp(names->name, name) == 0) {
			*value = (int64_t)names->value;
			return true;
		}
	}
	return false;
}
