/* SPDX-License-Identifier: MIT */
/* Not inline, which would make the library larger and nothing faster. */
#include "saturate.h"

int64_t mym__add(int64_t a, int64_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

int64_t mym__subtract(int64_t a, int64_t b)
{
	return a > b ? a - b : 0;
}

int64_t mym__multiply(int64_t a, int64_t b)
{
	return b > 0 && a > INT64_MAX / b ? INT64_MAX : a * b;
}
