/* SPDX-License-Identifier: MIT */
/* The right answers in real groups of this kernel. */
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answers.h"
#include "context.h"
#include "descriptors.h"
#include "group.h"
#include "kill.h"
#include "libc.h"
#include "mymem.h"
#include "suite.h"
#include "units.h"

/* The child itself, its page tables, and charges by the batch. */
#define SELF (4 * MIB)

static void assert_consistent(const struct answers *a)
{
	const struct mym_snapshot *s = &a->snapshot;

	ck_assert_int_eq(a->result, 0);
	ck_assert_int_eq(a->limit, s->limit);
	ck_assert_int_ge(s->available, 0);
	ck_assert_int_le(s->available, s->limit);
	ck_assert_int_le(s->limit, s->host_total);
	ck_assert_int_eq(s->cgroup_version, group_version());
}

static void assert_limit(const struct answers *a, int64_t limit, const char *dir)
{
	assert_consistent(a);
	ck_assert_int_eq(a->limit, limit);
	ck_assert_uint_eq(a->limit_by.kind, MYM_KIND_CGROUP);
	snapshot_must_be(a, limit, dir);
}

START_TEST(own_limit)
{
	const char *dir = group_make("own", 100 * MIB);
	struct answers *a = in_group(dir, ask_everything, NULL);

	assert_limit(a, 100 * MIB, dir);
	ck_assert_int_ge(a->available, 100 * MIB - SELF);
	ck_assert_str_eq(a->available_path, dir);
	/* On v1 the machine's stalls count, of which others may have some. */
	ck_assert_uint_eq(a->snapshot.pressure_cause & ~MYM_PRESSURE_BY_PSI, 0);
	if (a->snapshot.pressure_cause == 0)
		ck_assert_int_eq(a->snapshot.pressure, MYM_PRESSURE_NONE);
}
END_TEST

START_TEST(no_limit)
{
	const char *dir = group_make("free", 0);
	struct answers *a = in_group(dir, ask_everything, NULL);

	assert_consistent(a);
	ck_assert_int_eq(a->limit, a->snapshot.host_total);
	ck_assert_uint_eq(a->limit_by.kind, MYM_KIND_HOST);
}
END_TEST

START_TEST(tightest_of_three)
{
	const char *middle, *own;

	group_make("three", 256 * MIB);
	middle = group_make("three/middle", 128 * MIB);
	own = group_make("three/middle/own", 192 * MIB);
	assert_limit(in_group(own, ask_everything, NULL), 128 * MIB, middle);
}
END_TEST

START_TEST(limit_on_parent_only)
{
	const char *parent = group_make("parent", 96 * MIB), *own;
	struct answers *a;

	own = group_make("parent/own", 0);
	a = in_group(own, ask_everything, NULL);
	assert_limit(a, 96 * MIB, parent);
	ck_assert_int_ge(a->available, 96 * MIB - SELF);
}
END_TEST

