/* SPDX-License-Identifier: MIT */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

/* How many descriptors the process has open. */
unsigned int open_descriptors(void);

#endif
