/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "runtime.h"
#include "subject.h"

#define PATIENCE 60 /* s */

const char *const runtime_names[RUNTIMES] = {
	[RUNTIME_NODE] = "node",
	[RUNTIME_JAVA] = "java",
};

const char *runtime_program(const char *dir, int runtime)
{
	static char path[4200];

	snprintf(path, sizeof(path), "%s/%s", dir, runtime_names[runtime]);
	return access(path, X_OK) == 0 ? path : NULL;
}

/* One line: what it says, what it has itself, and its version. */
static void hear(int fd, struct answer *answer)
{
	char line[128];
	int length = 0, r;

	while (length < (int)sizeof(line) - 1 &&
	       (r = (int)read(fd, line + length,
			      sizeof(line) - 1 - (size_t)length)) > 0)
		length += r;
	line[length] = '\0';
	if (sscanf(line, "%" SCNd64 " %" SCNd64 " %31s", &answer->said,
		   &answer->own, answer->version) != 3)
		answer->said = -1;
}

/* vfork(): not even address space is used twice. */
void runtime_ask(const char *program, struct answer *answer)
{
	const pid_t parent = getpid();
	int ends[2], status = 0;
	pid_t pid;

	must(pipe2(ends, O_CLOEXEC), "pipe");
	pid = vfork();
	must(pid, "vfork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent || dup2(ends[1], STDOUT_FILENO) < 0)
			_exit(1);
		subject_score(1000);
		alarm(PATIENCE);
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	hear(ends[0], answer);
	close(ends[0]);
	must(waitpid(pid, &status, 0), "waitpid");
	if (status != 0)
		answer->said = -1;
}
