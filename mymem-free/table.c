/* SPDX-License-Identifier: MIT */
/* The table of procps' free(1), and on a terminal the tightest rule. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "mymem-free.h"

const char *amount(char *buffer, size_t size, const struct unit *unit,
		   bool known, int64_t bytes)
{
	static const char suffixes[] = "KMGTP";
	double scaled = (double)bytes;

	if (!known)
		return "-";
	if (!unit->human) {
		snprintf(buffer, size, "%" PRId64, bytes / unit->bytes);
		return buffer;
	}
	/* As free(1) has it, in four characters and an "i", cut off and not
	 * rounded where there is no decimal: "999B", "1.5Gi", "15Gi". */
	if (bytes < 1000) {
		snprintf(buffer, size, "%" PRId64 "B", bytes);
		return buffer;
	}
	for (int i = 0; suffixes[i] != '\0'; i++) {
		scaled /= 1024;
		if (snprintf(buffer, size, "%.1f%ci", scaled, suffixes[i]) <= 5 ||
		    snprintf(buffer, size, "%" PRId64 "%ci", (int64_t)scaled,
			     suffixes[i]) <= 5)
			break;
	}
	return buffer;
}

struct mym_constraint constraint_at(const struct report *report, uint64_t index)
{
	struct mym_constraint constraint;

	if (mym_constraint(report->ctx, (unsigned int)index, &constraint,
			   sizeof(constraint)) < 0)
		memset(&constraint, 0, sizeof(constraint));
	return constraint;
}

const char *path_at(const struct report *report, uint64_t index)
{
	const char *path = mym_constraint_path(report->ctx, (unsigned int)index);

	return path ? path : "";
}

static bool known(const struct mym_snapshot *s, uint64_t bits)
{
	return (s->valid & bits) == bits;
}

static void print_cell(const struct unit *unit, bool is_known, int64_t bytes)
{
	char text[32];

	printf(" %11s", amount(text, sizeof(text), unit, is_known,
			       bytes > 0 ? bytes : 0));
}

static void print_binding(const struct report *report)
{
	const struct mym_snapshot *s = &report->snapshot;
	const struct unit human = { .human = true };
	struct mym_constraint c = constraint_at(report, s->limit_by);
	char text[32];

	printf("limit %s set by %s ",
	       amount(text, sizeof(text), &human, true, s->limit),
	       name_of(kind_names, c.kind));
	print_text(stdout, path_at(report, s->limit_by));
	if (s->available_by != s->limit_by && known(s, MYM_WANT_AVAILABLE)) {
		c = constraint_at(report, s->available_by);
		printf(", available by %s ", name_of(kind_names, c.kind));
		print_text(stdout, path_at(report, s->available_by));
	}
	putchar('\n');
}

void print_table(const struct report *report, const struct unit *unit)
{
	const struct mym_snapshot *s = &report->snapshot;
	/* What is not available is used, as in free(1); but where the usage is
	 * not known, neither is that. */
	const uint64_t used = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE | MYM_WANT_USED;
	const uint64_t swap = MYM_WANT_SWAP_LIMIT | MYM_WANT_SWAP_AVAILABLE;

	printf("%20s %11s %11s %11s %11s %11s\n", "total", "used", "free",
	       "shared", "buff/cache", "available");
	printf("%-8s", "Mem:");
	print_cell(unit, known(s, MYM_WANT_LIMIT), s->limit);
	print_cell(unit, known(s, used), s->limit - s->available);
	print_cell(unit, known(s, MYM_WANT_LIMIT | MYM_WANT_USED),
		   s->limit - s->used);
	print_cell(unit, known(s, MYM_WANT_SHMEM), s->shmem);
	print_cell(unit, known(s, MYM_WANT_RECLAIMABLE), s->reclaimable);
	print_cell(unit, known(s, MYM_WANT_AVAILABLE), s->available);
	printf("\n%-8s", "Swap:");
	print_cell(unit, known(s, MYM_WANT_SWAP_LIMIT), s->swap_limit);
	print_cell(unit, known(s, swap), s->swap_limit - s->swap_available);
	print_cell(unit, known(s, MYM_WANT_SWAP_AVAILABLE), s->swap_available);
	putchar('\n');
	if (isatty(STDOUT_FILENO) && known(s, MYM_WANT_LIMIT))
		print_binding(report);
}
