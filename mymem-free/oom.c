/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "counters.h"
#include "oom.h"
#include "sentence.h"
#include "size.h"

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

static void print_fault(const struct report *report, const struct counters *own,
			const struct counters *above)
{
	const struct counters *guilty = is_guilty(report, own) ? own : above;
	struct facts facts = { .a = -1 };

	if (guilty) {
		facts.dir = guilty->path;
		facts.file = guilty->file;
		if (guilty->limit_bits & MYM_WANT_LIMIT)
			facts.a = guilty->limit;
		say(0, guilty == own ?
		    "The group reached its own limit, %w (%a)." :
		    "The limit of a group above it was reached, %w (%a), and the "
		    "kernel chose among all processes below that.", &facts);
		end_paragraph();
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
	struct facts facts;

	if (top && own->killed >= 0 && top->killed > own->killed) {
		facts = (struct facts){ .dir = top->path,
					.n = top->killed - own->killed };
		say(0, "Of other groups below %w it killed %n.", &facts);
		end_paragraph();
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
	const int64_t all = kills_of_machine(report->sysroot);

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
		next = counters_of(report, i);
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
