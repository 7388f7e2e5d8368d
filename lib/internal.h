/* SPDX-License-Identifier: MIT */
/*
 * The inside, in the order of the flow: text, facts, numbers, answer.
 *
 * Internal results: 0 present, 1 absent (or the end, or "no limit"), < 0 a
 * negative errno, forwarded unchanged up to the border in mymem.c.
 */
#ifndef MYM_INTERNAL_H
#define MYM_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mymem.h"

#include "base/saturate.h"

#define MYM__COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A piece of text: not terminated, never NULL where length > 0. */
struct mym__text {
	const char *at;
	size_t length;
};

#define MYM__TEXT(literal) ((struct mym__text){ (literal), sizeof(literal) - 1 })
#define MYM__TEXT_INIT(literal) { (literal), sizeof(literal) - 1 }

/* error.c */

/* Out of descriptors or memory: the whole pass is void, try again later. */
bool mym__error_transient(int error);
/* The closed set that leaves the library. */
int mym__error_public(int error);

/* parse.c: bytes to numbers.  Pure. */

bool mym__text_equal(struct mym__text a, struct mym__text b);
/* Cuts the text before the separator off the front of *rest. */
struct mym__text mym__parse_until(struct mym__text *rest, char separator);
/* Cuts the next word off the front of *rest; words are divided by blanks. */
struct mym__text mym__parse_word(struct mym__text *rest);
/* v1's "unlimited" is the largest multiple of the page size below 2^63, so it
 * differs between page sizes; no machine has 2^62 bytes. */
#define MYM__UNLIMITED (INT64_C(1) << 62)
/* The same of a v1 limit: there 32-bit kernels say 2^31 - 1 pages. */
bool mym__parse_unlimited(int64_t value);
/* Nor has one so much as this of anything: what says more is not believed. */
#define MYM__PLAUSIBLE (INT64_C(1) << 50)
/* A whole word of decimal digits.  Saturates. */
int mym__parse_number(struct mym__text word, int64_t *value);
/* The content of a file that holds one number: 0, 1 for "max", or < 0. */
int mym__parse_amount(struct mym__text content, int64_t *value);
bool mym__parse_has_token(struct mym__text list, struct mym__text token);

/* Lines "key value" or "Key:  value kB", wanted by name. */
struct mym__keys {
	const struct mym__text *names;
	bool kilobytes;     /* the unit of all, or none has one */
	unsigned int count; /* at most 63 */
	uint64_t wanted;    /* bit i: names[i]; 0: all of them */
	uint64_t seen;      /* bit i: values[i] is there */
	uint64_t broken;    /* bit i: the line was there, its number was not */
	uint64_t letters;   /* parse.c's own, 0 at first */
	size_t from;        /* where the first of them was, the last time; or 0 */
	int64_t *values;
};
void mym__parse_some_key(struct mym__keys *keys, struct mym__text line);
/* One bit of 64: most lines begin with no letter that is wanted. */
static inline uint64_t mym__parse_letter(char c)
{
	return UINT64_C(1) << (c & 63);
}
static inline void mym__parse_key(struct mym__keys *keys, struct mym__text line)
{
	if (line.length > 0 && (keys->letters == 0 ||
				(keys->letters & mym__parse_letter(*line.at))))
		mym__parse_some_key(keys, line);
}

/* A line of /proc/self/cgroup: hierarchy, controllers, path. */
struct mym__member {
	int64_t hierarchy;
	struct mym__text controllers;
	struct mym__text path;
};
int mym__parse_member(struct mym__text line, struct mym__member *member);

/* A line of the mount table. */
struct mym__mount {
	struct mym__text root;  /* of the mount within its file system */
	struct mym__text point; /* where it is mounted */
	struct mym__text type;
	struct mym__text options; /* of the super block; NULL: not known */
};
/* Decodes in place: the fields point into the line. */
int mym__parse_mount(char *line, size_t length, struct mym__mount *mount);

