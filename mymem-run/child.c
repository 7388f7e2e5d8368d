/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

/* The terminal sends to all of the process group, the command included; and a
 * pipe that nobody reads sends to who has written. */
static bool is_for_command(const struct signalfd_siginfo *info)
{
	return info->ssi_code != SI_KERNEL &&
	       info->ssi_pid != (uint32_t)getpid();
}

static int block_signals(struct child *child)
{
	sigset_t all;

	/* What a fault in this program sends must end it. */
	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGILL);
	sigdelset(&all, SIGABRT);
	sigdelset(&all, SIGTRAP);
	sigdelset(&all, SIGSYS);
	/* So does the terminal with a process in the background. */
	sigdelset(&all, SIGTTIN);
	sigdelset(&all, SIGTTOU);
	/* Where it was ignored, nobody could be waited for. */
	signal(SIGCHLD, SIG_DFL);
	if (sigprocmask(SIG_SETMASK, &all, &child->before) < 0)
		return -errno;
	child->signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	return child->signals < 0 ? -errno : 0;
}

static int complain(const char *about, int error)
{
	fprintf(stderr, "%s: ", program);
	print_text(stderr, about);
	fprintf(stderr, ": %s\n", strerror(-error));
	return error == -ENOENT ? NOT_FOUND : CANNOT_RUN;
}

/* In the child. */
static void become(const struct child *child, char **command,
		   int (*prepare)(void *data), void *data, int result)
{
	int r;

	if (prepare && prepare(data) < 0)
		_exit(OWN_FAILURE);
	sigprocmask(SIG_SETMASK, &child->before, NULL);
	execvp(command[0], command);
	r = -errno;
	if (write(result, &r, sizeof(r)) < 0)
		_exit(OWN_FAILURE);
	_exit(CANNOT_RUN);
}

int child_start(struct child *child, char **command, int (*prepare)(void *data),
		void *data)
{
	int result[2], error = 0, r = block_signals(child);
	ssize_t n;

	if (r < 0 || pipe2(result, O_CLOEXEC) < 0) {
		fprintf(stderr, "%s: cannot wait for a command: %s\n", program,
			strerror(r < 0 ? -r : errno));
		return OWN_FAILURE;
	}
	fflush(NULL);
	child->pid = fork();
	if (child->pid < 0) {
		fprintf(stderr, "%s: cannot start a process: %s\n", program,
			strerror(errno));
		return OWN_FAILURE;
	}
	if (child->pid == 0)
		become(child, command, prepare, data, result[1]);
	close(result[1]);
	do {
		n = read(result[0], &error, sizeof(error));
	} while (n < 0 && errno == EINTR);
	close(result[0]);
	return n > 0 ? complain(command[0], error) : 0;
}

/* As the terminal stops its foreground. */
static bool is_job_stopped(int status)
{
	return WIFSTOPPED(status) && WSTOPSIG(status) != SIGSTOP;
}

/* The group of cgroup2, as long as a process is not reaped. */
static bool group_of(const char *pid, char *group, size_t size)
{
	char path[64], line[PATH_MAX];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/cgroup", pid);
	file = fopen(path, "re");
	while (file && !found && fgets(line, sizeof(line), file)) {
		found = strncmp(line, "0::", 3) == 0;
		snprintf(group, size, "%s", line);
	}
	if (file)
		fclose(file);
	return found;
}

static bool is_elsewhere(pid_t pid)
{
	char name[32], own[PATH_MAX], its[PATH_MAX];

	snprintf(name, sizeof(name), "%d", (int)pid);
	return group_of("self", own, sizeof(own)) &&
	       group_of(name, its, sizeof(its)) && strcmp(own, its) != 0;
}

/* True: the command has ended. */
static bool reap(struct child *child)
{
	bool ended = false;
	siginfo_t next;
	int status;

	for (;;) {
		next.si_pid = 0;
		if (waitid(P_ALL, 0, &next,
			   WEXITED | WSTOPPED | WNOHANG | WNOWAIT) < 0 ||
		    next.si_pid == 0)
			return ended;
		if (next.si_pid == child->pid)
			child->elsewhere = is_elsewhere(child->pid);
		if (waitpid(next.si_pid, &status, WNOHANG | WUNTRACED) !=
		    child->pid)
			continue;
		if (is_job_stopped(status)) {
			/* So the shell that waits for this program sees it. */
			raise(SIGSTOP);
			kill(child->pid, SIGCONT);
		} else if (!WIFSTOPPED(status)) {
			child->status = status;
			ended = true;
		}
	}
}

/* True: the command has ended. */
static bool take_signals(struct child *child)
{
	struct signalfd_siginfo info;

	while (read(child->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD) {
			if (reap(child))
				return true;
		} else if (is_for_command(&info)) {
			kill(child->pid, (int)info.ssi_signo);
		}
	}
	return false;
}

int child_wait(struct child *child, struct source *sources, size_t count)
{
	do {
		sources_wait(sources, count, child->signals);
	} while (!take_signals(child));
	return WIFEXITED(child->status) ? WEXITSTATUS(child->status)
					: SIGNALLED + WTERMSIG(child->status);
}
