/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "event.h"
#include "names.h"
#include "size.h"
#include "stamp.h"

static void print_pressure(const struct mym_event *e)
{
	const char *before = ": ";

	printf("pressure is %s, was %s",
	       name_of(level_names, (uint64_t)e->level),
	       name_of(level_names, (uint64_t)e->old_level));
	for (const struct name *cause = cause_names; cause->name; cause++) {
		if (!(e->cause & cause->value))
			continue;
		printf("%s%s", before, cause->name);
		before = ", ";
	}
}

void print_event(const struct mym_event *e)
{
	char limit[SIZE_TEXT], old_limit[SIZE_TEXT];

	print_stamp(e->time);
	switch (e->kind) {
	case MYM_EVENT_PRESSURE:
		print_pressure(e);
		break;
	case MYM_EVENT_LIMIT_CHANGED:
		printf("limit is %s, was %s", human_size(limit, e->limit),
		       human_size(old_limit, e->old_limit));
		break;
	case MYM_EVENT_OOM_KILL:
		printf("the kernel killed %" PRId64 " in %s group", e->oom_kills,
		       e->scope == MYM_SCOPE_CGROUP ? "this" : "another");
		break;
	default:
		fputs(e->kind == MYM_EVENT_MOVED ? "moved to another group" :
		      e->kind == MYM_EVENT_DEGRADED ? "a source of events is gone" :
		      "something else", stdout);
		break;
	}
}
