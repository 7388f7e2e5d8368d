/* SPDX-License-Identifier: MIT */
/*
 * pressure - does a watch warn before the kernel kills, and only then?
 *
 * In each run a child, in a group or in a container of its own, watches and is
 * squeezed.  Prints a line of JSON for each.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "fail.h"
#include "file.h"
#include "group.h"
#include "kernel-file.h"
#include "report.h"
#include "session.h"
#include "setting.h"
#include "stage.h"
#include "subject.h"
#include "trigger.h"
#include "units.h"

#define BIG (1000 * INT64_C(1000000))
#define BIG_QUICK (300 * INT64_C(1000000))
#define SWAP (256 * MIB)

static const char *where = "/var/tmp";
static const char *command;
static char *words;
static char world[64];
static bool quick;

static void clear_up(void)
{
	stage_end();
	unlink(file_path("copy"));
	setting_restore();
}

/* Where there is no PSI but the machine's, it remembers the last run. */
static void wait_for_calm(void)
{
	char text[256];

	for (int i = 0; i < 90; i++) {
		if (kernel_read("/proc/pressure/memory", text, sizeof(text)) < 0 ||
		    strncmp(text, "some avg10=0.", 13) == 0)
			return;
		sleep(1);
	}
	fail("the machine does not calm down");
}

static void prepare(struct stage *stage, int seconds)
{
	struct page *page = stage->page;

	strcpy(page->situation, stage->situation->name);
	page->seconds = seconds;
	page->score = stage->situation->score;
	if (stage->situation->inside == inside_swap) {
		setting_swap(file_path("swap"), SWAP);
		wait_for_calm();
	}
	if (!(stage->situation->needs & NEEDS_FILE))
		return;
	snprintf(page->file, sizeof(page->file), "%s",
		 file_big(quick || stage->situation->inside == inside_copy ?
				  BIG_QUICK : BIG));
	if (stage->situation->inside == inside_copy) {
		snprintf(page->copy, sizeof(page->copy), "%s",
			 file_path("copy"));
		file_make(page->copy, 0, 0666);
		must(chmod(page->copy, 0666), page->copy);
	}
	/* Not before each run: what others read again are stalls. */
	file_forget();
}

/* One run, in a process of its own: whatever fails, all is undone. */
static _Noreturn void measure(const struct situation *situation, int run,
			      int seconds)
{
	struct stage stage = {
		.situation = situation,
		.command = command,
		.files = file_path(""),
	};
	struct facts facts;

	atexit(clear_up);
	facts_begin(&facts);
	stage.page = page_make();
	if (!command)
		group_begin("");
	prepare(&stage, seconds);
	stage_begin(&stage);
	if (stage.stalls[0])
		trigger_arm(stage.stalls, !stage.own_stalls);
	/* The watch looks four times a second in an empty group: the runs are
	 * spread over that. */
	usleep(500000 + (unsigned int)(run % 25) * 10000);
	situation->outside(&stage, &facts);
	facts_take(stage.page, &facts);
	report_facts(world, &stage, run, &facts);
	exit(0);
}

static void run(const struct situation *situation, int number, int seconds)
{
	if (session_fork(words))
		measure(situation, number, seconds);
	if (!session_wait())
		report_why(world, situation, number, "failed", words);
}

static void run_all(const struct situation *situation, int runs, int seconds)
{
	const struct effort *effort = quick ? &situation->quick :
					      &situation->full;
	const char *missing = situation_missing(situation, command != NULL);
	const int64_t end = clock_now() + seconds * S;

	if (missing) {
		report_why(world, situation, 0, "skipped", missing);
		return;
	}
	if (runs <= 0 || effort->runs == 1)
		runs = effort->runs;
	for (int i = 0; i < runs && !session_stopped(); i++) {
		if (i > 0 && seconds > 0 && clock_now() > end)
			break;
		run(situation, i, effort->seconds);
	}
}

static int usage(void)
{
	fprintf(stderr, "usage: pressure [-c COMMAND] [-d DIR] [-n RUNS] [-q] "
			"[-t SECONDS] [-w WORLD] [-l] [SITUATION...]\n"
			"  -c COMMAND  the subject is in a container made by it\n"
			"  -d DIR      for files, on a disk (/var/tmp)\n"
			"  -n RUNS     of what is run more than once\n"
			"  -q          quick\n"
			"  -t SECONDS  then no other run of a situation begins\n"
			"  -w WORLD    the name of this kernel (6.1-v2)\n"
			"  -l          list the situations\n");
	return 2;
}

static int list(void)
{
	for (const struct situation *s = situations; s->name; s++)
		printf("%s\n", s->name);
	return 0;
}

int main(int argc, char **argv)
{
	int option, runs = 0, seconds = 0;

	while ((option = getopt(argc, argv, "c:d:i:n:qt:w:l")) != -1) {
		if (option == 'c')
			command = optarg;
		else if (option == 'd')
			where = optarg;
		else if (option == 'i')
			subject_run(optarg);
		else if (option == 'n')
			runs = atoi(optarg);
		else if (option == 'q')
			quick = true;
		else if (option == 't')
			seconds = atoi(optarg);
		else if (option == 'w')
			snprintf(world, sizeof(world), "%s", optarg);
		else if (option == 'l')
			return list();
		else
			return usage();
	}
	session_begin(where, world);
	words = session_shared(WORDS);
	trigger_begin();
	for (const struct situation *s = situations;
	     s->name && !session_stopped(); s++) {
		if (!argv[optind] || session_names(argv + optind, s->name))
			run_all(s, runs, seconds);
	}
	return session_end();
}
