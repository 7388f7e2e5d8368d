/* SPDX-License-Identifier: MIT */
/*
 * mymem-run - runs a command that sees as the machine's memory what it may use.
 * It is a service for oneself, and no boundary: a program that wants to see the
 * machine can.
 */
#include "child.h"
#include "request.h"

const char *program = "mymem-run";

int main(int argc, char **argv)
{
	struct child child = { .pid = -1 };
	struct request request;
	int r = parse_request(argc, argv, &request);

	if (r >= 0)
		return r;
	r = child_start(&child, request.command, NULL, NULL);
	return r ? r : child_wait(&child, NULL, 0);
}
