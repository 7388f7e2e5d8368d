/* SPDX-License-Identifier: MIT */
/*
 * Another process is asked about: wherever it is, whatever becomes of it
 * meanwhile, and whoever asks.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answers.h"
#include "child.h"
#include "descriptors.h"
#include "fail.h"
#include "group.h"
#include "kernel-file.h"
#include "kill.h"
#include "libc.h"
#include "suite.h"
#include "units.h"

#define NOBODY 65534

/* The process that is asked about, in memory that it shares with us. */
struct subject {
	void (*be)(struct subject *subject); /* what it does first, or NULL */
	atomic_int ready, go;
	pid_t pid, thread;
};

static void wait_until(const atomic_int *flag)
{
	while (!atomic_load(flag))
		usleep(1000);
}

static void live(void *data)
{
	struct subject *s = data;

	if (s->be)
		s->be(s);
	atomic_store(&s->ready, 1);
	for (;;)
		pause();
}

static struct subject *subject_new(void (*be)(struct subject *subject))
{
	struct subject *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	must(s == MAP_FAILED ? -1 : 0, "mmap");
	*s = (struct subject){ .be = be };
	return s;
}

static void wait_for(const struct subject *s)
{
	while (!atomic_load(&s->ready)) {
		ck_assert_msg(child_runs(s->pid), "it has ended");
		usleep(1000);
	}
}

static struct subject *begin(const char *dir,
			     void (*be)(struct subject *subject))
{
	struct subject *s = subject_new(be);

	s->pid = child_start(dir, live, s);
	wait_for(s);
	return s;
}

static void end(struct subject *s)
{
	must(kill_one(s->pid, SIGKILL), "kill");
	child_wait(s->pid);
	munmap(s, sizeof(*s));
}

static struct mym_ctx *opened(pid_t pid)
{
	struct mym_ctx *ctx = NULL;

	must_do(mym_open_pid(&ctx, pid, 0), "mym_open_pid");
	return ctx;
}

/* What one answer is, and one from the files that it has kept. */
static void ask_twice(struct mym_ctx *ctx, struct answers *a)
{
	answers_take(ctx, a);
	answers_take(ctx, a);
}

static struct answers *asked(pid_t pid)
{
	struct answers *a = answers_new();
	struct mym_ctx *ctx = opened(pid);

	ask_twice(ctx, a);
	mym_close(ctx);
	return a;
}

START_TEST(its_group)
{
	const char *dir = group_make("group", 64 * MIB);
	struct subject *s = begin(dir, NULL);
	struct mym_ctx *ctx = opened(s->pid);
	struct answers *a = answers_new();

	ask_twice(ctx, a);
	snapshot_must_be(a, 64 * MIB, dir);
	ck_assert_str_eq(strrchr(mym_cgroup_path(ctx), '/'), "/group");
	/* And not ours. */
	ask_everything(a, NULL);
	ck_assert_int_ne(a->snapshot.limit, 64 * MIB);
	ck_assert_int_eq(mym_seal(ctx), -EINVAL);
	mym_close(ctx);
	end(s);
}
END_TEST

static void must_be_as(struct mym_ctx *a, struct mym_ctx *b)
{
	const uint64_t all = MYM_WANT_ALL;
	struct mym_snapshot x, y;

	ck_assert_int_eq(mym_snapshot(a, all, &x, sizeof(x)), 0);
	ck_assert_int_eq(mym_snapshot(b, all, &y, sizeof(y)), 0);
	ck_assert_uint_eq(x.valid, y.valid);
	ck_assert_uint_eq(x.none, y.none);
	ck_assert_uint_eq(x.flags, y.flags);
	ck_assert_int_eq(x.limit, y.limit);
	ck_assert_uint_eq(x.limit_by, y.limit_by);
	ck_assert_uint_eq(x.constraints, y.constraints);
	ck_assert_str_eq(mym_cgroup_path(a), mym_cgroup_path(b));
	for (unsigned int i = 0; i < x.constraints; i++) {
		struct mym_constraint c, d;

		mym_constraint(a, i, &c, sizeof(c));
		mym_constraint(b, i, &d, sizeof(d));
		ck_assert_uint_eq(c.kind, d.kind);
		ck_assert_uint_eq(c.valid, d.valid);
		ck_assert_int_eq(c.limit, d.limit);
		if (c.kind == MYM_KIND_CGROUP)
			ck_assert_str_eq(mym_constraint_path(a, i),
					 mym_constraint_path(b, i));
	}
}

