/* SPDX-License-Identifier: MIT */
/* A shared library that does nothing: the least that one more can cost. */
long long empty(void);

long long empty(void)
{
	return 0;
}
