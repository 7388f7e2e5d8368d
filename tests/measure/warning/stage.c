/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "fail.h"
#include "group.h"
#include "kernel-file.h"
#include "kill.h"
#include "stage.h"
#include "units.h"

#define MACHINE "/proc/pressure/memory"
#define PATIENCE 60000 /* ms */

static pid_t subject;
static const char *container;

static int command_run(const char *command, const char *arguments, long *answer)
{
	char line[8400];
	FILE *pipe;

	snprintf(line, sizeof(line), "%s %s", command, arguments);
	pipe = popen(line, "re");
	must(pipe ? 0 : -1, command);
	if (answer && fscanf(pipe, "%ld", answer) != 1)
		*answer = 0;
	return pclose(pipe);
}

/* The line of a process's groups that begins with one of these. */
static bool process_group(pid_t pid, const char *hierarchy, char *path,
			  size_t size)
{
	char name[64], text[16384], *line, *found = NULL;

	snprintf(name, sizeof(name), "/proc/%d/cgroup", pid);
	if (kernel_read(name, text, sizeof(text)) < 0)
		return false;
	for (line = strtok(text, "\n"); line && !found; line = strtok(NULL, "\n"))
		found = strstr(line, hierarchy);
	if (found)
		snprintf(path, size, "%s", found + strlen(hierarchy));
	return found;
}

/* The group of a process in the cgroup2 tree, perhaps beside v1's, has PSI; the
 * root group's is the machine's. */
static void find_stalls(struct stage *stage, pid_t pid)
{
	const char *mount = group_unified();
	char path[4000];

	stage->own_stalls = mount &&
			    process_group(pid, "0::", path, sizeof(path)) &&
			    strcmp(path, "/") != 0;
	if (stage->own_stalls) {
		snprintf(stage->stalls, sizeof(stage->stalls),
			 "%s%s/memory.pressure", mount, path);
		stage->own_stalls = access(stage->stalls, F_OK) == 0;
	}
	if (!stage->own_stalls)
		strcpy(stage->stalls, MACHINE);
	if (access(stage->stalls, F_OK) < 0)
		stage->stalls[0] = '\0';
}

/* Where others are, and the subject's own. */
static const char *make_groups(struct stage *stage)
{
	if (stage->situation->above) {
		group_make("above", stage->situation->above);
		snprintf(stage->beside, sizeof(stage->beside), "%s",
			 group_make("above/beside", 0));
		return group_make("above/own", stage->situation->limit);
	}
	snprintf(stage->beside, sizeof(stage->beside), "%s",
		 group_make("beside", 0));
	return group_make("own", stage->situation->limit);
}

static pid_t start_here(struct stage *stage)
{
	const char *own = make_groups(stage);
	char *arguments[] = { "pressure", "-i", (char *)page_path(), NULL };
	char *nothing[] = { NULL };
	pid_t pid;

	if (stage->situation->high)
		group_put_bytes(own, "memory.high", stage->situation->high);
	snprintf(stage->group, sizeof(stage->group), "%s", own);
	fflush(NULL);
	pid = fork();
	must(pid, "fork");
	if (pid > 0)
		return pid;
	fail_into(stage->page->failed, sizeof(stage->page->failed), _exit);
	must(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
	group_join(own, 0);
	/* Whatever a service manager wants of us, it does not want of it. */
	must(execve("/proc/self/exe", arguments, nothing), "exec");
	abort();
}

static pid_t start_container(struct stage *stage)
{
	char text[8192], path[4000];
	long pid = 0;

	container = stage->command;
	snprintf(text, sizeof(text), "start %s %s %lld", page_path(),
		 stage->files, (long long)stage->situation->limit);
	if (command_run(container, text, &pid) != 0 || pid <= 0)
		fail("no container");
	if (!process_group((pid_t)pid, group_version() == 1 ? ":memory:" : "0::",
			   path, sizeof(path)))
		fail("the container has no group");
	snprintf(stage->group, sizeof(stage->group), "%s%s", group_mount(),
		 path);
	return (pid_t)pid;
}

bool stage_dead(const struct stage *stage, int ms)
{
	struct pollfd p = { .fd = stage->pidfd, .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

void stage_check(const struct stage *stage)
{
	if (stage->page->failed[0])
		fail(stage->page->failed);
}

void stage_begin(struct stage *stage)
{
	int64_t end = clock_now() + PATIENCE * MS;
	pid_t pid = stage->command ? start_container(stage) :
				     start_here(stage);

	if (!stage->command)
		subject = pid;
	stage->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	must(stage->pidfd, "pidfd_open");
	while (!stage->page->ready) {
		bool dead = stage_dead(stage, 1);

		stage_check(stage);
		if (dead || clock_now() > end)
			fail("the subject did not get ready");
	}
	find_stalls(stage, pid);
}

void stage_end(void)
{
	if (subject > 0) {
		kill_one(subject, SIGKILL);
		waitpid(subject, NULL, 0);
	}
	subject = 0;
	if (container)
		command_run(container, "end", NULL);
	container = NULL;
	page_remove();
	group_end();
}

static int64_t limit_now(const struct stage *stage)
{
	return group_get(stage->group, group_file(GROUP_LIMIT));
}

/* The engine takes its time: what counts is when the file says so. */
int64_t stage_change_limit(const struct stage *stage, int64_t bytes)
{
	char line[8400];
	int64_t before = clock_now(), now = before;
	const int64_t end = now + 20 * S;
	FILE *pipe;

	if (!stage->command) {
		group_limit(stage->group, bytes);
		return before;
	}
	snprintf(line, sizeof(line), "%s limit %lld", stage->command,
		 (long long)bytes);
	pipe = popen(line, "re");
	must(pipe ? 0 : -1, stage->command);
	while (limit_now(stage) != bytes) {
		before = now;
		if (before > end)
			fail("the limit was not changed");
		usleep(500);
		now = clock_now();
	}
	pclose(pipe);
	return before;
}
