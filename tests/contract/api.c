/* SPDX-License-Identifier: MIT */
/* What mymem.h promises of arguments, results, sizes, errors and errno. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/kernel.h"
#include "context.h"
#include "mymem.h"
#include "suite.h"
#include "tree.h"

#define FILL 0xa5
/* Room for structs of newer versions. */
#define ROOM 8192
#define WANTS 16

static const char v2[] = FIXTURES "/v2-limit-on-parent";
static const char other[] = FIXTURES "/rlimit-and-cgroup";

static struct mym_ctx *opened(const char *sysroot)
{
	struct mym_ctx *ctx = NULL;

	ck_assert_int_eq(mym_open(&ctx, sysroot, 0), 0);
	ck_assert_ptr_nonnull(ctx);
	return ctx;
}

static struct mym_snapshot taken(struct mym_ctx *ctx, uint64_t want)
{
	struct mym_snapshot s;

	ck_assert_int_eq(mym_snapshot(ctx, want, &s, sizeof(s)), 0);
	return s;
}

static bool filled(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != FILL)
			return false;
	}
	return true;
}

static bool zeroed(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != 0)
			return false;
	}
	return true;
}

/* No program can be compiled again because of us. */
START_TEST(layout)
{
	ck_assert_uint_eq(sizeof(struct mym_snapshot), 26 * 8);
	ck_assert_uint_eq(sizeof(struct mym_constraint), 14 * 8);
	ck_assert_uint_eq(offsetof(struct mym_snapshot, cgroup_error), 25 * 8);
	ck_assert_uint_eq(offsetof(struct mym_snapshot, limit), 3 * 8);
	ck_assert_uint_eq(offsetof(struct mym_constraint, error), 12 * 8);
	ck_assert_str_eq(mym_version(), MYMEM_VERSION);
}
END_TEST

START_TEST(open_arguments)
{
	struct mym_ctx *const pattern = (struct mym_ctx *)(uintptr_t)FILL;
	struct mym_ctx *ctx = pattern;

	ck_assert_int_eq(mym_open(NULL, NULL, 0), -EINVAL);
	ck_assert_int_eq(mym_open(NULL, v2, 0), -EINVAL);
	for (unsigned int bit = 0; bit < 32; bit++) {
		ck_assert_int_eq(mym_open(&ctx, NULL, 1u << bit), -EINVAL);
		ck_assert_ptr_eq(ctx, pattern);
	}
	ck_assert_int_eq(mym_open(&ctx, "", 0), -ENOENT);
	ck_assert_int_eq(mym_open(&ctx, "/absent/sysroot", 0), -ENOENT);
	ck_assert_int_eq(mym_open(&ctx, FIXTURES "/README.md", 0), -ENOTDIR);
	ck_assert_ptr_eq(ctx, pattern);
	ck_assert_ptr_null(mym_close(NULL));
	ctx = opened(NULL);
	ck_assert_ptr_null(mym_close(ctx));
	ctx = opened(v2);
	ck_assert_ptr_null(mym_close(ctx));
}
END_TEST

/* Emulators of other processors make up this file of the process itself, and are
 * not believed. */
static bool is_made_up(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct statfs fs;
	bool made_up = fd >= 0 && fstatfs(fd, &fs) == 0 &&
		       (unsigned int)fs.f_type != MYM__PROC_MAGIC;

	if (fd >= 0)
		close(fd);
	return made_up;
}

