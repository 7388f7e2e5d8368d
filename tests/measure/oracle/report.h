/* SPDX-License-Identifier: MIT */
/* One line of JSON for each situation. */
#ifndef REPORT_H
#define REPORT_H

#include "stage.h"
#include "situation.h"

/* name: of the world, such as "6.1-v2". */
void report_result(const char *world, const struct situation *situation,
		   const struct result *result,
		   const struct answer answers[RUNTIMES]);
/* key: "skipped" or "failed". */
void report_why(const char *world, const struct situation *situation,
		const char *key, const char *why);

#endif
