/* SPDX-License-Identifier: MIT */
/* From places and files to constraints: each looks at one rule.  In which order,
 * and when, snapshot.c has in a table. */
#ifndef MYM_READERS_H
#define MYM_READERS_H

#include "pass.h"

void mym__host_read(struct mym__pass *pass);
void mym__cgroup_read(struct mym__pass *pass);
void mym__rlimit_read(struct mym__pass *pass);
void mym__commit_read(struct mym__pass *pass);
void mym__numa_read(struct mym__pass *pass);
void mym__host_finish(struct mym__pass *pass);
/* Takes off what groups keep of what the machine could reclaim. */
void mym__protection_of_machine(struct mym__pass *pass);
/* Where swapping makes no room. */
void mym__swap_read(struct mym__pass *pass);
/* The machine's stalls, where there are no group's. */
void mym__psi_read_host(struct mym__pass *pass);

#endif
