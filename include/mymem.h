/* SPDX-License-Identifier: MIT */
/*
 * mymem.h - how much memory may this process use, how much can it still get,
 * and how hard is it being squeezed?
 *
 * THE QUESTION
 *
 * /proc/meminfo, free(1), sysinfo(2) and sysconf(3) describe the machine.  A
 * process is rarely given the machine: control groups, resource limits, the
 * overcommit policy and NUMA placement each stop it earlier, and a process
 * that believes the machine's numbers is killed.  libmymem looks at those
 * rules, for the calling process, and answers with the tightest that can be
 * seen from inside.  What it knows to be out of sight it flags (MYM_FLAG_*).
 *
 *     /proc/self/cgroup, mount table ---> places     --+
 *     memory.max, memory.current, ... --> constraints -+-> snapshot -> answer
 *     /proc/meminfo, rlimits, commit ---> constraints -+
 *
 * Everything that can stop the process from getting memory is a *constraint*:
 * a limit, what is used of it, what of that can be reclaimed, and so what is
 * available under it.  The answers are minima over the constraints, and each
 * says which constraint it came from.
 *
 * FIRST LINES
 *
 *     int64_t limit = mym_limit();
 *     int64_t available = mym_available();
 *     if (limit < 0 || available < 0)
 *             return use_a_default();
 *
 * CONVENTIONS
 *
 * Units      Memory is counted in bytes, in 64-bit integers, on every ABI.
 * Results    Functions that return a number return it >= 0, or a negative
 *            errno.  errno itself is left as it was.  Outputs are written
 *            last: after a failure they are what they were before the call.
 * Errors     The set is closed; no other value is ever returned:
 *              -EINVAL   an argument is wrong (a NULL output, an unknown bit)
 *              -ENODATA  nothing at all could be found out
 *              -ERANGE   there is no constraint with that index
 *              -ENOMEM, -EMFILE, -ENFILE   out of memory or descriptors; the
 *                        numbers may be had a moment later
 *              -ENOENT, -ENOTDIR, -EACCES  the sysroot cannot be opened
 *              -ECHILD   the watch was opened by another process: fork(2)
 *              -EIO      anything else the system said
 * Unknown    A fact is known, known not to exist ("no limit here"), or
 *            unknown (file missing, denied, empty, garbage).  The three are
 *            told apart by the masks `valid` and `none`; a number whose bit is
 *            not in `valid` is 0 and means nothing.  Unknown never turns into
 *            "unlimited" and never into 0, and an unknown at one level does
 *            not hide the other levels.
 * Threads    The functions without a context may be called from any thread.
 *            A context serves one thread at a time.
 * Growth     Structs are passed with their size.  An older program may pass a
 *            shorter struct, a newer one a longer struct (what this library
 *            does not know is zeroed).  A size is a multiple of 8.
 * Manners    The library starts no thread, prints nothing and installs no
 *            handler.  Only mym_watch_open() writes (triggers, to PSI files)
 *            and reads the environment (systemd's MEMORY_PRESSURE_WATCH and
 *            MEMORY_PRESSURE_WRITE; not in a program with more rights than its
 *            user).
 *
 * ON OLDER KERNELS
 *
 * Works on any kernel with /proc.  MemAvailable appeared in Linux 3.14 and is
 * computed as the kernel does it where it is missing; cgroup v2's memory
 * controller in 4.5, PSI in 4.20, openat2(2) in 5.6 and statmount(2) with
 * mount options in 6.11 are used where they are and replaced by slower ways
 * where they are not.
 */
#ifndef MYMEM_H
#define MYMEM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define MYM_PUBLIC __attribute__((visibility("default")))
#else
#define MYM_PUBLIC
#endif

/*
 * ---------------------------------------------------------------------------
 * The simple calls
 * ---------------------------------------------------------------------------
 */

/*
 * mym_limit() - how much memory this process may use at most.
 *
 * The smallest limit of all constraints: the machine's RAM, memory.max (v1:
 * memory.limit_in_bytes and memory.memsw.limit_in_bytes) of the own control
 * group and of every visible group above it, RLIMIT_AS, RLIMIT_DATA, the
 * address space of a 32-bit process, RLIMIT_MEMLOCK where mlockall(2) has every
 * new mapping locked, the commit limit in overcommit mode 2, and the memory of
 * the NUMA nodes that it may use.  "No limit" is answered by the
 * machine's RAM; there is no magic number to test for.  memory.high, soft
 * limits, reservations and RLIMIT_RSS are not limits and do not count.
 *
 * Returns: bytes, or -ENODATA, -ENOMEM, -EMFILE, -ENFILE, -EIO.
 * Cost: no system call, no lock and no allocation while the last answer is
 * young enough (mym_set_max_age()).  Else what may have changed is read: the
 * limit file of each visible group, or, where inotify tells that none was
 * written, nothing, for two system calls at any depth (four where the kernel
 * tells of moves).  Ten times a second all else is read anew, and the very first
 * time the group is found.
 * Since: 1.0
 */
MYM_PUBLIC int64_t mym_limit(void);

