/* SPDX-License-Identifier: MIT */
/* Starting start.c, in all its forms, and tools. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "fail.h"
#include "row.h"

enum { PLAIN, EMPTY, MYMEM, LIBUV, LIBMOUNT, MYMEM_FREE, BUSYBOX, PROGRAMS };

/* Without a slash at the beginning: from where this program is. */
static const char *const programs[] = {
	[PLAIN] = "start",
	[EMPTY] = "start-empty",
	[MYMEM] = "start-mymem",
	[LIBUV] = "start-libuv",
	[LIBMOUNT] = "start-libmount",
	[MYMEM_FREE] = "../../containers/mymem-free-static",
	[BUSYBOX] = "/bin/busybox",
};

static const char *path_of(int which)
{
	static char paths[PROGRAMS][4200];
	char self[4096];
	ssize_t length;

	if (programs[which][0] == '/')
		return programs[which];
	if (!paths[which][0]) {
		length = readlink("/proc/self/exe", self, sizeof(self) - 1);
		must((int)length, "/proc/self/exe");
		self[length] = '\0';
		*strrchr(self, '/') = '\0';
		snprintf(paths[which], sizeof(paths[which]), "%s/%s", self,
			 programs[which]);
	}
	return paths[which];
}

static bool have(const struct row *row)
{
	return access(path_of(row->number), X_OK) == 0;
}

static void start(int which, const char *word, int out)
{
	char *argv[] = { (char *)path_of(which), (char *)word, NULL };
	posix_spawn_file_actions_t actions;
	int status, pid;

	posix_spawn_file_actions_init(&actions);
	if (out >= 0)
		posix_spawn_file_actions_adddup2(&actions, out, 1);
	if (posix_spawn(&pid, argv[0], &actions, NULL, argv, environ) != 0)
		fail("cannot start a program");
	posix_spawn_file_actions_destroy(&actions);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		fail("a program failed");
}

static double time_of(const struct row *row, const char *word)
{
	int64_t begin = clock_now();

	start(row->number, word, -1);
	return (double)(clock_now() - begin) / 1000;
}

static double idle(const struct row *row, long calls)
{
	(void)calls;
	return time_of(row, NULL);
}

static double asking(const struct row *row, long calls)
{
	(void)calls;
	return time_of(row, "ask");
}

/* What it shows is not looked at. */
static double tool(const struct row *row, long calls)
{
	static int out = -1;
	int64_t begin;

	(void)calls;
	if (out < 0)
		out = open("/dev/null", O_WRONLY | O_CLOEXEC);
	begin = clock_now();
	start(row->number, row->number == BUSYBOX ? "free" : NULL, out);
	return (double)(clock_now() - begin) / 1000;
}

static double rss(const struct row *row, long calls)
{
	char text[32] = "";
	int ends[2];

	(void)calls;
	must(pipe2(ends, O_CLOEXEC), "pipe");
	start(row->number, "rss", ends[1]);
	close(ends[1]);
	must((int)read(ends[0], text, sizeof(text) - 1), "a program's words");
	close(ends[0]);
	return strtod(text, NULL);
}

#define START(section, name, how, which, what) \
	ROW(section, name, .measure = how, .have = have, .number = which, \
	    .unit = what)

const struct row start_rows[] = {
	START("start-up", "a C program", idle, PLAIN, "us"),
	START("start-up", "with an empty library", idle, EMPTY, "us"),
	START("start-up", "with libmymem", idle, MYMEM, "us"),
	START("start-up", "with libmymem, and mym_limit", asking, MYMEM, "us"),
	START("start-up", "with libuv", idle, LIBUV, "us"),
	START("start-up", "with libmount", idle, LIBMOUNT, "us"),
	START("start-up", "mymem-free, static", tool, MYMEM_FREE, "us"),
	START("start-up", "busybox free", tool, BUSYBOX, "us"),
	START("memory", "a C program", rss, PLAIN, "KiB"),
	START("memory", "with libmymem", rss, MYMEM, "KiB"),
	START("memory", "with libuv", rss, LIBUV, "KiB"),
	START("memory", "with libmount", rss, LIBMOUNT, "KiB"),
	{ 0 }
};
