/* SPDX-License-Identifier: MIT */
/* The ways a path is looked up under a sysroot: by openat2(2), and by the walk
 * where a kernel has none of it or a sandbox forbids it. */
#ifndef MODES_H
#define MODES_H

#include <stdio.h>

enum mode { MODE_OPENAT2, MODE_ENOSYS, MODE_EPERM, MODES };
extern const char *const mode_names[MODES];

/* Denies openat2() from now on. */
void mode_enter(enum mode mode);
/* What work() writes when a child runs it that way; to be freed. */
char *mode_text(enum mode mode, void (*work)(FILE *out, const void *data),
		const void *data);

#endif
