/* SPDX-License-Identifier: MIT */
/*
 * Everything the header has, used: in any C, and by header.cc in any C++, with
 * all warnings.  Whoever takes something out of the header breaks this.
 */
#include <mymem.h>
#include <mymem.h> /* NOLINT(readability-duplicate-include): it may be */

/* Functions have just these types. */
struct header_functions {
	int64_t (*limit)(void);
	int64_t (*available)(void);
	int (*pressure)(void);
	int (*workers)(int64_t, int);
	int (*set_max_age)(int64_t);
	int (*open)(struct mym_ctx **, const char *, unsigned int);
	int (*open_pid)(struct mym_ctx **, int, unsigned int);
	struct mym_ctx *(*close)(struct mym_ctx *);
	int (*snapshot)(struct mym_ctx *, uint64_t, struct mym_snapshot *,
			size_t);
	int (*constraint)(struct mym_ctx *, unsigned int,
			  struct mym_constraint *, size_t);
	const char *(*constraint_path)(struct mym_ctx *, unsigned int);
	const char *(*cgroup_path)(struct mym_ctx *);
	int (*seal)(struct mym_ctx *);
	int (*watch_open)(struct mym_watch **, const struct mym_watch_options *,
			  size_t);
	int (*watch_fd)(const struct mym_watch *);
	uint64_t (*watch_sources)(const struct mym_watch *);
	int (*watch_next)(struct mym_watch *, struct mym_event *, size_t);
	struct mym_watch *(*watch_close)(struct mym_watch *);
	const char *(*version)(void);
};
extern const struct header_functions header_functions;
const struct header_functions header_functions = {
	mym_limit,
	mym_available,
	mym_pressure,
	mym_workers,
	mym_set_max_age,
	mym_open,
	mym_open_pid,
	mym_close,
	mym_snapshot,
	mym_constraint,
	mym_constraint_path,
	mym_cgroup_path,
	mym_seal,
	mym_watch_open,
	mym_watch_fd,
	mym_watch_sources,
	mym_watch_next,
	mym_watch_close,
	mym_version
};

/* Bits are constants of 64 bits. */
extern const uint64_t header_bits[];
const uint64_t header_bits[] = {
	MYM_WANT_LIMIT,
	MYM_WANT_AVAILABLE,
	MYM_WANT_USED,
	MYM_WANT_RECLAIMABLE,
	MYM_WANT_HIGH,
	MYM_WANT_SWAP_LIMIT,
	MYM_WANT_SWAP_AVAILABLE,
	MYM_WANT_HOST_TOTAL,
	MYM_WANT_HOST_AVAILABLE,
	MYM_WANT_PRESSURE,
	MYM_WANT_PSI_SOME,
	MYM_WANT_PSI_FULL,
	MYM_WANT_OOM_KILLS,
	MYM_WANT_CGROUP_VERSION,
	MYM_WANT_SHMEM,
	MYM_WANT_SWAP_USED,
	MYM_WANT_SWAP_HIGH,
	MYM_WANT_ALL,
	MYM_FLAG_HIDDEN_ANCESTORS,
	MYM_FLAG_HEURISTIC,
	MYM_FLAG_PARTIAL,
	MYM_FLAG_UNVERIFIED,
	MYM_FLAG_NO_CGROUP,
	MYM_FLAG_ESTIMATED,
	MYM_FLAG_SWAP_ESTIMATED,
	MYM_FLAG_VIRTUAL,
	MYM_PRESSURE_BY_HEADROOM,
	MYM_PRESSURE_BY_PSI,
	MYM_PRESSURE_BY_EVENTS,
	MYM_PRESSURE_BY_GROWTH,
	MYM_PRESSURE_BY_MANAGER,
	MYM_WATCH_NO_MANAGER,
	MYM_WATCH_SEALED,
	MYM_SOURCE_HEADROOM,
	MYM_SOURCE_PSI,
	MYM_SOURCE_EVENTS,
	MYM_SOURCE_GROUP_TRIGGER,
	MYM_SOURCE_HOST_TRIGGER,
	MYM_SOURCE_EVENT_WAKES,
	MYM_SOURCE_LIMIT_WRITES,
	MYM_SOURCE_MANAGER
};

/* These fit into an int. */
extern const int header_numbers[];
const int header_numbers[] = {
	MYM_PRESSURE_NONE,
	MYM_PRESSURE_LOW,
	MYM_PRESSURE_MEDIUM,
	MYM_PRESSURE_CRITICAL,
	MYM_SCOPE_CGROUP,
	MYM_SCOPE_HOST,
	MYM_SCOPE_ABOVE,
	MYM_SCOPE_PROCESS,
	MYM_EVENT_PRESSURE,
	MYM_EVENT_LIMIT_CHANGED,
	MYM_EVENT_OOM_KILL,
	MYM_EVENT_MOVED,
	MYM_EVENT_DEGRADED,
	MYM_KIND_HOST,
	MYM_KIND_CGROUP,
	MYM_KIND_CGROUP_HIDDEN,
	MYM_KIND_RLIMIT_AS,
	MYM_KIND_RLIMIT_DATA,
	MYM_KIND_COMMIT,
	MYM_KIND_NUMA,
	MYM_KIND_CGROUP_MEMSW,
	MYM_KIND_RLIMIT_MEMLOCK,
	MYM_KIND_ADDRESS_SPACE
};

#if MYM_VERSION_MAJOR < 1 || MYM_VERSION_MINOR < 0 || MYM_VERSION_PATCH < 0
#error the version cannot be compared
#endif

/* As the header's first lines have it, and how the structs are passed. */
extern int64_t header_use(struct mym_ctx *ctx);
int64_t header_use(struct mym_ctx *ctx)
{
	struct mym_snapshot snapshot;
	struct mym_constraint constraint;

	if (mym_snapshot(ctx, MYM_WANT_LIMIT | MYM_WANT_AVAILABLE, &snapshot,
			 sizeof(snapshot)) < 0)
		return -1;
	if (!(snapshot.valid & MYM_WANT_LIMIT) ||
	    (snapshot.flags & ~MYM_FLAG_HIDDEN_ANCESTORS) != 0)
		return -1;
	if (mym_constraint(ctx, (unsigned int)snapshot.limit_by, &constraint,
			   sizeof(constraint)) < 0)
		return -1;
	return constraint.kind == MYM_KIND_HOST ? constraint.limit :
						  snapshot.limit;
}
