/* SPDX-License-Identifier: MIT */
#ifndef MYMEM_FREE_SECONDS_H
#define MYMEM_FREE_SECONDS_H

#include <stdint.h>

/*
 * Reads seconds with or without a fraction, after a point or a comma, whatever the
 * locale is, as nanoseconds.  Returns where they end, or NULL: there are none, or
 * too many.
 */
const char *parse_seconds(const char *text, int64_t *nanoseconds);

#endif