/*
 * mym_available() - how much memory this process can get now.
 *
 * The number of bytes it could allocate and touch before the kernel throttles
 * it (memory.high), refuses (rlimits, commit) or kills (OOM), without using
 * swap.  Clean page cache that the kernel would give back counts as
 * available, tmpfs and shared memory do not.  Differences are taken for each
 * constraint by itself and the smallest wins, so a sibling group that fills
 * the parent is seen.  0 is a real answer.  0 <= available <= limit.
 *
 * It is a statement about now: others may take the memory first.
 *
 * Returns: bytes, or -ENODATA, -ENOMEM, -EMFILE, -ENFILE, -EIO.
 * Cost: as mym_limit(), plus usage and memory.stat of each limited group, and
 * /proc/meminfo where sysinfo(2) does not show that the machine has more.  Where
 * the machine has the least, /proc/zoneinfo as well, if it can tell more.
 * Since: 1.0
 */
MYM_PUBLIC int64_t mym_available(void);

/*
 * Levels of mym_pressure(), GLib's numbers.  Levels may be added between
 * these: compare with >=, never with ==.
 */
enum {
	MYM_PRESSURE_NONE = 0,
	MYM_PRESSURE_LOW = 50,       /* drop caches that are cheap to refill */
	MYM_PRESSURE_MEDIUM = 100,   /* shrink pools, start nothing new */
	MYM_PRESSURE_CRITICAL = 255  /* shed load: a kill may be next */
};

/*
 * mym_pressure() - how hard this process is being squeezed.
 *
 * The highest level that one of these rules gives:
 *
 *   headroom   available is below min(20 %, 2 GiB) of the limit: LOW;
 *              min(10 %, 1 GiB): MEDIUM; min(5 %, 512 MiB), or 0: CRITICAL
 *   PSI        the own group's memory.pressure: "some avg10" from 5 %: LOW,
 *              from 10 %: MEDIUM; "full avg10" from 10 %: CRITICAL.  v1 has no
 *              such file: that of the group in the cgroup2 tree beside it.
 *              Those of the limited groups above, one step milder, for not all
 *              of their stalls are ours.  Where there is none, the machine's,
 *              one step milder as well.
 *
 * A watch knows more rules, because it looks on: mym_watch_open().  The causes,
 * and what could be listened to at all, are in the snapshot.
 *
 * Returns: MYM_PRESSURE_*, or -ENODATA, -ENOMEM, -EMFILE, -ENFILE, -EIO.
 * Cost: as mym_available(), plus one PSI file.
 * Since: 1.0
 */
MYM_PUBLIC int mym_pressure(void);

/*
 * mym_workers() - how many more workers of a size fit now.
 *
 * bytes_each: what one worker needs, in bytes, > 0.
 * max: the most that are wanted, >= 0.
 *
 * Returns: min(max, available / bytes_each), which may be 0, or -EINVAL,
 * -ENODATA, -ENOMEM, -EMFILE, -ENFILE, -EIO.
 * Cost: as mym_available().
 * Since: 1.0
 */
MYM_PUBLIC int mym_workers(int64_t bytes_each, int max);

/*
 * mym_set_max_age() - how old an answer of the calls above may be.
 *
 * ns: nanoseconds, >= 0; 10 ms if never set.  0: no answer is given twice.
 *     Counted in microseconds, rounded down.  Applies to the whole process and
 *     at once.
 *
 * Limits, usage and what the machine has are never older.  That the process was
 * moved to another group, that mounts, rlimits, the overcommit mode or the
 * allowed nodes were changed, or the limit of a group that cannot be seen, is
 * noticed within 100 ms, or that age if it is longer; a move on v2 at once since
 * Linux 6.13.
 *
 * However often the calls are made, refreshing takes at most 1 % of the time of
 * one processor: where a pass is dear (memory.stat beside a thousand busy
 * groups takes milliseconds) answers get up to a hundred times as old as it
 * took.  One thread refreshes, the others keep the last answer meanwhile.  With
 * an age of 0 neither holds.  Below 1 ms one inotify instance is used, if there
 * is one to be had (/proc/sys/fs/inotify/max_user_instances).
 *
 * A child of fork(2) starts over: it never gets an answer of its parent's.  One
 * that shares the memory, as after vfork(2), may until that has expired.  Out
 * of descriptors or memory the last good answer is given, until a refresh
 * succeeds.  Kernels before 4.14 cannot tell the library of a fork
 * (MADV_WIPEONFORK); there every call makes a pass of its own.
 *
 * The calls above are async-signal-safe while they need no refresh.
 *
 * Returns: 0, or -EINVAL.
 * Cost: none.
 * Since: 1.0
 */
MYM_PUBLIC int mym_set_max_age(int64_t ns);

/*
 * ---------------------------------------------------------------------------
 * Contexts and snapshots: the exact path
 * ---------------------------------------------------------------------------
 */

struct mym_ctx;

