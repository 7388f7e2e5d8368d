/* SPDX-License-Identifier: MIT */
/*
 * Programs that ask now and then: twenty processes in one group, each of which
 * asks five times a second, one after the other.  In between its caches are
 * used by the others.  Counted is all processor time of a process, with what it
 * takes to wake up and sleep again.
 */
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>
#ifdef HAVE_LIBUV
#include <uv.h>
#endif

#include <mymem.h>

#include "child.h"
#include "clock.h"
#include "cpu.h"
#include "fail.h"
#include "nest.h"
#include "row.h"
#include "uncached.h"

#define PROCESSES 20
#define TURN_US 10000

static struct {
	int to;
	clockid_t clock;
} processes[PROCESSES];

static void ask_nothing(void)
{
}

static void ask_limit(void)
{
	mym_limit();
}

static void ask_available(void)
{
	mym_available();
}

static void ask_uncached(void)
{
	uncached_available();
}

#ifdef HAVE_LIBUV
static void ask_libuv(void)
{
	uv_get_constrained_memory();
}
#endif

static void (*const asks[])(void) = {
	ask_nothing, ask_limit, ask_available, ask_uncached,
#ifdef HAVE_LIBUV
	ask_libuv,
#endif
};

static void serve(void *from)
{
	char which;

	while (read(*(int *)from, &which, 1) == 1)
		asks[(int)which]();
}

static int64_t spent(void)
{
	int64_t sum = 0;

	for (int i = 0; i < PROCESSES; i++)
		sum += clock_ns(processes[i].clock);
	return sum;
}

/* One turn of each. */
static double each(const struct row *row, long calls)
{
	const char which = (char)row->number;
	int64_t begin = spent();

	(void)calls;
	for (int i = 0; i < PROCESSES; i++) {
		must((int)write(processes[i].to, &which, 1), "pipe");
		usleep(TURN_US);
	}
	return (double)(spent() - begin) / PROCESSES;
}

#define SPARSE(words, which) \
	ROW(NULL, words, .measure = each, .single = true, .number = (which))
#define TEXT(value) #value
#define VERSION(major, minor, patch) TEXT(major) "." TEXT(minor) "." TEXT(patch)

const struct row sparse_rows[] = {
	SPARSE("floor: nothing but the wake-up", 0),
	SPARSE("mym_limit", 1),
	SPARSE("mym_available", 2),
	SPARSE("libuv 1.52's system calls, emulated", 3),
#ifdef HAVE_LIBUV
	SPARSE("libuv " VERSION(UV_VERSION_MAJOR, UV_VERSION_MINOR,
				UV_VERSION_PATCH) " uv_get_constrained_memory",
	       4),
#endif
	{ 0 }
};

const char *sparse_enter(const struct situation *situation)
{
	const char *wrong = nest_make("sparse", 1, nest_usual());
	int ends[2];

	(void)situation;
	if (!wrong)
		wrong = nest_join();
	if (wrong)
		return wrong;
	for (int i = 0; i < PROCESSES; i++) {
		must(pipe2(ends, O_CLOEXEC), "pipe");
		processes[i].to = ends[1];
		processes[i].clock =
			cpu_clock(child_start(NULL, serve, &ends[0]));
		close(ends[0]);
	}
	return NULL;
}