START_TEST(open_pid_arguments)
{
	static const int never[] = { 0, -1, INT_MIN };
	struct mym_ctx *const pattern = (struct mym_ctx *)(uintptr_t)FILL;
	struct mym_ctx *ctx = pattern;
	const int self = (int)getpid();

	ck_assert_int_eq(mym_open_pid(NULL, self, 0), -EINVAL);
	for (unsigned int bit = 0; bit < 32; bit++)
		ck_assert_int_eq(mym_open_pid(&ctx, self, 1u << bit), -EINVAL);
	for (size_t i = 0; i < MYM__COUNT(never); i++)
		ck_assert_int_eq(mym_open_pid(&ctx, never[i], 0), -EINVAL);
	/* Greater than any there can be (PID_MAX_LIMIT). */
	ck_assert_int_eq(mym_open_pid(&ctx, INT_MAX, 0), -ESRCH);
	ck_assert_int_eq(mym_open_pid(&ctx, (1 << 22) + 1, 0), -ESRCH);
	ck_assert_ptr_eq(ctx, pattern);
	if (is_made_up("/proc/self/stat")) {
		ck_assert_int_eq(mym_open_pid(&ctx, self, 0), -EIO);
		return;
	}
	ck_assert_int_eq(mym_open_pid(&ctx, self, 0), 0);
	ck_assert_int_gt(taken(ctx, MYM_WANT_LIMIT).limit, 0);
	ck_assert_int_eq(mym_seal(ctx), -EINVAL);
	/* What could not be sealed goes on. */
	ck_assert_int_gt(taken(ctx, MYM_WANT_LIMIT).limit, 0);
	ck_assert_ptr_null(mym_close(ctx));
}
END_TEST

/* The last of the errors that speak of the sysroot. */
START_TEST(open_denied)
{
	char tree[TREE_PATH], path[TREE_PATH + 16];
	struct mym_ctx *ctx = NULL;

	tree_make(tree);
	tree_write(tree, "closed/in/file", "");
	snprintf(path, sizeof(path), "%s/closed", tree);
	ck_assert_int_eq(chmod(path, 0), 0);
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	snprintf(path, sizeof(path), "%s/closed/in", tree);
	ck_assert_int_eq(mym_open(&ctx, path, 0), -EACCES);
	ck_assert_ptr_null(ctx);
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	tree_remove(tree);
}
END_TEST

START_TEST(snapshot_arguments)
{
	struct mym_ctx *ctx = opened(v2);
	unsigned char out[ROOM];
	struct mym_snapshot *s = (struct mym_snapshot *)(void *)out;
	const size_t size = sizeof(*s);

	memset(out, FILL, sizeof(out));
	ck_assert_int_eq(mym_snapshot(NULL, MYM_WANT_ALL, s, size), -EINVAL);
	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, NULL, size), -EINVAL);
	ck_assert_int_eq(mym_snapshot(ctx, 0, s, size), -EINVAL);
	for (unsigned int bit = WANTS; bit < 64; bit++) {
		uint64_t want = UINT64_C(1) << bit;

		ck_assert_int_eq(mym_snapshot(ctx, want, s, size), -EINVAL);
		ck_assert_int_eq(mym_snapshot(ctx, want | MYM_WANT_LIMIT, s,
					      size), -EINVAL);
		ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL & ~want, s,
					      size), -EINVAL);
	}
	ck_assert(filled(out, sizeof(out)));
	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, s, size), 0);
	ck_assert(!filled(out, 8));
	ck_assert(filled(out + size, sizeof(out) - size));
	mym_close(ctx);
}
END_TEST

static const size_t wrong_sizes[] = {
	0, 1, 4, 7, 9, 12, sizeof(struct mym_snapshot) - 1,
	sizeof(struct mym_snapshot) + 1, sizeof(struct mym_snapshot) + 4,
	sizeof(struct mym_constraint) + 1, 4097, 4104, 8192, 1 << 20,
	SIZE_MAX, SIZE_MAX - 7, SIZE_MAX / 2 + 1,
};

/* An older program's struct is a front of ours, a newer one's has more. */
static void check_given(const unsigned char *out, size_t size,
			const void *whole, size_t known)
{
	size_t front = size < known ? size : known;

	ck_assert(memcmp(out, whole, front) == 0);
	ck_assert(zeroed(out + front, size - front));
	ck_assert(filled(out + size, ROOM - size));
}

