/* SPDX-License-Identifier: MIT */
/* A plugin for monitoring: a line and an exit status. */
#ifndef MYMEM_FREE_PLUGIN_H
#define MYMEM_FREE_PLUGIN_H

#include "mymem-free.h"
#include "threshold.h"

enum { CHECK_OK, CHECK_WARNING, CHECK_CRITICAL, CHECK_UNKNOWN };

/* Less than that is available: indexed by the exit status. */
struct check {
	bool given[CHECK_UNKNOWN];
	struct threshold below[CHECK_UNKNOWN];
};

/* Reads "warn=20%,crit=10%", or one of these. */
bool parse_check(const char *text, struct check *check);
/* Returns the exit status. */
int print_check(const struct check *check, const struct report *report);
/* The same where there is no report. */
int print_unknown(const char *why);

#endif
