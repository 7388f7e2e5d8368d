/* SPDX-License-Identifier: MIT */
/* The process itself: /proc/self/status. */
#ifndef MYM_PROCESS_H
#define MYM_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/nodes.h"
#include "pass.h"

#pragma GCC visibility push(hidden)

enum mym__process_key {
	MYM__VM_SIZE, MYM__VM_DATA, MYM__VM_LOCKED, MYM__PROCESS_KEYS
};

struct mym__process {
	uint64_t seen; /* bit MYM__VM_SIZE, ... */
	int64_t values[MYM__PROCESS_KEYS];
	bool has_capabilities, has_nodes;
	uint64_t capabilities; /* effective */
	struct mym__nodes nodes;
};
int mym__process_read(struct mym__pass *pass, struct mym__process *process);
/* Whether it has a capability in the initial user namespace. */
bool mym__process_may(struct mym__pass *pass, const struct mym__process *process,
		      unsigned int capability);

#pragma GCC visibility pop

#endif
