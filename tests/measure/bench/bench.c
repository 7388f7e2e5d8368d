/* SPDX-License-Identifier: MIT */
/*
 * bench - what a call costs: against the least the kernel charges, and against
 * what others charge.
 *
 * Each row is measured in batches of 200 to 400 us.  A round is one batch of
 * each row, so that what else the machine does disturbs all of them alike.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cpu.h"
#include "fail.h"
#include "kill.h"
#include "mounts.h"
#include "nest.h"
#include "report.h"
#include "stage.h"

/* A batch that takes longer is not in every round. */
#define LONG_NS 5e6
#define SELDOM 5

static struct stage stages[SITUATIONS_MAX];
static double *samples[SITUATIONS_MAX][ROWS_MAX];
static int taken[SITUATIONS_MAX][ROWS_MAX];
static volatile sig_atomic_t worker;

static bool chosen(const struct situation *situation, char **words)
{
	if (!*words)
		return true;
	for (; *words; words++) {
		if (strcmp(situation->name, *words) == 0)
			return true;
	}
	return false;
}

static void round_robin(int round, int rounds)
{
	for (size_t s = 0; situations[s].name; s++) {
		for (int r = 0; r < stages[s].count && !stages[s].missing; r++) {
			const struct size *size = &stages[s].sizes[r];

			if (size->calls == 0 ||
			    (size->batch > LONG_NS && round % SELDOM))
				continue;
			if (!samples[s][r])
				samples[s][r] = calloc((size_t)rounds,
						       sizeof(double));
			must(samples[s][r] ? 0 : -1, "memory");
			samples[s][r][taken[s][r]++] = stage_batch(&stages[s], r);
		}
	}
}

static _Noreturn void measure(int rounds, bool json, char **words)
{
	cpu_one();
	for (size_t s = 0; situations[s].name; s++) {
		if (chosen(&situations[s], words))
			stage_open(&stages[s], &situations[s]);
	}
	for (int round = 0; round < rounds; round++)
		round_robin(round, rounds);
	report_begin(json, rounds);
	for (size_t s = 0; situations[s].name; s++) {
		if (stages[s].missing)
			report_missing(&situations[s], stages[s].missing);
		for (int r = 0; r < stages[s].count; r++) {
			if (taken[s][r])
				report_row(&situations[s], stages[s].rows[r],
					   stages[s].sizes[r].calls,
					   samples[s][r], taken[s][r]);
		}
	}
	exit(0);
}

/* So many calls of one row and no more, for who counts instructions. */
static int call(const char *name, long calls)
{
	const struct row *row = simple_rows;

	for (; row->name; row++) {
		char full[64];

		snprintf(full, sizeof(full), "%s %s", row->section, row->name);
		if (strcmp(full, name) != 0)
			continue;
		row->before(row);
		row->run(row, 1);
		row->run(row, calls);
		return 0;
	}
	fprintf(stderr, "bench: there is no %s\n", name);
	return 2;
}

/* Instead of measuring: what it starts is in the group of depth 1. */
static _Noreturn void run_in_group(char **command)
{
	const char *wrong = nest_make("command", 1, nest_usual());

	if (!wrong)
		wrong = nest_join();
	if (wrong)
		fprintf(stderr, "bench: in the present group: %s\n", wrong);
	execvp(command[0], command);
	fail(command[0]);
}

static void stop(int signal)
{
	(void)signal;
	if (worker > 0)
		kill_one(worker, SIGKILL);
}

/* This process only clears up, whatever becomes of the others. */
static int watch(int rounds, bool json, bool command, char **words)
{
	struct sigaction action = { .sa_handler = stop, .sa_flags = SA_RESTART };
	int status = 0, result = 1, pid;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	nest_begin();
	mounts_begin();
	worker = fork();
	must(worker, "fork");
	if (worker == 0) {
		signal(SIGTERM, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		signal(SIGHUP, SIG_DFL);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (command)
			run_in_group(words);
		measure(rounds, json, words);
	}
	while ((pid = wait(&status)) > 0 || errno == EINTR) {
		if (pid == worker)
			result = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	}
	nest_end();
	mounts_end();
	return result;
}

static int usage(void)
{
	fprintf(stderr,
		"usage: bench [--json] [--rounds N] [SITUATION...]\n"
		"       bench --call \"warm mym_limit\" CALLS\n"
		"       bench --in-group COMMAND...\n");
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "call", required_argument, NULL, 'c' },
		{ "in-group", no_argument, NULL, 'g' },
		{ 0 }
	};
	const char *row = NULL;
	bool json = false, command = false;
	int rounds = 100, option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'j')
			json = true;
		else if (option == 'r')
			rounds = atoi(optarg);
		else if (option == 'c')
			row = optarg;
		else if (option == 'g')
			command = true;
		else
			return usage();
	}
	if (row)
		return optind + 1 == argc ? call(row, atol(argv[optind])) :
					    usage();
	return rounds < 1 || (command && optind == argc) ?
		       usage() :
		       watch(rounds, json, command, argv + optind);
}
