/* SPDX-License-Identifier: MIT */
/* mymem-run: what its files share. */
#ifndef MYMEM_RUN_H
#define MYMEM_RUN_H

#include "../mymem-free/mymem-free.h"

/* The exit status where it is not the command's, as env(1) has it. */
enum { OWN_FAILURE = 125, CANNOT_RUN = 126, NOT_FOUND = 127, SIGNALLED = 128 };

#endif
