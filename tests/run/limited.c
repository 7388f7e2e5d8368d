/* SPDX-License-Identifier: MIT */
/*
 * limited LIMIT COMMAND ARGUMENT...
 *
 * Runs a command in a control group of our own with this limit (in bytes; v1:
 * without swap), and removes the group.  In the command's environment, LIMIT_FILE
 * is the file of the limit.  Ends as the command did; 77: no group can be made, and
 * standard error says why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "group.h"

static void run(void *data)
{
	char **command = data;

	execvp(command[0], command);
	perror(command[0]);
	_exit(127);
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
	status = child_wait(child_start(group, run, argv + 2));
	group_end();
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}
