/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <string.h>

#include "syscalls.h"
#include "table.h"

const char table_rows[] =
#include "table.inc"
	;

bool table_next(const char **at, struct table_row *row)
{
	static const char item[] = ".It ", tab[] = " Ta ";
	const char *end, *first, *second;

	while (strncmp(*at, item, sizeof(item) - 1) != 0) {
		end = strchr(*at, '\n');
		if (!end)
			return false;
		*at = end + 1;
	}
	row->names = *at + sizeof(item) - 1;
	end = strchr(row->names, '\n');
	first = strstr(row->names, tab);
	ck_assert_msg(first && first < end, "a row without columns: %.40s", *at);
	row->names_length = (size_t)(first - row->names);
	row->letters = first + sizeof(tab) - 1;
	second = strstr(row->letters, tab);
	ck_assert_msg(second && second < end, "a row without a column: %.40s", *at);
	row->letters_length = (size_t)(second - row->letters);
	row->when = second + sizeof(tab) - 1;
	row->when_length = (size_t)(end - row->when);
	*at = end + 1;
	return true;
}

bool table_has(const struct table_row *row, int letter)
{
	return memchr(row->letters, letter, row->letters_length) != NULL;
}

/* Whether one of the names is that of the call. */
bool table_names(const struct table_row *row, long number)
{
	for (const char *at = row->names; at < row->names + row->names_length;) {
		size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_");

		if (length > 0 && call_number(at, length) == number)
			return true;
		at += length + 1;
	}
	return false;
}
