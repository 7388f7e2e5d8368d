/* SPDX-License-Identifier: MIT */
/* A file of output, complete as soon as it is there. */
#ifndef MYMEM_FREE_OUTPUT_H
#define MYMEM_FREE_OUTPUT_H

#include <stdio.h>

typedef void print_to(FILE *out, const void *data);

/* Until it is complete it has another name, FILE.XXXXXX.  Returns 0 or a negative
 * errno; then there is what was there before. */
int write_file(const char *file, print_to *print, const void *data);

#endif
