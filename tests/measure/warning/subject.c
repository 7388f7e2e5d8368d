/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "descriptors.h"
#include "fail.h"
#include "kernel-file.h"
#include "situation.h"
#include "subject.h"

static struct page *page;
static struct mym_watch *watch;

/* As an event loop does. */
static void *serve(void *unused)
{
	struct pollfd loop = {
		.fd = mym_watch_fd(watch), .events = POLLIN,
	};

	for (;;) {
		struct mym_event event;
		int r = poll(&loop, 1, -1);

		must(r, "poll");
		page->wakes++;
		while ((r = mym_watch_next(watch, &event, sizeof(event))) == 1) {
			if (page->count == SEEN_MAX)
				fail("too many events");
			page->seen[page->count] = (struct seen){
				.at = clock_now(), .event = event,
			};
			page->count++;
		}
		must_do(r, "the watch");
	}
	return unused;
}

void subject_run(const char *path)
{
	struct mym_watch_options options = { 0 };
	const struct situation *situation;
	pthread_t thread;
	char score[16];

	page = page_open(path);
	fail_into(page->failed, sizeof(page->failed), _exit);
	situation = situation_named(page->situation);
	if (!situation)
		fail("no such situation");
	snprintf(score, sizeof(score), "%d", page->score);
	must_do(kernel_write("/proc/self/oom_score_adj", score), "oom_score_adj");
	/* cppcheck-suppress nullPointerRedundantCheck ; fail() does not return */
	options.rules = situation->rules;
	must_do(mym_watch_open(&watch, &options, sizeof(options)),
	      "mym_watch_open");
	page->sources = mym_watch_sources(watch);
	must_do(-pthread_create(&thread, NULL, serve, NULL), "thread");
	page->descriptors[0] = open_descriptors();
	page->ready = true;
	while (!page->go)
		usleep(1000);
	situation->inside(page, situation);
	page->descriptors[1] = open_descriptors();
	page->done = true;
	/* It is ended from outside; the watch goes on. */
	for (;;)
		pause();
}