/* No capability, so that RLIMIT_MEMLOCK counts. */
static void become_nobody(void)
{
	must(setgroups(0, NULL), "setgroups");
	must(setresgid(NOBODY, NOBODY, NOBODY), "setresgid");
	must(setresuid(NOBODY, NOBODY, NOBODY), "setresuid");
	must(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
}

static void limit_to(int resource, int64_t bytes)
{
	const struct rlimit limit = { (rlim_t)bytes, (rlim_t)bytes };

	must(setrlimit((__rlimit_resource_t)resource, &limit), "setrlimit");
}

/* Another process is not told whether new mappings are locked, but this one is.
 */
static void ask_about_oneself(void *data)
{
	struct mym_ctx *own, *same = opened(getpid());
	struct answers *a = data;

	must_do(mym_open(&own, NULL, 0), "mym_open");
	must_be_as(same, own);
	/* The address sanitizer cannot live with less than it has. */
#ifndef __SANITIZE_ADDRESS__
	limit_to(RLIMIT_DATA, 1024 * MIB);
	limit_to(RLIMIT_MEMLOCK, 6 * MIB);
	must(mlockall(MCL_FUTURE), "mlockall");
#endif
	become_nobody();
	must_be_as(same, own);
	answers_take(same, a);
	mym_close(own);
	mym_close(same);
}

START_TEST(oneself)
{
	struct answers *a = answers_new();

	in_child(group_make("oneself", 768 * MIB), ask_about_oneself, a, NULL);
#ifndef __SANITIZE_ADDRESS__
	ck_assert_uint_eq(a->limit_by.kind, MYM_KIND_RLIMIT_MEMLOCK);
#endif
}
END_TEST

struct inherited {
	struct mym_ctx *of_other, *of_oneself;
	struct answers *first, *second;
};

/* In a child of the one that has opened them. */
static void ask_inherited(void *data)
{
	struct inherited *in = data;

	ask_twice(in->of_other, in->first);
	ask_twice(in->of_oneself, in->second);
	mym_close(in->of_other);
	mym_close(in->of_oneself);
}

static void open_and_fork(void *data)
{
	struct inherited *in = data;
	struct answers *before = answers_new();

	in->of_oneself = opened(getpid());
	ask_twice(in->of_oneself, before);
	in_child(group_make("child", 32 * MIB), ask_inherited, in, NULL);
}

/* In the child both still are about the processes that they were opened for. */
START_TEST(forked)
{
	const char *of_other = group_make("other", 64 * MIB);
	const char *parent = group_make("parent", 128 * MIB);
	struct subject *s = begin(of_other, NULL);
	struct inherited in = {
		.of_other = opened(s->pid),
		.first = answers_new(),
		.second = answers_new(),
	};

	in_child(parent, open_and_fork, &in, NULL);
	snapshot_must_be(in.first, 64 * MIB, of_other);
	snapshot_must_be(in.second, 128 * MIB, parent);
	mym_close(in.of_other);
	end(s);
}
END_TEST

START_TEST(limits_change)
{
	const struct rlimit limit = { 40 * MIB, 50 * MIB };
	const char *dir = group_make("changed", 64 * MIB);
	struct subject *s = begin(dir, NULL);
	struct mym_ctx *ctx = opened(s->pid);
	struct answers *a = answers_new();
	char path[32];

	ask_twice(ctx, a);
	snapshot_must_be(a, 64 * MIB, dir);
	group_limit(dir, 80 * MIB);
	answers_take(ctx, a);
	snapshot_must_be(a, 80 * MIB, dir);
	/* The soft one, of the other process. */
	must(prlimit(s->pid, RLIMIT_DATA, &limit, NULL), "prlimit");
	answers_take(ctx, a);
	snprintf(path, sizeof(path), "/proc/%d", (int)s->pid);
	snapshot_must_be(a, 40 * MIB, path);
	ck_assert_uint_eq(a->limit_by.kind, MYM_KIND_RLIMIT_DATA);
	ck_assert_int_gt(a->limit_by.used, 0);
	ck_assert_uint_ne(a->limit_by.valid & MYM_WANT_AVAILABLE, 0);
	mym_close(ctx);
	end(s);
}
END_TEST

START_TEST(moved)
{
	const char *from = group_make("from", 64 * MIB);
	const char *to = group_make("to", 96 * MIB);
	struct subject *s = begin(from, NULL);
	struct mym_ctx *ctx = opened(s->pid);
	struct answers *a = answers_new();

	ask_twice(ctx, a);
	for (int i = 0; i < 20; i++) {
		bool back = i % 2;

		group_join(back ? from : to, s->pid);
		answers_take(ctx, a);
		snapshot_must_be(a, back ? 64 * MIB : 96 * MIB,
				 back ? from : to);
	}
	mym_close(ctx);
	end(s);
}
END_TEST

static void must_be_gone(struct mym_ctx *ctx, pid_t pid)
{
	struct mym_ctx *none = NULL;
	struct mym_snapshot s, before;

	memset(&s, 0x5a, sizeof(s));
	before = s;
	errno = 0;
	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_LIMIT, &s, sizeof(s)),
			 -ESRCH);
	ck_assert_int_eq(memcmp(&s, &before, sizeof(s)), 0);
	ck_assert_int_eq(mym_open_pid(&none, pid, 0), -ESRCH);
	ck_assert_ptr_null(none);
	ck_assert_int_eq(errno, 0);
}

