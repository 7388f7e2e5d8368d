/* SPDX-License-Identifier: MIT */
#ifndef PEERS_H
#define PEERS_H

#include "row.h"

/* The version of libuv, or "". */
const char *peers_libuv(void);

#endif