/* A line of a PSI file: avg10 in hundredths of a percent. */
int mym__parse_psi(struct mym__text line, bool *full, int64_t *avg10);
/* The time that was stalled, in microseconds: not in all kernels. */
int mym__parse_psi_total(struct mym__text line, int64_t *total);
/* The soft or hard limit in a line of /proc/self/limits: 0, 1 unlimited, < 0. */
int mym__parse_rlimit(struct mym__text line, struct mym__text name, bool hard,
		      int64_t *value);
/* Whether a release of the kernel, such as 4.19.0-27-amd64, is before another. */
bool mym__parse_before(struct mym__text release, int64_t major, int64_t minor);
int mym__parse_hex(struct mym__text word, uint64_t *value);

#define MYM__NODES_MAX 1024
struct mym__nodes {
	uint64_t bits[MYM__NODES_MAX / 64];
};
bool mym__nodes_has(const struct mym__nodes *set, unsigned int node);
unsigned int mym__nodes_count(const struct mym__nodes *set);
/* From places among the allowed nodes to the nodes. */
void mym__nodes_relative(struct mym__nodes *set,
			 const struct mym__nodes *allowed);
/* A list such as "0-3,8". */
int mym__nodes_parse(struct mym__text list, struct mym__nodes *set);
/* The nodes that a line of numa_maps is bound to; 1: to none. */
int mym__nodes_parse_binding(struct mym__text line, struct mym__nodes *nodes);

/* zones.c: /proc/zoneinfo, line by line, in pages.  Pure. */
enum mym__zone_field {
	MYM__ZONE_FREE, MYM__ZONE_BOOST, MYM__ZONE_MIN, MYM__ZONE_LOW,
	MYM__ZONE_HIGH, MYM__ZONE_MANAGED, MYM__ZONE_PROTECTION,
	MYM__ZONE_FILE, MYM__ZONE_PER_CPU, MYM__ZONE_BATCH,
	MYM__ZONE_FREE_CMA,
	MYM__ZONE_FIELDS
};
struct mym__zones {
	const struct mym__nodes *nodes; /* NULL: all */
	int64_t managed;                /* pages of all nodes */
	/* Of the zones of those nodes: what MemAvailable holds back, */
	int64_t low, reserve;
	/* what the page allocator can give of free pages and file cache, and
	 * the two parts that are counted apart. */
	int64_t usable, file, per_cpu;
	int64_t refill; /* the most that a CPU takes at once, of each */
	int64_t cma;    /* what only processes can use, and may be left over */
	bool cut; /* a zone is not whole */
	/* the zone being read */
	bool named, counted;
	uint64_t seen;
	int64_t zone[MYM__ZONE_FIELDS];
};
void mym__zones_parse(struct mym__zones *zones, struct mym__text line);
/* After the last line. */
void mym__zones_end(struct mym__zones *zones);

/* root.c: every name that is opened */

struct mym__root {
	int fd;        /* of the sysroot; unused on the running system */
	bool confined; /* a sysroot */
	uint64_t dev, ino;
};
int mym__root_open(struct mym__root *root, const char *sysroot);
void mym__root_close(struct mym__root *root);
/* Is the descriptor of the sysroot still ours?  0 or -EBADF. */
int mym__root_check(const struct mym__root *root);

enum mym__root_kind {
	MYM__ROOT_FILE,
	MYM__ROOT_DIR, /* to open what is below it */
	MYM__ROOT_LIST, /* to list it */
	MYM__ROOT_TRIGGER /* to write a trigger to it, and read */
};
/* Opens an absolute path. */
int mym__root_get(const struct mym__root *root, const char *path,
		  enum mym__root_kind kind);
/* Opens a path below a directory, through no symlink and no "..".  *foreign is
 * set where another file system than a cgroup one has been mounted on it. */
int mym__root_below(const struct mym__root *root, int dir, const char *path,
		    enum mym__root_kind kind, bool *foreign);