/*
 * mym_open() - make a context.
 *
 * out: receives the context; release it with mym_close().
 * sysroot: NULL for the running system.  Else a directory under which proc/
 *     and sys/ are looked up, for instance a container captured with
 *     tools/gather-fixture of the source.  Every fact then comes from files
 *     below it; symbolic links, absolute paths and ".." do not lead out of it.
 * flags: 0.  Unknown bits are refused with -EINVAL.
 *
 * Returns: 0, or -EINVAL, -ENOMEM, -EMFILE, -ENFILE, -ENOENT, -ENOTDIR,
 * -EACCES, -EIO (the last four speak of the sysroot).
 * Cost: one allocation; one descriptor where a sysroot is given.  Snapshots of
 * the running system keep files open: some twenty descriptors, never more than
 * 80, close-on-exec and not below 64.  The program may close them; a number
 * that it then uses for a file of its own is neither believed nor closed.  In
 * the child of a fork(2) a context goes on, about the child.
 * Since: 1.0
 */
MYM_PUBLIC int mym_open(struct mym_ctx **out, const char *sysroot,
			unsigned int flags);

/*
 * mym_close() - release a context and all it handed out.
 *
 * ctx: may be NULL.
 *
 * Returns: NULL, so that `ctx = mym_close(ctx)` leaves nothing dangling.
 * Errors: none.
 * Since: 1.0
 */
MYM_PUBLIC struct mym_ctx *mym_close(struct mym_ctx *ctx);

/*
 * What to ask a snapshot for, and what it answered: one bit for each fact,
 * named after the member that holds it.  The same bits name the facts of a
 * constraint.
 */
#define MYM_WANT_LIMIT           ((uint64_t)1 << 0)  /* and limit_by */
#define MYM_WANT_AVAILABLE       ((uint64_t)1 << 1)  /* and available_by */
#define MYM_WANT_USED            ((uint64_t)1 << 2)
#define MYM_WANT_RECLAIMABLE     ((uint64_t)1 << 3)
#define MYM_WANT_HIGH            ((uint64_t)1 << 4)
#define MYM_WANT_SWAP_LIMIT      ((uint64_t)1 << 5)
#define MYM_WANT_SWAP_AVAILABLE  ((uint64_t)1 << 6)
#define MYM_WANT_HOST_TOTAL      ((uint64_t)1 << 7)
#define MYM_WANT_HOST_AVAILABLE  ((uint64_t)1 << 8)
#define MYM_WANT_PRESSURE        ((uint64_t)1 << 9)  /* and cause, sources */
#define MYM_WANT_PSI_SOME        ((uint64_t)1 << 10) /* and psi_scope */
#define MYM_WANT_PSI_FULL        ((uint64_t)1 << 11) /* and psi_scope */
#define MYM_WANT_OOM_KILLS       ((uint64_t)1 << 12)
#define MYM_WANT_CGROUP_VERSION  ((uint64_t)1 << 13)
#define MYM_WANT_SHMEM           ((uint64_t)1 << 14)
#define MYM_WANT_SWAP_USED       ((uint64_t)1 << 15) /* of constraints, */
#define MYM_WANT_SWAP_HIGH       ((uint64_t)1 << 16) /* as is this */
/* Whatever this library, of whatever version, can answer. */
#define MYM_WANT_ALL             (~(uint64_t)0)

/* Members `flags`: how far the numbers can be trusted. */

/* The topmost visible group is not the machine's root group: a tighter limit
 * may exist above, unseen (v2), or the use of it by others (v1, where
 * hierarchical_memory_limit still tells the limit). */
#define MYM_FLAG_HIDDEN_ANCESTORS ((uint64_t)1 << 0)
/* The own group could not be named with certainty; the numbers are those of
 * the nearest group that could.  Without /proc/self/cgroup that is none on v1,
 * where a mount may show any group's subtree.  On v2 the kernel can prove which
 * directory is the own group, since Linux 6.13 (PIDFD_GET_INFO). */
#define MYM_FLAG_HEURISTIC        ((uint64_t)1 << 1)
/* Something was unreadable, and its part in the answer is missing: without the
 * usage of a limited group, available is only an upper bound; without its
 * memory.stat, a lower one.  What belongs to a constraint is in its `failed`. */
#define MYM_FLAG_PARTIAL          ((uint64_t)1 << 2)
/* A file where a cgroup file should be is not on a cgroup file system.  It is
 * used where a FUSE file system or a plain directory stands in for cgroupfs,
 * and ignored where it was put over a real one. */
#define MYM_FLAG_UNVERIFIED       ((uint64_t)1 << 3)
/* No memory control group: not mounted, not readable, or the controller is
 * off (cgroup_disable=memory). */
#define MYM_FLAG_NO_CGROUP        ((uint64_t)1 << 4)
/* The available memory is an estimate, for one of four reasons.
 *
 * The kernel did not say MemAvailable, and it was computed as the kernel (since
 * 3.14) does it.
 *
 * More than 2 % of a group's limit (and 4 MiB) is slab that the kernel calls
 * reclaimable.  It frees inodes late (by RCU), and may kill a process that takes
 * all at once before it has; and what sockets and open files use it does not free
 * at all.  The sockets of the network namespace and the open files of the process
 * are taken off; those of others in the group cannot be counted.
 *
 * As much of it is cache of files that are mapped.  Linux may keep what of this is
 * executed all the time, unless the multi-generational LRU (6.1) is on.
 *
 * That LRU is told to keep what was used lately (min_ttl_ms), and the machine has
 * little but such cache. */
