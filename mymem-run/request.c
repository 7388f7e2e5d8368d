/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <limits.h>
#include <string.h>

#include "request.h"

/* Long options without a letter. */
enum { MODE = UCHAR_MAX + 1, REPORT, HELP };

static const struct choice {
	int option;
	const char *name;
	const char *argument; /* NULL: none */
	const char *help;
} choices[] = {
	{ MODE, "mode", "MODE", "auto (default), preload, trap or mount" },
	{ REPORT, "report", "FILE", "write how it ended, as JSON" },
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

static int parse_option(struct request *request, int option, const char *value)
{
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
	*request = (struct request){ .mode = MODE_AUTO };
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
	if (r < 0 && optind == argc)
		return usage_error("no command", NULL);
	request->command = argv + optind;
	return r;
}