/* Whether dir is on cgroupfs: 0, 1 on FUSE (lxcfs, sysbox), or -EXDEV. */
int mym__root_cgroupfs(const struct mym__root *root, int dir);
/* Bytes read, 0 at the end, or < 0. */
int mym__root_read(int fd, void *buffer, size_t size, int64_t offset);
/* Moves a descriptor away from the low numbers, or < 0. */
int mym__root_high(int fd);
void mym__root_drop(int fd);
/* The directories in a directory: 0 one more, 1 the end, < 0. */
struct mym__list {
	int fd;
	char *buffer;
	size_t size, begin, end;
};
int mym__root_list(struct mym__list *list, const char **name);

/* file.c: what stays open between passes; where file is NULL nothing does */

enum mym__files {
	MYM__FILE_MOUNTS,
	MYM__FILE_CGROUP,
	MYM__FILE_PROCESS, /* a pidfd */
	MYM__FILE_MEMINFO,
	MYM__FILE_STATUS,
	MYM__FILE_OVERCOMMIT,
	MYM__FILE_PRESSURE,
	MYM__FILE_NODES,
	MYM__FILE_TIME_TO_LIVE,
	MYM__FILES
};
/* A descriptor that is kept, and what it must be; fd 0: none. */
struct mym__file {
	int fd;
	uint64_t dev, ino;
	size_t from; /* see struct mym__keys */
};
int mym__file_get(const struct mym__root *root, struct mym__file *file,
		  const char *path);
/* Keeps a descriptor, if it can: use the one that is returned. */
int mym__file_keep(const struct mym__root *root, struct mym__file *file,
		   int fd);
/* Closes what is not kept.  False: it was not the file, do not believe it. */
bool mym__file_put(struct mym__file *file, int fd);
/* Whether the descriptor still is that file. */
bool mym__file_is(const struct mym__file *file);
/* Keeps it, whatever it is: another descriptor of it, or fd itself if it cannot
 * be kept. */
int mym__file_adopt(struct mym__file *file, int fd);
/* Closes them. */
void mym__file_forget(struct mym__file *files, size_t count);

/* sys.c: the system calls that stand in for files, and the few that no file
 * replaces.  Below a sysroot they answer 1, or "unknown". */

/* CLOCK_MONOTONIC, in ns. */
int64_t mym__sys_now(void);
int mym__sys_process(void);
/* Whether mounts have come or gone since the open /proc/self/mountinfo was last
 * asked (mounts_poll() in fs/proc_namespace.c). */
bool mym__sys_mounts_changed(int fd);
int mym__sys_rlimit(const struct mym__root *root, int resource, bool hard,
		    int64_t *value);
/* Whether the kernel locks every new mapping: mlockall(2) with MCL_FUTURE. */
bool mym__sys_locks(const struct mym__root *root);
/* How many descriptors the process has; 0: unknown. */
int64_t mym__sys_descriptors(const struct mym__root *root);
/* What a 32-bit process can map; 0: it is none, or this is a sysroot. */
int64_t mym__sys_address_space(const struct mym__root *root);
struct mym__sysinfo {
	int64_t total, free, shmem, swap_total, swap_free;
};
int mym__sys_sysinfo(const struct mym__root *root, struct mym__sysinfo *info);
/* The id of the process's group in the hierarchy of cgroup2, mounted or not; 1
 * if the kernel cannot tell (before 6.13), or < 0.  file: a descriptor of this
 * process, kept; or NULL. */
int mym__sys_group_id(const struct mym__root *root, struct mym__file *file,
		      uint64_t *id);
/* Whether a directory of that hierarchy is the group with this id. */
bool mym__sys_is_group(const struct mym__root *root, int dir, uint64_t id);
/* The nodes that the memory policy of the calling thread binds it to, and
 * whether they are counted among the allowed ones; 1 also where there is no such
 * policy. */
int mym__sys_binding(const struct mym__root *root, struct mym__nodes *nodes,
		     bool *relative);
/* statmount(2) of the mount at a path, strings in the buffer; 1 if it is not a
 * mount point or the kernel cannot tell.  Where it does not tell the options,
 * nor that there are none, they are NULL. */