#define MYM_FLAG_ESTIMATED        ((uint64_t)1 << 5)
/* swap_available is an upper bound.  Either transparent huge pages are in use
 * (AnonHugePages), and their swap cache is lost for reclaim on older kernels
 * once the swap is full (seen on 6.1, not on 6.12); or what is swapped out
 * stays in memory, compressed (zram, zswap). */
#define MYM_FLAG_SWAP_ESTIMATED   ((uint64_t)1 << 6)
/* /proc/meminfo describes another machine than sysinfo(2) does: somebody has
 * replaced the file (lxcfs, mymem-run).  The smaller machine of the two counts. */
#define MYM_FLAG_VIRTUAL          ((uint64_t)1 << 7)

/* Members `pressure_cause` and `pressure_sources`. */
#define MYM_PRESSURE_BY_HEADROOM  ((uint64_t)1 << 0)
#define MYM_PRESSURE_BY_PSI       ((uint64_t)1 << 1)
/* Only a watch can tell these, as they need two looks. */
#define MYM_PRESSURE_BY_EVENTS    ((uint64_t)1 << 2) /* counters of the group */
#define MYM_PRESSURE_BY_GROWTH    ((uint64_t)1 << 3) /* full in a moment */
#define MYM_PRESSURE_BY_MANAGER   ((uint64_t)1 << 4) /* systemd said so */

/* Members `psi_scope` and `scope`: whose stalls, or trouble, it is. */
enum {
	MYM_SCOPE_CGROUP = 1, /* the own group's */
	MYM_SCOPE_HOST = 2,   /* the machine's */
	MYM_SCOPE_ABOVE = 3,  /* of a limited group above the own one */
	MYM_SCOPE_PROCESS = 4 /* of this process alone: an rlimit */
};

/*
 * A snapshot: the answers, from one pass.
 *
 * All members are 64 bits wide and there are no pointers: one layout on every
 * ABI.  A member means something only if its bit is set in `valid`.
 */
struct mym_snapshot {
	/* MYM_WANT_* bits of the facts that were asked for and are known. */
	uint64_t valid;
	/* MYM_FLAG_*. */
	uint64_t flags;
	/* CLOCK_MONOTONIC when the pass began, in ns.  Always there. */
	int64_t time;
	/* As mym_limit(): the smallest limit, > 0 unless a limit really is 0,
	 * and never more than host_total where that is known. */
	int64_t limit;
	/* As mym_available(): 0 <= available <= limit. */
	int64_t available;
	/* Index of the constraint that gave `limit`. */
	uint64_t limit_by;
	/* Index of the constraint that gave `available`. */
	uint64_t available_by;
	/* How many constraints there are.  Always there. */
	uint64_t constraints;
	/* What is used of the constraint limit_by, page cache included. */
	int64_t used;
	/* What of `used` the kernel can take back without swapping. */
	int64_t reclaimable;
	/* The smallest memory.high of the visible groups (v2).  `none` has the
	 * bit where there is none. */
	int64_t high;
	/* How much may be swapped out: the smallest of all visible groups and
	 * the machine's swap. */
	int64_t swap_limit;
	/* How much more the kernel would swap out to make room.  Available and
	 * this together are the most that can be had; MYM_FLAG_SWAP_ESTIMATED
	 * says when the kernel may not manage it.  0 where swapping makes no
	 * room: under an rlimit, under v1's limit of memory and swap together,
	 * and under the limit of a group where swappiness is 0
	 * (memory.swappiness of the process's group in v1, vm.swappiness in
	 * v2). */
	int64_t swap_available;
	/* The machine's RAM (MemTotal), and what the kernel says could be had of
	 * it now (MemAvailable): a careful estimate.  What the machine leaves
	 * this process is `available` of its constraint, and may be more. */
	int64_t host_total;
	int64_t host_available;
	/* As mym_pressure(). */
	int64_t pressure;
	/* MYM_PRESSURE_BY_* bits: the rules that gave a level above NONE. */
	uint64_t pressure_cause;
	/* MYM_PRESSURE_BY_* bits: the rules that could be applied at all.  NONE
	 * without sources is "cannot see", not "all is well". */
	uint64_t pressure_sources;
	/* "some avg10" and "full avg10" of PSI, in hundredths of a percent. */
	int64_t psi_some;
	int64_t psi_full;
	/* MYM_SCOPE_*: whose PSI this is; never of a process. */
	int64_t psi_scope;
	/* OOM kills in the own group (v2: and below it) since it was made
	 * (memory.events, v1 memory.oom_control: Linux 4.13 and later). */
	int64_t oom_kills;
	/* 1 or 2: the hierarchy that has the memory controller; 0: none. */
	int64_t cgroup_version;
	/* What of `used` is tmpfs and shared memory, which is never
	 * reclaimable without swap. */
	int64_t shmem;
	/* MYM_WANT_* bits of facts that are known not to exist: "no limit
	 * here".  A bit in neither mask is unknown, or was not asked for. */
	uint64_t none;
	/* Why the own group could not be found, as a negative errno; else 0.
	 * Always there. */
	int64_t cgroup_error;
};

