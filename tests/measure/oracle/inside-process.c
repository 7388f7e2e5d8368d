/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/mempolicy.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"
#include "file.h"
#include "group.h"
#include "inside.h"
#include "memory.h"
#include "subject.h"
#include "units.h"

/* Below what is used, by as much as there is cache to give back: for less, v1
 * refuses and v2 kills before anything can be asked. */
void inside_lower(struct stage *stage)
{
	memory_anonymous(50 * MIB);
	memory_read(stage->file, 80 * MIB, 1);
	group_limit(stage->own, 100 * MIB);
}

void inside_lower_high(struct stage *stage)
{
	memory_anonymous(100 * MIB);
	group_set(stage->own, "memory.high", 80 * MIB);
}

void inside_move(struct stage *stage)
{
	struct mym_snapshot before;

	memory_anonymous(40 * MIB);
	must(mym_open(&stage->ctx, NULL, 0), "mym_open");
	must(mym_snapshot(stage->ctx, MYM_WANT_ALL, &before, sizeof(before)),
	     "mym_snapshot");
	group_join(stage->later, 0);
	stage->seen = stage->later;
}

/* A container: its group is the root of all that it sees. */
void inside_hide(struct stage *stage)
{
	const bool v1 = group_version() == 1;
	const char *point = group_mount();

	must(unshare(CLONE_NEWNS | CLONE_NEWCGROUP), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make private");
	must(umount2(point, MNT_DETACH), "umount");
	must(mount("cgroup", point, v1 ? "cgroup" : "cgroup2", 0,
		   v1 ? "memory" : NULL), "mount");
	stage->seen = point;
}

void inside_hide_swapped(struct stage *stage)
{
	inside_swapped_90(stage);
	inside_hide(stage);
}

static void limit_both(int resource, int64_t soft, int64_t hard)
{
	const struct rlimit rlimit = { (rlim_t)soft, (rlim_t)hard };

	must(setrlimit(resource, &rlimit), "setrlimit");
}

static void limit(int resource, int64_t bytes)
{
	limit_both(resource, bytes, bytes);
}

void inside_rlimit_as(struct stage *stage)
{
	limit(RLIMIT_AS, 90 * MIB);
}

void inside_rlimit_data(struct stage *stage)
{
	limit(RLIMIT_DATA, 60 * MIB);
}

/* As if it had been started by one. */
void inside_ordinary(struct stage *stage)
{
	must(setgroups(0, NULL), "setgroups");
	must(setgid(65534), "setgid");
	must(setuid(65534), "setuid");
	must(prctl(PR_SET_DUMPABLE, 1), "prctl");
}

/* As valgrind(1) has it: a soft limit of 0 is none. */
void inside_rlimit_data_0(struct stage *stage)
{
	limit_both(RLIMIT_DATA, 0, (int64_t)RLIM_INFINITY);
}

void inside_rlimit_data_0_hard(struct stage *stage)
{
	limit_both(RLIMIT_DATA, 0, 100 * MIB);
}

/* Who has CAP_IPC_LOCK has no limit, and who may not raise it keeps it. */
static void lock_future(struct stage *stage, int flags)
{
	const struct rlimit wanted = { 60 * MIB, 60 * MIB };

	if (setrlimit(RLIMIT_MEMLOCK, &wanted) < 0 && errno != EPERM)
		must(-1, "RLIMIT_MEMLOCK");
	inside_ordinary(stage);
	must(mlockall(MCL_FUTURE | flags), "mlockall");
}

void inside_memlock(struct stage *stage)
{
	lock_future(stage, 0);
}

void inside_memlock_onfault(struct stage *stage)
{
	lock_future(stage, MCL_ONFAULT);
}

/* All but 96 MiB and what is too small for this is taken, and not touched. */
void inside_address_space(struct stage *stage)
{
	const size_t size = 16 * MIB;
	void *taken[6] = { NULL };
	unsigned int count = 0;
	void *next;

	while ((next = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS |
			    MAP_NORESERVE, -1, 0)) != MAP_FAILED)
		taken[count++ % 6] = next;
	for (int i = 0; i < 6; i++)
		munmap(taken[i], size);
}