START_TEST(snapshot_sizes)
{
	struct mym_ctx *ctx = opened(v2);
	struct mym_snapshot whole = taken(ctx, MYM_WANT_ALL);
	unsigned char out[ROOM];
	struct mym_snapshot *s = (struct mym_snapshot *)(void *)out;

	for (size_t i = 0; i < MYM__COUNT(wrong_sizes); i++) {
		memset(out, FILL, sizeof(out));
		ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, s,
					      wrong_sizes[i]), -EINVAL);
		ck_assert(filled(out, sizeof(out)));
	}
	for (size_t size = 8; size <= 4096; size += 8) {
		memset(out, FILL, sizeof(out));
		ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, s, size), 0);
		/* The time goes on. */
		if (size >= offsetof(struct mym_snapshot, limit)) {
			ck_assert_int_ge(s->time, whole.time);
			s->time = whole.time;
		}
		check_given(out, size, &whole, sizeof(whole));
	}
	mym_close(ctx);
}
END_TEST

START_TEST(constraint_sizes)
{
	struct mym_ctx *ctx = opened(v2);
	unsigned char out[ROOM];
	struct mym_constraint whole;
	struct mym_constraint *c = (struct mym_constraint *)(void *)out;

	taken(ctx, MYM_WANT_ALL);
	ck_assert_int_eq(mym_constraint(ctx, 1, &whole, sizeof(whole)), 0);
	ck_assert_int_eq(whole.limit, INT64_C(2147483648));
	for (size_t i = 0; i < MYM__COUNT(wrong_sizes); i++) {
		memset(out, FILL, sizeof(out));
		ck_assert_int_eq(mym_constraint(ctx, 1, c, wrong_sizes[i]),
				 -EINVAL);
		ck_assert(filled(out, sizeof(out)));
	}
	for (size_t size = 8; size <= 4096; size += 8) {
		memset(out, FILL, sizeof(out));
		ck_assert_int_eq(mym_constraint(ctx, 1, c, size), 0);
		check_given(out, size, &whole, sizeof(whole));
	}
	mym_close(ctx);
}
END_TEST

static void check_no_constraint(struct mym_ctx *ctx, unsigned int index)
{
	struct mym_constraint c;

	memset(&c, FILL, sizeof(c));
	ck_assert_int_eq(mym_constraint(ctx, index, &c, sizeof(c)), -ERANGE);
	ck_assert(filled((unsigned char *)&c, sizeof(c)));
	ck_assert_ptr_null(mym_constraint_path(ctx, index));
}

START_TEST(constraint_arguments)
{
	struct mym_ctx *ctx = opened(v2);
	struct mym_constraint c;
	struct mym_snapshot s;

	check_no_constraint(ctx, 0);
	check_no_constraint(ctx, UINT32_MAX);
	ck_assert_ptr_null(mym_cgroup_path(ctx));
	s = taken(ctx, MYM_WANT_ALL);
	ck_assert_uint_gt(s.constraints, 2);
	for (unsigned int i = 0; i < s.constraints; i++) {
		ck_assert_int_eq(mym_constraint(ctx, i, &c, sizeof(c)), 0);
		ck_assert_ptr_nonnull(mym_constraint_path(ctx, i));
	}
	check_no_constraint(ctx, (unsigned int)s.constraints);
	check_no_constraint(ctx, UINT32_MAX);
	memset(&c, FILL, sizeof(c));
	ck_assert_int_eq(mym_constraint(NULL, 0, &c, sizeof(c)), -EINVAL);
	ck_assert_int_eq(mym_constraint(ctx, 0, NULL, sizeof(c)), -EINVAL);
	ck_assert_ptr_null(mym_constraint_path(NULL, 0));
	ck_assert_ptr_null(mym_cgroup_path(NULL));
	ck_assert(filled((unsigned char *)&c, sizeof(c)));
	mym_close(ctx);
}
END_TEST

/* Strings live until the next snapshot; a sanitizer sees if they do not. */
START_TEST(paths_live)
{
	struct mym_ctx *ctx = opened(v2), *second;
	const char *group, *own, *parent, *host;
	struct mym_snapshot s = taken(ctx, MYM_WANT_ALL);
	struct mym_constraint c;

	group = mym_cgroup_path(ctx);
	own = mym_constraint_path(ctx, 0);
	parent = mym_constraint_path(ctx, (unsigned int)s.limit_by);
	host = mym_constraint_path(ctx, (unsigned int)s.constraints - 1);
	/* Another context, and failed calls, leave them alone. */
	second = opened(other);
	taken(second, MYM_WANT_ALL);
	mym_close(second);
	mym_snapshot(ctx, 0, &s, sizeof(s));
	mym_constraint(ctx, 999, &c, sizeof(c));
	ck_assert_str_eq(group, "/batch.slice/report.service");
	ck_assert_str_eq(own, "/sys/fs/cgroup/batch.slice/report.service");
	ck_assert_str_eq(parent, "/sys/fs/cgroup/batch.slice");
	ck_assert_str_eq(host, "/proc/meminfo");
	mym_close(ctx);
}
END_TEST

