/* SPDX-License-Identifier: MIT */
/* The rules that were found, the tightest one, and what could not be seen. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mymem-free.h"
#include "sentence.h"
#include "size.h"
#include "swap.h"

#define NAME  28 /* columns of what a rule is called */
#define BAR   16 /* of its bar */
#define LABEL 11

static const struct {
	uint64_t flag;
	const char *meaning;
} meanings[] = {
	{ MYM_FLAG_HEURISTIC, "The process's group could not be named with "
			      "certainty; these are the "
			      "numbers of the nearest one above that could." },
	{ MYM_FLAG_PARTIAL,
	  "Something could not be read, and the answer was made without it." },
	{ MYM_FLAG_UNVERIFIED,
	  "A file in the place of a cgroup file is not the kernel's." },
	{ MYM_FLAG_NO_CGROUP, "No memory control group was found: it is not "
			      "mounted, not readable, or "
			      "the controller is off." },
	{ MYM_FLAG_ESTIMATED, "What is available is an estimate: MemAvailable "
			      "is not known, or slab, "
			      "mapped files and what was used lately may not "
			      "be reclaimed in time." },
	{ MYM_FLAG_SWAP_ESTIMATED,
	  "The kernel may not manage to use all the swap: huge pages are in "
	  "use, or "
	  "swapped pages stay in memory, compressed." },
	{ MYM_FLAG_VIRTUAL,
	  "/proc/meminfo describes another machine than the kernel does; the "
	  "smaller of the two counts." },
};

/* Nothing but a terminal that can have colours gets any. */
static void colour(const char *code)
{
	const char *term = getenv("TERM");

	if (isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && term &&
	    strcmp(term, "dumb") != 0)
		printf("\033[%sm", code);
}

static void print_blanks(size_t count)
{
	printf("%*s", (int)count, "");
}

static size_t character(const char *s)
{
	const size_t length = utf8_length((const unsigned char *)s);

	return length > 0 ? length : 1;
}

/* In so many columns; what is too long loses its middle. */
static void print_name(const char *name, size_t columns)
{
	const size_t part = (columns - 3) / 2;
	size_t used = 0, head = 0, tail = 0;

	if (print_text(NULL, name) > columns) {
		while (print_text_of(NULL, name,
				     head + character(name + head)) <= part)
			head += character(name + head);
		while (print_text(NULL, name + tail) > columns - 3 - part)
			tail += character(name + tail);
		used = print_text_of(stdout, name, head) +
		       print_text(stdout, "...");
	}
	used += print_text(stdout, name + tail);
	print_blanks(columns - used);
}

static void print_cell(const struct mym_constraint *c, uint64_t bit,
		       int64_t value)
{
	char text[SIZE_TEXT];

	printf("%6s", c->none & bit    ? "none"
		      : c->valid & bit ? human_size(text, value)
				       : "?");
}

static size_t cells_of(int64_t part, int64_t whole)
{
	const int64_t half = whole / (2 * BAR) + 1;

	return part >= whole ? BAR
	       : part <= 0   ? 0
			     : (size_t)(part / half + 1) / 2;
}

/* Memory that is used, can be taken back, and is free, of the limit or of where
 * throttling begins. */
static void print_bar(const struct mym_constraint *c)
{
	const bool limited = c->valid & MYM_WANT_LIMIT;
	const bool high = c->valid & MYM_WANT_HIGH;
	const int64_t whole = limited ? c->limit : c->high;
	char bar[BAR];
	size_t mark;

	if ((!limited && !high) || !(c->valid & MYM_WANT_USED)) {
		print_blanks(BAR + 2);
		return;
	}
	memset(bar, '.', BAR);
	memset(bar, '=', cells_of(c->used, whole));
	memset(bar, '#', cells_of(c->used - c->reclaimable, whole));
	if (high && c->high <= whole) {
		mark = cells_of(c->high, whole);
		bar[mark - (mark > 0)] = '|';
	}
	printf("[%.*s]", BAR, bar);
}

static bool is_in_tree(uint64_t kind)
{
	return kind == MYM_KIND_CGROUP || kind == MYM_KIND_CGROUP_MEMSW;
}