int mym__sys_statmount(const struct mym__root *root, const char *path,
		       char *buffer, size_t size, struct mym__mount *mount);

/* notify.c: whether limits were written since they were read */

/* A descriptor, or < 0. */
int mym__notify_open(void);
/* From now on it tells of writes to the open file. */
bool mym__notify_add(int notify, int fd);
/* Nothing was written, and the descriptor is ours. */
bool mym__notify_quiet(int notify);
void mym__notify_close(int notify);

/* lines.c: a file as lines of any length */

struct mym__lines {
	int fd;
	char *buffer;
	size_t size, begin, end;
	int64_t offset; /* of the end in the file */
	bool eof;
	bool cut; /* the line is longer than the buffer; this is its front */
};
#define MYM__LINES_SIZE 65536
void mym__lines_init(struct mym__lines *lines, int fd, char *buffer,
		     size_t size);
/* 0 a line, 1 the end, < 0.  The line may be changed in place. */
int mym__lines_next(struct mym__lines *lines, struct mym__text *line);
/* The whole of a small file: a number, a list. */
int mym__lines_all(int fd, char *buffer, size_t size, struct mym__text *all);
/* Reads wanted keys out of an open file. */
int mym__lines_keys(int fd, char *buffer, size_t size, struct mym__keys *keys);

/* dialect.c: how v1 and v2 spell things */

enum mym__stat {
	MYM__STAT_ACTIVE_FILE,
	MYM__STAT_INACTIVE_FILE,
	MYM__STAT_SLAB_RECLAIMABLE,
	MYM__STAT_MAPPED_FILE,
	MYM__STAT_SHMEM,
	MYM__STAT_HIERARCHICAL_LIMIT,
	MYM__STAT_HIERARCHICAL_MEMSW,
	MYM__STAT_SWAP,
	MYM__STATS
};
struct mym__dialect {
	int version;
	struct mym__text type;       /* of the file system */
	struct mym__text controller; /* in the super options; empty: any */
	const char *limit, *high, *usage, *stat;
	const char *swap_limit, *swap_high, *swap_usage;
	bool swap_with_memory; /* the swap files count memory + swap */
	const char *events, *pressure;
	const char *protection; /* what reclaim from above leaves alone */
	struct mym__text recursive; /* the option that hands it down */
	const char *hierarchy; /* 0 in it: the parent's limit does not bind */
	struct mym__text stats[MYM__STATS];
	const char *sign; /* in every group */
	/* Only the machine's root group has `root_only`, all but it have
	 * `never_root`. */
	const char *root_only, *never_root;
	const char *conventional[2]; /* mount points */
	const char *plain;           /* directory of look-alike files */
};
extern const struct mym__dialect mym__dialect_v1, mym__dialect_v2;

/* mounts.c: where the memory controller is mounted */

struct mym__mounts {
	struct mym__mounts_row {
		const struct mym__dialect *dialect;
		char *root, *point;
		bool recursive; /* memory_recursiveprot, or not known */
		bool assumed; /* not from a mount table */
		bool hidden;  /* by a later mount at the same point */
	} *rows;
	size_t count;
};
typedef int (*mym__mount_sink)(void *data, const struct mym__mount *mount);

/* The conventional mount points by statmount(2): O(1), perhaps not all. */
int mym__mounts_quick(const struct mym__root *root, char *buffer, size_t size,
		      struct mym__mounts *mounts);
/* The whole mount table. */
int mym__mounts_table(const struct mym__root *root, char *buffer, size_t size,
		      struct mym__mounts *mounts);
/* The conventional mount points, unseen. */
int mym__mounts_assume(struct mym__mounts *mounts);
/* A mount hides what was at its point; cgroup mounts are kept, hidden or not. */
int mym__mounts_add(void *mounts, const struct mym__mount *mount);
void mym__mounts_clear(struct mym__mounts *mounts);

