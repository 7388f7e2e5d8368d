/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "json.h"

static char open[8]; /* what ends each that is open */
static int depth;
static bool first;

static void put(const char *text)
{
	putchar('"');
	for (; *text; text++)
		putchar(*text < ' ' || *text == '"' || *text == '\\' ? '?' :
								       *text);
	putchar('"');
}

static void begin(const char *key)
{
	if (!first)
		printf(", ");
	first = false;
	if (key) {
		put(key);
		printf(": ");
	}
}

static void enter(const char *key, char from, char to)
{
	begin(key);
	putchar(from);
	open[depth++] = to;
	first = true;
}

void json_begin(void)
{
	first = true;
	enter(NULL, '{', '}');
}

void json_end(void)
{
	json_close();
	putchar('\n');
	fflush(stdout);
}

void json_text(const char *key, const char *value)
{
	begin(key);
	put(value);
}

void json_number(const char *key, int64_t value)
{
	begin(key);
	printf("%lld", (long long)value);
}

void json_known(const char *key, int64_t value, bool known)
{
	if (known) {
		json_number(key, value);
	} else {
		begin(key);
		printf("null");
	}
}

void json_real(const char *key, double value, int digits)
{
	begin(key);
	printf("%.*f", digits, value);
}

void json_list(const char *key)
{
	enter(key, '[', ']');
}

void json_object(const char *key)
{
	enter(key, '{', '}');
}

void json_close(void)
{
	putchar(open[--depth]);
	first = false;
}