/*
 * mym_snapshot() - make a fresh pass and answer from it.
 *
 * ctx: a context.
 * want: MYM_WANT_* bits.  Only what they need is read; asking for little
 *     costs little.  0 and unknown bits are refused with -EINVAL,
 *     MYM_WANT_ALL is always accepted.
 * out, size: receives the answers; size is sizeof(*out), and never above 4096.
 *
 * A file that is missing or denied costs its bit in out->valid, not the call.
 * The call fails with -ENODATA only if nothing of what was asked for is known.
 * When descriptors or memory run out it fails too, for a minimum over half the
 * constraints would promise too much.  A failed call leaves the constraints of
 * the last good one in place.
 *
 * Returns: 0, or -EINVAL, -ENODATA, -ENOMEM, -EMFILE, -ENFILE, -EIO.
 * Cost: a read and an fstat(2) for each file that is kept open, an open, a read
 * and a close for the others: those below a sysroot, of groups more than eight
 * levels up, and on file systems other than the kernel's.  Memory is allocated
 * only when the group has to be found: the first time, after a move, after a
 * mount, and each time where it could not be named with certainty.
 * Since: 1.0
 */
MYM_PUBLIC int mym_snapshot(struct mym_ctx *ctx, uint64_t want,
			    struct mym_snapshot *out, size_t size);

/* Member `kind` of a constraint.  Kinds may be added. */
enum {
	MYM_KIND_HOST = 1,          /* the machine's RAM */
	MYM_KIND_CGROUP = 2,        /* one visible control group */
	MYM_KIND_CGROUP_HIDDEN = 3, /* v1: a limit above the visible groups */
	MYM_KIND_RLIMIT_AS = 4,     /* RLIMIT_AS, the soft limit */
	MYM_KIND_RLIMIT_DATA = 5,   /* RLIMIT_DATA as this kernel enforces it */
	MYM_KIND_COMMIT = 6,        /* CommitLimit in overcommit mode 2 */
	MYM_KIND_NUMA = 7,          /* the NUMA nodes that a cpuset, or the
				     * policy MPOL_BIND of the thread that
				     * makes the pass, confines it to */
	MYM_KIND_CGROUP_MEMSW = 8,  /* v1: memory and swap of a visible group */
	MYM_KIND_RLIMIT_MEMLOCK = 9, /* RLIMIT_MEMLOCK, where every new mapping
				      * is locked (mlockall(2), MCL_FUTURE) */
	MYM_KIND_ADDRESS_SPACE = 10 /* what a 32-bit process can map */
};

/*
 * A constraint: one rule that can stop the process from getting memory.
 *
 * Constraints are in order: the groups, own group first, up to and including
 * the root of the mount; then memory and swap of the same groups, where v1
 * limits it; then what a hidden group limits; then the rlimits, the address
 * space, commit and NUMA where they restrict this process; then the machine.
 */
struct mym_constraint {
	/* MYM_KIND_*. */
	uint64_t kind;
	/* MYM_WANT_* bits of the facts below that are known. */
	uint64_t valid;
	/* memory.max, memory.limit_in_bytes or memory.memsw.limit_in_bytes as the
	 * file has it (it may be more than the machine has; v1 has no word for
	 * "unlimited": there it is a number from 2^62 on, or 2^31 - 1 pages on
	 * 32-bit kernels); MemTotal less what is set aside for huge pages
	 * (hugetlb); the rlimit; CommitLimit; the RAM of the nodes. */
	int64_t limit;
	/* memory.high, for v2 groups. */
	int64_t high;
	/* What counts against the limit: memory.current,
	 * memory.usage_in_bytes or memory.memsw.usage_in_bytes, VmSize, VmData, Committed_AS, or RAM that is
	 * not free. */
	int64_t used;
	/* What of `used` can be taken back without swapping.  v2: active_file +
	 * inactive_file + slab_reclaimable, less what memory.min keeps for the
	 * groups below; v1: total_active_file + total_inactive_file.  The
	 * machine and nodes: what of `available` is not free. */
	int64_t reclaimable;
	/* What can still be had under this rule alone, without swap: for a group
	 * max(0, min(limit, high) - used + reclaimable), and 0 while swap_used
	 * is above swap_high.  For nodes, and for the machine where it leaves
	 * the least: what the page allocator can give, by /proc/zoneinfo.  That
	 * is, of each zone, free pages and file cache above the min watermark
	 * and the reserve for other zones; what is on the lists of the CPUs; and
	 * slab that is not in use; less what memory.min keeps for groups.  For
	 * the machine else, and where that cannot be known: MemAvailable. */
	int64_t available;
	/* How much the group may swap out, and what it has swapped out.  v1
	 * counts memory and swap together; these are what is beyond the limit
	 * and the usage of memory. */
	int64_t swap_limit;
	int64_t swap_used;
	/* What of `used` is tmpfs and shared memory. */
	int64_t shmem;
	/* MYM_WANT_* bits of the facts that are known not to exist here, such
	 * as a limit of "max", or any limit in the machine's root group.
	 * MYM_WANT_SWAP_AVAILABLE: to swap makes no room under this rule. */
	uint64_t none;
	/* MYM_WANT_* bits of the facts that should be here and could not be
	 * had.  A file that is merely absent does not count, but for the usage
	 * of a group that has a limit. */
	uint64_t failed;
	/* Why, for the first of them: a negative errno.  -EBADMSG: the content
	 * was not understood.  -ENODATA: the file was empty. */
	int64_t error;
	/* memory.swap.high, for v2 groups: once more than this is swapped out
	 * the kernel makes every allocation wait. */
	int64_t swap_high;
};