/* mounts-filter.c: the rows that matter.  Pure but for what lines.c reads. */
struct mym__filter {
	bool all;           /* what matters cannot be told any more */
	unsigned int count; /* of mount points at which others matter */
	struct {
		uint16_t begin, length;
	} at[32];
	size_t used;
	char points[1024];
};
/* Like mym__lines_next(); NULL: every row. */
int mym__filter_next(struct mym__filter *filter, struct mym__lines *lines,
		     struct mym__text *line);

/* mounts-reader.c, mounts-libmount.c: two readers of the mount table, of which
 * they give what passes the filter */
int mym__mounts_reader(const struct mym__root *root, char *buffer, size_t size,
		       struct mym__filter *filter, mym__mount_sink sink,
		       void *data);
/* 1: libmount is not installed, or cannot read this. */
int mym__mounts_libmount(const struct mym__root *root, char *buffer,
			 size_t size, struct mym__filter *filter,
			 mym__mount_sink sink, void *data);

/* group.c: groups by name, relative to the root of the cgroup namespace */

#define MYM__PATH_MAX 4096
struct mym__membership {
	int error[2]; /* v1, v2: 0, 1 no such line, < 0 */
	char path[2][MYM__PATH_MAX];
	uint64_t id; /* of v2's; 0: unknown */
};
/* 1: the file was not what it should be, try again. */
int mym__group_membership(const struct mym__root *root, struct mym__file *files,
			  char *buffer, size_t size,
			  struct mym__membership *membership);
bool mym__group_same(const struct mym__membership *a,
		     const struct mym__membership *b);

struct mym__group {
	int up;                   /* leading ".." */
	int names;                /* components after them, */
	char path[MYM__PATH_MAX]; /* with single slashes between */
};
int mym__group_parse(struct mym__group *group, const char *path);
/* Below the namespace root; negative above it. */
int mym__group_depth(const struct mym__group *group);
enum mym__relation {
	MYM__UNRELATED, /* the mount shows other groups */
	MYM__ABOVE,     /* its root is above the own group, the way is unknown */
	MYM__SHOWS      /* it shows the own group, *below it */
};
enum mym__relation mym__group_relate(const struct mym__group *root,
				     const struct mym__group *own,
				     const char **below);

/* discover.c, places.c: own group and mounts to places, own group first */

struct mym__place {
	char *mount; /* the mount point */
	char *below; /* the directory below it, "" for itself */
	char *path;  /* both, as the process sees it */
};
struct mym__places {
	const struct mym__dialect *dialect; /* NULL: no cgroup */
	uint64_t flags;
	int error;
	bool plain; /* look-alike files on no cgroupfs */
	bool proven; /* the kernel says which directory is the own group */
	bool doubtful; /* an error hid something: do not keep */
	bool unsure;   /* the same, but nothing that limits */
	bool root;     /* the topmost is the machine's root group, for certain */
	bool recursive; /* protection is handed down, or that is not known */
	char *hidden; /* the own group's file that tells of a hidden limit */
	/* v1: the own group in the cgroup2 tree beside it, or all NULL. */
	struct mym__place beside;
	unsigned int count;
	struct mym__place *at;
};
int mym__discover(const struct mym__root *root, char *buffer, size_t size,
		  const struct mym__membership *membership,
		  struct mym__places *places);
void mym__places_clear(struct mym__places *places);

/* merge.c: constraints to answers.  Pure. */

/* What a group may use before it is throttled or killed. */
int64_t mym__merge_bound(const struct mym_constraint *constraint);
/* What is left of a constraint's limit. */
void mym__merge_headroom(struct mym_constraint *constraint);
/* The same of memory and swap, of a group of which so much is swapped out. */
void mym__merge_memsw(struct mym_constraint *memsw,
		      const struct mym_constraint *memory, int64_t swapped);
/* Whether this is so much of what is available that it matters if reclaim does
 * not get it. */