START_TEST(killed)
{
	const char *dir = group_make("killed", 64 * MIB);
	struct subject *s = begin(dir, NULL);
	struct mym_ctx *ctx = opened(s->pid), *unasked = opened(s->pid);
	struct answers *a = answers_new();
	struct mym_constraint c;
	siginfo_t info;

	ask_twice(ctx, a);
	must(kill_one(s->pid, SIGKILL), "kill");
	/* It is still there, without memory. */
	must(waitid(P_PID, (id_t)s->pid, &info, WEXITED | WNOWAIT), "waitid");
	must_be_gone(ctx, s->pid);
	must_be_gone(unasked, s->pid);
	child_wait(s->pid);
	must_be_gone(ctx, s->pid);
	must_be_gone(unasked, s->pid);
	/* As after any failure, the constraints are those of the last answer.
	 */
	ck_assert_int_eq(mym_constraint(ctx, (unsigned int)a->snapshot.limit_by,
					&c, sizeof(c)),
			 0);
	ck_assert_int_eq(c.limit, 64 * MIB);
	mym_close(ctx);
	mym_close(unasked);
}
END_TEST

/* A namespace of our own, where the ids begin with 1, and the /proc of that. */
static void enter_proc(const char *options)
{
	must(unshare(CLONE_NEWNS), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make private");
	must(mount("proc", "/proc", "proc", 0, options), "mount proc");
}

static const char *groups[2];

static pid_t fork_and_wait(void)
{
	pid_t pid = fork();

	must(pid, "fork");
	if (pid == 0)
		_exit(0);
	child_wait(pid);
	return pid;
}

static void reuse(void *data)
{
	struct subject *first, *second;
	struct answers *before, *after = answers_new();
	struct mym_ctx *ctx;
	char last[16];

	(void)data;
	enter_proc(NULL);
	first = begin(groups[0], NULL);
	before = asked(first->pid);
	snapshot_must_be(before, 64 * MIB, groups[0]);
	ctx = opened(first->pid);
	ask_twice(ctx, after);
	must(kill_one(first->pid, SIGKILL), "kill");
	child_wait(first->pid);
	/* Ids go round, or are given by those who restore checkpoints. */
	snprintf(last, sizeof(last), "%d", (int)first->pid - 1);
	while (kernel_write("/proc/sys/kernel/ns_last_pid", last) < 0 &&
	       fork_and_wait() != first->pid - 1)
		;
	second = begin(groups[1], NULL);
	ck_assert_int_eq(second->pid, first->pid);
	answers_take(ctx, after);
	ck_assert_int_eq(after->result, -ESRCH);
	mym_close(ctx);
	snapshot_must_be(asked(second->pid), 96 * MIB, groups[1]);
	end(second);
}

START_TEST(id_is_anothers)
{
	int status;

	groups[0] = group_make("first", 64 * MIB);
	groups[1] = group_make("second", 96 * MIB);
	status = child_wait(child_start_alone(NULL, reuse, NULL));
	ck_assert_int_eq(status, 0);
}
END_TEST

static void *stay(void *data)
{
	struct subject *s = data;

	s->thread = (pid_t)syscall(SYS_gettid);
	atomic_store(&s->ready, 1);
	for (;;)
		pause();
	return NULL;
}

static void have_thread(struct subject *s)
{
	pthread_t thread;

	must(-pthread_create(&thread, NULL, stay, s), "thread");
	wait_until(&s->ready);
}

START_TEST(id_of_a_thread)
{
	struct subject *s = begin(NULL, have_thread);
	struct mym_ctx *ctx = NULL;

	ck_assert_int_ne(s->thread, s->pid);
	ck_assert_int_eq(mym_open_pid(&ctx, s->thread, 0), -EINVAL);
	ck_assert_ptr_null(ctx);
	snapshot_must_be(asked(s->pid), asked(s->pid)->snapshot.limit,
			 asked(s->pid)->limit_path);
	end(s);
}
END_TEST

/* The other thread goes on. */
static void leave(struct subject *s)
{
	have_thread(s);
	wait_until(&s->go);
	syscall(SYS_exit, 0);
}

static char state_of(pid_t pid)
{
	char path[32], state = '?';
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	ck_assert_int_eq(fscanf(in, "%*d (%*[^)]) %c", &state), 1);
	fclose(in);
	return state;
}

/* The constraint of a kind, or one of kind 0. */
static struct mym_constraint of_kind(struct mym_ctx *ctx, uint64_t kind)
{
	struct mym_constraint c;

	for (unsigned int i = 0; mym_constraint(ctx, i, &c, sizeof(c)) == 0;
	     i++) {
		if (c.kind == kind)
			return c;
	}
	return (struct mym_constraint){ 0 };
}

#define DATA (512 * MIB)

/* What a first thread that has left does not have. */
static bool has_size(struct mym_ctx *ctx)
{
	struct mym_constraint c = of_kind(ctx, MYM_KIND_RLIMIT_DATA);

	return c.limit == DATA && (c.valid & MYM_WANT_USED) && c.used > 0;
}

/* While its first thread leaves, and after that: by those who asked before, and
 * by others. */
START_TEST(first_thread_leaves)
{
	const char *dir = group_make("left", 64 * MIB);
	const char *next = group_make("next", 80 * MIB);

	for (int i = 0; i < 20; i++) {
		const struct rlimit limit = { DATA, DATA };
		struct subject *s = begin(dir, leave);
		struct mym_ctx *ctx = opened(s->pid), *late;
		struct answers *a = answers_new();

		must(prlimit(s->pid, RLIMIT_DATA, &limit, NULL), "prlimit");
		ask_twice(ctx, a);
		snapshot_must_be(a, 64 * MIB, dir);
		atomic_store(&s->go, 1);
		do {
			answers_take(ctx, a);
			snapshot_must_be(a, 64 * MIB, dir);
			ck_assert(has_size(ctx));
		} while (state_of(s->pid) != 'Z');
		late = opened(s->pid);
		answers_take(late, a);
		snapshot_must_be(a, 64 * MIB, dir);
		group_join(next, s->pid);
		answers_take(ctx, a);
		snapshot_must_be(a, 80 * MIB, next);
		answers_take(late, a);
		snapshot_must_be(a, 80 * MIB, next);
		ck_assert(has_size(late));
		mym_close(ctx);
		end(s);
		answers_take(late, a);
		ck_assert_int_eq(a->result, -ESRCH);
		mym_close(late);
		munmap(a, sizeof(*a));
	}
}
END_TEST

/* As somebody who may not trace it. */
static void ask_as_nobody(struct answers *a, void *data)
{
	const pid_t *pid = data;
	struct mym_ctx *ctx = opened(*pid);

	become_nobody();
	ask_twice(ctx, a);
	mym_close(ctx);
	ctx = opened(*pid);
	ask_twice(ctx, a);
	mym_close(ctx);
}

START_TEST(asked_by_another_user)
{
	const char *dir = group_make("foreign", 64 * MIB);
	struct subject *s = begin(dir, NULL);
	struct answers *a = in_group(NULL, ask_as_nobody, &s->pid);

	/* Whether it is a 32-bit process is not told. */
	ck_assert_int_eq(a->result, 0);
	ck_assert_uint_eq(a->snapshot.flags, MYM_FLAG_PARTIAL | flags_here());
	ck_assert_int_eq(a->snapshot.limit, 64 * MIB);
	ck_assert_str_eq(a->limit_path, dir);
	end(s);
}
END_TEST

/* hidepid of proc(5): what becomes of a context, and of a new one. */
static const struct {
	const char *option;
	int later, anew;
} hidden[] = {
	{ "hidepid=0", 0, 0 },
	{ "hidepid=1", -EACCES, -EACCES },
	{ "hidepid=2", -EACCES, -EACCES },
};

static void ask_hidden(void *data)
{
	const int *i = data;
	struct subject *s;
	struct mym_ctx *ctx, *none = NULL;
	struct answers *a = answers_new();
	unsigned int before;

	enter_proc(hidden[*i].option);
	s = begin(groups[0], NULL);
	before = open_descriptors();
	ctx = opened(s->pid);
	ask_twice(ctx, a);
	snapshot_must_be(a, 64 * MIB, groups[0]);
	become_nobody();
	answers_take(ctx, a);
	ck_assert_int_eq(a->result, hidden[*i].later);
	mym_close(ctx);
	ck_assert_int_eq(mym_open_pid(&none, s->pid, 0), hidden[*i].anew);
	mym_close(none);
	ck_assert_uint_eq(open_descriptors(), before);
}

START_TEST(hidden_processes)
{
	char name[16];
	int i = _i, status;

	snprintf(name, sizeof(name), "hidden-%d", i);
	groups[0] = group_make(name, 64 * MIB);
	status = child_wait(child_start_alone(NULL, ask_hidden, &i));
	ck_assert_int_eq(status, 0);
}
END_TEST

/* It is the first process of a pid namespace; our /proc has another number. */
START_TEST(in_another_pid_namespace)
{
	const char *dir = group_make("inner", 64 * MIB);
	struct subject *s = subject_new(NULL);

	s->pid = child_start_alone(dir, live, s);
	wait_for(s);
	snapshot_must_be(asked(s->pid), 64 * MIB, dir);
	end(s);
}
END_TEST

static void ask_from_within(void *data)
{
	const struct subject *s = data;
	struct mym_ctx *ctx = NULL, *own;
	struct mym_snapshot snapshot;

	snapshot_must_be(asked(s->pid), 64 * MIB, groups[0]);
	/* Our own number is somebody else's in that /proc. */
	ck_assert_int_eq(getpid(), 1);
	ck_assert_int_eq(mym_open_pid(&ctx, 1, 0), 0);
	ck_assert_int_eq(
		mym_snapshot(ctx, MYM_WANT_LIMIT, &snapshot, sizeof(snapshot)),
		0);
	ck_assert_int_eq(mym_open(&own, NULL, 0), 0);
	ck_assert_int_eq(
		mym_snapshot(own, MYM_WANT_LIMIT, &snapshot, sizeof(snapshot)),
		0);
	ck_assert_int_eq(snapshot.limit, 96 * MIB);
	ck_assert_str_ne(mym_cgroup_path(ctx), mym_cgroup_path(own));
	mym_close(own);
	mym_close(ctx);
}

/* A process of a pid namespace that has the /proc of the outer one. */
START_TEST(proc_of_another_namespace)
{
	struct subject *s;
	int status;

	groups[0] = group_make("outer", 64 * MIB);
	groups[1] = group_make("within", 96 * MIB);
	s = begin(groups[0], NULL);
	status = child_wait(child_start_alone(groups[1], ask_from_within, s));
	ck_assert_int_eq(status, 0);
	end(s);
}
END_TEST

/* A container's view, of the outer /proc. */
static void ask_from_container(struct answers *a, void *data)
{
	const pid_t *pids = data;
	struct answers *below;

	must(unshare(CLONE_NEWNS | CLONE_NEWCGROUP), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make private");
	must(umount2(group_mount(), MNT_DETACH), "umount");
	if (group_version() == 1)
		must(mount("cgroup", group_mount(), "cgroup", 0, "memory"),
		     "mount cgroup");
	else
		must(mount("cgroup2", group_mount(), "cgroup2", 0, NULL),
		     "mount cgroup2");
	memcpy(a, asked(pids[0]), sizeof(*a));
	if (group_version() == 2)
		return;
	below = asked(pids[1]);
	ck_assert_int_eq(below->result, 0);
	ck_assert_uint_eq(below->snapshot.flags,
			  MYM_FLAG_HIDDEN_ANCESTORS | flags_here());
	ck_assert_int_eq(below->snapshot.limit, 32 * MIB);
}

/* The group of one of them is beside that of the asker, whose limit is not
 * taken for it; that of the other one is below, which on v2 it cannot be while
 * the asker is above. */
START_TEST(in_another_cgroup_namespace)
{
	const uint64_t flags = MYM_FLAG_HEURISTIC | MYM_FLAG_PARTIAL |
			       MYM_FLAG_HIDDEN_ANCESTORS;
	const char *beside = group_make("beside", 48 * MIB);
	const char *inside = group_make("container", 64 * MIB);
	struct subject *other = begin(beside, NULL);
	struct subject *below =
		begin(group_make("container/a", 32 * MIB), NULL);
	pid_t pids[] = { other->pid, below->pid };
	struct answers *a;

	if (group_version() == 2)
		inside = group_make("container/b", 0);
	a = in_group(inside, ask_from_container, pids);
	ck_assert_int_eq(a->result, 0);
	ck_assert_uint_eq(a->snapshot.flags & flags, flags);
	ck_assert_uint_eq(a->limit_by.kind, MYM_KIND_HOST);
	end(below);
	end(other);
}
END_TEST

static char empty[] = "/tmp/mymem-test-XXXXXX";

static void ask_without_proc(struct answers *a, void *data)
{
	const pid_t *pid = data;
	struct mym_ctx *ctx = NULL, *before = opened(*pid);

	must(chroot(empty), "chroot");
	must(chdir("/"), "chdir");
	ck_assert_int_eq(mym_open_pid(&ctx, *pid, 0), -ENODATA);
	ck_assert_ptr_null(ctx);
	/* Its directory is open. */
	answers_take(before, a);
	mym_close(before);
}

START_TEST(no_proc)
{
	struct subject *s = begin(group_make("noproc", 64 * MIB), NULL);
	struct answers *a;

	ck_assert_ptr_nonnull(mkdtemp(empty));
	a = in_group(NULL, ask_without_proc, &s->pid);
	rmdir(empty);
	ck_assert_int_eq(a->result, 0);
	end(s);
}
END_TEST

static void lock_some(struct subject *s)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)s;
	limit_to(RLIMIT_MEMLOCK, MIB);
	become_nobody();
	/* Sanitizers make nothing of mlock(3). */
	must((int)syscall(SYS_mlock, page, 4096), "mlock");
}

