/* SPDX-License-Identifier: MIT */
/* From places and files to constraints: a file each, in the order of a pass. */
#ifndef MYM_READERS_H
#define MYM_READERS_H

#include "mymem.h"

#include "pass.h"

/* The machine comes last, but the others ask how big it is. */
void mym__host_read(struct mym__pass *pass, struct mym_constraint *host);
void mym__cgroup_read(struct mym__pass *pass);
void mym__rlimit_read(struct mym__pass *pass);
void mym__commit_read(struct mym__pass *pass);
void mym__numa_read(struct mym__pass *pass);
/* After the others, where what they left is known. */
void mym__host_finish(struct mym__pass *pass, struct mym_constraint *host);
/* Takes off what groups keep of what the machine could reclaim. */
void mym__protection_of_machine(struct mym__pass *pass);
/* Where swapping makes no room. */
void mym__swap_read(struct mym__pass *pass);
/* The machine's stalls, where there are no group's. */
void mym__psi_read_host(struct mym__pass *pass);

#endif
