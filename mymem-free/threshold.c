/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "size.h"
#include "threshold.h"

bool parse_threshold(const char *text, struct threshold *threshold)
{
	const size_t length = strlen(text);
	char number[4] = "";

	threshold->share = length > 0 && text[length - 1] == '%';
	if (!threshold->share)
		return parse_size(text, &threshold->value);
	if (length > sizeof(number))
		return false;
	memcpy(number, text, length - 1);
	return parse_whole(number, 0, 100, &threshold->value);
}

int64_t threshold_of(const struct threshold *threshold, int64_t limit)
{
	return threshold->share ? percent_of(limit, threshold->value) :
				  threshold->value;
}
