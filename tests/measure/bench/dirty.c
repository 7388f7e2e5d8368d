/* SPDX-License-Identifier: MIT */
/*
 * Beside so many groups that used memory a moment ago: memory.stat has to add
 * up first what each of them did.  Before each call a process in each group
 * touches and frees 100 pages.
 */
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <mymem.h>

#include "age.h"
#include "cpu.h"
#include "fail.h"
#include "nest.h"
#include "raw.h"

#define LIMIT ((int64_t)4 << 30)
#define PAGES 100

static struct {
	unsigned int round;
	unsigned int done;
} *shared;
static unsigned int siblings;

static void wait_on(unsigned int *word, unsigned int value)
{
	syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0);
}

static void wake(unsigned int *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* Is done once when it is ready, and once in each round. */
static _Noreturn void use_memory(unsigned int all)
{
	size_t size = PAGES * (size_t)getpagesize();
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (unsigned int round = 0;; round++) {
		if (__atomic_add_fetch(&shared->done, 1, __ATOMIC_SEQ_CST) == all)
			wake(&shared->done);
		while (__atomic_load_n(&shared->round, __ATOMIC_SEQ_CST) == round)
			wait_on(&shared->round, round);
		memset(memory, 1, size);
		madvise(memory, size, MADV_DONTNEED);
	}
}

static void wait_all(void)
{
	unsigned int done;

	while ((done = __atomic_load_n(&shared->done, __ATOMIC_SEQ_CST)) <
	       siblings)
		wait_on(&shared->done, done);
}

static void dirty(void)
{
	__atomic_store_n(&shared->done, 0, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&shared->round, 1, __ATOMIC_SEQ_CST);
	wake(&shared->round);
	wait_all();
}

static void before(const struct row *row)
{
	(void)row;
	dirty();
}

static void before_fresh(const struct row *row)
{
	age_fresh(row);
	mym_available();
	dirty();
}

static void before_warm(const struct row *row)
{
	age_warm(row);
	mym_available();
	dirty();
}

BATCH(run_limit, mym_limit())
BATCH(run_available, mym_available())

const struct row dirty_rows[] = {
	ROW(NULL, "raw preads: memory.stat of both levels", RAW(RAW_STATS),
	    .single = true, .before = before),
	ROW(NULL, "mym_available, warm", .run = run_available, .single = true,
	  .before = before_warm),
	ROW(NULL, "mym_limit, fresh", .run = run_limit, .single = true,
	  .before = before_fresh),
	ROW(NULL, "mym_available, fresh", .run = run_available, .single = true,
	  .before = before_fresh),
	{ 0 }
};

static const char *add(const char *name, unsigned int number, unsigned int all)
{
	char child[32];
	const char *wrong;
	int pid;

	snprintf(child, sizeof(child), "busy-%u", number);
	wrong = nest_below(name, child);
	if (wrong)
		return wrong;
	pid = fork();
	if (pid < 0)
		return fail_why("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		wrong = nest_join();
		if (wrong)
			fail(wrong);
		cpu_all();
		use_memory(all);
	}
	return NULL;
}

const char *dirty_enter(const struct situation *situation)
{
	const unsigned int all = (unsigned int)situation->number;
	const char *wrong;
	char name[32];

	snprintf(name, sizeof(name), "dirty-%u", all);
	wrong = nest_make(name, 1, LIMIT);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return fail_why("memory");
	for (unsigned int i = 0; i < all && !wrong; i++)
		wrong = add(name, i, all);
	if (!wrong)
		wrong = nest_below(name, "own");
	if (!wrong)
		wrong = nest_join();
	if (wrong)
		return wrong;
	siblings = all;
	wait_all();
	raw_open(RAW_STATS);
	return NULL;
}