bool mym__merge_matters(const struct mym_constraint *c, int64_t part);
/* Takes off what of the slab cannot be given back. */
void mym__merge_pinned(struct mym_constraint *c, int64_t slab, int64_t pinned);
/* How much of a group's reclaimable memory memory.min protects. */
int64_t mym__merge_protected(int64_t minimum, int64_t used,
			     int64_t reclaimable);
/* What it gets of the protection that its parent has. */
int64_t mym__merge_share(int64_t claim, int64_t whole, int64_t claims);
/* What overcommit mode 2 leaves to a process. */
int64_t mym__merge_commit(int64_t limit, int64_t committed,
			  int64_t admin_reserve, int64_t user_reserve,
			  int64_t vm_size);
/* What a machine, or some nodes of it, have for a process, in bytes. */
struct mym__supply {
	int64_t free, file, slab;
	/* What MemAvailable holds back. */
	int64_t low, reserve;
	/* By zones, where they are known to be those of this machine. */
	bool zoned;
	int64_t usable; /* but for slab */
};
/* MemAvailable, as the kernel computes it. */
int64_t mym__supply_memavailable(const struct mym__supply *supply);
/* How much of the slab is free for the taking if so many of all dentries are. */
int64_t mym__supply_slab(const struct mym__supply *supply, int64_t dentries,
			int64_t unused);
/* What the page allocator can give, if that is known; else MemAvailable. */
int64_t mym__supply_available(const struct mym__supply *supply);
/* Watermarks in pages to bytes: the page size follows from the total. */
void mym__supply_watermarks(const struct mym__zones *zones, int64_t total,
			   struct mym__supply *supply);
/* How much more can be swapped out, by all accounts; < 0: unknown. */
int64_t mym__merge_swap_left(const struct mym_constraint *constraints,
			     unsigned int count);
void mym__merge(const struct mym_constraint *constraints, unsigned int count,
		struct mym_snapshot *out);

/* pass.c: one pass over the places */

struct mym__psi {
	int scope; /* 0: none */
	uint64_t valid;
	int64_t some, full;
	int64_t total[2]; /* of both, in microseconds; < 0: unknown */
};
/* The own group's or the machine's, and the worst of limited groups above. */
enum { MYM__PSI_OWN, MYM__PSI_ABOVE, MYM__PSIS };
struct mym__pass {
	const struct mym__root *root;
	const struct mym__places *places;
	char *buffer;
	size_t size;
	uint64_t want;
	uint64_t flags;
	int error;  /* transient: the pass is void */
	bool stale; /* a place is gone: discover again */
	bool foreign; /* a kept descriptor was not ours: read again */
	struct mym__file *files;  /* MYM__FILES, or NULL: keep nothing */
	struct mym__file *groups; /* MYM__GROUP_FILES for each place */
	int notify; /* > 0: is to be told of writes to limits; see deaf */
	bool deaf;  /* of some it cannot be */
	const char *host_path; /* where the machine's numbers come from */
	const struct mym__table *known; /* what seldom changes, or NULL */
	bool quiet; /* nor has any limit been written since */
	bool huge;  /* the machine has transparent huge pages in use */
	bool compressed; /* what is swapped out stays in memory */
	bool generations_known, generations; /* generations.c's */
	struct mym__table *table;
	int64_t host_total; /* 0: unknown */
	struct mym__supply supply; /* the machine's, */
	bool supplied; /* all that MemAvailable is made of */
	bool host_known;
	int64_t host_available; /* what the kernel calls so */
	bool oom_known;
	int64_t oom_kills;
	struct mym__psi psi[MYM__PSIS];
};
/* The files of a group that are kept, and of how many groups: a context is to
 * have no more descriptors than a program can spare. */
#define MYM__GROUP_FILES 9
#define MYM__GROUPS_KEPT 8
/* As many constraints as there may be for each visible group, and beside them. */
#define MYM__CONSTRAINTS_EACH 2
#define MYM__CONSTRAINTS_EXTRA 9

/* What a context found: the places, and the constraints of the last good pass
 * beside room for the next. */
