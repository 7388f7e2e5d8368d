/* SPDX-License-Identifier: MIT */
/* What the command line asks for. */
#ifndef MYMEM_FREE_REQUEST_H
#define MYMEM_FREE_REQUEST_H

#include "plugin.h"
#include "number.h"
#include "react.h"
#include "table.h"
#include "wait.h"

struct request {
	/* Called as free: its options, and its exit status. */
	bool as_free;
	enum form {
		TABLE, NUMBER, LINE, EXPLANATION, ADVICE, OOM, JSON, METRICS,
		MEMINFO, CHECK, REACTION, VIEW, NOTHING
	} form;
	struct table table;
	struct number_request number;
	bool json_lines;
	const char *metrics_file; /* NULL: standard output */
	struct check check;
	struct reaction reaction;
	/* Before all that, it is waited for this, so long at most. */
	struct condition condition;
	int64_t timeout;
	/* Only where more than the machine's size limits. */
	bool require_limit;
	const char *sysroot;
	int64_t pid; /* of another process, or 0 */
	const char *about; /* the argument of one of these, or NULL */
	/* How often, 0: for ever; and how long apart. */
	int64_t count;
	int64_t nanoseconds;
};

/* Returns -1 to go on, or the exit status: help and errors are written. */
int parse_request(int argc, char **argv, struct request *request);

#endif
