/* SPDX-License-Identifier: MIT */
/* Bytes, and ns. */
#ifndef UNITS_H
#define UNITS_H

#include <stdint.h>

#define MIB ((int64_t)1 << 20)

#define US INT64_C(1000)
#define MS (1000 * US)
#define S (1000 * MS)

#endif
