/* SPDX-License-Identifier: MIT */
/*
 * fault N ERRNO REPORT -- PROGRAM ARGUMENT...
 *
 * Runs a program in which the N-th system call fails, or with "ERRNO+" that and all
 * after it; with 0 none does.  REPORT gets how many calls there were, and how many
 * of them failed.  Ends as the program does, with 128 and the number of a signal.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "notify.h"
#include "syscalls.h"

static struct fault fault;
static unsigned int calls, failed;
static volatile int *listener;

static bool answer(const struct seccomp_data *call, int64_t *result)
{
	static bool started;

	/* The first one becomes the program. */
	if (!started || !fault_counts(call->nr)) {
		started = true;
		return false;
	}
	if (!fault_hits(&fault, ++calls, call))
		return false;
	failed++;
	/* What this takes away is gone, whatever it says. */
	if (call->nr == SYS_close || call->nr == SYS_munmap)
		return false;
	*result = -fault.error;
	return true;
}

static void *serve(void *unused)
{
	while (*listener < 0)
		usleep(100);
	notify_serve(*listener, answer);
	return unused;
}

static int usage(void)
{
	fprintf(stderr, "usage: fault N ERRNO[+] REPORT -- PROGRAM ARGUMENT...\n");
	return 125;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	FILE *report;
	int status;
	pid_t child;

	if (argc < 6 || strcmp(argv[4], "--") != 0)
		return usage();
	fault.persistent = argv[2][strcspn(argv[2], "+")] == '+';
	argv[2][strcspn(argv[2], "+")] = '\0';
	fault.n = (unsigned int)strtoul(argv[1], NULL, 10);
	fault.error = error_number(argv[2]);
	listener = mmap(NULL, sizeof(*listener), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fault.error == 0 || listener == MAP_FAILED)
		return usage();
	*listener = -1;
	/* With the same descriptors, until it becomes the program. */
	child = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL,
			       NULL);
	if (child == 0) {
		int fd = notify_install();

		if (fd < 0)
			_exit(125);
		*listener = fd;
		execv(argv[5], argv + 5);
		_exit(125);
	}
	if (child < 0 || pthread_create(&thread, NULL, serve, NULL) != 0 ||
	    waitpid(child, &status, 0) < 0)
		return 125;
	report = fopen(argv[3], "w");
	if (!report)
		return 125;
	fprintf(report, "%u %u\n", calls, failed);
	fclose(report);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
