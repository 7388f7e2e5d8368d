/* SPDX-License-Identifier: MIT */
/* Which errors are transient, and which leave the library. */
#ifndef MYM_ERROR_H
#define MYM_ERROR_H

#include <stdbool.h>

#pragma GCC visibility push(hidden)

/* Out of descriptors or memory: the whole pass is void, try again later. */
bool mym__error_transient(int error);
/* Maps an error < 0 to the closed set that leaves the library.  A wrong argument
 * is refused before anything is done: -EINVAL of a system call is not about
 * those of the caller. */
int mym__error_public(int error);
/* The same for errors that may be about the sysroot. */
int mym__error_sysroot(int error);
/* The same for errors that may be about another process. */
int mym__error_process(int error);

#pragma GCC visibility pop

#endif
