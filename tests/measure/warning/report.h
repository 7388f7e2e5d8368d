/* SPDX-License-Identifier: MIT */
/* One line of JSON for each run. */
#ifndef REPORT_H
#define REPORT_H

#include "facts.h"
#include "stage.h"

/* name: of the world, such as "6.1-v2". */
void report_facts(const char *world, const struct stage *stage, int run,
		  const struct facts *facts);
/* key: "skipped" or "failed". */
void report_why(const char *world, const struct situation *situation, int run,
		const char *key, const char *why);

#endif
