/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"

static char *words;
static size_t words_size;
static void (*leave)(int) = exit;
static void (*end)(const char *);

void fail_into(char *message, size_t size, void (*how)(int))
{
	words = message;
	words_size = size;
	leave = how;
}

void fail_by(void (*how)(const char *))
{
	end = how;
}

void fail(const char *what)
{
	if (end)
		end(what);
	if (words)
		snprintf(words, words_size, "%s", what);
	else
		fprintf(stderr, "%s: %s\n", program_invocation_short_name,
			what);
	leave(1);
	abort();
}

const char *fail_why(const char *what)
{
	static char text[8400];

	snprintf(text, sizeof(text), "%s: %s", what, strerror(errno));
	return text;
}

void must_do(int r, const char *what)
{
	errno = -r;
	must(r, what);
}
