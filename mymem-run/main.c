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
#include "way.h"

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

static int report(const char *file, const struct record *record)
{
	int r;

	if (!file)
		return record->status;
	r = write_file(file, record_print, record);
	if (r == 0)
		return record->status;
	fprintf(stderr, "%s: ", program);
	print_text(stderr, file);
	fprintf(stderr, ": %s\n", strerror(-r));
	return record->status ? record->status : OWN_FAILURE;
}

/* From its start to its end.  Returns the exit status. */
static int run(const struct request *request, struct killed *killed,
	       struct guard *guard)
{
	struct child child = { .pid = -1 };
	static struct trap trap;
	struct source sources[1 + TRAP_SOURCES];
	struct record record = { .killed = killed, .child = &child,
				 .command = request->command[0] };
	size_t count = 0;
	int r;

	/* Not in the file: it is large. */
	trap.listener = -1;
	r = way_begin(request, &trap);
	if (r == 0 && request->guard.wanted)
		r = guard_begin(guard, &request->guard);
	if (r == 0)
		r = child_start(&child, request->command,
				is_shown(&trap) ? trap_prepare : NULL, &trap);
	if (r)
		return r;
	if (is_shown(&trap)) {
		r = trap_sources(&trap, sources);
		if (r < 0)
			return OWN_FAILURE;
		count += (size_t)r;
	}
	if (request->guard.wanted)
		sources[count++] = guard_source(guard, &child, record.command);
	record.status = child_wait(&child, sources, count);
	trap_end(&trap);
	if (request->guard.wanted)
		record.status = guard_end(guard, record.status);
	killed_end(killed, &child, guard->ended);
	killed_say(killed, &child, record.command);
	if (killed->verdict.killer == KILLER_GUARD)
		guard_say(guard);
	record.shortage = guard->acted ? &guard->shortage : NULL;
	return report(request->report, &record);
}

int main(int argc, char **argv)
{
	struct guard guard = { .ended = false };
	struct request request;
	struct killed killed;
	int r;

	program = "mymem-run";
	r = parse_request(argc, argv, &request);
	if (r >= 0)
		return finish(r);
	keep_standard_streams();
	killed_begin(&killed);
	r = run(&request, &killed, &guard);
	guard_close(&guard);
	killed_close(&killed);
	return r;
}
