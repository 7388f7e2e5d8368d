/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "size.h"
#include "why.h"

/* The file in which a group has its limit, or NULL where the path says it. */
static const char *file_of(const struct report *report,
			   const struct mym_constraint *c, bool throttles)
{
	switch (c->kind) {
	case MYM_KIND_CGROUP:
		return throttles ? "memory.high" : limit_file(report);
	case MYM_KIND_CGROUP_MEMSW:
		return "memory.memsw.limit_in_bytes";
	default:
		return NULL;
	}
}

/* Above memory.high the kernel throttles, so that what is available ends there. */
static bool high_binds(const struct mym_constraint *c)
{
	return (c->valid & MYM_WANT_HIGH) &&
	       (!(c->valid & MYM_WANT_LIMIT) || c->high < c->limit);
}

/*
 * Prints the group of a directory as /proc/self/cgroup would name it: the name of
 * the process's group without what its directory has more than that one.  Where
 * that cannot be, the directory.
 */
static void print_group(const struct report *report, const char *dir)
{
	const char *own = path_at(report, 0);
	const char *name = mym_cgroup_path(report->ctx);
	const size_t above = strlen(dir), below = strlen(own);
	size_t more, length = name ? strlen(name) : 0;

	if (above > below || strncmp(own, dir, above) != 0) {
		print_text(stdout, dir);
		return;
	}
	more = below - above;
	if (!name || more > length ||
	    strcmp(name + length - more, own + above) != 0) {
		print_text(stdout, dir);
		return;
	}
	if (length == more)
		putchar('/');
	print_text_of(stdout, name, length - more);
}

static void print_place(const struct report *report, uint64_t index,
			bool throttles)
{
	struct mym_constraint c = constraint_at(report, index);
	const char *path = path_at(report, index);
	const char *file = file_of(report, &c, throttles);

	printf("%s ", name_of(kind_names, c.kind));
	print_text(stdout, path);
	if (file)
		printf("/%s", file);
}

/* The tightest limit but one; the number of constraints if there is none. */
static uint64_t next_limit(const struct report *report)
{
	const struct mym_snapshot *s = &report->snapshot;
	struct mym_constraint best = { 0 };
	uint64_t found = s->constraints;

	for (uint64_t i = 0; i < s->constraints; i++) {
		struct mym_constraint c = constraint_at(report, i);

		if (i == s->limit_by || !(c.valid & MYM_WANT_LIMIT))
			continue;
		if (found == s->constraints || c.limit < best.limit) {
			found = i;
			best = c;
		}
	}
	return found;
}

void print_footer(const struct report *report)
{
	const struct mym_snapshot *s = &report->snapshot;
	struct mym_constraint by = constraint_at(report, s->available_by);
	uint64_t next = next_limit(report);
	char text[SIZE_TEXT];

	if (!(s->valid & MYM_WANT_LIMIT))
		return;
	printf("limit %s set by ", human_size(text, s->limit));
	print_place(report, s->limit_by, false);
	if ((s->valid & MYM_WANT_AVAILABLE) &&
	    (s->available_by != s->limit_by || high_binds(&by))) {
		printf(", available by ");
		print_place(report, s->available_by, high_binds(&by));
	}
	if (next < s->constraints) {
		by = constraint_at(report, next);
		printf("; next %s by ", human_size(text, by.limit));
		print_place(report, next, false);
	}
	putchar('\n');
}

void print_line(const struct report *report)
{
	const struct mym_snapshot *s = &report->snapshot;
	struct mym_constraint c = constraint_at(report, s->limit_by);
	const char *file = file_of(report, &c, false);
	const char *path = path_at(report, s->limit_by);
	char text[SIZE_TEXT];

	if (s->valid & MYM_WANT_LIMIT) {
		printf("memory %s by %s ", human_size(text, s->limit),
		       name_of(kind_names, c.kind));
		if (file)
			print_group(report, path);
		printf("%s(", file ? " " : "");
		print_text(stdout, file ? file : path);
		putchar(')');
	} else {
		printf("memory unknown");
	}
	/* The machine's size is not passed off as that of a container. */
	if (s->flags & MYM_FLAG_NO_CGROUP)
		printf(", no memory control group seen");
	else if (s->flags & MYM_FLAG_HEURISTIC)
		printf(", group uncertain");
	if (s->valid & MYM_WANT_AVAILABLE)
		printf(", %s available, ", human_size(text, s->available));
	else
		printf(", unknown available, ");
	if (!(s->valid & MYM_WANT_PRESSURE))
		puts("pressure unknown");
	else if (s->pressure == MYM_PRESSURE_NONE)
		puts("no pressure");
	else
		printf("%s pressure\n",
		       name_of(level_names, (uint64_t)s->pressure));
}
