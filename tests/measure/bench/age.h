/* SPDX-License-Identifier: MIT */
/* Before a batch of simple calls. */
#ifndef AGE_H
#define AGE_H

#include "row.h"

/* Answers are kept for longer than a batch takes. */
void age_warm(const struct row *row);
/* No answer is kept. */
void age_fresh(const struct row *row);

#endif
