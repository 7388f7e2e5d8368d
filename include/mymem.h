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
 * seen from inside.  Flags tell what it knows to be out of sight (MYM_FLAG_*).
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
 *              -ESRCH, -EACCES  the process that a context was opened for is
 *                        no more, or may not be looked at: mym_open_pid()
 *              -ECHILD   the watch was opened by another process: fork(2)
 *              -EIO      any other error of the system
 * Unknown    A fact is known, known not to exist ("no limit here"), or
 *            unknown (file missing, denied, empty, garbage).  The three are
 *            told apart by the masks `valid` and `none`; a number whose bit is
 *            not set in `valid` is 0 and means nothing.  Unknown never turns into
 *            "unlimited" and never into 0, and an unknown at one level does
 *            not hide the other levels.
 * Threads    The functions without a context may be called from any thread.
 *            A context serves one thread at a time.  No function is a
 *            cancellation point.
 * Sandboxes  Where an unknown system call is an error, the library finds another
 *            way.  Where it ends the program, mym_seal() comes first; libmymem(7)
 *            lists the system calls of each function, with and without it.
 * Growth     Structs are passed with their size.  An older program may pass a
 *            shorter struct, and a newer one a longer struct, whose additional
 *            members this library sets to zero.  A size is a multiple of 8.
 * Manners    The library starts no thread, prints nothing and installs no
 *            handler.  Only mym_watch_open() writes to files (a PSI trigger)
 *            and reads the environment (systemd's MEMORY_PRESSURE_WATCH and
 *            MEMORY_PRESSURE_WRITE, but not in a program with more rights than
 *            its user, such as a set-user-ID program).
 *
 * ON OLDER KERNELS
 *
 * The library works on any kernel with /proc.  MemAvailable appeared in Linux
 * 3.14; where it is missing it is computed as the kernel does it.  The memory
 * controller of cgroup v2 (4.5), PSI (4.20), openat2(2) (5.6) and statmount(2)
 * with mount options (6.11) are used where they exist; elsewhere slower ways
 * replace them.
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
 * memory.limit_in_bytes and memory.memsw.limit_in_bytes) of the process's control
 * group and of every visible group above it, RLIMIT_AS, RLIMIT_DATA, the
 * address space of a 32-bit process, RLIMIT_MEMLOCK where mlockall(2) has every
 * new mapping locked, the commit limit in overcommit mode 2, and the memory of
 * the NUMA nodes that it may use.  "No limit" is answered by the
 * machine's RAM; there is no magic number to test for.  memory.high, soft
 * limits, reservations and RLIMIT_RSS are not limits and do not count.
 *
 * Returns: bytes, or -ENODATA, -ENOMEM, -EMFILE, -ENFILE, -EIO.
 * Cost: no system call, no lock and no allocation while the last answer is
 * young enough (mym_set_max_age()).  Otherwise the limit file of each visible
 * group is read.  Where inotify can say that none of them was written, two
 * system calls find that out at any depth (four where the kernel can also say
 * that the process was not moved).  Everything else is read again ten times a
 * second, and the very first call also finds the group.
 * Since: 1.0
 */
MYM_PUBLIC int64_t mym_limit(void);

/*
 * mym_available() - how much memory this process can get now.
 *
 * The number of bytes it could allocate and touch before the kernel throttles
 * it (memory.high), refuses the memory (rlimits, commit) or kills it (OOM),
 * without using swap.  Clean page cache that the kernel would give back counts
 * as available; tmpfs and shared memory do not.  The difference is taken for each
 * constraint by itself and the smallest wins, so that a sibling group that fills
 * the parent is seen.  0 is a real answer.  0 <= available <= limit.
 *
 * It is a statement about now: others may take the memory first.
 *
 * Returns: bytes, or -ENODATA, -ENOMEM, -EMFILE, -ENFILE, -EIO.
 * Cost: as mym_limit(), plus the usage and memory.stat of each limited group, and
 * /proc/meminfo unless sysinfo(2) shows that the machine has more than that.
 * Where the machine is the tightest constraint, /proc/zoneinfo is read as well
 * if it can make the answer more exact.
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
 *   PSI        memory.pressure of the process's group: "some avg10" from 5 %:
 *              LOW, from 10 %: MEDIUM; "full avg10" from 10 %: CRITICAL.  On
 *              v1, which has no such file, that of the process's group in the
 *              cgroup2 tree beside it.  The limited groups above count one step
 *              milder, because only a part of their stalls is this process's.
 *              Where no group has the file, the machine's counts, also one step
 *              milder.
 *
 * A watch applies more rules, because it compares numbers over time: see
 * mym_watch_open().  A snapshot tells the causes, and which of these sources
 * could be read at all.
 *
 * Returns: MYM_PRESSURE_*, or -ENODATA, -ENOMEM, -EMFILE, -ENFILE, -EIO.
 * Cost: as mym_available(), plus one PSI file.
 * Since: 1.0
 */