/* Nothing is known any more: the last good constraints stay. */
START_TEST(failed_snapshot)
{
	char tree[TREE_PATH];
	struct mym_snapshot good, s;
	struct mym_constraint rows[16], c;
	struct mym_ctx *ctx;

	tree_make(tree);
	tree_copy(v2, tree);
	ctx = opened(tree);
	good = taken(ctx, MYM_WANT_ALL);
	ck_assert_uint_le(good.constraints, MYM__COUNT(rows));
	for (unsigned int i = 0; i < good.constraints; i++)
		ck_assert_int_eq(mym_constraint(ctx, i, &rows[i],
						sizeof(rows[i])), 0);
	for (int round = 0; round < 3; round++) {
		tree_remove(tree_path(tree, "proc"));
		tree_remove(tree_path(tree, "sys"));
		memset(&s, FILL, sizeof(s));
		ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, &s,
					      sizeof(s)), -ENODATA);
		ck_assert(filled((unsigned char *)&s, sizeof(s)));
		for (unsigned int i = 0; i < good.constraints; i++) {
			ck_assert_int_eq(mym_constraint(ctx, i, &c,
							sizeof(c)), 0);
			ck_assert_mem_eq(&c, &rows[i], sizeof(c));
		}
		check_no_constraint(ctx, (unsigned int)good.constraints);
		ck_assert_str_eq(mym_constraint_path(ctx, 1),
				 "/sys/fs/cgroup/batch.slice");
		ck_assert_str_eq(mym_cgroup_path(ctx),
				 "/batch.slice/report.service");
		/* And the next good one is good. */
		tree_copy(v2, tree);
		s = taken(ctx, MYM_WANT_ALL);
		s.time = good.time;
		ck_assert_mem_eq(&s, &good, sizeof(s));
	}
	mym_close(ctx);
	tree_remove(tree);
}
END_TEST

START_TEST(empty_sysroot)
{
	char tree[TREE_PATH];
	struct mym_snapshot s;
	struct mym_ctx *ctx;

	tree_make(tree);
	ctx = opened(tree);
	memset(&s, FILL, sizeof(s));
	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s)),
			 -ENODATA);
	ck_assert(filled((unsigned char *)&s, sizeof(s)));
	check_no_constraint(ctx, 0);
	mym_close(ctx);
	tree_remove(tree);
}
END_TEST

/* Which members a bit of `valid` or `none` speaks of. */
static const struct {
	uint64_t bit;
	size_t members[3]; /* 0: no more */
} facts[] = {
#define AT(member) offsetof(struct mym_snapshot, member)
	{ MYM_WANT_LIMIT, { AT(limit), AT(limit_by) } },
	{ MYM_WANT_AVAILABLE, { AT(available), AT(available_by) } },
	{ MYM_WANT_USED, { AT(used) } },
	{ MYM_WANT_RECLAIMABLE, { AT(reclaimable) } },
	{ MYM_WANT_HIGH, { AT(high) } },
	{ MYM_WANT_SWAP_LIMIT, { AT(swap_limit) } },
	{ MYM_WANT_SWAP_AVAILABLE, { AT(swap_available) } },
	{ MYM_WANT_HOST_TOTAL, { AT(host_total) } },
	{ MYM_WANT_HOST_AVAILABLE, { AT(host_available) } },
	{ MYM_WANT_PRESSURE, { AT(pressure), AT(pressure_cause),
			       AT(pressure_sources) } },
	{ MYM_WANT_PSI_SOME, { AT(psi_some) } },
	{ MYM_WANT_PSI_FULL, { AT(psi_full) } },
	{ MYM_WANT_PSI_SOME | MYM_WANT_PSI_FULL, { AT(psi_scope) } },
	{ MYM_WANT_OOM_KILLS, { AT(oom_kills) } },
	{ MYM_WANT_CGROUP_VERSION, { AT(cgroup_version) } },
	{ MYM_WANT_SHMEM, { AT(shmem) } },
#undef AT
};

