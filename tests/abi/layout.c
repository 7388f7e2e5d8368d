/* SPDX-License-Identifier: MIT */
/*
 * The numbers of the ABI, which never change: a released member keeps its
 * offset, a released bit its value.  Structs grow at the end only; their sizes
 * here grow with them.  Compiled for each ABI by layout.sh.
 */
#include <mymem.h>

#ifdef POINTER_BYTES
_Static_assert(sizeof(void *) == POINTER_BYTES, "not the ABI asked for");
#endif

#define SAME(a, b) _Static_assert((a) == (b), #a " is not " #b)

/* No padding, all members of 64 bits. */
#define MEMBER(tag, at, type, member)                               \
	SAME(offsetof(struct tag, member), at);                     \
	SAME(sizeof(((struct tag *)0)->member), 8);                 \
	_Static_assert(_Generic(((struct tag *)0)->member, type: 1, \
				default: 0), #member " is no " #type)

#define SNAPSHOT(at, type, member) MEMBER(mym_snapshot, at, type, member)
SNAPSHOT(0, uint64_t, valid);
SNAPSHOT(8, uint64_t, flags);
SNAPSHOT(16, int64_t, time);
SNAPSHOT(24, int64_t, limit);
SNAPSHOT(32, int64_t, available);
SNAPSHOT(40, uint64_t, limit_by);
SNAPSHOT(48, uint64_t, available_by);
SNAPSHOT(56, uint64_t, constraints);
SNAPSHOT(64, int64_t, used);
SNAPSHOT(72, int64_t, reclaimable);
SNAPSHOT(80, int64_t, high);
SNAPSHOT(88, int64_t, swap_limit);
SNAPSHOT(96, int64_t, swap_available);
SNAPSHOT(104, int64_t, host_total);
SNAPSHOT(112, int64_t, host_available);
SNAPSHOT(120, int64_t, pressure);
SNAPSHOT(128, uint64_t, pressure_cause);
SNAPSHOT(136, uint64_t, pressure_sources);
SNAPSHOT(144, int64_t, psi_some);
SNAPSHOT(152, int64_t, psi_full);
SNAPSHOT(160, int64_t, psi_scope);
SNAPSHOT(168, int64_t, oom_kills);
SNAPSHOT(176, int64_t, cgroup_version);
SNAPSHOT(184, int64_t, shmem);
SNAPSHOT(192, uint64_t, none);
SNAPSHOT(200, int64_t, cgroup_error);
SAME(sizeof(struct mym_snapshot), 208);

#define CONSTRAINT(at, type, member) MEMBER(mym_constraint, at, type, member)
CONSTRAINT(0, uint64_t, kind);
CONSTRAINT(8, uint64_t, valid);
CONSTRAINT(16, int64_t, limit);
CONSTRAINT(24, int64_t, high);
CONSTRAINT(32, int64_t, used);
CONSTRAINT(40, int64_t, reclaimable);
CONSTRAINT(48, int64_t, available);
CONSTRAINT(56, int64_t, swap_limit);
CONSTRAINT(64, int64_t, swap_used);
CONSTRAINT(72, int64_t, shmem);
CONSTRAINT(80, uint64_t, none);
CONSTRAINT(88, uint64_t, failed);
CONSTRAINT(96, int64_t, error);
CONSTRAINT(104, int64_t, swap_high);
SAME(sizeof(struct mym_constraint), 112);

#define OPTION(at, type, member) MEMBER(mym_watch_options, at, type, member)
OPTION(0, uint64_t, flags);
OPTION(8, uint64_t, rules);
OPTION(16, int64_t, headroom_share_low);
OPTION(24, int64_t, headroom_share_medium);
OPTION(32, int64_t, headroom_share_critical);
OPTION(40, int64_t, headroom_bytes_low);
OPTION(48, int64_t, headroom_bytes_medium);
OPTION(56, int64_t, headroom_bytes_critical);
OPTION(64, int64_t, psi_low);
OPTION(72, int64_t, psi_medium);
OPTION(80, int64_t, psi_critical);
OPTION(88, int64_t, growth_low);
OPTION(96, int64_t, growth_medium);
OPTION(104, int64_t, growth_critical);
OPTION(112, int64_t, cooldown);
OPTION(120, int64_t, margin);
OPTION(128, int64_t, hold_off);
OPTION(136, int64_t, event_window);
OPTION(144, int64_t, interval_min);
OPTION(152, int64_t, interval_max);
SAME(sizeof(struct mym_watch_options), 160);

#define EVENT(at, type, member) MEMBER(mym_event, at, type, member)
EVENT(0, uint64_t, kind);
EVENT(8, uint64_t, valid);
EVENT(16, int64_t, time);
EVENT(24, int64_t, level);
EVENT(32, int64_t, old_level);
EVENT(40, uint64_t, cause);
EVENT(48, int64_t, scope);
EVENT(56, int64_t, limit);
EVENT(64, int64_t, old_limit);
EVENT(72, int64_t, available);
EVENT(80, int64_t, psi_some);
EVENT(88, int64_t, psi_full);
EVENT(96, uint64_t, constraint);
EVENT(104, uint64_t, constraint_kind);
EVENT(112, int64_t, oom_kills);
EVENT(120, uint64_t, sources);
EVENT(128, uint64_t, lost);
SAME(sizeof(struct mym_event), 136);

/* Bits. */
#define BIT(name, bit)                    \
	SAME(name, (uint64_t)1 << (bit)); \
	SAME(sizeof(name), 8)
BIT(MYM_WANT_LIMIT, 0);
BIT(MYM_WANT_AVAILABLE, 1);
BIT(MYM_WANT_USED, 2);
BIT(MYM_WANT_RECLAIMABLE, 3);
BIT(MYM_WANT_HIGH, 4);
BIT(MYM_WANT_SWAP_LIMIT, 5);
BIT(MYM_WANT_SWAP_AVAILABLE, 6);
BIT(MYM_WANT_HOST_TOTAL, 7);
BIT(MYM_WANT_HOST_AVAILABLE, 8);
BIT(MYM_WANT_PRESSURE, 9);
BIT(MYM_WANT_PSI_SOME, 10);
BIT(MYM_WANT_PSI_FULL, 11);
BIT(MYM_WANT_OOM_KILLS, 12);
BIT(MYM_WANT_CGROUP_VERSION, 13);
BIT(MYM_WANT_SHMEM, 14);
BIT(MYM_WANT_SWAP_USED, 15);
BIT(MYM_WANT_SWAP_HIGH, 16);
BIT(MYM_FLAG_HIDDEN_ANCESTORS, 0);
BIT(MYM_FLAG_HEURISTIC, 1);
BIT(MYM_FLAG_PARTIAL, 2);
BIT(MYM_FLAG_UNVERIFIED, 3);
BIT(MYM_FLAG_NO_CGROUP, 4);
BIT(MYM_FLAG_ESTIMATED, 5);
BIT(MYM_FLAG_SWAP_ESTIMATED, 6);
BIT(MYM_FLAG_VIRTUAL, 7);
BIT(MYM_PRESSURE_BY_HEADROOM, 0);
BIT(MYM_PRESSURE_BY_PSI, 1);
BIT(MYM_PRESSURE_BY_EVENTS, 2);
BIT(MYM_PRESSURE_BY_GROWTH, 3);
BIT(MYM_PRESSURE_BY_MANAGER, 4);
BIT(MYM_WATCH_NO_MANAGER, 0);
BIT(MYM_WATCH_SEALED, 1);
BIT(MYM_SOURCE_HEADROOM, 0);
BIT(MYM_SOURCE_PSI, 1);
BIT(MYM_SOURCE_EVENTS, 2);
BIT(MYM_SOURCE_GROUP_TRIGGER, 3);
BIT(MYM_SOURCE_HOST_TRIGGER, 4);
BIT(MYM_SOURCE_EVENT_WAKES, 5);
BIT(MYM_SOURCE_LIMIT_WRITES, 6);
BIT(MYM_SOURCE_MANAGER, 7);
SAME(MYM_WANT_ALL, UINT64_MAX);

/* Numbers. */
SAME(MYM_PRESSURE_NONE, 0);
SAME(MYM_PRESSURE_LOW, 50);
SAME(MYM_PRESSURE_MEDIUM, 100);
SAME(MYM_PRESSURE_CRITICAL, 255);
SAME(MYM_SCOPE_CGROUP, 1);
SAME(MYM_SCOPE_HOST, 2);
SAME(MYM_SCOPE_ABOVE, 3);
SAME(MYM_SCOPE_PROCESS, 4);
SAME(MYM_EVENT_PRESSURE, 1);
SAME(MYM_EVENT_LIMIT_CHANGED, 2);
SAME(MYM_EVENT_OOM_KILL, 3);
SAME(MYM_EVENT_MOVED, 4);
SAME(MYM_EVENT_DEGRADED, 5);
SAME(MYM_KIND_HOST, 1);
SAME(MYM_KIND_CGROUP, 2);
SAME(MYM_KIND_CGROUP_HIDDEN, 3);
SAME(MYM_KIND_RLIMIT_AS, 4);
SAME(MYM_KIND_RLIMIT_DATA, 5);
SAME(MYM_KIND_COMMIT, 6);
SAME(MYM_KIND_NUMA, 7);
SAME(MYM_KIND_CGROUP_MEMSW, 8);
SAME(MYM_KIND_RLIMIT_MEMLOCK, 9);
SAME(MYM_KIND_ADDRESS_SPACE, 10);