static void lock_nothing(struct subject *s)
{
	(void)s;
	limit_to(RLIMIT_MEMLOCK, MIB);
	become_nobody();
}

/* Whether new mappings are locked is not told. */
START_TEST(locked_memory)
{
	struct subject *some = begin(NULL, lock_some);
	struct subject *none = begin(NULL, lock_nothing);

	ck_assert_uint_eq(asked(some->pid)->snapshot.flags,
			  MYM_FLAG_PARTIAL | flags_here());
	ck_assert_uint_eq(asked(none->pid)->snapshot.flags, flags_here());
	end(some);
	end(none);
}
END_TEST

/* The program closes the descriptor that stands for the process, and has
 * another one under its number. */
START_TEST(descriptor_is_lost)
{
	struct subject *s = begin(NULL, NULL);
	struct mym_ctx *ctx = opened(s->pid);
	struct answers *a = answers_new();
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), number = 64;

	while (fcntl(number + 1, F_GETFD) >= 0)
		number++;
	ck_assert_int_eq(dup2(fd, number), number);
	answers_take(ctx, a);
	ck_assert_int_eq(a->result, -EIO);
	mym_close(ctx);
	ck_assert_int_ge(fcntl(number, F_GETFD), 0);
	close(number);
	close(fd);
	end(s);
}
END_TEST