static int64_t member(const struct mym_snapshot *s, size_t at)
{
	int64_t value;

	memcpy(&value, (const char *)s + at, sizeof(value));
	return value;
}

/* An answer to less is the same answer, less what was not asked for: "a number
 * whose bit is not in `valid` is 0". */
static void check_answer(const struct mym_snapshot *all,
			 const struct mym_snapshot *s, uint64_t want)
{
	ck_assert_msg((s->valid & ~want) == 0, "want %#jx: valid %#jx",
		      (uintmax_t)want, (uintmax_t)s->valid);
	ck_assert_msg((s->none & ~want) == 0, "want %#jx: none %#jx",
		      (uintmax_t)want, (uintmax_t)s->none);
	ck_assert_uint_eq(s->valid & s->none, 0);
	ck_assert_msg(s->valid == (all->valid & want),
		      "want %#jx: valid %#jx of %#jx", (uintmax_t)want,
		      (uintmax_t)s->valid, (uintmax_t)all->valid);
	ck_assert_msg(s->none == (all->none & want),
		      "want %#jx: none %#jx of %#jx", (uintmax_t)want,
		      (uintmax_t)s->none, (uintmax_t)all->none);
	for (size_t i = 0; i < MYM__COUNT(facts); i++) {
		for (size_t j = 0; j < 3; j++) {
			size_t at = facts[i].members[j];
			bool index = at == offsetof(struct mym_snapshot,
						    limit_by) ||
				     at == offsetof(struct mym_snapshot,
						    available_by);

			if (at == 0)
				break;
			if (!(s->valid & facts[i].bit))
				ck_assert_msg(member(s, at) == 0,
					      "want %#jx: the member at %zu is "
					      "not 0", (uintmax_t)want, at);
			/* Fewer constraints may have been looked at. */
			else if (!index)
				ck_assert_msg(member(s, at) == member(all, at),
					      "want %#jx: the member at %zu "
					      "differs", (uintmax_t)want, at);
		}
	}
}

static const char *const machines[] = {
	"v2-limit-on-parent", "rlimit-and-cgroup", "value-high-below-max",
	"v1-limit-on-parent", "swap-v2-min-over-levels", "swap-v1-memsw",
	"psi-group-squeezed", "psi-host-squeezed", "hybrid-memory-on-v1",
	"v1-k8s-pod-limit-in-hml", "commit-plain-user", "numa-list-with-gap",
	"no-cgroup-mount-rlimit", "procfs-subset-pid",
};

static struct mym_ctx *machine(int i)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", FIXTURES, machines[i]);
	return opened(path);
}

static void check_want(struct mym_ctx *ctx, const struct mym_snapshot *all,
		       uint64_t want)
{
	struct mym_snapshot s;
	int r;

	memset(&s, FILL, sizeof(s));
	r = mym_snapshot(ctx, want, &s, sizeof(s));
	if ((all->valid | all->none) & want) {
		ck_assert_msg(r == 0, "want %#jx: %d", (uintmax_t)want, r);
		check_answer(all, &s, want);
	} else {
		ck_assert_msg(r == -ENODATA, "want %#jx: %d", (uintmax_t)want,
			      r);
		ck_assert(filled((unsigned char *)&s, sizeof(s)));
	}
}

START_TEST(one_want)
{
	struct mym_ctx *ctx = machine(_i);
	struct mym_snapshot all = taken(ctx, MYM_WANT_ALL);

	check_answer(&all, &all, MYM_WANT_ALL);
	for (unsigned int bit = 0; bit < WANTS; bit++)
		check_want(ctx, &all, UINT64_C(1) << bit);
	mym_close(ctx);
}
END_TEST