/* A rule, with its kind where it is not in the tree. */
static void print_row(const struct report *report, uint64_t index, size_t depth,
		      const char *name)
{
	const struct mym_snapshot *s = &report->snapshot;
	const struct mym_constraint c = constraint_at(report, index);
	const bool binds = index == s->limit_by && (s->valid & MYM_WANT_LIMIT);
	const bool squeezes =
		index == s->available_by && (s->valid & MYM_WANT_AVAILABLE);

	if (binds || squeezes)
		colour("1;33");
	printf("%c%c ", binds ? 'L' : ' ', squeezes ? 'A' : ' ');
	/* However deep, most of the names stays. */
	if (depth > NAME / 3)
		depth = NAME / 3;
	if (depth > 0) {
		print_blanks(depth - 1);
		printf("`-");
		depth++;
	}
	if (!is_in_tree(c.kind))
		depth += print_text(stdout, name_of(kind_names, c.kind)) +
			 print_text(stdout, " ");
	print_name(name, NAME - 1 - depth);
	colour("0");
	putchar(' ');
	print_bar(&c);
	print_cell(&c, MYM_WANT_LIMIT, c.limit);
	print_cell(&c, MYM_WANT_HIGH, c.high);
	print_cell(&c, MYM_WANT_USED, c.used);
	print_cell(&c, MYM_WANT_RECLAIMABLE, c.reclaimable);
	print_cell(&c, MYM_WANT_AVAILABLE, c.available);
	putchar('\n');
}

/* A group by what its directory has more than that of the group above. */
static const char *name_below(const char *path, const char *above)
{
	const size_t length = strlen(above);

	return length > 0 && strncmp(path, above, length) == 0 &&
			       path[length] == '/'
		       ? path + length + 1
		       : path;
}

/* The groups are a tree with one branch, which ends in the process's. */
static void print_groups(const struct report *report)
{
	const uint64_t count = report->snapshot.constraints;
	const char *above = "";
	size_t depth = 0;

	for (uint64_t i = count; i-- > 0;) {
		const char *path = path_at(report, i);

		if (constraint_at(report, i).kind != MYM_KIND_CGROUP)
			continue;
		print_row(report, i, depth++, name_below(path, above));
		above = path;
		for (uint64_t j = 0; j < count; j++) {
			if (constraint_at(report, j).kind ==
				    MYM_KIND_CGROUP_MEMSW &&
			    strcmp(path_at(report, j), path) == 0)
				print_row(report, j, depth,
					  "(memory and swap)");
		}
	}
}

static void print_rules(const struct report *report)
{
	puts("   rule                                           limit  high  "
	     "used cache avail");
	print_groups(report);
	for (uint64_t i = 0; i < report->snapshot.constraints; i++) {
		if (!is_in_tree(constraint_at(report, i).kind))
			print_row(report, i, 0, path_at(report, i));
	}
	puts("L sets the limit, A what is available; [#=.|] used, cache, free, "
	     "high; "
	     "? unknown\n");
}