MYM_PUBLIC int mym_pressure(void);

/*
 * mym_workers() - how many more workers of a size fit now.
 *
 * bytes_each: how many bytes one worker needs, > 0.
 * max: the greatest number of workers that is wanted, >= 0.
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
 * ns: nanoseconds, >= 0; the default is 10 ms.  0 means that each call reads
 *     anew.  The age is counted in whole microseconds, rounded down.  It applies
 *     to the whole process, and at once.
 *
 * Limits, usage and the machine's memory are never older than this age.  Other
 * changes are noticed within 100 ms, or within this age if it is longer: that the
 * process was moved to another group; that mounts, rlimits, the overcommit mode
 * or the allowed nodes were changed; that a group which cannot be seen got
 * another limit.  A move on v2 is noticed at once since Linux 6.13, unless the
 * first thread of the process has ended less than 100 ms before.
 *
 * However often the calls are made, refreshing takes at most 1 % of the time of
 * one processor.  Where one pass is expensive (memory.stat beside a thousand busy
 * groups takes milliseconds), answers may therefore be up to a hundred times as
 * old as the pass took, or, if several of the calls are made, as their passes took
 * together.  While one thread refreshes, the others are given the last answer.
 * Neither applies with an age of 0: then a thread that finds another one refreshing
 * waits a moment, and takes that answer only if its pass began after the call.
 * Below 1 ms the library uses one inotify instance if it can get one
 * (/proc/sys/fs/inotify/max_user_instances).
 *
 * A child of fork(2) starts over and never gets an answer of its parent's.  A
 * child that shares its parent's memory, as after vfork(2), may get the parent's
 * answer until that expires.  While descriptors or memory are exhausted, the last
 * good answer is given until a refresh succeeds.  Kernels before 4.14 cannot tell
 * the library of a fork (MADV_WIPEONFORK); there every call makes a pass of its
 * own.
 *
 * The age is counted by CLOCK_MONOTONIC, which stands still while the machine is
 * suspended: an answer may be older by that time, and by the time for which its
 * thread is stopped before it returns.  A process that enters another time
 * namespace (setns(2)) gets another clock: an answer that it had before may be
 * older by as much as the new clock is behind the old one, unless the process calls
 * this function after it has entered.
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
 * sysroot: NULL for the running system; otherwise a directory with proc/ and
 *     sys/ below it, for instance a container that was captured with
 *     tools/gather-fixture of the source.  Every fact then comes from files
 *     below it; symbolic links, absolute paths and ".." do not lead out of it.
 * flags: 0.  Unknown bits are refused with -EINVAL.
 *
 * Returns: 0, or -EINVAL, -ENOMEM, -EMFILE, -ENFILE, -ENOENT, -ENOTDIR,
 * -EACCES, -EIO (the last four are about the sysroot).
 * Cost: one allocation, and one descriptor where a sysroot is given.  Snapshots
 * of the running system keep files open: about twenty descriptors, and up to 500
 * where groups are deeply nested, close-on-exec and numbered from 64.  Beyond the
 * first 100 none is kept whose number is above half of the soft RLIMIT_NOFILE, but
 * for the last one.  The program may close them; when
 * it then opens a file of its own under such a number, the library neither uses
 * nor closes that file.  In the child of a fork(2) a context goes on working, and
 * answers for the child.
 * Since: 1.0
 */
MYM_PUBLIC int mym_open(struct mym_ctx **out, const char *sysroot,
			unsigned int flags);

/*
 * mym_open_pid() - make a context for another process.
 *
 * out: receives the context; release it with mym_close().
 * pid: the id of a process, > 0, as the caller's /proc shows it.
 * flags: 0.  Unknown bits are refused with -EINVAL.
 *
 * The numbers are those that this process would get, as far as they can be seen by
 * the caller: of its control group, as the caller's cgroup namespace and mounts
 * show it; of its rlimits, its size, its allowed NUMA nodes and its memory policy,
 * from the files in /proc/PID; and of the machine.  Paths are as the caller sees
 * them, and of what is about the process alone it is /proc/PID.  For the caller's own
 * id the numbers are those of mym_open().
 *
 * The context holds on to the process and not to its id: mym_snapshot() fails with
 * -ESRCH once all threads of the process have ended, whoever has the id then.  It
 * fails with -EACCES where the process may not be looked at any more (hidepid in
 * proc(5)).
 *
 * What only the process itself, or one that may trace it (ptrace(2)), is told is
 * unknown to others, and then MYM_FLAG_PARTIAL is set: whether it is a 32-bit process,
 * and with several NUMA nodes the memory policy.  The policy is that of its first
 * mapping, which mbind(2) may have given another one than its threads have.  Nobody
 * else is told whether mlockall(2) has every new mapping locked: it is unknown where
 * some memory is locked and RLIMIT_MEMLOCK limits it.
 *
 * A group that cannot be seen from here, because it is outside of the caller's cgroup
 * namespace or mounts, is not replaced by another: the flags are MYM_FLAG_HEURISTIC,
 * MYM_FLAG_HIDDEN_ANCESTORS and MYM_FLAG_PARTIAL.
 *
 * The context can not be sealed.  In the child of a fork(2) it goes on answering
 * for the same process.  A watch is always for the calling process.
 *
 * Returns: 0, -EINVAL (also for the id of a thread that is not the first of its
 * process, as pidfd_open(2) does), -ESRCH (no such process, or all of its threads
 * have ended), -EACCES, -ENODATA (there is no /proc), -ENOMEM, -EMFILE, -ENFILE,
 * -EIO.
 * Cost: one allocation and one descriptor, which is close-on-exec and numbered from
 * 64.  Where the program closes it, snapshots fail with -EIO.  Snapshots cost and
 * keep what those of mym_open() do, and two or three reads more.
 * Since: 1.0
 */