/* What was not looked for when less was asked is looked for then. */
START_TEST(less_first)
{
	struct mym_ctx *ctx = machine(_i);
	struct mym_snapshot all = taken(ctx, MYM_WANT_ALL), then;

	for (unsigned int bit = 0; bit < WANTS; bit++) {
		struct mym_ctx *fresh = machine(_i);

		check_want(fresh, &all, UINT64_C(1) << bit);
		then = taken(fresh, MYM_WANT_ALL);
		check_answer(&all, &then, MYM_WANT_ALL);
		ck_assert_uint_eq(then.valid, all.valid);
		ck_assert_uint_eq(then.flags, all.flags);
		ck_assert_int_eq(then.psi_scope, all.psi_scope);
		mym_close(fresh);
	}
	mym_close(ctx);
}
END_TEST

START_TEST(many_wants)
{
	struct mym_ctx *ctx = machine(_i);
	struct mym_snapshot all = taken(ctx, MYM_WANT_ALL);

	for (uint64_t want = 1; want < UINT64_C(1) << WANTS; want += 211)
		check_want(ctx, &all, want);
	check_want(ctx, &all, (UINT64_C(1) << WANTS) - 1);
	mym_close(ctx);
}
END_TEST

/* The same rule for constraints. */
START_TEST(constraint_members)
{
	static const struct {
		uint64_t bit;
		size_t at;
	} members[] = {
#define AT(member) offsetof(struct mym_constraint, member)
		{ MYM_WANT_LIMIT, AT(limit) },
		{ MYM_WANT_HIGH, AT(high) },
		{ MYM_WANT_USED, AT(used) },
		{ MYM_WANT_RECLAIMABLE, AT(reclaimable) },
		{ MYM_WANT_AVAILABLE, AT(available) },
		{ MYM_WANT_SWAP_LIMIT, AT(swap_limit) },
		{ MYM_WANT_SWAP_USED, AT(swap_used) },
		{ MYM_WANT_SHMEM, AT(shmem) },
#undef AT
	};
	struct mym_ctx *ctx = machine(_i);
	struct mym_snapshot s = taken(ctx, MYM_WANT_ALL);

	for (unsigned int i = 0; i < s.constraints; i++) {
		struct mym_constraint c;
		int64_t value;

		ck_assert_int_eq(mym_constraint(ctx, i, &c, sizeof(c)), 0);
		ck_assert_uint_eq(c.valid & c.none, 0);
		ck_assert_uint_eq(c.failed & (c.valid | c.none), 0);
		ck_assert((c.failed != 0) == (c.error < 0));
		for (size_t j = 0; j < MYM__COUNT(members); j++) {
			memcpy(&value, (char *)&c + members[j].at, 8);
			if (!(c.valid & members[j].bit))
				ck_assert_msg(value == 0, "constraint %u: the "
					      "member at %zu is not 0", i,
					      members[j].at);
			ck_assert_int_ge(value, 0);
		}
	}
	mym_close(ctx);
}
END_TEST

static bool is_one_of(int error, const int *set, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (set[i] == error)
			return true;
	}
	return false;
}

/* No system call's EINVAL becomes the caller's, and no ENOENT of a file that of
 * the sysroot. */
START_TEST(closed_set)
{
	static const int always[] = {
		-ENODATA, -ENOMEM, -EMFILE, -ENFILE, -ECHILD, -EIO,
	};
	static const int opening[] = { -ENOENT, -ENOTDIR, -EACCES };

	for (int error = -4096; error < 0; error++) {
		int any = is_one_of(error, always, MYM__COUNT(always)) ?
			  error : -EIO;
		int of_sysroot = is_one_of(error, opening, MYM__COUNT(opening)) ?
				 error : error == -EPERM ? -EACCES : any;

		ck_assert_int_eq(mym__error_public(error), any);
		ck_assert_int_eq(mym__error_sysroot(error), of_sysroot);
	}
}
END_TEST

static int64_t mem_total(void)
{
	FILE *in = fopen("/proc/meminfo", "r");
	long long kilobytes = 0;

	if (in && fscanf(in, "MemTotal: %lld kB", &kilobytes) != 1)
		kilobytes = 0;
	if (in)
		fclose(in);
	return (int64_t)kilobytes * 1024;
}

