/* SPDX-License-Identifier: MIT */
/* The rules that were found, the tightest one, and what could not be seen. */
#include <inttypes.h>
#include <string.h>

#include "mymem-free.h"
#include "size.h"

static const struct {
	uint64_t flag;
	const char *meaning;
} meanings[] = {
	{ MYM_FLAG_HEURISTIC,
	  "The process's group could not be named with certainty; the numbers are "
	  "those of its nearest ancestor that could." },
	{ MYM_FLAG_PARTIAL,
	  "Something could not be read, and the answer was made without it." },
	{ MYM_FLAG_UNVERIFIED,
	  "A file in the place of a cgroup file is not the kernel's." },
	{ MYM_FLAG_NO_CGROUP,
	  "No memory control group was found: it is not mounted, not readable, or "
	  "the controller is off." },
	{ MYM_FLAG_ESTIMATED,
	  "The available memory is an estimate: the kernel does not report "
	  "MemAvailable, or it may not reclaim in time all that counts as "
	  "reclaimable: slab, mapped files, or what was used lately." },
	{ MYM_FLAG_SWAP_ESTIMATED,
	  "The kernel may not manage to use all the swap: huge pages are in use, or "
	  "swapped pages stay in memory, compressed." },
	{ MYM_FLAG_VIRTUAL,
	  "/proc/meminfo describes another machine than the kernel does; the "
	  "smaller of the two counts." },
};

static const char *cell(char buffer[SIZE_TEXT],
			const struct mym_constraint *c, uint64_t bit,
			int64_t value)
{
	if (c->none & bit)
		return "none";
	if (!(c->valid & bit))
		return "?";
	return human_size(buffer, value);
}

static void print_row(const struct report *report, uint64_t index)
{
	const struct mym_snapshot *s = &report->snapshot;
	struct mym_constraint c = constraint_at(report, index);
	bool binds = index == s->limit_by && (s->valid & MYM_WANT_LIMIT);
	bool squeezes = index == s->available_by &&
			(s->valid & MYM_WANT_AVAILABLE);
	const struct {
		uint64_t bit;
		int64_t value;
	} cells[] = {
		{ MYM_WANT_LIMIT, c.limit },
		{ MYM_WANT_HIGH, c.high },
		{ MYM_WANT_USED, c.used },
		{ MYM_WANT_RECLAIMABLE, c.reclaimable },
		{ MYM_WANT_AVAILABLE, c.available },
	};
	char text[SIZE_TEXT];

	printf("%c%c %-13s", binds ? 'L' : ' ', squeezes ? 'A' : ' ',
	       name_of(kind_names, c.kind));
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		printf(" %11s", cell(text, &c, cells[i].bit,
				     cells[i].value));
	printf("  ");
	print_text(stdout, path_at(report, index));
	putchar('\n');
}

static void print_failures(const struct report *report)
{
	for (uint64_t i = 0; i < report->snapshot.constraints; i++) {
		struct mym_constraint c = constraint_at(report, i);
		const struct name *fact = fact_names;
		const char *comma = "";

		if (!c.failed)
			continue;
		printf("Not known of ");
		print_text(stdout, path_at(report, i));
		printf(": ");
		for (; fact->name; fact++) {
			if (!(c.failed & fact->value))
				continue;
			printf("%s%s", comma, fact->name);
			comma = ", ";
		}
		printf(" (%s)\n", strerror((int)-c.error));
	}
	if (report->snapshot.cgroup_error)
		printf("The process's group is not known for certain: %s\n",
		       strerror((int)-report->snapshot.cgroup_error));
}

static void print_answer(const struct report *report, const char *what,
			 uint64_t bit, int64_t value, uint64_t by)
{
	struct mym_constraint c = constraint_at(report, by);

	if (!(report->snapshot.valid & bit)) {
		printf("%-10s unknown\n", what);
		return;
	}
	printf("%-10s %" PRId64 " bytes, by %s ", what, value,
	       name_of(kind_names, c.kind));
	print_text(stdout, path_at(report, by));
	putchar('\n');
}

static void print_throttles(const struct report *report)
{
	const uint64_t swap = MYM_WANT_SWAP_HIGH | MYM_WANT_SWAP_USED;

	for (uint64_t i = 0; i < report->snapshot.constraints; i++) {
		struct mym_constraint c = constraint_at(report, i);

		if ((c.valid & swap) != swap || c.swap_used <= c.swap_high)
			continue;
		print_text(stdout, path_at(report, i));
		printf(": more is swapped out than memory.swap.high allows; the "
		       "kernel makes every allocation wait.\n");
	}
}

/* v1 tells the tightest limit above, but not how much of it others use. */
static void print_hidden(const struct report *report)
{
	const struct mym_snapshot *s = &report->snapshot;
	const char *unseen = "a tighter limit may exist there";

	if (s->constraints > 0 && (s->valid & MYM_WANT_CGROUP_VERSION) &&
	    s->cgroup_version == 1 && !(s->flags & MYM_FLAG_HEURISTIC) &&
	    (constraint_at(report, 0).valid & MYM_WANT_RECLAIMABLE))
		unseen = "none of them has a tighter limit, but\n"
			 "others may have used up a wider one";
	for (uint64_t i = 0; i < s->constraints; i++) {
		if (constraint_at(report, i).kind == MYM_KIND_CGROUP_HIDDEN)
			unseen = "their tightest limit is in the row\n"
				 "cgroup-hidden, but not what others use of it";
	}
	printf("Groups above the topmost one shown are not visible from here "
	       "(cgroup namespace or\npartial mount): %s.\n", unseen);
}

void print_explanation(const struct report *report)
{
	const struct mym_snapshot *s = &report->snapshot;

	print_answer(report, "limit", MYM_WANT_LIMIT, s->limit, s->limit_by);
	print_answer(report, "available", MYM_WANT_AVAILABLE, s->available,
		     s->available_by);
	printf("\n   %-13s %11s %11s %11s %11s %11s  %s\n", "rule", "limit",
	       "high", "used", "reclaimable", "available", "where");
	for (uint64_t i = 0; i < s->constraints; i++)
		print_row(report, i);
	printf("L: sets the limit, A: sets what is available, "
	       "none: no limit here, ?: unknown\n\n");
	print_failures(report);
	print_throttles(report);
	if (s->flags & MYM_FLAG_HIDDEN_ANCESTORS)
		print_hidden(report);
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (s->flags & meanings[i].flag)
			printf("%s\n", meanings[i].meaning);
	}
}
