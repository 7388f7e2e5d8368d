/* SPDX-License-Identifier: MIT */
/* The header in C++.  header.sh looks whether the names have C linkage. */
#include "header.c"
