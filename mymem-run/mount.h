/* SPDX-License-Identifier: MIT */
/* Files over those of the kernel, in a mount namespace of the command's own. */
#ifndef MYMEM_RUN_MOUNT_H
#define MYMEM_RUN_MOUNT_H

#include "machine.h"

/* Why that cannot be done here, in a few words; NULL: it can. */
const char *mount_missing(void);

/* In the child, before the command replaces it: from now on it is in a
 * namespace with these files, which machine_set() was given.  Returns 0 or a
 * negative errno: where the first one could not be mounted. */
int mount_files(struct machine *machine);

#endif