MYM_PUBLIC int mym_open_pid(struct mym_ctx **out, int pid, unsigned int flags);

/*
 * mym_close() - release a context and everything that it returned.
 *
 * ctx: may be NULL.
 *
 * Returns: NULL, so that `ctx = mym_close(ctx)` leaves nothing dangling.
 * Errors: none.
 * Since: 1.0
 */
MYM_PUBLIC struct mym_ctx *mym_close(struct mym_ctx *ctx);

/*
 * One bit for each fact, named after the member that holds it.  These bits say
 * what a snapshot is asked for, and what is known: `valid`, `none` and `failed`.
 * Some facts come with others, which need no bit: MYM_WANT_LIMIT also gives
 * limit_by, for instance.
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
#define MYM_WANT_SWAP_USED       ((uint64_t)1 << 15) /* of a constraint */
#define MYM_WANT_SWAP_HIGH       ((uint64_t)1 << 16) /* of a constraint */
/* Everything that the library in use can answer, whatever its version. */
#define MYM_WANT_ALL             (~(uint64_t)0)

/* Members `flags`: how far the numbers can be trusted. */

/* The topmost visible group is not the machine's root group.  On v2 a group
 * above it may have a tighter limit that cannot be seen.  On v1
 * hierarchical_memory_limit tells that limit, but not how much of it others
 * use. */
#define MYM_FLAG_HIDDEN_ANCESTORS ((uint64_t)1 << 0)
/* The group of this process could not be named with certainty; the numbers are
 * those of its nearest ancestor that could.  Without /proc/self/cgroup there is
 * no such ancestor on v1, because a mount may show the subtree of any group.  On
 * v2 the kernel can prove which directory is the process's group since Linux
 * 6.13 (PIDFD_GET_INFO). */
#define MYM_FLAG_HEURISTIC        ((uint64_t)1 << 1)
/* Something could not be read.  What an earlier answer of the context knew of it
 * still counts: a limit stays until it is known to be gone, because the process
 * has moved, its group has lost the controller, or another limit was written.
 * What was never known is missing from the answer.  Without the usage of a limited
 * group, available is only an upper bound; without its memory.stat, or without what
 * memory.min protects in other groups, a lower bound.  Where the fact belongs to a
 * constraint, its bit is set in `failed` there. */
#define MYM_FLAG_PARTIAL          ((uint64_t)1 << 2)
/* A file in the place of a cgroup file is not on a cgroup file system.  The file
 * is used where a FUSE file system or a plain directory stands in for cgroupfs,
 * and ignored where it was mounted over a real cgroup file. */
#define MYM_FLAG_UNVERIFIED       ((uint64_t)1 << 3)
/* No memory control group was found: the file system is not mounted or cannot be
 * read, or the controller is off (cgroup_disable=memory). */
#define MYM_FLAG_NO_CGROUP        ((uint64_t)1 << 4)
/* The available memory is an estimate, for one of four reasons:
 *
 * - The kernel did not report MemAvailable, and the library computed it as
 *   kernels do since 3.14.
 * - More than 2 % of a group's limit, and more than 4 MiB, is slab that the
 *   kernel calls reclaimable.  The kernel frees inodes late (by RCU), and may
 *   kill a process that takes everything at once before that; and it does not
 *   free at all what sockets and open files use.  The library subtracts the
 *   sockets of the network namespace and the open files of this process; it
 *   cannot count those of other processes in the group.
 * - Cache of mapped files makes up as much of the limit.  Linux may keep the part
 *   of it that is executed all the time, unless the multi-generational LRU (6.1)
 *   is on.
 * - The multi-generational LRU is told to keep what was used lately (min_ttl_ms),
 *   and the machine has little but such cache. */
