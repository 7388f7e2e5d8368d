/* SPDX-License-Identifier: MIT */
/*
 * oracle - is what mym_available() promises what a process really gets?
 *
 * In each situation a child asks, and then allocates and touches until the
 * kernel refuses, throttles or kills it.  Prints a line of JSON for each.  A
 * runtime is asked before, in the same situation made for it alone.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fail.h"
#include "file.h"
#include "group.h"
#include "report.h"
#include "session.h"
#include "setting.h"
#include "units.h"

/* On a machine that others use, nothing may take more than this. */
#define MOST_OF_LARGE (1024 * MIB)

/* Shared with the processes that measure. */
struct shared {
	char words[WORDS];
	struct answer answers[RUNTIMES];
};

static const char *where = "/var/tmp";
static const char *runtimes;
static char world[64];
static bool ours; /* the machine, alone */
static bool quick;

/* v1: the groups to come have no hierarchy. */
static void flatten(void)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/memory.use_hierarchy", group_mount());
	setting_put(path, "0");
}

/* One situation, in a process of its own: whatever fails, all is undone.  With
 * a runtime, that is asked instead, and has run before: its files are charged
 * to us. */
static _Noreturn void measure(const struct situation *situation,
			      struct shared *shared, const char *runtime,
			      struct answer *answer)
{
	struct stage stage = { .runtime = runtime };
	struct result result;
	const int64_t most = ours ? INT64_MAX : MOST_OF_LARGE;

	atexit(stage_end);
	if (situation->needs & NEEDS_FLAT)
		flatten();
	group_begin(situation->needs & NEEDS_NODES ? " +cpuset" : "");
	situation->around(&stage);
	stage.seen = stage.own;
	file_forget();
	stage_start(&stage);
	if (runtime)
		runtime_ask(runtime, &result.answer);
	stage_run(&stage, situation->inside, most, &result);
	if (!result.failed[0] && stage_disturbed())
		fail("the kernel killed another than the subject");
	if (result.failed[0])
		fail(result.failed);
	if (runtime)
		*answer = result.answer;
	else
		report_result(world, situation, &result, shared->answers);
	exit(0);
}

/* Whether it came to its end. */
static bool measured(const struct situation *situation, struct shared *shared,
		     const char *runtime, struct answer *answer)
{
	if (session_fork(shared->words))
		measure(situation, shared, runtime, answer);
	return session_wait();
}

static void run(const struct situation *situation, struct shared *shared)
{
	const char *missing = situation_missing(situation, ours);

	if (missing) {
		report_why(world, situation, "skipped", missing);
		return;
	}
	for (int i = 0; i < RUNTIMES; i++) {
		struct answer *answer = &shared->answers[i];
		const char *runtime = NULL;

		*answer = (struct answer){ .said = -1 };
		if (runtimes)
			runtime = runtime_program(runtimes, i);
		if (runtime && !measured(situation, shared, runtime, answer))
			fprintf(stderr, "oracle: %s: %s: %s\n", situation->name,
				runtime_names[i], shared->words);
	}
	if (!measured(situation, shared, NULL, NULL))
		report_why(world, situation, "failed", shared->words);
}

static int usage(void)
{
	fprintf(stderr, "usage: oracle [-d DIR] [-r DIR] [-w WORLD] [-o] [-q] "
			"[-l] [SITUATION...]\n"
			"  -d DIR    for files, on a disk (/var/tmp)\n"
			"  -r DIR    ask the runtimes there, too\n"
			"  -w WORLD  the name of this kernel (6.1-v2)\n"
			"  -o        nobody else uses this machine\n"
			"  -q        without what takes long or is rare\n"
			"  -l        list the situations\n");
	return 2;
}

static int list(void)
{
	for (const struct situation *s = situations; s->name; s++)
		printf("%s\n", s->name);
	return 0;
}

static bool chosen(const struct situation *situation, char **names)
{
	return *names ? session_names(names, situation->name) :
			!(quick && (situation->needs & LONG));
}

int main(int argc, char **argv)
{
	struct shared *shared;
	int option;

	while ((option = getopt(argc, argv, "d:r:w:oql")) != -1) {
		if (option == 'd')
			where = optarg;
		else if (option == 'r')
			runtimes = optarg;
		else if (option == 'w')
			snprintf(world, sizeof(world), "%s", optarg);
		else if (option == 'o')
			ours = true;
		else if (option == 'q')
			quick = true;
		else if (option == 'l')
			return list();
		else
			return usage();
	}
	session_begin(where, world);
	shared = session_shared(sizeof(*shared));
	for (const struct situation *s = situations;
	     s->name && !session_stopped(); s++) {
		if (chosen(s, argv + optind))
			run(s, shared);
	}
	return session_end();
}