/*
 * mym_constraint() - look at one constraint of the last good snapshot.
 *
 * index: 0 <= index < snapshot.constraints; limit_by and available_by are
 *     such indexes.
 * out, size: receives the constraint; size is sizeof(*out).
 *
 * What is in it depends on what that snapshot was asked for.
 *
 * Returns: 0, or -EINVAL, -ERANGE.
 * Cost: a copy.
 * Since: 1.0
 */
MYM_PUBLIC int mym_constraint(struct mym_ctx *ctx, unsigned int index,
			      struct mym_constraint *out, size_t size);

/*
 * mym_constraint_path() - where a constraint was found.
 *
 * The directory of the group, or the file with the number (where the number is
 * unknown: in which it was looked for), as this process sees it and without the
 * sysroot.  Where /proc is hidden or missing the running system is asked by
 * system call: then it is "sysinfo(2)" or "getrlimit(2)", and no file.  NUMA
 * nodes that a memory policy leaves come from "get_mempolicy(2)".  The text is
 * what the kernel has: group names may hold any byte but '/' and newline, so
 * escape it before showing it.
 *
 * Returns: a string that belongs to the context and lives until the next
 * mym_snapshot() or mym_close(), or NULL if there is no such constraint.
 * Errors: none but NULL.
 * Since: 1.0
 */
MYM_PUBLIC const char *mym_constraint_path(struct mym_ctx *ctx,
					   unsigned int index);

/*
 * mym_cgroup_path() - the own group as /proc/self/cgroup names it.
 *
 * The name is relative to the cgroup namespace: in most containers it is "/".
 * The directory that goes with it is the path of constraint 0.
 *
 * Returns: a string that belongs to the context and lives until the next
 * mym_snapshot() or mym_close(), or NULL where the group is not known.
 * Errors: none but NULL.
 * Since: 1.0
 */
MYM_PUBLIC const char *mym_cgroup_path(struct mym_ctx *ctx);

/*
 * ---------------------------------------------------------------------------
 * Watches: to be told of pressure and change
 * ---------------------------------------------------------------------------
 *
 * A watch is one descriptor for any event loop: poll(2), select(2), epoll(7) or
 * what is built on them.  When it is readable, call mym_watch_next() until it
 * gives 0:
 *
 *     struct mym_watch *watch;
 *     struct mym_event event;
 *
 *     if (mym_watch_open(&watch, NULL, 0) < 0)
 *             return poll_mym_pressure_now_and_then();
 *     ... add mym_watch_fd(watch) to the loop; when it is readable:
 *     while (mym_watch_next(watch, &event, sizeof(event)) > 0)
 *             if (event.kind == MYM_EVENT_PRESSURE)
 *                     react_to(event.level);
 *
 * No thread, no signal, no callback: where nobody waits nothing happens.  There
 * is always a timer, so a watch wakes up its program, at most once a second
 * while memory is plenty, and sooner the less of it is left.
 */

struct mym_watch;

/* Options, member `flags`. */
/* Do not look for systemd's protocol in the environment. */
#define MYM_WATCH_NO_MANAGER      ((uint64_t)1 << 0)

/*
 * What to watch for.  0 stands for the default, which is in brackets.  Shares
 * are in hundredths of a percent, 1 to 10000; times in nanoseconds.
 */
struct mym_watch_options {
	/* MYM_WATCH_*.  Unknown bits are refused with -EINVAL. */
	uint64_t flags;
	/* MYM_PRESSURE_BY_* bits: the rules to apply [all]. */
	uint64_t rules;
	/* Headroom: available below this share of the limit gives the level
	 * [2000, 1000, 500] ... */
	int64_t headroom_share_low;
	int64_t headroom_share_medium;
	int64_t headroom_share_critical;
	/* ... but below no more than so many bytes [2 GiB, 1 GiB, 512 MiB]. */
	int64_t headroom_bytes_low;
	int64_t headroom_bytes_medium;
	int64_t headroom_bytes_critical;
	/* PSI: this share of the time stalled, of the last ten seconds (avg10)
	 * or of the last two.  "some" [500, 1000], for critical "full" [1000].
	 */
	int64_t psi_low;
	int64_t psi_medium;
	int64_t psi_critical;
	/* Growth: so little time until nothing is left of a limit, at the
	 * present rate, once less than half of it is [10 s, 4 s, 2 s].  Critical
	 * only where headroom_share_low was reached before. */
	int64_t growth_low;
	int64_t growth_medium;
	int64_t growth_critical;
	/* The level goes down by one step after so long [10 s] ... */
	int64_t cooldown;
	/* ... in which the threshold was missed by so much [200]. */
	int64_t margin;
	/* So long no second event of the same level, but for CRITICAL [2 s]. */
	int64_t hold_off;
	/* So long an event of the group counts [10 s]. */
	int64_t event_window;
	/* How often to look: between these [50 ms, 1 s], and up to five times
	 * as often while a limit is being used up.  Where a look is dear, less
	 * often: all of them take at most 0.5 % of a processor. */
	int64_t interval_min;
	int64_t interval_max;
};

