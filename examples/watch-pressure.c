/* SPDX-License-Identifier: MIT */
/*
 * watch-pressure: tells of memory pressure and of limits that
 * change, until it is interrupted.
 *
 * What it prints is where a program would drop caches, shrink pools or refuse
 * work.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <mymem.h>

static const char *level_name(int64_t level)
{
	if (level >= MYM_PRESSURE_CRITICAL)
		return "critical: shed load";
	if (level >= MYM_PRESSURE_MEDIUM)
		return "medium: shrink pools, start nothing new";
	if (level >= MYM_PRESSURE_LOW)
		return "low: drop caches";
	return "none";
}

static void show(const struct mym_event *e)
{
	switch (e->kind) {
	case MYM_EVENT_PRESSURE:
		printf("pressure is %s (%" PRId64 " of %" PRId64
		       " bytes available)\n", level_name(e->level),
		       e->available, e->limit);
		break;
	case MYM_EVENT_LIMIT_CHANGED:
		printf("the limit is %" PRId64 " bytes, was %" PRId64 "\n",
		       e->limit, e->old_limit);
		break;
	case MYM_EVENT_OOM_KILL:
		printf("%" PRId64 " killed for lack of memory%s\n",
		       e->oom_kills, e->scope == MYM_SCOPE_CGROUP ?
		       " in this group" : " in a group beside this one");
		break;
	case MYM_EVENT_MOVED:
		puts("this process is in another group");
		break;
	case MYM_EVENT_DEGRADED:
		puts("a source of events has vanished");
		break;
	}
	fflush(stdout);
}

int main(void)
{
	struct pollfd loop = { .events = POLLIN };
	struct mym_watch *watch;
	struct mym_event event;
	int r;

	r = mym_watch_open(&watch, NULL, 0);
	if (r < 0) {
		fprintf(stderr, "cannot watch: %s\n", strerror(-r));
		return 1;
	}
	loop.fd = mym_watch_fd(watch);
	do {
		while ((r = mym_watch_next(watch, &event, sizeof(event))) == 1)
			show(&event);
	} while (r == 0 && poll(&loop, 1, -1) >= 0);
	mym_watch_close(watch);
	return 1;
}
