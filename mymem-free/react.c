/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "react.h"

enum { CANNOT_RUN = 126, NOT_FOUND = 127, SIGNALLED = 128 };

static void set_number(const char *name, bool known, int64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, value);
	if (known)
		setenv(name, text, 1);
	else
		unsetenv(name);
}

/* What the command is told. */
static void set_environment(const struct mym_event *e)
{
	setenv("MYMEM_PRESSURE", name_of(level_names, (uint64_t)e->level), 1);
	set_number("MYMEM_LIMIT", e->valid & MYM_WANT_LIMIT, e->limit);
	set_number("MYMEM_AVAILABLE", e->valid & MYM_WANT_AVAILABLE,
		   e->available);
}

static int run(char **command)
{
	pid_t child = fork();
	int status, error;

	if (child == 0)
		execvp(command[0], command);
	if (child <= 0) {
		error = errno;
		fprintf(stderr, "%s: ", program);
		print_text(stderr, command[0]);
		fprintf(stderr, ": %s\n", strerror(error));
		status = error == ENOENT ? NOT_FOUND : CANNOT_RUN;
		if (child < 0)
			return status;
		_exit(status);
	}
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return CANNOT_RUN;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   SIGNALLED + WTERMSIG(status);
}

/* The state when the watch begins, as an event. */
static struct mym_event first_event(void)
{
	const int64_t level = mym_pressure(), limit = mym_limit();
	const int64_t available = mym_available();

	return (struct mym_event){
		.level = level > 0 ? level : MYM_PRESSURE_NONE,
		.limit = limit, .available = available,
		.valid = (limit >= 0 ? MYM_WANT_LIMIT : 0) |
			 (available >= 0 ? MYM_WANT_AVAILABLE : 0),
	};
}

static int loop(const struct reaction *reaction, struct mym_watch *watch)
{
	struct pollfd fd = { .fd = mym_watch_fd(watch), .events = POLLIN };
	struct mym_event event, last = first_event();
	int64_t next = clock_now(), left;
	int64_t runs = 0;
	int r, status = 0;

	for (;;) {
		while ((r = mym_watch_next(watch, &event, sizeof(event))) == 1)
			last = event;
		if (r < 0) {
			fprintf(stderr, "%s: cannot watch any longer: %s\n",
				program, strerror(-r));
			return FAILED;
		}
		left = next - clock_now();
		if (last.level >= reaction->level && left <= 0) {
			set_environment(&last);
			status = run(reaction->command);
			if (++runs == reaction->count || status == NOT_FOUND)
				return status;
			next = clock_now() + reaction->pause;
			continue;
		}
		/* While the level stays, only time has to pass. */
		poll(&fd, 1, last.level < reaction->level ? -1 :
			     (int)(left / 1000000 + 1));
	}
}

int react(const struct reaction *reaction)
{
	struct mym_watch *watch;
	int status, r = mym_watch_open(&watch, NULL, 0);

	if (r < 0) {
		fprintf(stderr, "%s: cannot watch: %s\n", program, strerror(-r));
		return FAILED;
	}
	status = loop(reaction, watch);
	mym_watch_close(watch);
	return status;
}
