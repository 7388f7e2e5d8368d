/* SPDX-License-Identifier: MIT */
/* Amounts of memory, as people write and read them. */
#ifndef MYMEM_FREE_SIZE_H
#define MYMEM_FREE_SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How an amount is shown: divided by so many bytes, or in the unit that fits, of
 * powers of 1024 or 1000. */
struct unit {
	int64_t bytes;
	bool human;
	bool si;
};

/* Room for any amount. */
#define SIZE_TEXT 32

/*
 * Reads "64M", "1.5GiB" or "300": K, M, G, T, P and E, upper or lower case, alone
 * or with "iB" or "i" are powers of 1024, with "B" powers of 1000, as in other
 * tools.  Returns false where it is no amount or too large.
 */
bool parse_size(const char *text, int64_t *bytes);

/* Reads the digits that begin here.  Returns their end, or NULL: there are none, or
 * too many. */
const char *parse_digits(const char *text, int64_t *value);

/* Reads a whole number without sign, in this range. */
bool parse_whole(const char *text, int64_t least, int64_t most, int64_t *value);

/* So many percent of it, exact, whatever the product is. */
int64_t percent_of(int64_t value, int64_t percent);

/* As free(1) shows it.  Returns the buffer. */
const char *format_size(char buffer[SIZE_TEXT], const struct unit *unit,
			int64_t bytes);
/* In the unit that fits, for sentences: "512Mi", "1.5Gi". */
const char *human_size(char buffer[SIZE_TEXT], int64_t bytes);

#endif
