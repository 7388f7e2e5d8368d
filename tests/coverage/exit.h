/* SPDX-License-Identifier: MIT */
/* Included before all else where coverage is measured: _exit(2) would forget
 * what a forked child has counted. */
#include <unistd.h>

void __gcov_dump(void);
void __gcov_reset(void);

#define _exit(status) (__gcov_dump(), __gcov_reset(), _exit(status))
