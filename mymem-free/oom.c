/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "file.h"
#include "oom.h"
#include "size.h"

/* Counters of a group; < 0: not known.  `killed` is of the group and of those below
 * it, in v1 of the group alone; the others are the group's own: how often it had
 * no memory left below its limit, reached the limit, and exceeded memory.high. */
struct counters {
	const char *path;
	uint64_t limit_bits; /* `valid` of its constraint */
	int64_t limit;
	int64_t killed, whole_group, gave_up, reached, throttled, peak;
	bool was_full;  /* v1: its usage was as high as its limit */
	bool kills_all; /* memory.oom.group */
};

static char text[FILE_MAX];

static bool read_of(const struct report *report, const char *dir,
		    const char *name)
{
	return read_file_in(report->sysroot, dir, name, text) == 0;
}

static int64_t number_in(const struct report *report, const char *dir,
			 const char *name)
{
	int64_t value;

	return read_of(report, dir, name) && parse_digits(text, &value) ? value :
									  -1;
}

/* The kernel kills only where it wants up to eight pages (2^3, see
 * PAGE_ALLOC_COSTLY_ORDER) and cannot have them. */
#define WANTED (8 * 4096)

/* failcnt does not always tell: where the limits of memory and of memory and swap
 * are the same, as Docker sets them without swap, Linux 6.18 counts neither. */
static bool was_full(const struct report *report, const char *dir,
		     const char *what)
{
	char limit[64], peak[64];
	int64_t bytes, most;

	snprintf(limit, sizeof(limit), "%s.limit_in_bytes", what);
	snprintf(peak, sizeof(peak), "%s.max_usage_in_bytes", what);
	bytes = number_in(report, dir, limit);
	most = number_in(report, dir, peak);
	return bytes >= 0 && most >= bytes - WANTED;
}

static void count_v1(const struct report *report, struct counters *c)
{
	/* Since Linux 4.13. */
	c->killed = read_of(report, c->path, "memory.oom_control") ?
		    number_after(text, "oom_kill") : -1;
	c->reached = number_in(report, c->path, "memory.failcnt");
	c->peak = number_in(report, c->path, "memory.max_usage_in_bytes");
	c->was_full = was_full(report, c->path, "memory") ||
		      was_full(report, c->path, "memory.memsw");
}

static void count_v2(const struct report *report, struct counters *c)
{
	if (read_of(report, c->path, "memory.events")) {
		c->killed = number_after(text, "oom_kill");
		c->whole_group = number_after(text, "oom_group_kill");
		c->gave_up = number_after(text, "oom");
		c->reached = number_after(text, "max");
		c->throttled = number_after(text, "high");
	}
	/* Since Linux 5.2: without what happened below. */
	if (read_of(report, c->path, "memory.events.local")) {
		c->gave_up = number_after(text, "oom");
		c->reached = number_after(text, "max");
		c->throttled = number_after(text, "high");
	}
	c->peak = number_in(report, c->path, "memory.peak");
	c->kills_all = number_in(report, c->path, "memory.oom.group") == 1;
}

static struct counters count(const struct report *report, uint64_t index)
{
	const struct mym_constraint constraint = constraint_at(report, index);
	struct counters c = {
		.path = path_at(report, index),
		.limit_bits = constraint.valid, .limit = constraint.limit,
		.killed = -1, .whole_group = -1, .gave_up = -1, .reached = -1,
		.throttled = -1, .peak = -1,
	};

	if (report->snapshot.cgroup_version == 1)
		count_v1(report, &c);
	else
		count_v2(report, &c);
	return c;
}

static void cell(int64_t value)
{
	if (value < 0)
		printf("%10s", "-");
	else
		printf("%10" PRId64, value);
}

static void print_row(const struct counters *c)
{
	char peak[SIZE_TEXT];

	cell(c->killed);
	cell(c->gave_up);
	cell(c->reached);
	cell(c->throttled);
	printf("%10s  ", c->peak < 0 ? "-" : human_size(peak, c->peak));
	print_text(stdout, c->path);
	putchar('\n');
}

static void print_limit(const struct report *report, const struct counters *c)
{
	char size[SIZE_TEXT];

	print_text(stdout, c->path);
	printf("/%s", limit_file(report));
	if (c->limit_bits & MYM_WANT_LIMIT)
		printf(" (%s)", human_size(size, c->limit));
}

