/* SPDX-License-Identifier: MIT */
/* The readers: each turns places and files into constraints by one rule.  The
 * table in snapshot.c says in which order, and when. */
#ifndef MYM_READERS_H
#define MYM_READERS_H

#include "pass.h"

#pragma GCC visibility push(hidden)

void mym__host_read(struct mym__pass *pass);
void mym__cgroup_read(struct mym__pass *pass);
void mym__rlimit_read(struct mym__pass *pass);
void mym__commit_read(struct mym__pass *pass);
void mym__numa_read(struct mym__pass *pass);
/* Adds what earlier passes knew of rules that cannot be read now. */
void mym__known_read(struct mym__pass *pass);
void mym__host_finish(struct mym__pass *pass);
/* Subtracts what groups keep of what the machine could reclaim. */
void mym__protection_of_machine(struct mym__pass *pass);
/* Notes where swapping makes no room. */
void mym__swap_read(struct mym__pass *pass);
/* Reads the machine's stalls if no group's are known. */
void mym__psi_read_host(struct mym__pass *pass);
/* Completes, from earlier passes, the rows that were read in part. */
void mym__known_finish(struct mym__pass *pass);

#pragma GCC visibility pop

#endif
