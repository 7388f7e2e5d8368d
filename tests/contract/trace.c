/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/kernel.h"
#include "trace.h"

/* What is traced is between two calls that nobody else makes. */
#define MARK (-4711) /* a descriptor that nobody has */

static void mark(void)
{
	close(MARK);
}

struct job {
	void (*before)(void), (*work)(void);
};

static void *run(void *data)
{
	const struct job *job = data;

	if (job->before)
		job->before();
	mark();
	job->work();
	mark();
	return NULL;
}

static void child(struct job *job, bool thread)
{
	pthread_t other;

	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(77);
	raise(SIGSTOP);
	if (!thread)
		run(job);
	else if (pthread_create(&other, NULL, run, job) != 0 ||
		 pthread_join(other, NULL) != 0)
		_exit(2);
	_exit(0);
}

/* fstat(3) may be newfstatat(2) of an empty name, which looks no name up. */
static long number_of(const struct __ptrace_syscall_info *info)
{
#if defined(SYS_newfstatat) && defined(SYS_fstat)
	if (info->entry.nr == SYS_newfstatat &&
	    (info->entry.args[3] & AT_EMPTY_PATH))
		return SYS_fstat;
#endif
	return (long)info->entry.nr;
}

static void note(const struct __ptrace_syscall_info *info, pid_t thread,
		 pid_t *worker, int *marks, struct trace *trace)
{
	if (info->op == PTRACE_SYSCALL_INFO_EXIT && thread == *worker &&
	    trace->count > 0)
		trace->failed[trace->count - 1] = info->exit.is_error;
	if (info->op != PTRACE_SYSCALL_INFO_ENTRY)
		return;
	if (info->entry.nr == SYS_close && (int)info->entry.args[0] == MARK) {
		*worker = thread;
		++*marks;
	} else if (*marks == 1 && thread == *worker &&
		   trace->count < TRACE_MOST) {
		trace->calls[trace->count++] = number_of(info);
	}
}

static bool trace_job(struct job *job, bool thread, struct trace *trace)
{
	struct __ptrace_syscall_info info;
	int marks = 0, status;
	pid_t worker = 0, stopped, pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		child(job, thread);
	trace->count = 0;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		return false;
	ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD |
	       PTRACE_O_EXITKILL | (thread ? PTRACE_O_TRACECLONE : 0));
	ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
	while ((stopped = waitpid(thread ? -1 : pid, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status)) {
			if (stopped == pid)
				break;
			continue;
		}
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			if (ptrace(PTRACE_GET_SYSCALL_INFO, stopped,
				   sizeof(info), &info) < 0)
				ck_abort_msg("PTRACE_GET_SYSCALL_INFO: %s",
					     strerror(errno));
			note(&info, stopped, &worker, &marks, trace);
		}
		ptrace(PTRACE_SYSCALL, stopped, NULL, NULL);
	}
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(marks, 2);
	return true;
}

bool trace_run(void (*before)(void), void (*work)(void), struct trace *trace)
{
	return trace_job(&(struct job){ before, work }, false, trace);
}

bool trace_thread(void (*before)(void), void (*work)(void), struct trace *trace)
{
	return trace_job(&(struct job){ before, work }, true, trace);
}

unsigned int trace_count(const struct trace *trace, long call)
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < trace->count; i++)
		found += trace->calls[i] == call;
	return found;
}
