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
void report_skipped(const char *world, const struct situation *situation,
		    const char *why);
void report_failed(const char *world, const struct situation *situation,
		   const char *why);

#endif
