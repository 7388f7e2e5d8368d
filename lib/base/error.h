/* SPDX-License-Identifier: MIT */
/* Which errors are transient, and which leave the library. */
#ifndef MYM_ERROR_H
#define MYM_ERROR_H

#include <stdbool.h>

/* Out of descriptors or memory: the whole pass is void, try again later. */
bool mym__error_transient(int error);
/* Maps an error to the closed set that leaves the library. */
int mym__error_public(int error);

#endif
