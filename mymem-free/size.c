/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "size.h"

static const char letters[] = "KMGTPE";

/* The unit that a number ends with; 0 if it is none. */
static int64_t parse_unit(const char *text)
{
	const char *letter = NULL;
	int64_t unit = 1, base = 1024;

	if (*text >= 'a' && *text <= 'z')
		letter = strchr(letters, *text - 'a' + 'A');
	else if (*text)
		letter = strchr(letters, *text);
	if (letter) {
		text++;
		if (*text == 'i')
			text++;
		else if (*text == 'B')
			base = 1000;
		for (ptrdiff_t i = 0; i <= letter - letters; i++)
			unit *= base;
	}
	if (*text == 'B' || (*text == 'b' && unit == 1))
		text++;
	return *text ? 0 : unit;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

const char *parse_digits(const char *text, int64_t *value)
{
	if (!is_digit(*text))
		return NULL;
	for (*value = 0; is_digit(*text); text++) {
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, *text - '0', value))
			return NULL;
	}
	return text;
}

bool parse_size(const char *text, int64_t *bytes)
{
	int64_t whole = 0, unit, more = 0;
	double part = 0, place = 1;
	bool digits = is_digit(*text);

	if (digits)
		text = parse_digits(text, &whole);
	if (!text)
		return false;
	if (*text == '.') {
		for (text++; is_digit(*text); text++) {
			place /= 10;
			part += place * (*text - '0');
			digits = true;
		}
	}
	unit = parse_unit(text);
	if (!digits || unit == 0)
		return false;
	/* Less than a unit, and so less than what fits. */
	more = (int64_t)(part * (double)unit);
	return !__builtin_mul_overflow(whole, unit, &whole) &&
	       !__builtin_add_overflow(whole, more, bytes);
}

bool parse_whole(const char *text, int64_t least, int64_t most, int64_t *value)
{
	const char *end = parse_digits(text, value);

	return end && *end == '\0' && *value >= least && *value <= most;
}

int64_t percent_of(int64_t value, int64_t percent)
{
	return value / 100 * percent + value % 100 * percent / 100;
}

/* In tenths, rounded as printf(3) rounds what is at least a half: to the
 * nearest one, and to the even one of two. */
static int64_t tenths_of(double value)
{
	const int bits = 53; /* at most so many are behind the point */
	const int64_t whole = (int64_t)value, one = INT64_C(1) << bits;
	int64_t part = (int64_t)((value - (double)whole) * (double)one) * 10;
	int64_t tenths = part / one;

	part -= tenths * one;
	tenths += part > one / 2 || (part == one / 2 && tenths % 2);
	return whole * 10 + tenths;
}

/* Four characters and, of powers of 1024, an "i"; cut off and not rounded where
 * there is no decimal: "999B", "1.5Gi", "15Gi". */
static void fit(char buffer[SIZE_TEXT], bool si, int64_t bytes)
{
	const char *i = si ? "" : "i";
	const int width = si ? 4 : 5;
	double scaled = (double)bytes;
	int64_t tenths;

	if (snprintf(buffer, SIZE_TEXT, "%" PRId64 "B", bytes) <= 4)
		return;
	for (const char *letter = letters; *letter; letter++) {
		scaled /= si ? 1000 : 1024;
		tenths = tenths_of(scaled);
		/* With a minus there is no room for a decimal. */
		if ((bytes >= 0 &&
		     snprintf(buffer, SIZE_TEXT, "%" PRId64 ".%d%c%s",
			      tenths / 10, (int)(tenths % 10), *letter,
			      i) <= width) ||
		    snprintf(buffer, SIZE_TEXT, "%" PRId64 "%c%s",
			     (int64_t)scaled, *letter, i) <= width)
			return;
	}
}

const char *format_size(char buffer[SIZE_TEXT], const struct unit *unit,
			int64_t bytes)
{
	if (unit->human)
		fit(buffer, unit->si, bytes);
	else
		snprintf(buffer, SIZE_TEXT, "%" PRId64, bytes / unit->bytes);
	return buffer;
}

const char *human_size(char buffer[SIZE_TEXT], int64_t bytes)
{
	fit(buffer, false, bytes);
	return buffer;
}