/*
 * mym_watch_open() - begin to watch.
 *
 * out: receives the watch; release it with mym_watch_close().
 * options, size: NULL and 0 for the defaults, else size is sizeof(*options).
 *     A longer struct is accepted if what this library does not know is 0.
 *
 * What it listens to, as far as it is there and allowed:
 *
 *   numbers    limit, available, PSI and the group's counters are read each
 *              time that it wakes up
 *   timer      always: each second while more than half of the limit and 400
 *              MiB are available, then sooner, to every 50 ms below 10 %; and
 *              eight times before any limit is used up at the present rate.  No
 *              program that takes less than 400 MiB a second gets from a full
 *              interval to nothing unseen, neither in this group nor in another
 *              one that shares a limit or the machine with it
 *   triggers   the kernel is asked to say when the own group stalls
 *              (memory.pressure; beside v1, that of the cgroup2 tree), or where
 *              that is not allowed, the machine
 *   counters   memory.events of the own group, and of the groups above it
 *              that have limits, by POLLPRI.  v1 has memory.failcnt and
 *              memory.oom_control, which are read and never written
 *   refaults   memory.stat of the own group and /proc/vmstat: every other
 *              second, what was in use and had to be read again
 *   writes     to the limit files of all visible groups, by inotify(7)
 *   manager    systemd's MEMORY_PRESSURE_WATCH: a PSI file, a fifo or a socket.
 *              Then no trigger of our own.  Empty or /dev/null: the manager
 *              wants no reaction to stalls, and PSI is not used
 *
 * mym_watch_sources() says what came of it.  What cannot be had is tried again
 * every ten seconds.
 *
 * The level is the highest that one of the rules of mym_pressure() gives, or
 *
 *   events     of the last ten seconds: memory.high was exceeded: LOW.
 *              memory.high was exceeded or memory.max reached (v1: failcnt
 *              grew) while the headroom is MEDIUM: MEDIUM; reading files at
 *              either does that too, and harms nobody.  Sockets were held back
 *              (sock_throttled, Linux 7): MEDIUM.  The kernel gave up or killed
 *              in the own group, or gave up in a limited one above: CRITICAL.
 *              And of the last four seconds: of files that were in use so much
 *              was read again, each second, as is a 32nd of those in memory:
 *              MEDIUM.  The own group's files count, and the machine's where it
 *              takes pages away itself, not for the limit of a group
 *   growth     at the present rate nothing is left in 10 s: LOW; in 4 s:
 *              MEDIUM; in 2 s: CRITICAL.  This is asked of each limit by
 *              itself: of the own group, of each group above it, of the machine
 *              and of all other constraints.  It counts once less than half of
 *              the limit is available, and CRITICAL only if that was less than
 *              the headroom of LOW already a moment before.  Where memory comes
 *              and goes, what was in use before in the last half minute
 *              is no growth, unless it leaves less than the headroom of LOW
 *   manager    has spoken up in the last ten seconds: MEDIUM
 *
 * The machine's PSI is judged by what is read again.  Where the own group reads
 * again what it had, the stalls are its own: "some" from 10 % is MEDIUM.  Where
 * nobody does, they are the price of reading and writing, and LOW at most.
 *
 * It goes up at once, and down by one step after each ten seconds in which the
 * threshold was missed by two points.
 *
 * Returns: 0, or -EINVAL, -ENODATA, -ENOMEM, -EMFILE, -ENFILE, -EIO.
 * Cost: 120 KiB, some thirty descriptors (those of a context, and up to twenty
 * of its own; close-on-exec, not below 64), and one pass.
 * Since: 1.0
 */
MYM_PUBLIC int mym_watch_open(struct mym_watch **out,
			      const struct mym_watch_options *options,
			      size_t size);

/*
 * mym_watch_fd() - the descriptor to wait for.
 *
 * Readable (POLLIN) when there may be an event: always call mym_watch_next()
 * then.  It belongs to the watch: do not read, close or change it.
 *
 * Returns: a descriptor, or -EINVAL where watch is NULL.
 * Cost: none.
 * Since: 1.0
 */
MYM_PUBLIC int mym_watch_fd(const struct mym_watch *watch);