START_TEST(this_machine)
{
	int64_t total = mem_total();

	ck_assert_int_gt(total, 0);
	for (int i = 0; i < 20; i++) {
		int64_t limit = mym_limit(), available = mym_available();
		int pressure = mym_pressure();

		ck_assert_int_gt(limit, 0);
		ck_assert_int_le(limit, total);
		ck_assert_int_ge(available, 0);
		ck_assert_int_le(available, limit);
		ck_assert(pressure == MYM_PRESSURE_NONE ||
			  pressure == MYM_PRESSURE_LOW ||
			  pressure == MYM_PRESSURE_MEDIUM ||
			  pressure == MYM_PRESSURE_CRITICAL);
	}
}
END_TEST

START_TEST(context_of_this_machine)
{
	struct mym_ctx *ctx = opened(NULL);
	struct mym_snapshot s = taken(ctx, MYM_WANT_ALL);
	int64_t before = s.time;

	ck_assert_int_gt(s.time, 0);
	ck_assert(s.valid & MYM_WANT_LIMIT);
	ck_assert(s.valid & MYM_WANT_AVAILABLE);
	ck_assert(s.valid & MYM_WANT_HOST_TOTAL);
	ck_assert_int_eq(s.host_total, mem_total());
	ck_assert_int_eq(s.limit, mym_limit());
	ck_assert_uint_lt(s.limit_by, s.constraints);
	ck_assert_uint_lt(s.available_by, s.constraints);
	s = taken(ctx, MYM_WANT_ALL);
	ck_assert_int_ge(s.time, before);
	mym_close(ctx);
}
END_TEST

START_TEST(workers)
{
	int64_t total = mem_total();

	ck_assert_int_eq(mym_workers(0, 1), -EINVAL);
	ck_assert_int_eq(mym_workers(-1, 1), -EINVAL);
	ck_assert_int_eq(mym_workers(INT64_MIN, 1), -EINVAL);
	ck_assert_int_eq(mym_workers(1, -1), -EINVAL);
	ck_assert_int_eq(mym_workers(1, INT32_MIN), -EINVAL);
	ck_assert_int_eq(mym_workers(0, -1), -EINVAL);
	ck_assert_int_eq(mym_workers(1, 0), 0);
	ck_assert_int_eq(mym_workers(INT64_MAX, INT32_MAX), 0);
	ck_assert_int_eq(mym_workers(total + 1, INT32_MAX), 0);
	for (int max = 0; max < 5; max++)
		ck_assert_int_eq(mym_workers(1, max), max);
	ck_assert_int_le(mym_workers(INT64_C(64) << 20, INT32_MAX),
			 total / (INT64_C(64) << 20));
	/* More than an int can count. */
	if (total > INT64_C(4) << 30)
		ck_assert_int_eq(mym_workers(1, INT32_MAX), INT32_MAX);
}
END_TEST

/* Everything the header declares, and whether it is to succeed. */
static struct mym_ctx *live, *frozen;
static struct mym_snapshot snapshot;
static struct mym_constraint constraint;