#define MYM_FLAG_ESTIMATED        ((uint64_t)1 << 5)
/* swap_available is an upper bound.  Either transparent huge pages are in use
 * (AnonHugePages), whose swap cache older kernels cannot reclaim once the swap is
 * full (seen on 6.1, not on 6.12); or swapped pages stay in memory, compressed
 * (zram, zswap). */
#define MYM_FLAG_SWAP_ESTIMATED   ((uint64_t)1 << 6)
/* /proc/meminfo describes another machine than sysinfo(2) does, because something
 * (lxcfs, mymem-run) has replaced the file.  The smaller of the two counts. */
#define MYM_FLAG_VIRTUAL          ((uint64_t)1 << 7)

/* Members `pressure_cause` and `pressure_sources`. */
#define MYM_PRESSURE_BY_HEADROOM  ((uint64_t)1 << 0)
#define MYM_PRESSURE_BY_PSI       ((uint64_t)1 << 1)
/* Only a watch applies these rules, because they compare numbers over time. */
#define MYM_PRESSURE_BY_EVENTS    ((uint64_t)1 << 2) /* counters of the group */
#define MYM_PRESSURE_BY_GROWTH    ((uint64_t)1 << 3) /* soon nothing is left */
#define MYM_PRESSURE_BY_MANAGER   ((uint64_t)1 << 4) /* systemd reports it */

/* Members `psi_scope` and `scope`: whose PSI, or whose shortage, it is. */
enum {
	MYM_SCOPE_CGROUP = 1, /* that of the process's group */
	MYM_SCOPE_HOST = 2,   /* that of the machine */
	MYM_SCOPE_ABOVE = 3,  /* that of a limited group above the process's */
	MYM_SCOPE_PROCESS = 4 /* that of this process alone: an rlimit */
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
	/* CLOCK_MONOTONIC when the pass began, in ns.  Always set. */
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
	/* How many constraints there are.  Always set. */
	uint64_t constraints;
	/* How much of the constraint limit_by is used, page cache included. */
	int64_t used;
	/* The part of `used` that the kernel can take back without swapping. */
	int64_t reclaimable;
	/* The smallest memory.high of the visible groups (v2).  Where no group
	 * has one, the bit is in `none`. */
	int64_t high;
	/* How much may be swapped out: the smallest of all visible groups and
	 * the machine's swap. */
	int64_t swap_limit;
	/* How much more the kernel would swap out to make room.  The sum of
	 * `available` and this is the most that the process can get;
	 * MYM_FLAG_SWAP_ESTIMATED says when it may get less.  0 where swapping
	 * makes no room: under an rlimit, under v1's limit of memory and swap
	 * together, and under the limit of a group where swappiness is 0
	 * (memory.swappiness of the process's group in v1, vm.swappiness in
	 * v2). */
	int64_t swap_available;
	/* The machine's RAM (MemTotal), and the kernel's own, cautious estimate
	 * of how much of it is available (MemAvailable).  How much this process
	 * can really get of the machine's memory is `available` of the machine's
	 * constraint, and may be more. */
	int64_t host_total;
	int64_t host_available;
	/* As mym_pressure(). */
	int64_t pressure;
	/* MYM_PRESSURE_BY_* bits: the rules that gave a level above NONE. */
	uint64_t pressure_cause;
	/* MYM_PRESSURE_BY_* bits: the rules that could be applied at all.
	 * MYM_PRESSURE_NONE without any of these means "cannot see", not "all
	 * is well". */
	uint64_t pressure_sources;
	/* "some avg10" and "full avg10" of PSI, in hundredths of a percent. */
	int64_t psi_some;
	int64_t psi_full;
	/* MYM_SCOPE_*: whose PSI this is; never of a process. */
	int64_t psi_scope;
	/* OOM kills in the process's group (v2: and below it) since the group
	 * was made (memory.events; v1: memory.oom_control, since Linux 4.13). */
	int64_t oom_kills;
	/* 1 or 2: the hierarchy that has the memory controller; 0: none. */
	int64_t cgroup_version;
	/* The part of `used` that is tmpfs and shared memory, which can never
	 * be reclaimed without swap. */
	int64_t shmem;
	/* MYM_WANT_* bits of facts that are known not to exist: "no limit
	 * here".  A fact whose bit is neither here nor in `valid` is unknown, or
	 * was not asked for. */
	uint64_t none;
	/* Why the process's group could not be found, as a negative errno; 0 if
	 * it was found.  Always set. */
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
 * Where a file is missing or denied, the call succeeds and the bit of that fact
 * is not set in out->valid.  The call fails with -ENODATA only if nothing of what
 * was asked for is known.  It also fails when descriptors or memory run out,
 * because a minimum over only some of the constraints would promise too much.  A
 * failed call leaves the constraints of the last successful one in place.
 *
 * Returns: 0, or -EINVAL, -ENODATA, -ENOMEM, -EMFILE, -ENFILE, -EIO; for another
 * process (mym_open_pid()) also -ESRCH, -EACCES.
 * Cost: a read and an fstat(2) for each file that is kept open; an open, a read
 * and a close for each other file.  Those others are below a sysroot, or on file
 * systems other than the kernel's, or files of deeply nested groups after as many of
 * them are open as a program can spare (mym_open()).
 * Memory is allocated only when the group has to be found: the first time, after
 * a move, after a mount, and each time where it could not be named with certainty.
 * Where there are more than eight groups below a limited one, what memory.min
 * keeps for them is read at most 1 % of the time, and is otherwise the last.
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
	MYM_KIND_NUMA = 7,          /* the NUMA nodes to which a cpuset, or the
				     * policy MPOL_BIND of the calling
				     * thread, confines the process */
	MYM_KIND_CGROUP_MEMSW = 8,  /* v1: memory and swap of a visible group */
	MYM_KIND_RLIMIT_MEMLOCK = 9, /* RLIMIT_MEMLOCK, where every new mapping
				      * is locked (mlockall(2), MCL_FUTURE) */
	MYM_KIND_ADDRESS_SPACE = 10 /* what a 32-bit process can map */
};

