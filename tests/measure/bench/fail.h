/* SPDX-License-Identifier: MIT */
#ifndef FAIL_H
#define FAIL_H

/* Ends the process with last words. */
_Noreturn void fail(const char *what);
/* The same with errno, unless r >= 0. */
void must(long r, const char *what);
/* What went wrong, with errno: valid until the next. */
const char *why(const char *what);

#endif
