/* SPDX-License-Identifier: MIT */
/*
 * limited LIMIT COMMAND ARGUMENT...
 *
 * Runs a command in a control group of our own with this limit (in bytes; v1:
 * without swap), and removes the group.  In the command's environment, LIMIT_FILE
 * is the file of the limit.  Ends as the command did, and says on standard error
 * how many processes the kernel has killed there, if it has.  77: no group can be
 * made, and standard error says why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "group.h"
#include "kernel-file.h"
#include "kill.h"

static void run(void *data)
{
	char **command = data;

	execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

static pid_t child;

/* The group is removed all the same. */
static void end(int number)
{
	kill_one(child, SIGKILL);
}

static long kills(const char *group)
{
	char path[4352], text[1024] = "\n";
	const char *at;

	snprintf(path, sizeof(path), "%s/%s", group, group_version() == 1 ?
		 "memory.oom_control" : "memory.events");
	kernel_read(path, text + 1, sizeof(text) - 1);
	at = strstr(text, "\noom_kill ");
	return at ? strtol(at + sizeof("\noom_kill ") - 1, NULL, 10) : 0;
}

int main(int argc, char **argv)
{
	const char *missing = group_missing(), *group;
	char file[4352];
	int status;

	if (argc < 3) {
		fprintf(stderr, "usage: limited LIMIT COMMAND ARGUMENT...\n");
		return 2;
	}
	if (missing) {
		fprintf(stderr, "%s\n", missing);
		return 77;
	}
	group_begin("");
	group = group_make("limited", strtoll(argv[1], NULL, 10));
	snprintf(file, sizeof(file), "%s/%s", group, group_file(GROUP_LIMIT));
	setenv("LIMIT_FILE", file, 1);
	child = child_start(group, run, argv + 2);
	signal(SIGHUP, end);
	signal(SIGINT, end);
	signal(SIGTERM, end);
	status = child_wait(child);
	if (kills(group) > 0)
		fprintf(stderr, "limited: the kernel has killed %ld\n",
			kills(group));
	group_end();
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}
