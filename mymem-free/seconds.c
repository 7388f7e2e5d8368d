/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "clock.h"
#include "seconds.h"

const char *parse_seconds(const char *text, int64_t *nanoseconds)
{
	int64_t whole = 0, part = 0, place = SECOND / 10;
	const char *at = text;

	for (; *at >= '0' && *at <= '9' && whole < SECOND; at++)
		whole = whole * 10 + (*at - '0');
	if (*at == '.' || *at == ',') {
		for (at++; *at >= '0' && *at <= '9'; at++) {
			part += (*at - '0') * place;
			place /= 10;
		}
	}
	*nanoseconds = whole * SECOND + part;
	return at > text && whole < SECOND ? at : NULL;
}
