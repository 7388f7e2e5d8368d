/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "fail.h"
#include "group.h"
#include "kernel-file.h"
#include "units.h"

/* More than any test needs. */
#define FEW 256

/* unshare(2) is about the children only, and this process gets its own back. */
static pid_t fork_alone(void)
{
	int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	pid_t pid;

	/* Not every kernel has these namespaces. */
	if (own < 0)
		return fork();
	must(unshare(CLONE_NEWPID), "unshare");
	pid = fork();
	if (pid != 0)
		must(setns(own, CLONE_NEWPID), "setns");
	close(own);
	if (pid == 0)
		group_join_few(FEW);
	return pid;
}

static pid_t start(pid_t pid, const char *group, void (*run)(void *data),
		   void *data)
{
	must(pid, "fork");
	if (pid > 0)
		return pid;
	fail_into(NULL, 0, _exit);
	must(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
	if (group)
		group_join(group, 0);
	run(data);
	_exit(0);
}

pid_t child_start(const char *group, void (*run)(void *data), void *data)
{
	fflush(NULL);
	return start(fork(), group, run, data);
}

pid_t child_start_alone(const char *group, void (*run)(void *data), void *data)
{
	fflush(NULL);
	return start(fork_alone(), group, run, data);
}

bool child_runs(pid_t pid)
{
	siginfo_t info = { 0 };

	must(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT),
	     "waitid");
	return info.si_pid == 0;
}

int child_wait(pid_t pid)
{
	int status = 0, r;

	while ((r = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
		;
	must(r, "waitpid");
	return status;
}

/* Locked memory cannot be swapped out, so that the kernel must kill. */
static void take(void *data)
{
	const int64_t *most = data;

	must_do(kernel_write("/proc/self/oom_score_adj", "1000"),
		"oom_score_adj");
	must(mlockall(MCL_CURRENT | MCL_FUTURE), "mlockall");
	for (int64_t taken = 0; taken < *most; taken += MIB) {
		char *memory = mmap(NULL, MIB, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		must(memory == MAP_FAILED ? -1 : 0, "memory");
		memset(memory, 1, MIB);
	}
}

void child_kill(const char *group, int64_t most)
{
	int status = child_wait(child_start_alone(group, take, &most));

	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		fail("a child was not killed");
}