static void skipped(const char *why)
{
	printf("# skipped: %s\n", why);
	fflush(stdout);
}

static void exec_32(void *data)
{
	(void)data;
	execl(arguments[1], arguments[1], (char *)NULL);
	/* The kernel may not run such programs. */
	_exit(errno == ENOEXEC ? 77 : 1);
}

START_TEST(of_32_bits)
{
	struct answers *a = answers_new();
	struct mym_constraint c = { 0 };
	struct mym_ctx *ctx;
	pid_t pid;

	if (!arguments[1]) {
		skipped("no compiler for 32-bit programs of x86");
		return;
	}
	pid = child_start(NULL, exec_32, NULL);
	ctx = opened(pid);
	/* Until it has the memory of that program. */
	while (c.kind == 0 && child_runs(pid)) {
		answers_take(ctx, a);
		c = of_kind(ctx, MYM_KIND_ADDRESS_SPACE);
	}
	mym_close(ctx);
	if (child_runs(pid)) {
		ck_assert_int_eq(c.limit, INT64_C(4) << 30);
		ck_assert_int_gt(c.used, 0);
		must(kill_one(pid, SIGKILL), "kill");
		child_wait(pid);
	} else {
		ck_assert_int_eq(WEXITSTATUS(child_wait(pid)), 77);
		skipped("this kernel runs no 32-bit programs");
	}
}
END_TEST

