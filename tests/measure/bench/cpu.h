/* SPDX-License-Identifier: MIT */
/* Where to run. */
#ifndef CPU_H
#define CPU_H

#include <time.h>

/* On the last of the CPUs that are allowed. */
void cpu_one(void);
/* On all of them again; or on one after the other. */
void cpu_all(void);
void cpu_nth(int n);

/* That counts the processor time of a process. */
clockid_t cpu_clock(int pid);

#endif