struct mym__table {
	struct mym_constraint *rows;
	const char **paths;
	unsigned int count;
	uint64_t want, flags; /* of the pass */
	uint64_t kinds; /* bit MYM_KIND_*: there is one */
	int64_t total; /* MemTotal; 0: unknown */
	unsigned int memsws; /* rows of memory and swap, behind the groups' */
	uint64_t bare; /* protection.c: below which places nothing has a
			* memory.min */
	bool slab_known, slab_kept; /* slab.c's */
	int64_t pinned;             /* and this; < 0: not asked */
	/* How far the machine's available memory may be below what is free;
	 * INT64_MAX: unknown. */
	int64_t reserve;
};
struct mym__result {
	struct mym__membership membership;
	struct mym__places places;
	struct mym__file *files;
	struct mym__table good, spare;
};
int mym__result_new(struct mym__result **out,
		    const struct mym__membership *membership,
		    const struct mym__places *places);
void mym__result_free(struct mym__result *result);

struct mym_ctx {
	struct mym__root root;
	struct mym__result *result; /* NULL before the first good pass */
	struct mym__file files[MYM__FILES];
	int process; /* that opened them: some are of itself */
	struct mym__psi psi[MYM__PSIS]; /* of the last good pass */
	bool anew;   /* look for the group before the next pass */
	int64_t known_at; /* the last whole pass; 0: none */
	bool listens; /* whether notify is wanted */
	bool deaf;    /* it could not be had */
	int notify;   /* > 0: told of writes to the limits */
	uint64_t heard; /* which of them */
	struct mym__membership membership;
	_Alignas(16) char buffer[MYM__LINES_SIZE];
};
bool mym__pass_wants(const struct mym__pass *pass, uint64_t bits);
struct mym_constraint *mym__pass_add(struct mym__pass *pass, unsigned int kind,
				     const char *path);
/* The same of memory and swap of a group, while more groups are to come. */
struct mym_constraint *mym__pass_add_memsw(struct mym__pass *pass,
					   const char *path);
/* Notes why a fact could not be had: result < 0, or 1 for "it should be". */
void mym__pass_failed(struct mym__pass *pass, struct mym_constraint *constraint,
		      uint64_t bits, int error);
/* A file while it is read, or why it cannot be; kept, or for this time. */
struct mym__open {
	int fd;
	struct mym__file *file;
};
struct mym__open mym__pass_get(struct mym__pass *pass, enum mym__files file,
			       const char *path);
struct mym__open mym__pass_once(struct mym__pass *pass, const char *path);
void mym__pass_put(struct mym__pass *pass, struct mym__open open);
/* Makes unknown what no machine has, and what is more than what it is a part of:
 * the key at wholes[i] is the whole of that at i. */
void mym__pass_doubt(struct mym__pass *pass, struct mym__keys *keys,
		     const unsigned int *wholes);
/* The first word of a small file, which need not be there; empty: unknown. */
struct mym__text mym__pass_word(struct mym__pass *pass, const char *path);
/* A number from an open file, or the reason; gives it back. */
int mym__pass_amount(struct mym__pass *pass, struct mym__open open,
		     int64_t *value);

/* Whether this kind of constraint is known not to bind the process. */
bool mym__pass_without(const struct mym__pass *pass, unsigned int kind);
/* What must be read so that the wanted facts can be told. */
uint64_t mym__pass_needs(uint64_t want);
/* One pass over the places that were found: 0, or a transient error.  The
 * caller sets want, notify, known and quiet. */
int mym__pass_make(struct mym_ctx *ctx, struct mym__result *result, bool kept,
		   struct mym__pass *pass);

/* answer.c: what was read to a snapshot, or -ENODATA */
int mym__answer(const struct mym__pass *pass, uint64_t want,
		struct mym_snapshot *out);

/* snapshot.c: passes until one holds */
int mym__snapshot(struct mym_ctx *ctx, uint64_t want, struct mym_snapshot *out);
/* The same numbers at this time, though what seldom changes may be so old. */
#define MYM__SELDOM INT64_C(100000000)
int mym__lately(struct mym_ctx *ctx, uint64_t want, int64_t time,
		struct mym_snapshot *out);

