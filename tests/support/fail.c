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

void fail_into(char *message, size_t size, void (*how)(int))
{
	words = message;
	words_size = size;
	leave = how;
}

void fail(const char *what)
{
	if (words)
		snprintf(words, words_size, "%s", what);
	else
		fprintf(stderr, "%s: %s\n", program_invocation_short_name,
			what);
	leave(2);
	abort();
}

void must(int r, const char *what)
{
	char text[256];

	if (r >= 0)
		return;
	snprintf(text, sizeof(text), "%s: %s", what, strerror(errno));
	fail(text);
}
