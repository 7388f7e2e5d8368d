/* SPDX-License-Identifier: MIT */
#include "watching.h"

#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

const struct mym_watch_options without_stalls = {
	.flags = MYM_WATCH_NO_MANAGER,
	.rules = MYM_PRESSURE_BY_HEADROOM | MYM_PRESSURE_BY_EVENTS |
		 MYM_PRESSURE_BY_GROWTH,
};

struct mym_watch *opened(const struct mym_watch_options *options)
{
	struct mym_watch *watch = NULL;

	ck_assert_int_eq(mym_watch_open(&watch, options,
					options ? sizeof(*options) : 0), 0);
	return watch;
}

unsigned int wakes;

bool waited(struct mym_watch *watch, uint64_t kind, int seconds,
	    struct mym_event *event, unsigned int *others)
{
	int64_t end = clock_now() + seconds * S;

	while (clock_now() < end) {
		struct pollfd p = {
			.fd = mym_watch_fd(watch), .events = POLLIN,
		};
		int r;

		r = poll(&p, 1, (int)((end - clock_now()) / 1000000) + 1);
		wakes += r > 0;
		while ((r = mym_watch_next(watch, event, sizeof(*event))) == 1) {
			if (event->kind == kind)
				return true;
			if (others)
				++*others;
		}
		ck_assert_int_eq(r, 0);
	}
	return false;
}

void must_come(struct mym_watch *watch, uint64_t kind,
	       struct mym_event *event)
{
	ck_assert_msg(waited(watch, kind, 20, event, NULL),
		      "no event of kind %d", (int)kind);
}

void give(const int pipes[2])
{
	ck_assert_int_eq(write(pipes[1], "", 1), 1);
}

void take(const int pipes[2])
{
	char c;

	ck_assert_int_eq(read(pipes[0], &c, 1), 1);
}

struct stage *play(const struct stage *given,
		   void (*child)(struct stage *stage),
		   void (*here)(struct stage *stage))
{
	struct stage *stage = mmap(NULL, sizeof(*stage), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t pid;

	ck_assert_ptr_ne(stage, MAP_FAILED);
	*stage = *given;
	ck_assert_int_eq(pipe(stage->ready), 0);
	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (stage->own)
			group_join(stage->own, 0);
		child(stage);
		_exit(0);
	}
	close(stage->ready[1]);
	if (here)
		here(stage);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		      "the child ended with %#x", (unsigned int)status);
	return stage;
}
