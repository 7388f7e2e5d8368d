/* SPDX-License-Identifier: MIT */
/*
 * mymem-run - runs a command that sees as the machine's memory what it may use.
 * It is a service for oneself, and no boundary: a program that wants to see the
 * machine can.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "request.h"

const char *program = "mymem-run";

/* Where standard streams are closed, no file that is opened may be taken for one
 * of them; the command finds them closed. */
static void keep_standard_streams(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* The help, to a full disk or a closed pipe, must not look like success. */
static int finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "%s: cannot write: %s\n", program, strerror(errno));
	return OWN_FAILURE;
}

int main(int argc, char **argv)
{
	struct child child = { .pid = -1 };
	struct request request;
	int r = parse_request(argc, argv, &request);

	if (r >= 0)
		return finish(r);
	keep_standard_streams();
	r = child_start(&child, request.command, NULL, NULL);
	return r ? r : child_wait(&child, NULL, 0);
}