/* stat.c: memory.stat of a group */
struct mym__usage {
	int64_t stats[MYM__STATS];
	uint64_t seen, broken;
	int64_t reclaimable;
};
/* What can be reclaimed, and these others, bits of MYM__STAT_*. */
int mym__stat_read(struct mym__pass *pass, struct mym__open open,
		   uint64_t others, struct mym__usage *usage);
/* protection.c: takes off what groups keep of what the machine could reclaim */
void mym__protection_of_machine(struct mym__pass *pass);

/* cgroup.c host.c rlimit.c commit.c numa.c: facts to constraints */
void mym__cgroup_read(struct mym__pass *pass);
void mym__host_read(struct mym__pass *pass, struct mym_constraint *host);
/* After the others, where what they left is known. */
void mym__host_finish(struct mym__pass *pass, struct mym_constraint *host);
void mym__rlimit_read(struct mym__pass *pass);
void mym__commit_read(struct mym__pass *pass);
void mym__numa_read(struct mym__pass *pass);

/* swap.c: where swapping makes no room, once all constraints are read */
void mym__swap_read(struct mym__pass *pass);

/* process.c: /proc/self/status */
enum mym__process_key {
	MYM__VM_SIZE, MYM__VM_DATA, MYM__VM_LOCKED, MYM__PROCESS_KEYS
};
struct mym__process {
	uint64_t seen; /* bit MYM__VM_SIZE, ... */
	int64_t values[MYM__PROCESS_KEYS];
	bool has_capabilities, has_nodes;
	uint64_t capabilities; /* effective */
	struct mym__nodes nodes;
};
int mym__process_read(struct mym__pass *pass, struct mym__process *process);
/* Whether it has a capability in the first user namespace. */
bool mym__process_may(struct mym__pass *pass, const struct mym__process *process,
		      unsigned int capability);

/* watermarks.c: /proc/zoneinfo */
void mym__watermarks_read(struct mym__pass *pass,
			  const struct mym__nodes *nodes, int64_t total,
			  struct mym__supply *supply);

/* slab.c: whether the slab that counts as reclaimable never goes back.  Asked
 * once for a whole pass and the light ones after it. */
bool mym__slab_kept(struct mym__pass *pass);
/* How much of it is in use by sockets and open files, as far as can be counted. */
int64_t mym__slab_pinned(struct mym__pass *pass);
/* generations.c: whether the multi-generational LRU is on, and whether it keeps
 * what was used lately. */
bool mym__generations(struct mym__pass *pass);
bool mym__generations_keep(struct mym__pass *pass);
/* dentries.c: how much of the machine's slab, or of some nodes', goes back. */
int64_t mym__dentries_given(struct mym__pass *pass,
			    const struct mym__supply *supply);

/* psi.c: the own group's, those of groups above, else the machine's */
int mym__psi_read(int fd, char *buffer, size_t size, int scope,
		  struct mym__psi *psi);
void mym__psi_read_own(struct mym__pass *pass, struct mym__open open);
void mym__psi_read_above(struct mym__pass *pass, struct mym__open open);
void mym__psi_read_host(struct mym__pass *pass);

/* pressure.c: PSI and headroom to a level.  Pure. */
void mym__pressure_judge(const struct mym__psi *psi, unsigned int psis,
			 struct mym_snapshot *out);

/* fast.c: the calls without a context */
enum mym__fast {
	MYM__FAST_LIMIT,
	MYM__FAST_AVAILABLE,
	MYM__FAST_PRESSURE,
	MYM__FASTS
};
/* The answer, or < 0.  Leaves errno alone. */
int64_t mym__fast_ask(enum mym__fast which);
/* What was read before this is not given any more. */
void mym__fast_expire(void);
void mym__fast_set_max_age(int64_t ns);

/* context.c */
int mym__context_open(struct mym_ctx **out, const char *sysroot);
void mym__context_close(struct mym_ctx *ctx);

#endif