/* <linux/mempolicy.h> */
#define MPOL_BIND 2

static void bind_to_second_node(struct subject *s)
{
	const unsigned long nodes = 2;

	(void)s;
	must((int)syscall(SYS_set_mempolicy, MPOL_BIND, &nodes,
			  8 * sizeof(nodes)),
	     "set_mempolicy");
}

START_TEST(bound_to_a_node)
{
	int64_t total = kernel_key("/sys/devices/system/node/node1/meminfo",
				   "Node 1 MemTotal");
	struct subject *s;
	struct mym_ctx *ctx;
	struct answers *a;

	if (total < 0) {
		skipped("this machine has one node");
		return;
	}
	s = begin(NULL, bind_to_second_node);
	ctx = opened(s->pid);
	a = answers_new();
	ask_twice(ctx, a);
	ck_assert_int_eq(of_kind(ctx, MYM_KIND_NUMA).limit, total);
	ck_assert_uint_eq(a->snapshot.flags & MYM_FLAG_PARTIAL, 0);
	mym_close(ctx);
	end(s);
	/* And not ours. */
	s = begin(NULL, NULL);
	ctx = opened(s->pid);
	ask_twice(ctx, a);
	ck_assert_uint_eq(of_kind(ctx, MYM_KIND_NUMA).kind, 0);
	mym_close(ctx);
	end(s);
}
END_TEST

