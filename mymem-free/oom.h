/* SPDX-License-Identifier: MIT */
/* What the kernel has counted: kills for lack of memory, and whose fault they are. */
#ifndef MYMEM_FREE_OOM_H
#define MYMEM_FREE_OOM_H

#include "mymem-free.h"

void print_oom(const struct report *report);

#endif