/*
 * A constraint: one rule that can stop the process from getting memory.
 *
 * Constraints are in order: the groups, from the process's group up to and
 * including the root of the mount; then, where v1 limits it, memory and swap of
 * the same groups; then the limit of a hidden group; then the rlimits, the
 * address space, commit and NUMA where they restrict this process; then the
 * machine.
 */
struct mym_constraint {
	/* MYM_KIND_*. */
	uint64_t kind;
	/* MYM_WANT_* bits of the facts below that are known. */
	uint64_t valid;
	/* A group: memory.max, memory.limit_in_bytes or
	 * memory.memsw.limit_in_bytes as the file has it, which may be more than
	 * the machine has.  (v1 has no word for "unlimited": there it is a number
	 * from 2^62 on, or 2^31 - 1 pages on 32-bit kernels, and the bit is in
	 * `none`.)  The machine: MemTotal without the pages that are set aside
	 * for hugetlb.  Others: the rlimit, CommitLimit, or the RAM of the
	 * nodes. */
	int64_t limit;
	/* memory.high, for v2 groups. */
	int64_t high;
	/* How much counts against the limit: memory.current,
	 * memory.usage_in_bytes or memory.memsw.usage_in_bytes; VmSize, VmData
	 * or Committed_AS; or RAM that is not free. */
	int64_t used;
	/* The part of `used` that can be taken back without swapping.  v2:
	 * active_file + inactive_file + slab_reclaimable, less what memory.min
	 * protects in the groups below; v1: total_active_file +
	 * total_inactive_file.  The machine and nodes: the part of `available`
	 * that is not free now. */
	int64_t reclaimable;
	/* How much the process can still get under this rule alone, without
	 * swap.  A group: max(0, min(limit, high) - used + reclaimable), and 0
	 * while swap_used is above swap_high.  Nodes, and the machine where it is
	 * the tightest constraint: how much the page allocator can give according
	 * to /proc/zoneinfo.  That is, for each zone, the free pages and file
	 * cache above the min watermark and above the reserve for other zones;
	 * the pages on the lists of the CPUs; and slab that is not in use; less
	 * the memory that memory.min protects for groups.  Otherwise, and where
	 * that cannot be known, the machine's is MemAvailable. */
	int64_t available;
	/* How much the group may swap out, and how much it has swapped out.  v1
	 * counts memory and swap together; there these are the differences to
	 * the limit and the usage of memory alone. */
	int64_t swap_limit;
	int64_t swap_used;
	/* The part of `used` that is tmpfs and shared memory. */
	int64_t shmem;
	/* MYM_WANT_* bits of the facts that are known not to exist here, such
	 * as a limit of "max", or any limit in the machine's root group.
	 * MYM_WANT_SWAP_AVAILABLE: swapping makes no room under this rule. */
	uint64_t none;
	/* MYM_WANT_* bits of the facts that should be here and could not be
	 * read.  Those that are valid as well are what an earlier answer of this
	 * context knew.  A file that does not exist sets no bit, unless an
	 * earlier answer has seen it or it is the usage of a group that has a
	 * limit. */
	uint64_t failed;
	/* Why the first of them could not be read: a negative errno.  -EBADMSG:
	 * the content was not understood.  -ENODATA: the file was empty.
	 * -EFBIG: it is longer than any file of the kernel. */
	int64_t error;
	/* memory.swap.high, for v2 groups: while more than this is swapped out,
	 * the kernel makes every allocation wait. */
	int64_t swap_high;
};