static void set_policy(int mode)
{
	const unsigned long nodes = 1 << 1;

	must((int)syscall(SYS_set_mempolicy, mode, &nodes, 8 * sizeof(nodes)),
	     "set_mempolicy");
}

/* As numactl --membind=1. */
void inside_bind_read_little(struct stage *stage)
{
	set_policy(MPOL_BIND);
	inside_read_little(stage);
}

void inside_bind_reread(struct stage *stage)
{
	set_policy(MPOL_BIND);
	inside_reread(stage);
}

/* Where the node has no more, others have. */
void inside_prefer_read_little(struct stage *stage)
{
	set_policy(MPOL_PREFERRED);
	inside_read_little(stage);
}

static void *wait_for_ever(void *unused)
{
	while (pause() < 0)
		;
	return unused;
}

void inside_threads(struct stage *stage)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 64 << 10);
	for (int i = 0; i < 1000; i++) {
		errno = pthread_create(&thread, &attributes, wait_for_ever, NULL);
		must(-errno, "pthread_create");
	}
}

/* Another process, beside the subject until that is dead, which has begun when
 * this returns; in the group stage->beside, or in the subject's.  It is the
 * last that the kernel would kill.  What it does goes on where it says so. */
static void beside(struct stage *stage, bool (*use)(struct stage *stage))
{
	const pid_t subject = getpid();
	int ends[2];
	char byte;
	pid_t pid;

	must(pipe2(ends, O_CLOEXEC), "pipe");
	pid = fork();
	must(pid, "fork");
	if (pid == 0) {
		must(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
		subject_score_last();
		if (stage->beside)
			group_join(stage->beside, 0);
		if (getppid() != subject)
			_exit(1);
		bool more = use(stage);
		must((int)write(ends[1], "", 1), "pipe");
		for (;;) {
			if (more)
				use(stage);
			else
				pause();
		}
	}
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		_exit(2); /* it has said why */
	close(ends[0]);
}

static char *shared;

static bool write_40(struct stage *stage)
{
	for (size_t i = 0; i < 40 * MIB; i += (size_t)getpagesize())
		shared[i] = 2;
	return false;
}

/* What a fork shares is copied when it is written. */
void inside_fork(struct stage *stage)
{
	shared = memory_anonymous(60 * MIB);
	beside(stage, write_40);
}

static bool lock_60(struct stage *stage)
{
	char *memory = memory_map(stage->file, 60 * MIB);

	must(mlock(memory, 60 * MIB), "mlock");
	return false;
}

/* The subject's cache, which another has locked. */
void inside_foreign_locked(struct stage *stage)
{
	memory_read(stage->file, 60 * MIB, 1);
	beside(stage, lock_60);
}

/* The processor marks a page as used when it looks up its translation.  An
 * emulated one has room for all and would not look again; when so many pages are
 * protected at once the kernel lets it forget all. */
static void forget_translations(void)
{
	const size_t size = 64 * (size_t)getpagesize();
	static char *pages;

	if (!pages)
		pages = memory_anonymous((int64_t)size);
	must(mprotect(pages, size, PROT_READ), "mprotect");
	must(mprotect(pages, size, PROT_READ | PROT_WRITE), "mprotect");
}

static bool run_over_60(struct stage *stage)
{
	static volatile char *text;

	if (!text)
		text = memory_text(stage->file, 60 * MIB);
	for (size_t i = 0; i < 60 * MIB; i += (size_t)getpagesize())
		(void)text[i];
	forget_translations();
	return true;
}

/* The subject's cache, which another in its group executes all the time: reclaim
 * for a group does not ask who uses its pages elsewhere. */
void inside_text(struct stage *stage)
{
	memory_read(stage->file, 60 * MIB, 1);
	beside(stage, run_over_60);
}