static void *ask_after_the_first(void *data)
{
	const pid_t *pid = data;
	const char *dir = groups[0];

	while (state_of(getpid()) != 'Z')
		usleep(1000);
	snapshot_must_be(asked(*pid), 64 * MIB, dir);
	_exit(0);
}

static void leave_and_ask(struct answers *a, void *data)
{
	pthread_t thread;

	(void)a;
	must(-pthread_create(&thread, NULL, ask_after_the_first, data),
	     "thread");
	syscall(SYS_exit, 0);
}

/* The one who asks has mounts, though its first thread has left. */
START_TEST(first_thread_of_the_asker_leaves)
{
	struct subject *s;

	groups[0] = group_make("asked", 64 * MIB);
	s = begin(groups[0], NULL);
	in_group(NULL, leave_and_ask, &s->pid);
	end(s);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("pid");
	TCase *tc = tcase_create("another process");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, groups_begin, group_end);
	tcase_add_test(tc, its_group);
	tcase_add_test(tc, oneself);
	tcase_add_test(tc, forked);
	tcase_add_test(tc, limits_change);
	tcase_add_test(tc, moved);
	tcase_add_test(tc, killed);
	tcase_add_test(tc, id_is_anothers);
	tcase_add_test(tc, id_of_a_thread);
	tcase_add_test(tc, first_thread_leaves);
	tcase_add_test(tc, asked_by_another_user);
	tcase_add_loop_test(tc, hidden_processes, 0,
			    sizeof(hidden) / sizeof(hidden[0]));
	tcase_add_test(tc, in_another_pid_namespace);
	tcase_add_test(tc, proc_of_another_namespace);
	tcase_add_test(tc, in_another_cgroup_namespace);
	tcase_add_test(tc, no_proc);
	tcase_add_test(tc, locked_memory);
	tcase_add_test(tc, descriptor_is_lost);
	tcase_add_test(tc, of_32_bits);
	tcase_add_test(tc, bound_to_a_node);
	tcase_add_test(tc, first_thread_of_the_asker_leaves);
	suite_add_tcase(s, tc);
	return s;
}