/*
 * mym_constraint() - get one constraint of the last successful snapshot.
 *
 * index: 0 <= index < snapshot.constraints; limit_by and available_by are
 *     such indexes.
 * out, size: receives the constraint; size is sizeof(*out).
 *
 * Only the facts that the snapshot needed for its answers are set.
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
 * The directory of the group, or the file that holds the number (or that should
 * hold it, where the number is unknown), as this process sees it and without the
 * sysroot; /proc/PID for what limits only the process of mym_open_pid().  Where
 * /proc is hidden or missing, system calls replace it; the path is then the text
 * "sysinfo(2)" or "getrlimit(2)".  For NUMA nodes that a memory policy allows it
 * is "get_mempolicy(2)".  The bytes are the kernel's: the name of a group may
 * contain any byte but '/' and newline, so escape the text before you show it.
 *
 * Returns: a string that belongs to the context and lives until the next
 * mym_snapshot() or mym_close(), or NULL if there is no such constraint.
 * Errors: none but NULL.
 * Since: 1.0
 */
MYM_PUBLIC const char *mym_constraint_path(struct mym_ctx *ctx,
					   unsigned int index);

/*
 * mym_cgroup_path() - the process's group as /proc/self/cgroup names it.
 *
 * The name is relative to the cgroup namespace; in most containers it is "/".
 * The directory of that group is the path of constraint 0.
 *
 * Returns: a string that belongs to the context and lives until the next
 * mym_snapshot() or mym_close(), or NULL where the group is not known.
 * Errors: none but NULL.
 * Since: 1.0
 */
MYM_PUBLIC const char *mym_cgroup_path(struct mym_ctx *ctx);

/*
 * mym_seal() - get ready for a sandbox that kills.
 *
 * ctx: a context of mym_open() without a sysroot, or NULL for the calls without a
 *     context.
 *
 * Opens whatever later answers may need.  From then on nothing is opened any
 * more, neither by that context nor by its close, and no system call is made
 * but pread(2), fstat(2), close(2), mmap(2), madvise(2), munmap(2), getpid(2) and
 * clock_gettime(2).  What each function needs, with and without this, is in
 * libmymem(7).  A watch has MYM_WATCH_SEALED.
 *
 * What changes later and cannot be seen through the open files stays as it was:
 * memory.min of other groups, vm.swappiness, the memory policy of a thread, and
 * a group, or a file in one, that is made later.  If the process is moved to
 * another group, what was known of its group remains in the minimum, and a
 * snapshot is flagged MYM_FLAG_PARTIAL.  So is one in the child of a fork(2), which
 * has no files about itself, unless it calls mym_seal() again before it enters
 * a sandbox.  A call without a context that cannot refresh its answer, because
 * it was made in a signal handler or by a process that shares the memory
 * (vfork(2)), returns the last one.
 *
 * Returns: 0, or -EINVAL if it is another context, -ENODATA if nothing could be kept
 * open, -ENOMEM, -EMFILE, -ENFILE, -EIO.
 * Cost: a snapshot of everything, and about twenty descriptors more than
 * without.
 * Since: 1.0
 */
MYM_PUBLIC int mym_seal(struct mym_ctx *ctx);

/*
 * ---------------------------------------------------------------------------
 * Watches: to be told of pressure and change
 * ---------------------------------------------------------------------------
 *
 * A watch is one descriptor for any event loop: poll(2), select(2), epoll(7) or
 * a library that is built on them.  When it is readable, call mym_watch_next()
 * until that returns 0:
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
 * A watch has no thread, no signal handler and no callback: it works only while
 * the program waits for it.  It always has a timer, which wakes up the program at
 * most once a second while there is plenty of memory, and more often the less of
 * it is left.
 */

struct mym_watch;

/* Options, member `flags`. */
/* Do not look for systemd's protocol in the environment. */
#define MYM_WATCH_NO_MANAGER      ((uint64_t)1 << 0)
/* Open nothing after mym_watch_open(): see mym_seal(). */
#define MYM_WATCH_SEALED          ((uint64_t)1 << 1)

/*
 * What to watch for.  A member that is 0 stands for its default, which is given
 * in brackets.  Shares are in hundredths of a percent, from 1 to 10000; times are
 * in nanoseconds.
 */