#define KEEPS(call, condition)                                              \
	do {                                                                \
		int64_t r;                                                  \
									    \
		errno = 4711;                                               \
		r = (int64_t)(call);                                        \
		ck_assert_msg(errno == 4711, "%s: errno is %d", #call,      \
			      errno);                                       \
		ck_assert_msg(condition, "%s: %jd", #call, (intmax_t)r);    \
	} while (0)

START_TEST(errno_after_success)
{
	live = frozen = NULL;
	KEEPS(mym_limit(), r > 0);
	KEEPS(mym_available(), r >= 0);
	KEEPS(mym_pressure(), r >= 0);
	KEEPS(mym_workers(4096, 3), r >= 0);
	KEEPS(mym_version() != NULL, r);
	KEEPS(mym_open(&live, NULL, 0), r == 0);
	KEEPS(mym_open_pid(&frozen, (int)getppid(), 0), r == 0);
	KEEPS(mym_snapshot(frozen, MYM_WANT_ALL, &snapshot, sizeof(snapshot)),
	      r == 0);
	KEEPS(mym_close(frozen) == NULL, r);
	KEEPS(mym_open(&frozen, FIXTURES "/bad-missing-sys", 0), r == 0);
	KEEPS(mym_snapshot(live, MYM_WANT_ALL, &snapshot, sizeof(snapshot)),
	      r == 0);
	KEEPS(mym_snapshot(frozen, MYM_WANT_ALL, &snapshot, sizeof(snapshot)),
	      r == 0);
	KEEPS(mym_constraint(live, 0, &constraint, sizeof(constraint)), r == 0);
	KEEPS(mym_constraint_path(live, 0) != NULL, r);
	KEEPS(mym_cgroup_path(live) != NULL, r >= 0);
	KEEPS(mym_close(live) == NULL, r);
	KEEPS(mym_close(frozen) == NULL, r);
	KEEPS(mym_close(NULL) == NULL, r);
}
END_TEST

START_TEST(errno_after_failure)
{
	struct rlimit limit;

	live = opened(NULL);
	frozen = opened(v2);
	KEEPS(mym_workers(0, 3), r == -EINVAL);
	KEEPS(mym_open(NULL, NULL, 0), r == -EINVAL);
	KEEPS(mym_open(&live, "/absent", 0), r == -ENOENT);
	KEEPS(mym_open(&live, "/dev/null", 0), r == -ENOTDIR);
	KEEPS(mym_open_pid(&live, INT_MAX, 0), r == -ESRCH);
	KEEPS(mym_snapshot(live, 0, NULL, 0), r == -EINVAL);
	KEEPS(mym_constraint(live, 0, &constraint, sizeof(constraint)),
	      r == -ERANGE);
	KEEPS(mym_constraint(NULL, 0, NULL, 0), r == -EINVAL);
	KEEPS(mym_constraint_path(live, 0) == NULL, r);
	KEEPS(mym_cgroup_path(live) == NULL, r);
	/* No more descriptors. */
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	KEEPS(mym_limit(), r == -EMFILE);
	KEEPS(mym_available(), r == -EMFILE);
	KEEPS(mym_pressure(), r == -EMFILE);
	KEEPS(mym_workers(1, 1), r == -EMFILE);
	KEEPS(mym_open(&live, "/", 0), r == -EMFILE);
	KEEPS(mym_open_pid(&live, (int)getpid(), 0), r == -EMFILE);
	KEEPS(mym_snapshot(live, MYM_WANT_ALL, &snapshot, sizeof(snapshot)),
	      r == -EMFILE);
	KEEPS(mym_snapshot(frozen, MYM_WANT_ALL, &snapshot, sizeof(snapshot)),
	      r == -EMFILE);
	limit.rlim_cur = limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	KEEPS(mym_limit(), r > 0);
	KEEPS(mym_snapshot(frozen, MYM_WANT_ALL, &snapshot, sizeof(snapshot)),
	      r == 0);
	mym_close(live);
	mym_close(frozen);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("api");
	TCase *tc = tcase_create("contract");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, layout);
	tcase_add_test(tc, open_arguments);
	tcase_add_test(tc, open_pid_arguments);
	tcase_add_test(tc, open_denied);
	tcase_add_test(tc, snapshot_arguments);
	tcase_add_test(tc, snapshot_sizes);
	tcase_add_test(tc, constraint_sizes);
	tcase_add_test(tc, constraint_arguments);
	tcase_add_test(tc, paths_live);
	tcase_add_test(tc, failed_snapshot);
	tcase_add_test(tc, empty_sysroot);
	tcase_add_loop_test(tc, one_want, 0, MYM__COUNT(machines));
	tcase_add_loop_test(tc, less_first, 0, MYM__COUNT(machines));
	tcase_add_loop_test(tc, many_wants, 0, MYM__COUNT(machines));
	tcase_add_loop_test(tc, constraint_members, 0, MYM__COUNT(machines));
	tcase_add_test(tc, closed_set);
	tcase_add_test(tc, this_machine);
	tcase_add_test(tc, context_of_this_machine);
	tcase_add_test(tc, workers);
	tcase_add_test(tc, errno_after_success);
	tcase_add_test(tc, errno_after_failure);
	suite_add_tcase(s, tc);
	return s;
}
