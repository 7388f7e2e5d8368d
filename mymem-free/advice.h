/* SPDX-License-Identifier: MIT */
/* What is known to end badly, by which numbers it is seen, and what helps. */
#ifndef MYMEM_FREE_ADVICE_H
#define MYMEM_FREE_ADVICE_H

#include "mymem-free.h"

void print_advice(const struct report *report);

#endif
