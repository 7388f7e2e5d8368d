/* SPDX-License-Identifier: MIT */
/* The table of system calls in libmymem(7): ".It names Ta letters Ta when". */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>

extern const char table_rows[];

struct table_row {
	const char *names, *letters, *when;
	size_t names_length, letters_length, when_length;
};
/* Takes the next row; false at the end. */
bool table_next(const char **at, struct table_row *row);
bool table_has(const struct table_row *row, int letter);
/* Whether one of the names is that of the call. */
bool table_names(const struct table_row *row, long number);

#endif
