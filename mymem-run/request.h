/* SPDX-License-Identifier: MIT */
/* What the command line asks for. */
#ifndef MYMEM_RUN_REQUEST_H
#define MYMEM_RUN_REQUEST_H

#include "guard.h"
#include "mode.h"
#include "mymem-run.h"

struct request {
	enum mode mode;
	bool verbose;
	const char *report; /* a file, or NULL */
	struct guard_options guard;
	bool about_guard; /* some of these were given */
	char **command;
};

/* Returns -1 to go on, or the exit status: help and errors are written. */
int parse_request(int argc, char **argv, struct request *request);

#endif
