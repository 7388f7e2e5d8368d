/* SPDX-License-Identifier: MIT */
#include "watching.h"

#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
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
			if (kind == 0 || event->kind == kind)
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

static void run_there(void *data)
{
	struct shared *shared = data;

	shared->child(shared);
}

static void run_here(void *data)
{
	struct shared *shared = data;

	close(shared->ready[1]);
	if (shared->here)
		shared->here(shared);
}

struct shared *run_child(const struct shared *given,
			 void (*child)(struct shared *shared),
			 void (*here)(struct shared *shared))
{
	struct shared *shared = mmap(NULL, sizeof(*shared),
				     PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(shared, MAP_FAILED);
	*shared = *given;
	shared->child = child;
	shared->here = here;
	ck_assert_int_eq(pipe(shared->ready), 0);
	in_child(shared->own, run_there, shared, run_here);
	return shared;
}