struct mym_watch_options {
	/* MYM_WATCH_* bits.  Unknown bits are refused with -EINVAL. */
	uint64_t flags;
	/* MYM_PRESSURE_BY_* bits of the rules to apply [all]. */
	uint64_t rules;
	/* Headroom: the level is reached when the available memory is below this
	 * share of the limit [2000, 1000, 500] ... */
	int64_t headroom_share_low;
	int64_t headroom_share_medium;
	int64_t headroom_share_critical;
	/* ... and also below this many bytes [2 GiB, 1 GiB, 512 MiB]. */
	int64_t headroom_bytes_low;
	int64_t headroom_bytes_medium;
	int64_t headroom_bytes_critical;
	/* PSI: the level is reached when this share of the last ten seconds
	 * (avg10), or of the last two, was stalled: "some" for LOW and MEDIUM
	 * [500, 1000], "full" for CRITICAL [1000]. */
	int64_t psi_low;
	int64_t psi_medium;
	int64_t psi_critical;
	/* Growth: the level is reached when less than half of a limit is
	 * available and at the present rate nothing will be left of it after
	 * this time [10 s, 4 s, 2 s].  CRITICAL also requires that the available
	 * memory was below headroom_share_low before. */
	int64_t growth_low;
	int64_t growth_medium;
	int64_t growth_critical;
	/* The level goes down by one step after this time [10 s] ... */
	int64_t cooldown;
	/* ... during which the threshold was missed by at least this share of
	 * the limit or of the time [200]. */
	int64_t margin;
	/* The minimum time between two events of the same level [2 s].  CRITICAL
	 * is never held back. */
	int64_t hold_off;
	/* For how long an event that the kernel counted gives a level [10 s]. */
	int64_t event_window;
	/* The shortest and the longest time between two looks at the numbers
	 * [50 ms, 1 s].  While a limit is being used up, looks are up to five
	 * times as frequent; where one look is expensive they are rarer, so that
	 * all of them take at most 0.5 % of a processor. */
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
 * A watch uses each of these sources that exists and that it is allowed to use:
 *
 *   numbers    the limit, the available memory, PSI and the counters of the
 *              process's group, read each time that the watch wakes up.  Where
 *              much is left, and neither usage nor stalls nor counters have
 *              changed, the rest is read once a second
 *   timer      always.  It fires once a second while more than half of the limit
 *              and more than 400 MiB are available, and more often with less, up
 *              to every 50 ms below 10 %; and at least eight times before any
 *              limit is used up at the present rate.  A program that takes less
 *              than 400 MiB a second cannot use up all memory between two looks,
 *              neither in this group nor in another one that shares a limit or
 *              the machine with it
 *   trigger    a PSI trigger wakes up the watch when the process's group stalls
 *              (memory.pressure; on v1 that of the cgroup2 tree beside it), or,
 *              where that is not allowed, when the machine does
 *   counters   memory.events of the process's group and of the limited groups
 *              above it, which report changes by POLLPRI.  v1 has memory.failcnt
 *              and memory.oom_control, which the library only reads
 *   refaults   every other second memory.stat of the process's group and
 *              /proc/vmstat tell how many pages were in use and had to be read
 *              again
 *   writes     inotify(7) reports writes to the limit files of all visible groups
 *   manager    systemd's MEMORY_PRESSURE_WATCH names a PSI file, a fifo or a
 *              socket, which then replaces the library's own trigger.  Empty or
 *              /dev/null means that the manager wants no reaction to stalls, and
 *              PSI is not used
 *
 * mym_watch_sources() tells which of them are in use.  Every ten seconds the
 * watch tries again to get the others.
 *
 * The level is the highest that one of the rules of mym_pressure(), or one of
 * these, gives:
 *
 *   events     something happened within the last ten seconds.  memory.high was
 *              exceeded: LOW, and MEDIUM while the headroom is MEDIUM.  memory.max
 *              was reached (v1: failcnt grew) while the headroom is MEDIUM:
 *              MEDIUM; with more headroom that means nothing, because reading
 *              files reaches the limit too and does no harm.  The kernel held back
 *              sockets (sock_throttled, Linux 7): MEDIUM.  It killed or gave up
 *              in the process's group, or gave up in a limited group above it:
 *              CRITICAL.  Finally, within each of the last four seconds, file
 *              pages that had been in use were read again, as many as a 32nd of
 *              the file pages in memory: MEDIUM.  This counts the files of the
 *              process's group, and the machine's files where the machine itself
 *              reclaims pages and not only a group for its limit
 *   growth     at the present rate nothing will be left in 10 s: LOW; in 4 s:
 *              MEDIUM; in 2 s: CRITICAL.  Each limit is judged by itself: that of
 *              the process's group, those of the groups above it, the machine's
 *              and all other constraints.  The rule applies when less than half
 *              of the limit is available; CRITICAL also requires that the
 *              headroom was LOW a moment before.  Where use goes up and down,
 *              memory that was in use within the last half minute does not count
 *              as growth, unless taking it again leaves less than the headroom of
 *              LOW
 *   manager    the service manager reported pressure within the last ten seconds:
 *              MEDIUM
 *
 * The machine's PSI is weighed by refaults.  Where the process's group reads its
 * own pages again, the stalls are its own, and "some" from 10 % is MEDIUM.  Where
 * nobody reads pages again, stalls are only the price of reading and writing, and
 * give LOW at most.
 *
 * The level goes up at once.  It goes down by one step after each ten seconds
 * during which the threshold was missed by two percentage points.
 *
 * Returns: 0, or -EINVAL, -ENODATA, -ENOMEM, -EMFILE, -ENFILE, -EIO.
 * Cost: 120 KiB, about thirty descriptors (those of a context, and up to twenty
 * of its own; close-on-exec and numbered from 64), and one pass.
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

/* The result of mym_watch_sources(), and members `sources` and `lost`. */
/* These can be read each time that the watch wakes up: */
#define MYM_SOURCE_HEADROOM       ((uint64_t)1 << 0) /* limit and available */
#define MYM_SOURCE_PSI            ((uint64_t)1 << 1) /* PSI */
#define MYM_SOURCE_EVENTS         ((uint64_t)1 << 2) /* the kernel's counters */
/* And these wake it up: */
#define MYM_SOURCE_GROUP_TRIGGER  ((uint64_t)1 << 3) /* stalls of the group */
#define MYM_SOURCE_HOST_TRIGGER   ((uint64_t)1 << 4) /* stalls of the machine */
#define MYM_SOURCE_EVENT_WAKES    ((uint64_t)1 << 5) /* counters that change */
#define MYM_SOURCE_LIMIT_WRITES   ((uint64_t)1 << 6) /* writes to limit files */
#define MYM_SOURCE_MANAGER        ((uint64_t)1 << 7) /* the service manager */

/*
 * mym_watch_sources() - which sources the watch uses now.
 *
 * A source that is not in use never reports anything, whatever happens.  Where a
 * source that would wake up the watch is missing, the timer finds the same changes
 * later.
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
	/* MYM_WANT_* bits of those of limit, available, psi_some and psi_full
	 * that are known. */
	uint64_t valid;
	/* CLOCK_MONOTONIC when the watch noticed it, in ns. */
	int64_t time;
	/* MYM_PRESSURE_* now, and before a PRESSURE event. */
	int64_t level;
	int64_t old_level;
	/* PRESSURE: MYM_PRESSURE_BY_* bits of the rules that give a level. */
	uint64_t cause;
	/* MYM_SCOPE_*.  PRESSURE: that of the rule that gives the level, or 0.
	 * OOM_KILL: MYM_SCOPE_CGROUP for the process's group (v2: and below it),
	 * MYM_SCOPE_ABOVE for another group below a limited group above it. */
	int64_t scope;
	/* The members of the same names of a snapshot at that time; old_limit is
	 * the limit before a LIMIT_CHANGED. */
	int64_t limit;
	int64_t old_limit;
	int64_t available;
	int64_t psi_some;
	int64_t psi_full;
	/* The constraint that gave the limit: its index in a snapshot, and its
	 * MYM_KIND_*. */
	uint64_t constraint;
	uint64_t constraint_kind;
	/* OOM_KILL: how many processes were killed. */
	int64_t oom_kills;
	/* MYM_SOURCE_* bits: the sources in use now and, in `lost`, those that a
	 * DEGRADED event reports as gone. */
	uint64_t sources;
	uint64_t lost;
};