static void print_failures(const struct report *report)
{
	struct facts facts = { 0 };

	for (uint64_t i = 0; i < report->snapshot.constraints; i++) {
		const struct mym_constraint c = constraint_at(report, i);
		const struct name *fact = fact_names;
		const char *start = "Not known of %w: %s";

		if (!c.failed)
			continue;
		facts.dir = path_at(report, i);
		for (; fact->name; fact++) {
			if (!(c.failed & fact->value))
				continue;
			facts.word = fact->name;
			say(0, start, &facts);
			start = "and %s";
		}
		facts.word = strerror((int)-c.error);
		say(0, "(%s)", &facts);
		end_paragraph();
	}
	if (report->snapshot.cgroup_error) {
		facts.word = strerror((int)-report->snapshot.cgroup_error);
		say(0, "The process's group is not known for certain: %s",
		    &facts);
		end_paragraph();
	}
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

static void print_swap(const struct report *report)
{
	static const char *const reasons[] = {
		[SWAP_UNKNOWN] = "unknown",
		[SWAP_LEFT] = "%a, of which %b can be used",
		[SWAP_NONE] = "0: the machine has none (SwapTotal in %w)",
		[SWAP_DENIED] = "0: %w allows none",
		[SWAP_FULL] = "0 of %a: all that %w allows is used",
		[SWAP_HIGH] =
			"0 of %a: more is swapped out than %w allows; the "
			"kernel makes every allocation wait",
		[SWAPPINESS] = "0 of %a: %w is 0",
		[SWAP_KEPT] = "0 of %a: memory.zswap.writeback is 0 in %w or "
			      "above",
		[SWAP_NO_ROOM] = "0 of %a: swapping makes no room under %w",
	};
	const struct mym_snapshot *s = &report->snapshot;
	struct facts facts = { .a = s->swap_limit, .b = s->swap_available };
	const enum swap why = find_swap(report, &facts);

	say(LABEL, "swap", NULL);
	say(LABEL, reasons[why], &facts);
	end_paragraph();
}

static void print_share(bool known, const char *what, int64_t share)
{
	if (known)
		printf("%s %" PRId64 ".%02" PRId64 "%%", what, share / 100,
		       share % 100);
	else
		printf("%s ?", what);
}

static void print_pressure(const struct report *report)
{
	const struct mym_snapshot *s = &report->snapshot;
	const bool known =
		(s->valid & MYM_WANT_PRESSURE) && s->pressure_sources;

	printf("pressure   %s",
	       known ? name_of(level_names, (uint64_t)s->pressure) : "unknown");
	for (const struct name *cause = cause_names; cause->name; cause++) {
		if (s->pressure_cause & cause->value)
			printf(" by %s", cause->name);
	}
	if (s->pressure_sources & MYM_PRESSURE_BY_PSI) {
		printf(" (PSI of %s: ",
		       name_of(scope_names, (uint64_t)s->psi_scope));
		print_share(s->valid & MYM_WANT_PSI_SOME, "some", s->psi_some);
		print_share(s->valid & MYM_WANT_PSI_FULL, ", full",
			    s->psi_full);
		puts(")");
	} else {
		puts(" (there is no PSI)");
	}
	if (s->valid & MYM_WANT_OOM_KILLS)
		printf("kills      %" PRId64 " in this group\n", s->oom_kills);
	else
		puts("kills      unknown");
}

/* v1 tells the tightest limit above, but not how much of it others use. */
static void print_hidden(const struct report *report)
{
	const struct mym_snapshot *s = &report->snapshot;
	const char *unseen = "a tighter limit may exist there.";

	if (s->constraints > 0 && (s->valid & MYM_WANT_CGROUP_VERSION) &&
	    s->cgroup_version == 1 && !(s->flags & MYM_FLAG_HEURISTIC) &&
	    (constraint_at(report, 0).valid & MYM_WANT_RECLAIMABLE))
		unseen =
			"none of them has a tighter limit, but others may have "
			"used up a wider one.";
	for (uint64_t i = 0; i < s->constraints; i++) {
		if (constraint_at(report, i).kind == MYM_KIND_CGROUP_HIDDEN)
			unseen =
				"their tightest limit is in the row "
				"cgroup-hidden, but not what others use of it.";
	}
	say(0,
	    "Groups above the topmost one shown are not visible from here "
	    "(cgroup namespace or partial mount):",
	    NULL);
	say(0, unseen, NULL);
	end_paragraph();
}

void print_explanation(const struct report *report)
{
	const struct mym_snapshot *s = &report->snapshot;

	print_answer(report, "limit", MYM_WANT_LIMIT, s->limit, s->limit_by);
	print_answer(report, "available", MYM_WANT_AVAILABLE, s->available,
		     s->available_by);
	if (s->constraints > 0 &&
	    constraint_at(report, 0).kind == MYM_KIND_CGROUP) {
		printf("%-10s ", "group");
		print_text(stdout, path_at(report, 0));
		putchar('\n');
	}
	putchar('\n');
	print_rules(report);
	print_swap(report);
	print_pressure(report);
	print_failures(report);
	if (s->flags & MYM_FLAG_HIDDEN_ANCESTORS)
		print_hidden(report);
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (s->flags & meanings[i].flag) {
			say(0, meanings[i].meaning, NULL);
			end_paragraph();
		}
	}
}