/* In v1 a group does not count that it gave up, but that it reached its limit. */
static bool is_guilty(const struct report *report, const struct counters *c)
{
	return report->snapshot.cgroup_version == 1 ?
	       (c->limit_bits & MYM_WANT_LIMIT) &&
	       (c->reached > 0 || c->was_full) :
	       c->gave_up > 0;
}

static void print_fault(const struct report *report, const struct counters *own,
			const struct counters *above)
{
	if (is_guilty(report, own)) {
		printf("The group reached its own limit, ");
		print_limit(report, own);
		puts(".");
	} else if (above) {
		printf("The limit of a group above it was reached, ");
		print_limit(report, above);
		puts(",\nand the kernel chose among all processes below that.");
	} else if (report->snapshot.flags & MYM_FLAG_HIDDEN_ANCESTORS) {
		puts("Its own limit was not the reason: it was that of a group "
		     "above, which cannot be\nseen from here, or the machine had "
		     "no memory left.");
	} else {
		puts("No limit that can be seen was the reason: the machine had "
		     "no memory left.");
	}
}

static void print_own(const struct report *report, const struct counters *own,
		      const struct counters *above)
{
	if (own->killed < 0) {
		puts("How many processes of this group were killed is not known.");
		return;
	}
	if (own->killed == 0) {
		puts("No process of this group was killed for lack of memory.  An "
		     "exit status of 137\ncame from somebody else's SIGKILL, such "
		     "as that of `docker stop` after its grace\nperiod, or from an "
		     "earlier group.");
		return;
	}
	printf("The kernel killed %" PRId64 " process%s of this group for lack of "
	       "memory.\n", own->killed, own->killed == 1 ? "" : "es");
	print_fault(report, own, above);
	if (own->whole_group > 0)
		printf("%" PRId64 " time%s it ended all processes of the group at "
		       "once (memory.oom.group).\n", own->whole_group,
		       own->whole_group == 1 ? "" : "s");
}

static void print_others(const struct counters *own, const struct counters *top)
{
	if (top && top->killed > 0 && own->killed >= 0 &&
	    top->killed > own->killed) {
		printf("Of other groups below ");
		print_text(stdout, top->path);
		printf(" it killed %" PRId64 ".\n", top->killed - own->killed);
	}
	if (own->killed == 0 && own->reached > 0)
		printf("The limit was reached %" PRId64 " times, and the kernel "
		       "found enough to take back.\n", own->reached);
	if (own->throttled > 0)
		printf("memory.high was exceeded %" PRId64 " times: the kernel "
		       "makes the group wait then,\nand does not kill.\n",
		       own->throttled);
	if (own->kills_all)
		puts("memory.oom.group is set: a kill here ends all processes of "
		     "the group.");
}

/* The machine's own count, of all groups. */
static void print_machine(const struct report *report)
{
	int64_t all = -1;

	if (read_file(report->sysroot, "/proc/vmstat", text) == 0)
		all = number_after(text, "oom_kill");
	if (all >= 0)
		printf("On the whole machine the kernel killed %" PRId64
		       " since it was booted.\n", all);
}

void print_oom(const struct report *report)
{
	const struct mym_snapshot *s = &report->snapshot;
	struct counters own = { 0 }, next, above = { 0 }, top = { 0 };
	bool found = false;

	for (uint64_t i = 0; i < s->constraints; i++) {
		if (constraint_at(report, i).kind != MYM_KIND_CGROUP)
			continue;
		next = count(report, i);
		if (!found) {
			printf("%10s%10s%10s%10s%10s  %s\n", "killed",
			       "gave up", "at limit", "throttled", "peak",
			       "group");
			own = next;
		} else {
			/* Only v2 counts what happens below. */
			if (next.killed >= 0 && s->cgroup_version == 2)
				top = next;
			if (!above.path && is_guilty(report, &next))
				above = next;
		}
		found = true;
		print_row(&next);
	}
	if (!found) {
		puts("No memory control group can be seen from here.");
	} else {
		putchar('\n');
		print_own(report, &own, above.path ? &above : NULL);
		print_others(&own, top.path ? &top : NULL);
	}
	print_machine(report);
	puts("Counters begin at 0 with each new group.  What ended an earlier "
	     "container only its\nengine knows: docker inspect, kubectl describe "
	     "pod, systemctl status.");
}
