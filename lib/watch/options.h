/* SPDX-License-Identifier: MIT */
/* What a watch was asked for.  Pure. */
#ifndef MYM_OPTIONS_H
#define MYM_OPTIONS_H

#include "mymem.h"

struct mym_watch;

/* 0, or -EINVAL. */
int mym__options_take(const struct mym_watch_options *options,
		      struct mym_watch *watch);

#endif
