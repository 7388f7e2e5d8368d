/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

void fail(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

const char *why(const char *what)
{
	static char text[256];

	snprintf(text, sizeof(text), "%s: %s", what, strerror(errno));
	return text;
}

void must(long r, const char *what)
{
	if (r < 0)
		fail(why(what));
}
