/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "file.h"
#include "group.h"
#include "json.h"
#include "session.h"

static volatile sig_atomic_t stopped;
static pid_t process;

static void stop(int signal)
{
	stopped = signal;
}

static void name_world(char world[64])
{
	static const char *const versions[] = { "no-cgroup", "v1", "v2" };
	struct utsname uts;
	int major = 0, minor = 0;

	uname(&uts);
	sscanf(uts.release, "%d.%d", &major, &minor);
	snprintf(world, 64, "%d.%d-%s", major, minor,
		 versions[group_version()]);
}

void session_begin(const char *where, char world[64])
{
	struct sigaction action = { .sa_handler = stop, .sa_flags = SA_RESTART };

	if (geteuid() != 0)
		fail("needs root");
	if (!world[0])
		name_world(world);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	file_begin(where);
}

int session_stopped(void)
{
	return stopped;
}

int session_end(void)
{
	file_end();
	return stopped;
}

bool session_names(char *const *names, const char *name)
{
	while (*names && strcmp(*names, name) != 0)
		names++;
	return *names;
}

void session_record(const char *world, const char *situation)
{
	struct utsname uts;

	uname(&uts);
	json_begin();
	json_text("situation", situation);
	json_text("world", world);
	json_text("kernel", uts.release);
	json_number("cgroup", group_version());
}

void *session_shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	must(memory == MAP_FAILED ? -1 : 0, "shared memory");
	/* Charged to who touches it first: us. */
	memset(memory, 0, size);
	return memory;
}

bool session_fork(char words[WORDS])
{
	snprintf(words, WORDS, "died");
	fflush(NULL);
	process = fork();
	must(process, "fork");
	if (process > 0)
		return false;
	fail_into(words, WORDS, exit);
	return true;
}

bool session_wait(void)
{
	int status = 0;

	while (waitpid(process, &status, 0) < 0 && errno == EINTR)
		;
	return status == 0;
}