/*
 * mym_watch_next() - the next event.
 *
 * watch: a watch; it serves one thread at a time.
 * out, size: receives the event; size is sizeof(*out), and never above 4096.
 *
 * The call never waits.  Call it until it returns 0, in an edge-triggered
 * epoll(7) as well; the descriptor stays readable while an event is left.  After
 * an event has been returned, the simple calls answer from numbers that are no
 * older than the event; where another thread is in the middle of a refresh, as
 * soon as that is done.
 *
 * A watch belongs to the process that opened it.  In the child of a fork(2) the
 * call returns -ECHILD; close the watch there, which does the parent no harm, and
 * open another.  Kernels before 4.14 do not tell a child that has been given the id
 * of the process that opened the watch from that process.  -EIO means that the program has closed descriptors of the watch:
 * there will be no more events, so close it and open another.
 *
 * Returns: 1 and an event, 0 for none, or -EINVAL, -ECHILD, -EIO.
 * Cost: one system call where nothing has happened, otherwise those of a
 * mym_snapshot() and about twenty more; after a move also those of closing and
 * opening the watch.  Memory is allocated only after a move.
 * Since: 1.0
 */
MYM_PUBLIC int mym_watch_next(struct mym_watch *watch, struct mym_event *out,
			      size_t size);

/*
 * mym_watch_close() - end a watch.
 *
 * watch: may be NULL.  Remove its descriptor from the event loop first.
 *
 * Returns: NULL, so that `watch = mym_watch_close(watch)` leaves nothing
 * dangling.
 * Errors: none.
 * Cost: some tens of milliseconds where there was a trigger, because the kernel
 * waits until nobody uses it (RCU).
 * Since: 1.0
 */
MYM_PUBLIC struct mym_watch *mym_watch_close(struct mym_watch *watch);

/*
 * ---------------------------------------------------------------------------
 * The version
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
