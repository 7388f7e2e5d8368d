/* SPDX-License-Identifier: MIT */
/* Settings of the whole machine, put back afterwards.  Small machines only. */
#ifndef SETTING_H
#define SETTING_H

#include <stdint.h>

/* Writes one of the kernel's files, and remembers what it said. */
void setting_put(const char *path, const char *text);
/* Swaps to a new file of this size, which must not have holes. */
void setting_swap(const char *path, int64_t bytes);
/* Swaps to zram0. */
void setting_zram(int64_t bytes);
/* Gives the mount of the control groups one more option. */
void setting_mount(const char *option);
void setting_restore(void);

#endif
