/* SPDX-License-Identifier: MIT */
/* Pressure stall information. */
#ifndef MYM_PSI_H
#define MYM_PSI_H

#include <stddef.h>

#include "../answer/findings.h"
#include "pass.h"

#pragma GCC visibility push(hidden)

/* 0, 1 if nothing was understood, or < 0. */
int mym__psi_read(int fd, char *buffer, size_t size, int scope,
		  struct mym__psi *psi);
void mym__psi_read_own(struct mym__pass *pass, struct mym__open open);
void mym__psi_read_above(struct mym__pass *pass, struct mym__open open);

#pragma GCC visibility pop

#endif
