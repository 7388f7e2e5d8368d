/* SPDX-License-Identifier: MIT */
/* When something happened. */
#ifndef MYMEM_FREE_STAMP_H
#define MYMEM_FREE_STAMP_H

#include <stdint.h>

/* Seconds since 1970. */
int64_t stamp_now(void);
/* In UTC: "14:50:44Z " */
void print_stamp(int64_t seconds);

#endif