/* Sources, and members `sources` and `lost`. */
#define MYM_SOURCE_HEADROOM       ((uint64_t)1 << 0) /* limit, available */
#define MYM_SOURCE_PSI            ((uint64_t)1 << 1) /* PSI can be read */
#define MYM_SOURCE_EVENTS         ((uint64_t)1 << 2) /* and the counters */
#define MYM_SOURCE_GROUP_TRIGGER  ((uint64_t)1 << 3) /* stalls wake up, */
#define MYM_SOURCE_HOST_TRIGGER   ((uint64_t)1 << 4) /* those of the machine, */
#define MYM_SOURCE_EVENT_WAKES    ((uint64_t)1 << 5) /* counters do, */
#define MYM_SOURCE_LIMIT_WRITES   ((uint64_t)1 << 6) /* changes of limits do, */
#define MYM_SOURCE_MANAGER        ((uint64_t)1 << 7) /* systemd does */

/*
 * mym_watch_sources() - what is listened to now.
 *
 * Silence from a source that is not there says nothing.  Without a source that
 * wakes up, the timer finds the same later.
 *
 * Returns: MYM_SOURCE_* bits; 0 where watch is NULL.
 * Errors: none.
 * Cost: none.
 * Since: 1.0
 */
MYM_PUBLIC uint64_t mym_watch_sources(const struct mym_watch *watch);

/* Member `kind` of an event.  Kinds may be added: ignore what you do not know. */
enum {
	MYM_EVENT_PRESSURE = 1,      /* the level went up or down */
	MYM_EVENT_LIMIT_CHANGED = 2, /* mym_limit() has another answer */
	MYM_EVENT_OOM_KILL = 3,      /* the kernel killed for lack of memory */
	MYM_EVENT_MOVED = 4,         /* this process is in another group */
	MYM_EVENT_DEGRADED = 5       /* a source has vanished */
};

/*
 * An event.  All members are 64 bits wide and there are no pointers.
 */
struct mym_event {
	/* MYM_EVENT_*. */
	uint64_t kind;
	/* MYM_WANT_* bits of limit, available, psi_some and psi_full: known. */
	uint64_t valid;
	/* CLOCK_MONOTONIC when it was noticed, in ns. */
	int64_t time;
	/* MYM_PRESSURE_* now, and before a PRESSURE event. */
	int64_t level;
	int64_t old_level;
	/* PRESSURE: MYM_PRESSURE_BY_* bits of the rules that give a level. */
	uint64_t cause;
	/* MYM_SCOPE_*.  PRESSURE: of the rule that gives the level, or 0.
	 * OOM_KILL: in the own group (v2: and below it), or above: in a group
	 * beside it. */
	int64_t scope;
	/* As of a snapshot now, and the limit before a LIMIT_CHANGED. */
	int64_t limit;
	int64_t old_limit;
	int64_t available;
	int64_t psi_some;
	int64_t psi_full;
	/* The constraint that limits now: its index in a snapshot, and its
	 * MYM_KIND_*. */
	uint64_t constraint;
	uint64_t constraint_kind;
	/* OOM_KILL: how many processes. */
	int64_t oom_kills;
	/* MYM_SOURCE_* bits of what is listened to now; DEGRADED: of what has
	 * vanished. */
	uint64_t sources;
	uint64_t lost;
};

/*
 * mym_watch_next() - the next event.
 *
 * watch: a watch; it serves one thread at a time.
 * out, size: receives the event; size is sizeof(*out), and never above 4096.
 *
 * Never waits.  Call it until it gives 0, also with edge-triggered epoll(7);
 * while an event is left the descriptor stays readable.  Once an event has been
 * given, the simple calls answer from numbers no older than it; where another
 * thread is in the middle of a refresh, as soon as that is done.
 *
 * A watch belongs to the process that opened it.  In the child of a fork(2) this
 * gives -ECHILD; close the watch there, which does the parent no harm, and open
 * another.  -EIO: the program has closed descriptors of the watch; nothing
 * will come any more, so close it and open another.
 *
 * Returns: 1 and an event, 0 for none, or -EINVAL, -ECHILD, -EIO.
 * Cost: one system call where nothing has happened, else those of a
 * mym_snapshot() and about twenty more.  After a move also those of a close and
 * an open; only then memory is allocated.
 * Since: 1.0
 */
MYM_PUBLIC int mym_watch_next(struct mym_watch *watch, struct mym_event *out,
			      size_t size);

/*
 * mym_watch_close() - end a watch.
 *
 * watch: may be NULL.  Take its descriptor out of the event loop first.
 *
 * Returns: NULL, so that `watch = mym_watch_close(watch)` leaves nothing
 * dangling.
 * Errors: none.
 * Cost: some tens of milliseconds where there were triggers, as the kernel waits
 * until nobody uses them.
 * Since: 1.0
 */
MYM_PUBLIC struct mym_watch *mym_watch_close(struct mym_watch *watch);

/*
 * ---------------------------------------------------------------------------
 * Stuff that fits nowhere else
 * ---------------------------------------------------------------------------
 */

/* The version of this header; mym_version() tells that of the library. */
#define MYM_VERSION_MAJOR 1
#define MYM_VERSION_MINOR 0
#define MYM_VERSION_PATCH 0

/*
 * mym_version() - the version of the library in use, such as "1.0.0".
 *
 * Returns: a constant string.
 * Errors: none.
 * Since: 1.0
 */
MYM_PUBLIC const char *mym_version(void);

#ifdef __cplusplus
}
#endif

#endif /* MYMEM_H */
