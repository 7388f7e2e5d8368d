/* SPDX-License-Identifier: MIT */
/* Where to run. */
#ifndef CPU_H
#define CPU_H

/* On the last of the CPUs that are allowed. */
void cpu_one(void);
/* On all of them again; or on one after the other. */
void cpu_all(void);
void cpu_nth(int n);

#endif
