/* SPDX-License-Identifier: MIT */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

/* How many descriptors the process has open. */
unsigned int open_descriptors(void);

#define DESCRIPTORS_MAX 4096
/* Those below that from 64 on, where the library keeps its own, which exec(2)
 * closes: how many. */
unsigned int high_descriptors(int fds[DESCRIPTORS_MAX]);

#endif
