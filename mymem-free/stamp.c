/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <time.h>

#include "stamp.h"

int64_t stamp_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec;
}

void print_stamp(int64_t seconds)
{
	const unsigned int time = (unsigned int)(seconds % 86400);

	printf("%02u:%02u:%02uZ ", time / 3600, time / 60 % 60, time % 60);
}