START_TEST(sibling_fills_parent)
{
	const char *parent = group_make("shared", 128 * MIB), *own, *other;
	struct answers *a;
	int ready[2];
	pid_t pid;
	char byte;

	own = group_make("shared/own", 0);
	other = group_make("shared/other", 0);
	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		group_join(other, 0);
		use_memory(40 * MIB);
		byte = 1;
		if (write(ready[1], &byte, 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	a = in_group(own, ask_everything, NULL);
	kill_one(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_limit(a, 128 * MIB, parent);
	ck_assert_int_le(a->available, 88 * MIB);
	ck_assert_int_ge(a->available, 88 * MIB - 2 * SELF);
	ck_assert_str_eq(a->available_path, parent);
}
END_TEST

/* Page cache needs a file on a disk. */
static void read_a_file(struct answers *a, void *data)
{
	static char block[1 << 20];
	char name[] = "/var/tmp/mymem-test-XXXXXX";
	int fd = mkstemp(name);

	(void)data;
	ck_assert_int_ge(fd, 0);
	unlink(name);
	memset(block, 1, sizeof(block));
	for (int i = 0; i < 60; i++)
		ck_assert_int_eq(write(fd, block, sizeof(block)), sizeof(block));
	/* Clean pages are what can be given back. */
	fsync(fd);
	ask_everything(a, NULL);
	close(fd);
}

START_TEST(page_cache_is_available)
{
	const char *dir = group_make("cache", 100 * MIB);
	struct answers *a = in_group(dir, read_a_file, NULL);

	assert_limit(a, 100 * MIB, dir);
	ck_assert_int_ge(a->snapshot.used, 50 * MIB);
	ck_assert_int_ge(a->available, 100 * MIB - 2 * SELF);
}
END_TEST

static void use_shared_memory(struct answers *a, void *data)
{
	int fd = memfd_create("mymem-test", MFD_CLOEXEC);
	char *memory;

	(void)data;
	ck_assert_int_eq(ftruncate(fd, 40 * MIB), 0);
	memory = mmap(NULL, 40 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(memory, MAP_FAILED);
	memset(memory, 1, 40 * MIB);
	ask_everything(a, NULL);
}

START_TEST(shared_memory_is_not)
{
	const char *dir = group_make("shmem", 100 * MIB);
	struct answers *a = in_group(dir, use_shared_memory, NULL);

	assert_limit(a, 100 * MIB, dir);
	ck_assert_int_le(a->available, 60 * MIB);
	ck_assert_int_ge(a->available, 60 * MIB - 2 * SELF);
	ck_assert_int_ge(a->snapshot.shmem, 39 * MIB);
}
END_TEST

static void fill_up(struct answers *a, void *data)
{
	use_memory(62 * MIB);
	ask_everything(a, data);
}

START_TEST(little_left_is_pressure)
{
	const char *dir = group_make("tight", 64 * MIB);
	struct answers *a = in_group(dir, fill_up, NULL);

	ck_assert_int_eq(a->pressure, MYM_PRESSURE_CRITICAL);
	ck_assert_uint_ne(a->snapshot.pressure_cause & MYM_PRESSURE_BY_HEADROOM,
			  0);
}
END_TEST

static void set_rlimit(int resource, int64_t bytes)
{
	struct rlimit limit = { (rlim_t)bytes, (rlim_t)bytes };

	ck_assert_int_eq(setrlimit((__rlimit_resource_t)resource, &limit), 0);
}

/* What the kernel really gives, a piece at a time. */
static void ask_and_map(struct answers *a)
{
	const size_t step = 64 << 10;
	int64_t got = 0;

	ask_everything(a, NULL);
	while (mmap(NULL, step, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
		got += (int64_t)step;
	a->snapshot.time = got;
}

static void limit_itself_and_map(struct answers *a, void *data)
{
	const int *resource = data;

	set_rlimit(*resource, 64 * MIB);
	ask_and_map(a);
}

static void check_mapped(const struct answers *a, uint64_t kind, int64_t limit)
{
	int64_t got = a->snapshot.time;

	ck_assert_int_eq(a->limit, limit);
	ck_assert_uint_eq(a->limit_by.kind, kind);
	ck_assert_uint_eq(a->available_by.kind, kind);
	ck_assert_int_ge(got, a->snapshot.available - MIB);
	ck_assert_int_le(got, a->snapshot.available + MIB);
}

static void check_rlimit(int resource, uint64_t kind, const char *name)
{
	const char *dir = group_make(name, 100 * MIB);

	check_mapped(in_group(dir, limit_itself_and_map, &resource), kind,
		     64 * MIB);
}

/* The address sanitizer reserves more address space than that. */
#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ADDRESS_SPACE 0
#else
#define HAVE_ADDRESS_SPACE 1
#endif

START_TEST(rlimit_as)
{
	check_rlimit(RLIMIT_AS, MYM_KIND_RLIMIT_AS, "rlimit-as");
}
END_TEST

START_TEST(rlimit_data)
{
	check_rlimit(RLIMIT_DATA, MYM_KIND_RLIMIT_DATA, "rlimit-data");
}
END_TEST

static void limit_softly(struct answers *a, void *data)
{
	const rlim_t *hard = data;
	struct rlimit limit = { 0, *hard };

	ck_assert_int_eq(setrlimit(RLIMIT_DATA, &limit), 0);
	ask_and_map(a);
}

/* The kernel takes a soft limit of 0 for the hard one. */
START_TEST(rlimit_data_of_zero)
{
	const char *dir = group_make("rlimit-zero", 100 * MIB);
	rlim_t hard = 64 * MIB;

	check_mapped(in_group(dir, limit_softly, &hard), MYM_KIND_RLIMIT_DATA,
		     64 * MIB);
}
END_TEST

static bool has_kind(const struct mym_ctx *ctx, uint64_t kind)
{
	return ctx->result->last.kinds >> kind & 1;
}

#define IPC_LOCK (UINT64_C(1) << CAP_IPC_LOCK)

static void keep_capabilities(uint64_t kept)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	ck_assert_int_eq(syscall(SYS_capget, &header, data), 0);
	for (int i = 0; i < 2; i++)
		data[i].effective &= (uint32_t)(kept >> 32 * i);
	ck_assert_int_eq(syscall(SYS_capset, &header, data), 0);
}

/* Who locks, and whether any limit holds for him. */
static const struct locker {
	const char *name;
	uid_t user;
	uint64_t capabilities;
	bool limited;
} lockers[] = {
	{ "memlock", 65534, 0, true },
	{ "memlock-root", 0, ~UINT64_C(0), false },
	{ "memlock-privileged", 0, IPC_LOCK, false },
	{ "memlock-all-but-that", 0, ~IPC_LOCK, true },
};

static void lock_everything(struct answers *a, void *data)
{
	const struct locker *locker = data;
	struct mym_ctx *ctx;

	set_rlimit(RLIMIT_MEMLOCK, 4 * MIB);
	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	answers_take(ctx, a);
	ck_assert(!has_kind(ctx, MYM_KIND_RLIMIT_MEMLOCK));
	if (locker->user != 0)
		ck_assert_int_eq(setresuid(locker->user, locker->user,
					   locker->user), 0);
	keep_capabilities(locker->capabilities);
	ck_assert_int_eq(mlockall(MCL_FUTURE), 0);
	answers_take(ctx, a);
	ck_assert_int_eq(has_kind(ctx, MYM_KIND_RLIMIT_MEMLOCK),
			 locker->limited);
	mym_close(ctx);
	if (locker->limited)
		ask_and_map(a);
}

/* Where all that is mapped is locked, RLIMIT_MEMLOCK limits what can be mapped,
 * but for the privileged. */
START_TEST(rlimit_memlock)
{
	struct locker locker = lockers[_i];
	struct answers *a = in_group(group_make(locker.name, 100 * MIB),
				     lock_everything, &locker);

	if (locker.limited)
		check_mapped(a, MYM_KIND_RLIMIT_MEMLOCK, 4 * MIB);
}
END_TEST

struct move {
	const char *from, *to;
	struct answers *before;
};

static void move_and_ask(struct answers *a, void *data)
{
	const struct move *move = data;
	struct mym_ctx *ctx;

	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	answers_take(ctx, move->before);
	group_join(move->to, 0);
	group_remove(move->from);
	answers_take(ctx, a);
	a->limit = a->snapshot.limit;
	mym_close(ctx);
}

START_TEST(moved_and_group_removed)
{
	struct answers before;
	struct move move = {
		.from = group_make("from", 64 * MIB),
		.to = group_make("to", 96 * MIB),
		.before = mmap(NULL, sizeof(before), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0),
	};
	struct answers *a = in_group(move.from, move_and_ask, &move);

	ck_assert_int_eq(move.before->snapshot.limit, 64 * MIB);
	ck_assert_str_eq(move.before->limit_path, move.from);
	assert_limit(a, 96 * MIB, move.to);
}
END_TEST

static void change_and_ask(struct answers *a, void *data)
{
	struct mym_ctx *ctx;

	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	answers_take(ctx, a);
	ck_assert_int_eq(a->snapshot.limit, 64 * MIB);
	group_limit(data, 80 * MIB);
	answers_take(ctx, a);
	a->limit = a->snapshot.limit;
	mym_close(ctx);
}

START_TEST(limit_changed_from_outside)
{
	const char *dir = group_make("changed", 64 * MIB);

	assert_limit(in_group(dir, change_and_ask, (void *)(uintptr_t)dir),
		     80 * MIB, dir);
}
END_TEST

#define SIBLINGS 100

static const char *sibling(int i)
{
	char name[64];

	snprintf(name, sizeof(name), "crowd/sibling-%d", i);
	return group_make(name, 0);
}

static bool was_opened(int inotify)
{
	char events[4096];

	return read(inotify, events, sizeof(events)) > 0;
}

/* Whether somebody looks for what the groups beside this one keep. */
static void ask_in_a_crowd(struct answers *a, void *file)
{
	int inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	bool spared = false;
	struct mym_ctx *ctx;

	ck_assert_int_ge(inotify, 0);
	ck_assert_int_ge(inotify_add_watch(inotify, file, IN_OPEN), 0);
	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	answers_take(ctx, a);
	ck_assert(was_opened(inotify));
	/* A hundred times as long as it took it takes the machine to stall. */
	for (int i = 0; i < 20 && !spared; i++) {
		answers_take(ctx, a);
		answers_take(ctx, a);
		spared = !was_opened(inotify);
	}
	ck_assert(spared);
	/* It is not for good. */
	for (int i = 0; i < 600 && spared; i++) {
		usleep(50000);
		answers_take(ctx, a);
		spared = !was_opened(inotify);
	}
	ck_assert(!spared);
	a->limit = a->snapshot.limit;
	mym_close(ctx);
}

/* v2: memory.min of a hundred groups is not opened for each answer. */
START_TEST(crowd)
{
	char parent[4096], file[4200];

	snprintf(parent, sizeof(parent), "%s", group_make("crowd", 128 * MIB));
	snprintf(file, sizeof(file), "%s/memory.min", sibling(0));
	for (int i = 1; i < SIBLINGS; i++)
		sibling(i);
	assert_limit(in_group(sibling(SIBLINGS), ask_in_a_crowd, file),
		     128 * MIB, parent);
}
END_TEST

/* Why use_hierarchy is read at the root of the mount, and further down only
 * where it is not 1 there. */
START_TEST(hierarchy_is_inherited)
{
	const char *file = "memory.use_hierarchy";
	const char *parent = group_make("inherits", 0), *child;

	if (group_get(parent, file) == 0)
		ck_assert_int_ge(group_put(parent, file, "1"), 0);
	child = group_make("inherits/child", 0);
	ck_assert_int_eq(group_get(child, file), 1);
	ck_assert_int_lt(group_put(child, file, "0"), 0);
	ck_assert_int_lt(group_put(parent, file, "0"), 0);
	ck_assert_int_eq(group_get(child, file), 1);
	ck_assert_int_eq(group_get(parent, file), 1);
}
END_TEST

/* Makes groups in each other; the name of the last, and of the first in top. */
static const char *make_deep(int number, int depth, char *top, size_t size)
{
	char name[512];
	int length = snprintf(name, sizeof(name), "deep-%d", number);
	const char *dir = group_make(name, 128 * MIB);

	snprintf(top, size, "%s", dir);
	while (--depth > 0) {
		length += snprintf(name + length, sizeof(name) - (size_t)length,
				   "/b");
		dir = group_make(name, 0);
	}
	return dir;
}

/* How many descriptors there may be, and what is then kept of groups, and beside
 * them. */
static const struct deep {
	int depth, soft;
	unsigned int most;
	bool topmost; /* with what is kept */
} deeps[] = {
	{ 16, 1024, 16 * 10 + 20, true },
	{ 48, 1024, 480 + 20, true },
	{ 64, 200, 80 + 1 + 20, false },
};

struct topmost {
	char file[4200];
	const struct deep *deep;
};

static void ask_deep(struct answers *a, void *data)
{
	const struct topmost *topmost = data;
	const struct deep *deep = topmost->deep;
	const unsigned int before = open_descriptors();
	int inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	struct mym_ctx *ctx;

	set_rlimit(RLIMIT_NOFILE, deep->soft);
	ck_assert_int_ge(inotify, 0);
	ck_assert_int_ge(inotify_add_watch(inotify, topmost->file, IN_OPEN), 0);
	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	/* The first pass keeps little. */
	for (int pass = 0; pass < 2; pass++) {
		answers_take(ctx, a);
		ck_assert(was_opened(inotify));
	}
	answers_take(ctx, a);
	ck_assert_int_ne(was_opened(inotify), deep->topmost);
	ck_assert_uint_le(open_descriptors() - before - 1, deep->most);
	a->limit = a->snapshot.limit;
	mym_close(ctx);
	close(inotify);
	ck_assert_uint_eq(open_descriptors(), before);
}

/* The files of a group so many levels up are kept, unless the program could be short
 * of descriptors then. */
START_TEST(deep)
{
	struct topmost topmost = { .deep = &deeps[_i] };
	char top[4096];
	const char *own = make_deep(_i, deeps[_i].depth, top, sizeof(top));

	snprintf(topmost.file, sizeof(topmost.file), "%s/%s", top,
		 group_file(GROUP_USAGE));
	assert_limit(in_group(own, ask_deep, &topmost), 128 * MIB, top);
}
END_TEST

/* The descriptor that hears of writes to the limits; -1: there is none. */
static int find_inotify(void)
{
	char path[64], name[64];
	int found = -1;

	for (int fd = 0; fd < 256; fd++) {
		ssize_t length;

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		length = readlink(path, name, sizeof(name) - 1);
		if (length < 0)
			continue;
		name[length] = '\0';
		if (strstr(name, "inotify"))
			found = found < 0 ? fd : -2;
	}
	return found;
}

/* An owner, which nobody but its opener can have given it, marks the file. */
static void write_and_ask(struct answers *a, void *dir)
{
	int inotify;

	ck_assert_int_eq(mym_set_max_age(0), 0);
	ck_assert_int_eq(mym_limit(), 100 * MIB);
	inotify = find_inotify();
	ck_assert_int_ge(inotify, 0);
	ck_assert_int_eq(fcntl(inotify, F_SETOWN, getpid()), 0);
	for (int i = 1; i <= 50; i++) {
		group_limit(dir, (100 + i) * MIB);
		ck_assert_int_eq(mym_limit(), (100 + i) * MIB);
		ck_assert_int_eq(mym_limit(), (100 + i) * MIB);
	}
	ck_assert_int_eq(find_inotify(), inotify);
	ck_assert_int_eq(fcntl(inotify, F_GETOWN), getpid());
	ask_everything(a, NULL);
}

/* To close an inotify instance takes milliseconds. */
START_TEST(written_often)
{
	const char *dir = group_make("written", 100 * MIB);

	assert_limit(in_group(dir, write_and_ask, (void *)(uintptr_t)dir),
		     150 * MIB, dir);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("limits");
	TCase *tc = tcase_create("groups");

	tcase_add_unchecked_fixture(tc, groups_begin, group_end);
	tcase_add_test(tc, own_limit);
	tcase_add_test(tc, no_limit);
	tcase_add_test(tc, tightest_of_three);
	tcase_add_test(tc, limit_on_parent_only);
	tcase_add_test(tc, sibling_fills_parent);
	tcase_add_test(tc, page_cache_is_available);
	tcase_add_test(tc, shared_memory_is_not);
	tcase_add_test(tc, written_often);
	tcase_add_loop_test(tc, deep, 0, MYM__COUNT(deeps));
	if (group_version() == 1)
		tcase_add_test(tc, hierarchy_is_inherited);
	else
		tcase_add_test(tc, crowd);
	tcase_add_test(tc, little_left_is_pressure);
	if (HAVE_ADDRESS_SPACE) {
		tcase_add_test(tc, rlimit_as);
		tcase_add_loop_test(tc, rlimit_memlock, 0, 4);
		tcase_add_test(tc, rlimit_data);
	tcase_add_test(tc, rlimit_data_of_zero);
	}
	tcase_add_test(tc, moved_and_group_removed);
	tcase_add_test(tc, limit_changed_from_outside);
	suite_add_tcase(s, tc);
	return s;
}
