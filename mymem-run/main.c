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

#include "../mymem-free/output.h"
#include "child.h"
#include "killed.h"
#include "request.h"

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

static int report(const struct request *request, const struct killed *killed,
		  const struct child *child, int status)
{
	const struct record record = {
		.killed = killed, .child = child,
		.command = request->command[0], .status = status,
	};
	int r;

	if (!request->report)
		return status;
	r = write_file(request->report, record_print, &record);
	if (r == 0)
		return status;
	fprintf(stderr, "%s: ", program);
	print_text(stderr, request->report);
	fprintf(stderr, ": %s\n", strerror(-r));
	return status ? status : OWN_FAILURE;
}

int main(int argc, char **argv)
{
	struct child child = { .pid = -1 };
	struct request request;
	struct killed killed;
	int r;

	program = "mymem-run";
	r = parse_request(argc, argv, &request);
	if (r >= 0)
		return finish(r);
	keep_standard_streams();
	killed_begin(&killed);
	r = child_start(&child, request.command, NULL, NULL);
	if (r)
		return r;
	r = child_wait(&child, NULL, 0);
	killed_end(&killed, &child);
	killed_say(&killed, &child, request.command[0]);
	return report(&request, &killed, &child, r);
}
