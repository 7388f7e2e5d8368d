/* SPDX-License-Identifier: MIT */
/*
 * mymem-free - the table of free(1) for this process: total is what it may use,
 * available is what it can still get.
 */
#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "mymem-free.h"

enum { OK, FAILED, USAGE };

static const char usage[] =
	"Usage: mymem-free [options]\n"
	"\n"
	"Shows how much memory this process may use and can still get: the\n"
	"tightest of its control groups, resource limits and the machine.\n"
	"\n"
	"  -b, --bytes        in bytes\n"
	"  -k, --kibi         in KiB (default)\n"
	"  -m, --mebi         in MiB\n"
	"  -g, --gibi         in GiB\n"
	"  -h, --human        in the unit that fits\n"
	"      --explain      the rules that were found, and which is tightest\n"
	"      --json         one JSON object, in bytes\n"
	"      --sysroot DIR  examine proc/ and sys/ below DIR\n"
	"      --help         this text\n"
	"  -V, --version      the version of the library\n";

enum { OPT_EXPLAIN = 256, OPT_JSON, OPT_SYSROOT, OPT_HELP };

static const struct option options[] = {
	{ "bytes", no_argument, NULL, 'b' },
	{ "kibi", no_argument, NULL, 'k' },
	{ "mebi", no_argument, NULL, 'm' },
	{ "gibi", no_argument, NULL, 'g' },
	{ "human", no_argument, NULL, 'h' },
	{ "explain", no_argument, NULL, OPT_EXPLAIN },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "sysroot", required_argument, NULL, OPT_SYSROOT },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

/* What the table shows; the other forms show all there is. */
#define OF_TABLE (MYM_WANT_LIMIT | MYM_WANT_AVAILABLE | MYM_WANT_USED | \
		  MYM_WANT_SHMEM | MYM_WANT_RECLAIMABLE | \
		  MYM_WANT_SWAP_LIMIT | MYM_WANT_SWAP_AVAILABLE)

struct request {
	enum { TABLE, EXPLAIN, JSON } form;
	struct unit unit;
	const char *sysroot;
};

static int usage_error(const char *why, const char *what)
{
	fprintf(stderr, "mymem-free: %s: ", why);
	print_text(stderr, what);
	fputc('\n', stderr);
	fputs("Try 'mymem-free --help'.\n", stderr);
	return USAGE;
}

/* -1 to go on, or the exit status. */
static int parse(int argc, char **argv, struct request *request)
{
	int option;

	/* getopt_long() would show arguments as they are. */
	opterr = 0;
	while ((option = getopt_long(argc, argv, "bkmghV", options, NULL)) >= 0) {
		const char letter[] = { '-', (char)optopt, '\0' };

		switch (option) {
		case 'b':
			request->unit = (struct unit){ .bytes = 1 };
			break;
		case 'k':
			request->unit = (struct unit){ .bytes = 1024 };
			break;
		case 'm':
			request->unit = (struct unit){ .bytes = 1024 * 1024 };
			break;
		case 'g':
			request->unit = (struct unit){ .bytes = 1024 * 1024 * 1024 };
			break;
		case 'h':
			request->unit = (struct unit){ .human = true };
			break;
		case OPT_EXPLAIN:
			request->form = EXPLAIN;
			break;
		case OPT_JSON:
			request->form = JSON;
			break;
		case OPT_SYSROOT:
			request->sysroot = optarg;
			break;
		case OPT_HELP:
			fputs(usage, stdout);
			return OK;
		case 'V':
			printf("mymem-free (libmymem) %s\n", mym_version());
			return OK;
		default:
			return usage_error("bad option",
					   optopt > 0 && optopt < OPT_EXPLAIN ?
					   letter : argv[optind - 1]);
		}
	}
	if (optind < argc)
		return usage_error("unexpected argument", argv[optind]);
	return -1;
}

static const char *reason(int error)
{
	if (error == -ENODATA)
		return "no memory facts found";
	return strerror(-error);
}

static void complain(const char *about, int error)
{
	fputs("mymem-free: ", stderr);
	if (about) {
		print_text(stderr, about);
		fputs(": ", stderr);
	}
	fprintf(stderr, "%s\n", reason(error));
}

static int report(const struct request *request)
{
	struct report report;
	int r;

	r = mym_open(&report.ctx, request->sysroot, 0);
	if (r < 0) {
		complain(request->sysroot ? request->sysroot : "cannot start",
			 r);
		return FAILED;
	}
	r = mym_snapshot(report.ctx,
			 request->form == TABLE ? OF_TABLE : MYM_WANT_ALL,
			 &report.snapshot, sizeof(report.snapshot));
	if (r < 0) {
		complain(request->sysroot, r);
	} else if (request->form == JSON) {
		print_json(&report);
	} else if (request->form == EXPLAIN) {
		print_explanation(&report);
	} else {
		print_table(&report, &request->unit);
	}
	mym_close(report.ctx);
	return r < 0 ? FAILED : OK;
}

int main(int argc, char **argv)
{
	struct request request = { .unit = { .bytes = 1024 } };
	int status = parse(argc, argv, &request);

	if (status < 0)
		status = report(&request);
	/* A full disk or a closed pipe must not look like success. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "mymem-free: cannot write: %s\n", strerror(errno));
		return FAILED;
	}
	return status;
}
