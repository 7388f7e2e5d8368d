/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <limits.h>
#include <string.h>

#include "../mymem-free/clock.h"
#include "../mymem-free/seconds.h"
#include "request.h"
#include "signals.h"

/* Long options without a letter. */
enum {
	MODE = UCHAR_MAX + 1, REPORT, GUARD, RESERVE, ON_LOW, ON_MEDIUM, SIGNAL,
	KILL_AFTER, VICTIM, HELP
};

static const struct choice {
	int option;
	const char *name;
	const char *argument; /* NULL: none */
	const char *help;
} choices[] = {
	{ MODE, "mode", "MODE", "auto (default), preload, trap, mount, none" },
	{ REPORT, "report", "FILE", "write how it ended, as JSON" },
	{ GUARD, "guard", NULL, "end the command before the kernel kills it" },
	{ RESERVE, "reserve", "SIZE", "as soon as less than 64M or 10% is left" },
	{ ON_LOW, "on-low", "SIGNAL", "send it this one when memory gets short" },
	{ ON_MEDIUM, "on-medium", "SIGNAL", "and this one when it gets shorter" },
	{ SIGNAL, "signal", "SIGNAL", "end it with this one (default: TERM)" },
	{ KILL_AFTER, "kill-after", "TIME", "SIGKILL follows (default: 2s)" },
	{ VICTIM, "victim", "WHICH", "all (default), or its largest process" },
	{ 'v', "verbose", NULL, "say which mode was chosen, and why" },
	{ HELP, "help", NULL, "this text" },
	{ 'V', "version", NULL, "the version of the library" },
};
#define CHOICES (sizeof(choices) / sizeof(choices[0]))

static void print_help(void)
{
	printf("Usage: %s [options] [--] COMMAND [ARGUMENT...]\n"
	       "Run a command that sees as the machine's memory what it may "
	       "use."
	       "\n\n",
	       program);
	for (size_t i = 0; i < CHOICES; i++) {
		const struct choice *c = &choices[i];
		char text[64];

		snprintf(text, sizeof(text), "  %c%c --%s %s",
			 c->option <= UCHAR_MAX ? '-' : ' ',
			 c->option <= UCHAR_MAX ? c->option : ' ', c->name,
			 c->argument ? c->argument : "");
		printf("%-24s  %s\n", text, c->help);
	}
}

static int usage_error(const char *why, const char *what)
{
	fprintf(stderr, "%s: %s", program, why);
	if (what) {
		fputs(": ", stderr);
		print_text(stderr, what);
	}
	fprintf(stderr, "\nTry '%s --help'.\n", program);
	return OWN_FAILURE;
}

/* "2", "2s" or "500ms" */
static bool parse_time(const char *text, int64_t *nanoseconds)
{
	const char *end = parse_seconds(text, nanoseconds);

	if (end && strcmp(end, "ms") == 0) {
		*nanoseconds /= 1000;
		return true;
	}
	return end && (*end == '\0' || strcmp(end, "s") == 0);
}

/* Of the guard.  Returns what is wrong with it, or NULL. */
static const char *parse_guard(struct guard_options *guard, int option,
			       const char *value)
{
	static const char bad_signal[] = "no such signal";

	switch (option) {
	case GUARD:
		guard->wanted = true;
		return NULL;
	case RESERVE:
		guard->reserved = true;
		return parse_threshold(value, &guard->reserve) ? NULL :
		       "not an amount such as 64M or 10%";
	case ON_LOW:
		guard->on_low = signal_named(value);
		return guard->on_low ? NULL : bad_signal;
	case ON_MEDIUM:
		guard->on_medium = signal_named(value);
		return guard->on_medium ? NULL : bad_signal;
	case SIGNAL:
		guard->signal = signal_named(value);
		return guard->signal ? NULL : bad_signal;
	case KILL_AFTER:
		return parse_time(value, &guard->kill_after) ? NULL :
		       "not a time such as 2s or 500ms";
	default:
		guard->largest = strcmp(value, "largest") == 0;
		return guard->largest || strcmp(value, "all") == 0 ? NULL :
		       "not all or largest";
	}
}

static int parse_option(struct request *request, int option, const char *value)
{
	const char *wrong;

	switch (option) {
	case MODE:
		if (!parse_mode(value, &request->mode))
			return usage_error("no such mode", value);
		break;
	case REPORT:
		request->report = value;
		break;
	case 'v':
		request->verbose = true;
		break;
	case HELP:
		print_help();
		return 0;
	case 'V':
		printf("%s %s\n", program, mym_version());
		return 0;
	default:
		wrong = parse_guard(&request->guard, option, value);
		if (wrong)
			return usage_error(wrong, value);
		request->about_guard |= option != GUARD;
	}
	return -1;
}

int parse_request(int argc, char **argv, struct request *request)
{
	struct option options[CHOICES + 1] = { 0 };
	char letters[2 * CHOICES + 2] = "+", *letter = letters + 1;
	int option, r = -1;

	for (size_t i = 0; i < CHOICES; i++) {
		const struct choice *c = &choices[i];

		options[i] = (struct option){
			.name = c->name,
			.val = c->option,
			.has_arg =
				c->argument ? required_argument : no_argument,
		};
		if (c->option <= UCHAR_MAX) {
			*letter++ = (char)c->option;
			if (c->argument)
				*letter++ = ':';
		}
	}
	*request = (struct request){
		.mode = MODE_AUTO,
		.guard = { .signal = SIGTERM, .kill_after = 2 * SECOND },
	};
	/* getopt_long() would show arguments as they are. */
	opterr = 0;
	while (r < 0 &&
	       (option = getopt_long(argc, argv, letters, options, NULL)) >= 0) {
		const char bad[] = { '-', (char)optopt, '\0' };

		if (option == '?')
			return usage_error("bad option",
					   optopt > 0 && optopt <= UCHAR_MAX ?
					   bad : argv[optind - 1]);
		r = parse_option(request, option, optarg);
	}
	if (r < 0 && request->about_guard && !request->guard.wanted)
		return usage_error("--reserve, --on-low, --on-medium, --signal, "
				   "--kill-after and --victim need --guard", NULL);
	if (r < 0 && optind == argc)
		return usage_error("no command", NULL);
	request->command = argv + optind;
	return r;
}
