/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "plugin.h"
#include "size.h"

static const char *const keys[] = { NULL, "warn=", "crit=" };
static const char *const words[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

/* Takes one of the parts that commas divide, and steps over it. */
static bool take_part(const char **text, struct check *check)
{
	const size_t length = strcspn(*text, ",");
	char part[64];

	if (length >= sizeof(part))
		return false;
	memcpy(part, *text, length);
	part[length] = '\0';
	*text += length;
	for (int status = CHECK_WARNING; status < CHECK_UNKNOWN; status++) {
		if (strncmp(part, keys[status], strlen(keys[status])) != 0)
			continue;
		if (check->given[status])
			return false;
		check->given[status] = true;
		return parse_threshold(part + strlen(keys[status]),
				       &check->below[status]);
	}
	return false;
}

bool parse_check(const char *text, struct check *check)
{
	for (;;) {
		if (!take_part(&text, check))
			return false;
		if (*text++ == '\0')
			return true;
	}
}

int print_unknown(const char *why)
{
	printf("MEMORY %s - %s\n", words[CHECK_UNKNOWN], why);
	return CHECK_UNKNOWN;
}

/* A bar begins what a program reads. */
static void print_without_bars(const char *text)
{
	for (;;) {
		const size_t length = strcspn(text, "|");

		print_text_of(stdout, text, length);
		if (text[length] == '\0')
			return;
		putchar('!');
		text += length + 1;
	}
}

int print_check(const struct check *check, const struct report *report)
{
	const struct mym_snapshot *s = &report->snapshot;
	char available[SIZE_TEXT], limit[SIZE_TEXT];
	int status = CHECK_OK;

	if (!(s->valid & MYM_WANT_LIMIT) || !(s->valid & MYM_WANT_AVAILABLE))
		return print_unknown("what is available cannot be seen");
	for (int i = CHECK_WARNING; i < CHECK_UNKNOWN; i++) {
		if (check->given[i] &&
		    s->available < threshold_of(&check->below[i], s->limit))
			status = i;
	}
	printf("MEMORY %s - %s of %s available, by %s ", words[status],
	       human_size(available, s->available),
	       human_size(limit, s->limit),
	       name_of(kind_names,
		       constraint_at(report, s->available_by).kind));
	print_without_bars(path_at(report, s->available_by));
	printf(" | available=%" PRId64 "B", s->available);
	/* "N:" is a range that ends with N below it. */
	for (int i = CHECK_WARNING; i < CHECK_UNKNOWN; i++) {
		putchar(';');
		if (check->given[i])
			printf("%" PRId64 ":",
			       threshold_of(&check->below[i], s->limit));
	}
	printf(";0;%" PRId64 "\n", s->limit);
	return status;
}
