/* SPDX-License-Identifier: MIT */
/* Ends a process: what could not be done, and why. */
#ifndef FAIL_H
#define FAIL_H

#include <stddef.h>

/* In a child: where that is written, for the parent to read, and whether it ends
 * with exit() or _exit(). */
void fail_into(char *message, size_t size, void (*how)(int));
/* Instead of all that, where a test runner is told. */
void fail_by(void (*how)(const char *what));
/* Ends the process. */
_Noreturn void fail(const char *what);
/* What went wrong, with errno; valid until the next. */
const char *fail_why(const char *what);
/* The same with errno, unless r >= 0; here, so that analysers see that it ends. */
static inline void must(int r, const char *what)
{
	if (r < 0)
		fail(fail_why(what));
}
/* The same with the error that r is, if r < 0. */
void must_do(int r, const char *what);

#endif
