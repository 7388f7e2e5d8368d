/* SPDX-License-Identifier: MIT */
/* What mymem-free prints: one JSON object, and text without control characters.
 * The files that it reads itself are those of no machine. */
#include <string.h>

#include "advice.h"
#include "check.h"
#include "mymem-free.h"

#define MOST (1 << 20)

static unsigned int hex(const unsigned char *s)
{
	unsigned int value = 0;

	for (int i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit = s[i] ? strchr(digits, s[i]) : NULL;

		CHECK(digit);
		value = value * 16 + (unsigned int)(digit - digits);
	}
	return value;
}

/* A character is UTF-8, and does nothing to a terminal. */
static const unsigned char *character(const unsigned char *s)
{
	size_t length = utf8_length(s);

	CHECK(length > 0 && !control_at(s));
	return s + length;
}

/* After the quote; returns what follows the one that ends it. */
static const unsigned char *string(const unsigned char *s)
{
	while (*s != '"') {
		if (*s != '\\') {
			s = character(s);
			continue;
		}
		CHECK(s[1] && strchr("\"\\/bfnrtu", s[1]));
		if (s[1] == 'u')
			hex(s + 2);
		s += s[1] == 'u' ? 6 : 2;
	}
	return s + 1;
}

static bool starts(const unsigned char **s, const char *word)
{
	if (strncmp((const char *)*s, word, strlen(word)) != 0)
		return false;
	*s += strlen(word);
	return true;
}

static void blanks(const unsigned char **s)
{
	*s += strspn((const char *)*s, " \n");
}

static const unsigned char *value(const unsigned char *s);

/* After the bracket: members up to the one that ends it. */
static const unsigned char *members(const unsigned char *s, bool keys, char end)
{
	blanks(&s);
	if (*s == end)
		return s + 1;
	for (;;) {
		if (keys) {
			CHECK(*s == '"');
			s = string(s + 1);
			CHECK(*s++ == ':');
		}
		s = value(s);
		blanks(&s);
		if (*s == end)
			return s + 1;
		CHECK(*s++ == ',');
		blanks(&s);
	}
}

static const unsigned char *value(const unsigned char *s)
{
	size_t digits;

	if (*s == '{')
		return members(s + 1, true, '}');
	if (*s == '[')
		return members(s + 1, false, ']');
	if (*s == '"')
		return string(s + 1);
	if (starts(&s, "null"))
		return s;
	digits = strspn((const char *)s, "0123456789.");
	CHECK(digits > 0 && *s != '.' && s[digits - 1] != '.');
	return s + digits;
}

void check_printed(struct mym_ctx *ctx, const struct mym_snapshot *s)
{
	static char text[MOST];
	const struct report report = {
		.ctx = ctx, .snapshot = *s, .sysroot = "/nonexistent",
	};
	const unsigned char *at = (const unsigned char *)text;
	FILE *kept = stdout;
	long end;

	stdout = fmemopen(text, sizeof(text), "w");
	CHECK(stdout);
	print_json(&report, false);
	fputc('\0', stdout);
	end = ftell(stdout);
	print_explanation(&report);
	print_advice(&report);
	CHECK(ftell(stdout) < MOST - 1);
	fclose(stdout);
	stdout = kept;
	at = value(at);
	CHECK(strcmp((const char *)at, "\n") == 0);
	for (at = (const unsigned char *)text + end; *at;)
		at = *at == '\n' ? at + 1 : character(at);
}
