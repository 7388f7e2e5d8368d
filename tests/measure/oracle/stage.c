/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "file.h"
#include "group.h"
#include "kernel-file.h"
#include "kill.h"
#include "stage.h"
#include "session.h"
#include "setting.h"
#include "subject.h"
#include "units.h"

#define STEP 50000 /* us */
#define STEPS_PER_SECOND 20
#define PATIENCE 180 /* s */
/* Throttled: less than this in 2 s. */
#define THROTTLED (4 * MIB)
#define WINDOW (2 * STEPS_PER_SECOND)

struct other {
	_Atomic int ready;
	char failed[256];
};

static pid_t other_pid;

static _Noreturn void live(struct other *other, const char *group,
			   void (*use)(void))
{
	fail_into(other->failed, sizeof(other->failed), _exit);
	must(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
	subject_score_last();
	if (group)
		group_join(group, 0);
	use();
	other->ready = 1;
	for (;;)
		pause();
}

void stage_start(struct stage *stage)
{
	struct other *other;

	if (!stage->other_use)
		return;
	other = session_shared(sizeof(*other));
	fflush(NULL);
	other_pid = fork();
	must(other_pid, "fork");
	if (other_pid == 0)
		live(other, stage->other_group, stage->other_use);
	while (!other->ready) {
		if (stage_disturbed())
			fail(other->failed[0] ? other->failed :
						"the other was killed");
		usleep(STEP);
	}
	munmap(other, sizeof(*other));
}

bool stage_disturbed(void)
{
	siginfo_t info = { 0 };

	return other_pid > 0 &&
	       (waitid(P_PID, (id_t)other_pid, &info,
		       WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid);
}

void stage_end(void)
{
	if (other_pid > 0) {
		kill_one(other_pid, SIGKILL);
		waitpid(other_pid, NULL, 0);
		other_pid = 0;
	}
	group_end();
	setting_restore();
}

/* Whether it sleeps because the kernel makes it, and is not only slow: above
 * memory.high or memory.swap.high, or out of memory where nobody is killed.  Only
 * root can see that, and where it cannot be seen it is taken for so. */
static bool held_back(pid_t pid)
{
	char path[64], stack[4096];

	snprintf(path, sizeof(path), "/proc/%d/stack", (int)pid);
	if (kernel_read(path, stack, sizeof(stack)) < 0)
		return true;
	return strstr(stack, "mem_cgroup_handle_over_high") ||
	       strstr(stack, "mem_cgroup_oom");
}

/* Watches until it is dead; the truth is what it had touched before. */
static void watch(pid_t pid, struct subject *subject, bool throttles,
		  struct result *result)
{
	int64_t seen[WINDOW];
	int steps = 0, status = 0, asked = 0;

	result->ending = ENDED_KILLED;
	while (waitpid(pid, &status, WNOHANG) == 0) {
		int64_t touched = subject->touched;

		if (steps++ > PATIENCE * STEPS_PER_SECOND) {
			result->ending = ENDED_BY_TEST;
		} else if (throttles && asked >= WINDOW &&
			   touched - seen[asked % WINDOW] < THROTTLED &&
			   held_back(pid)) {
			result->ending = ENDED_THROTTLED;
			result->truth = seen[asked % WINDOW];
		} else {
			if (subject->asked)
				seen[asked++ % WINDOW] = touched;
			usleep(STEP);
			continue;
		}
		kill_one(pid, SIGKILL);
		waitpid(pid, &status, 0);
		break;
	}
	if (subject->refused)
		result->ending = ENDED_REFUSED;
	if (subject->capped)
		result->ending = ENDED_BY_TEST;
	if (result->ending != ENDED_THROTTLED)
		result->truth = subject->touched;
	if (!subject->asked && !result->failed[0])
		snprintf(result->failed, sizeof(result->failed),
			 "the subject ended with %#x before it asked",
			 (unsigned int)status);
}

void stage_run(struct stage *stage, void (*enter)(struct stage *stage),
	       int64_t most, struct result *result)
{
	struct subject *subject = session_shared(sizeof(*subject));
	struct result end = { 0 };
	pid_t pid;

	fflush(NULL);
	pid = fork();
	must(pid, "fork");
	if (pid == 0)
		subject_run(subject, stage, enter, most);
	watch(pid, subject, stage->throttles && !stage->runtime, &end);
	*result = subject->result;
	result->truth = end.truth;
	result->ending = end.ending;
	if (!result->failed[0])
		strcpy(result->failed, end.failed);
	munmap(subject, sizeof(*subject));
}
