/* SPDX-License-Identifier: MIT */
/*
 * mymem-free - the table of free(1) for this process: total is what it may use,
 * available is what it can still get.  Called as "free", it is that program, with
 * its options and nothing more.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "advice.h"
#include "clock.h"
#include "meminfo.h"
#include "metrics.h"
#include "oom.h"
#include "output.h"
#include "request.h"
#include "view.h"
#include "why.h"

static const char *reason(int error)
{
	if (error == -ENODATA)
		return "no memory facts found";
	/* Only the id of a process can be wrong. */
	if (error == -EINVAL)
		return "a thread, and not a process";
	return strerror(-error);
}

static void complain(const char *about, int error)
{
	fprintf(stderr, "%s: ", program);
	if (about) {
		print_text(stderr, about);
		fputs(": ", stderr);
	}
	fprintf(stderr, "%s\n", reason(error));
}

/* What a form shows; the others show all there is. */
static uint64_t facts_of(const struct request *request)
{
	switch (request->form) {
	case TABLE:
		/* NOLINTNEXTLINE(misc-redundant-expression): both want the limit */
		return OF_MEMINFO | OF_WHY;
	case MEMINFO:
		return OF_MEMINFO;
	case NUMBER:
		return OF_NUMBER;
	case LINE:
		return OF_WHY;
	case CHECK:
		return MYM_WANT_LIMIT | MYM_WANT_AVAILABLE;
	default:
		return MYM_WANT_ALL;
	}
}

/* A limit that is smaller than the machine. */
static bool limited(const struct report *report)
{
	const struct mym_snapshot *s = &report->snapshot;
	uint64_t kind = constraint_at(report, s->limit_by).kind;

	return (s->valid & MYM_WANT_LIMIT) && kind != MYM_KIND_HOST &&
	       kind != MYM_KIND_ADDRESS_SPACE;
}

/* The exit status for a result that may be an error. */
static int status_of(const char *about, int r)
{
	if (r < 0)
		complain(about, r);
	return r < 0 ? FAILED : r;
}

static int print_metrics_of(const struct request *request,
			    const struct report *report)
{
	const char *file = request->metrics_file;

	if (file)
		return status_of(file, write_file(file, print_metrics, report));
	print_metrics(stdout, report);
	return OK;
}

static int print(const struct request *request, const struct report *report)
{
	static struct meminfo meminfo;

	switch (request->form) {
	case TABLE:
		make_meminfo(&meminfo, report);
		print_table(&request->table, &meminfo);
		if (!request->as_free && !request->table.line &&
		    isatty(STDOUT_FILENO))
			print_footer(report);
		break;
	case NUMBER:
		if (!print_number(&request->number, report)) {
			complain(request->about, -ENODATA);
			return FAILED;
		}
		break;
	case LINE:
		print_line(report);
		break;
	case EXPLANATION:
		print_explanation(report);
		break;
	case ADVICE:
		print_advice(report);
		break;
	case OOM:
		print_oom(report);
		break;
	case JSON:
		print_json(report, request->json_lines);
		break;
	case METRICS:
		return print_metrics_of(request, report);
	case MEMINFO:
		make_meminfo(&meminfo, report);
		fwrite(meminfo.stat, 1, write_meminfo(&meminfo, meminfo.stat),
		       stdout);
		break;
	case CHECK:
		return print_check(&request->check, report);
	case REACTION:
	case VIEW:
	case NOTHING:
		break;
	}
	return OK;
}

static int report_once(const struct request *request, struct report *report)
{
	int r = mym_snapshot(report->ctx, facts_of(request), &report->snapshot,
			     sizeof(report->snapshot));

	if (r < 0 && request->form == CHECK)
		return print_unknown(reason(r));
	if (r < 0)
		return status_of(request->about, r);
	if (request->require_limit && !limited(report))
		return NOT_LIMITED;
	return print(request, report);
}

/* The table in between has an empty line, and the one line an end. */
static void separate(const struct request *request)
{
	if (request->form == TABLE)
		putchar('\n');
}

/* Waits for what was asked to wait for, if anything. */
static int wait_first(const struct request *request, struct report *report)
{
	int r = 1;

	if (request->condition.given)
		r = wait_until(&request->condition, request->timeout, report);
	return r > 0 ? OK : r == 0 ? TIMED_OUT : status_of(request->about, r);
}

static int repeat(const struct request *request, struct report *report)
{
	int status = wait_first(request, report);

	if (status != OK || request->form == NOTHING)
		return status;
	if (request->form == REACTION)
		return react(&request->reaction);
	for (int64_t n = 1;; n++) {
		status = report_once(request, report);
		if (status == OK && request->form == VIEW)
			return status_of(request->about,
					 view(report, !request->about,
					      request->count,
					      request->nanoseconds));
		if (status != OK || n == request->count || ferror(stdout) ||
		    fflush(stdout) != 0)
			break;
		separate(request);
		clock_sleep(request->nanoseconds);
	}
	if (request->form == TABLE && request->table.line && status == OK)
		putchar('\n');
	return status;
}

static int report(const struct request *request)
{
	struct report report = {
		.sysroot = request->sysroot, .pid = request->pid,
	};
	int status, r = request->pid ?
			mym_open_pid(&report.ctx, (int)request->pid, 0) :
			mym_open(&report.ctx, request->sysroot, 0);

	if (r < 0 && request->form == CHECK)
		return print_unknown(reason(r));
	if (r < 0)
		return status_of(request->about ? request->about :
						    "cannot start", r);
	status = repeat(request, &report);
	mym_close(report.ctx);
	return status;
}

/* The last part of the name that this was called by. */
static bool called(const char *name, const char *by)
{
	const char *slash = by ? strrchr(by, '/') : NULL;

	return by && strcmp(slash ? slash + 1 : by, name) == 0;
}

int main(int argc, char **argv)
{
	struct request request = { .number = { .percent = 100 } };
	int status;

	request.as_free = called("free", argv[0]);
	if (request.as_free)
		program = "free";
	status = parse_request(argc, argv, &request);
	if (status < 0)
		status = report(&request);
	/* A full disk or a closed pipe must not look like success; but who closed the
	 * pipe has read enough. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		if (errno != EPIPE)
			fprintf(stderr, "%s: cannot write: %s\n", program,
				strerror(errno));
		return FAILED;
	}
	return status;
}
