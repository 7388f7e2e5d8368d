/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <limits.h>
#include <string.h>

#include "clock.h"
#include "request.h"
#include "seconds.h"

/* Long options without a letter. */
enum {
	KILO = UCHAR_MAX + 1, MEGA, GIGA, TERA, PETA, TEBI, PEBI, SI, HELP,
	LIMIT, AVAILABLE, PRESSURE, WORKERS, PERCENT, RESERVE, MIN, MAX, IGNORE,
	REQUIRE_LIMIT, LOG_LINE, EXPLAIN, ADVISE, OOM_OPTION, JSON_OPTION,
	METRICS_OPTION, MEMINFO_OPTION, CHECK_OPTION, WAIT, TIMEOUT, EXEC_ON,
	WATCH, SYSROOT, PID
};

/* FREE: free(1) has it.  OWN: mymem-free has it. */
enum { FREE = 1, OWN = 2, BOTH = FREE | OWN };

static const struct choice {
	int option;
	int of;
	const char *name;
	const char *argument; /* NULL: none; "[X]": X may be left out */
	const char *help;
} choices[] = {
	{ 'b', BOTH, "bytes", NULL, "in bytes" },
	{ KILO, BOTH, "kilo", NULL, "in kilobytes, of 1000 bytes" },
	{ MEGA, BOTH, "mega", NULL, "in megabytes" },
	{ GIGA, BOTH, "giga", NULL, "in gigabytes" },
	{ TERA, BOTH, "tera", NULL, "in terabytes" },
	{ PETA, BOTH, "peta", NULL, "in petabytes" },
	{ 'k', BOTH, "kibi", NULL, "in KiB, of 1024 bytes (default)" },
	{ 'm', BOTH, "mebi", NULL, "in MiB" },
	{ 'g', BOTH, "gibi", NULL, "in GiB" },
	{ TEBI, BOTH, "tebi", NULL, "in TiB" },
	{ PEBI, BOTH, "pebi", NULL, "in PiB" },
	{ 'h', BOTH, "human", NULL, "in the unit that fits" },
	{ SI, BOTH, "si", NULL, "units are powers of 1000, not of 1024" },
	{ 'l', BOTH, "lohi", NULL, "lines for low and high memory" },
	{ 'L', FREE, "line", NULL, "everything on one line" },
	{ 'L', OWN, NULL, NULL, "the table on one line" },
	{ 't', BOTH, "total", NULL, "a line for memory and swap together" },
	{ 'v', BOTH, "committed", NULL, "a line for what was promised" },
	{ 's', BOTH, "seconds", "N", "again every N seconds" },
	{ 'c', BOTH, "count", "N", "N times, then end" },
	{ 'w', BOTH, "wide", NULL, "buffers and cache apart" },
	{ LIMIT, OWN, "limit", NULL, "the limit, and nothing else" },
	{ AVAILABLE, OWN, "available", NULL, "what can still be had" },
	{ PRESSURE, OWN, "pressure", NULL, "0, 50, 100 or 255" },
	{ WORKERS, OWN, "workers", "SIZE",
	  "how many of SIZE fit, at least 1" },
	{ PERCENT, OWN, "percent", "N", "so much of the number" },
	{ RESERVE, OWN, "reserve", "SIZE", "less so much" },
	{ MIN, OWN, "min", "SIZE", "and no less than that" },
	{ MAX, OWN, "max", "N", "no more workers (default: processors)" },
	{ IGNORE, OWN, "ignore", "N", "so many workers fewer" },
	{ REQUIRE_LIMIT, OWN, "require-limit", NULL,
	  "end with 3 if only the machine limits" },
	{ LOG_LINE, OWN, "line", NULL, "one line, for a log" },
	{ EXPLAIN, OWN, "explain", NULL,
	  "the rules that were found" },
	{ ADVISE, OWN, "advice", NULL,
	  "what helps, where something does" },
	{ OOM_OPTION, OWN, "oom", NULL,
	  "what was killed, and why" },
	{ JSON_OPTION, OWN, "json", "[lines]",
	  "an object in JSON, or one on a line" },
	{ METRICS_OPTION, OWN, "metrics", "[FILE]",
	  "for Prometheus" },
	{ CHECK_OPTION, OWN, "check", "warn=N,crit=N",
	  "as a plugin for monitoring" },
	{ WAIT, OWN, "wait", "CONDITION", "first, until available>=200M" },
	{ TIMEOUT, OWN, "timeout", "N", "no longer than N seconds" },
	{ EXEC_ON, OWN, "exec-on", "LEVEL",
	  "run COMMAND on pressure" },
	{ WATCH, OWN, "watch", NULL, "a live view; a log elsewhere" },
	{ MEMINFO_OPTION, OWN, "meminfo", NULL,
	  "as /proc/meminfo would have it" },
	{ PID, OWN, "pid", "N", "about the process N" },
	{ SYSROOT, OWN, "sysroot", "DIR", "examine proc/ and sys/ below DIR" },
	{ HELP, BOTH, "help", NULL, "this text" },
	{ 'V', BOTH, "version", NULL, "the version of the library" },
};
#define CHOICES (sizeof(choices) / sizeof(choices[0]))

static void print_help(const struct request *request)
{
	const int mine = request->as_free ? FREE : OWN;

	printf("Usage: %s [options]\n%s\n", program, request->as_free ? "" :
	       "       mymem-free [options] --exec-on LEVEL COMMAND [ARGUMENT...]\n");
	for (size_t i = 0; i < CHOICES; i++) {
		const struct choice *c = &choices[i];
		char text[64], letter[] = { (char)c->option, ',', '\0' };
		bool optional = c->argument && c->argument[0] == '[';

		if (!(c->of & mine))
			continue;
		if (c->option > UCHAR_MAX)
			letter[0] = '\0';
		else if (!c->name)
			letter[1] = '\0';
		snprintf(text, sizeof(text), "  %s%-2s %s%s%s%s",
			 *letter ? "-" : " ", letter, c->name ? "--" : "",
			 c->name ? c->name : "",
			 !c->argument ? "" : optional ? "[=" : " ",
			 c->argument ? c->argument + optional : "");
		printf("%-24s  %s\n", text, c->help);
	}
}

static int usage_error(const struct request *request, const char *why,
		       const char *what)
{
	fprintf(stderr, "%s: %s", program, why);
	if (what) {
		fputs(": ", stderr);
		print_text(stderr, what);
	}
	fprintf(stderr, "\nTry '%s --help'.\n", program);
	return request->as_free ? FAILED : USAGE;
}

static bool is_time(const char *text, int64_t *nanoseconds)
{
	const char *end = parse_seconds(text, nanoseconds);

	return end && *end == '\0' && *nanoseconds > 0;
}

/* The unit of an option as a power of 1024 or 1000; false if it is none. */
static bool unit_of(int option, int *power, bool *si)
{
	static const struct {
		int option, power;
		bool si;
	} units[] = {
		{ 'b', 0, false }, { 'k', 1, false }, { 'm', 2, false },
		{ 'g', 3, false }, { TEBI, 4, false }, { PEBI, 5, false },
		{ KILO, 1, true }, { MEGA, 2, true }, { GIGA, 3, true },
		{ TERA, 4, true }, { PETA, 5, true },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (units[i].option == option) {
			*power = units[i].power;
			*si |= units[i].si;
			return true;
		}
	}
	return false;
}

/* What the options say before they are compared with each other. */
struct parsed {
	struct request *request;
	int power; /* of the unit, -1: none was given */
	bool si;
	bool form;  /* one was given */
	bool share; /* --percent and the like */
	bool workers; /* --max and the like */
};

static const char *take_form(struct parsed *p, enum form form)
{
	if (p->form)
		return "only one form of output can be had";
	p->form = true;
	p->request->form = form;
	return NULL;
}

static const char *take_number(struct parsed *p, enum number of)
{
	p->request->number.of = of;
	return take_form(p, NUMBER);
}

/* Returns what is wrong with the option, or NULL. */
static const char *take(struct parsed *p, int option, const char *argument)
{
	static const char bad_size[] =
		"not an amount such as 300M or 1.5GiB";
	static const char bad_time[] = "not a number of seconds above 0";
	static const char bad_number[] = "not a whole number in its range";
	struct request *r = p->request;
	int power;

	if (unit_of(option, &power, &p->si)) {
		if (p->power >= 0)
			return "only one unit can be had";
		p->power = power;
		return NULL;
	}
	switch (option) {
	case 'h':
		r->table.unit.human = true;
		return NULL;
	case SI:
		p->si = true;
		return NULL;
	case 'l':
		r->table.low_high = true;
		return NULL;
	case 'L':
		r->table.line = true;
		return NULL;
	case 't':
		r->table.total = true;
		return NULL;
	case 'v':
		r->table.committed = true;
		return NULL;
	case 'w':
		r->table.wide = true;
		return NULL;
	case 's':
		return is_time(argument, &r->nanoseconds) ? NULL : bad_time;
	case 'c':
		return parse_whole(argument, 1, INT64_MAX, &r->count) ? NULL : bad_number;
	case LIMIT:
		return take_number(p, OF_LIMIT);
	case AVAILABLE:
		return take_number(p, OF_AVAILABLE);
	case PRESSURE:
		return take_number(p, OF_PRESSURE);
	case WORKERS:
		if (!parse_size(argument, &r->number.each) || !r->number.each)
			return bad_size;
		return take_number(p, OF_WORKERS);
	case PERCENT:
		p->share = true;
		return parse_whole(argument, 1, 100, &r->number.percent) ? NULL :
		       bad_number;
	case RESERVE:
		p->share = true;
		return parse_size(argument, &r->number.reserve) ? NULL : bad_size;
	case MIN:
		p->share = true;
		return parse_size(argument, &r->number.least) ? NULL : bad_size;
	case MAX:
		p->workers = true;
		return parse_whole(argument, 1, INT64_MAX, &r->number.most) ? NULL :
		       bad_number;
	case IGNORE:
		p->workers = true;
		return parse_whole(argument, 0, INT64_MAX, &r->number.ignore) ? NULL :
		       bad_number;
	case REQUIRE_LIMIT:
		r->require_limit = true;
		return NULL;
	case LOG_LINE:
		return take_form(p, LINE);
	case EXPLAIN:
		return take_form(p, EXPLANATION);
	case ADVISE:
		return take_form(p, ADVICE);
	case OOM_OPTION:
		return take_form(p, OOM);
	case JSON_OPTION:
		r->json_lines = argument != NULL;
		if (argument && strcmp(argument, "lines") != 0)
			return "not a form of JSON";
		return take_form(p, JSON);
	case METRICS_OPTION:
		r->metrics_file = argument;
		return take_form(p, METRICS);
	case MEMINFO_OPTION:
		return take_form(p, MEMINFO);
	case CHECK_OPTION:
		if (!parse_check(argument, &r->check))
			return "not thresholds such as warn=20%,crit=100M";
		return take_form(p, CHECK);
	case WATCH:
		return take_form(p, VIEW);
	case WAIT:
		return parse_condition(argument, &r->condition) ? NULL :
		       "not a condition such as available>=200M";
	case TIMEOUT:
		return is_time(argument, &r->timeout) ? NULL : bad_time;
	case EXEC_ON:
		if (!value_named(level_names, argument, &r->reaction.level) ||
		    r->reaction.level <= MYM_PRESSURE_NONE)
			return "not a level: low, medium or critical";
		return take_form(p, REACTION);
	case SYSROOT:
		r->sysroot = r->about = argument;
		return NULL;
	case PID:
		r->about = argument;
		return parse_whole(argument, 1, INT_MAX, &r->pid) ? NULL : bad_number;
	default:
		return "bad option";
	}
}

/* Options that mean nothing together, or without another. */
static const char *contradiction(const struct parsed *p)
{
	const struct request *r = p->request;
	const struct table *t = &r->table;
	const bool number = r->form == NUMBER;
	const bool bytes = number && (r->number.of == OF_LIMIT ||
				      r->number.of == OF_AVAILABLE);

	if (p->share && !bytes && !(number && r->number.of == OF_WORKERS))
		return "--percent, --reserve and --min need --limit, --available "
		       "or --workers";
	if (p->workers && !(number && r->number.of == OF_WORKERS))
		return "--max and --ignore need --workers";
	if (r->form != TABLE && (t->unit.human || t->low_high || t->line ||
				 t->total || t->committed || t->wide))
		return "-h, -l, -L, -t, -v and -w are about the table";
	if (r->form != TABLE && !bytes && (p->power >= 0 || p->si))
		return "units are for the table, --limit and --available";
	if (r->timeout > 0 && !r->condition.given)
		return "--timeout needs --wait";
	if (r->pid && (r->sysroot || r->form == REACTION))
		return "--pid goes with neither --sysroot nor --exec-on";
	if (r->pid && number && r->number.of == OF_WORKERS && !r->number.most)
		return "--workers needs --max for another process";
	if (r->form == REACTION && (r->sysroot || !*r->reaction.command))
		return r->sysroot ? "only this system can be watched" :
				    "--exec-on needs a command";
	return NULL;
}

static void apply_unit(const struct parsed *p)
{
	struct request *r = p->request;
	/* A number alone is in bytes, a table in KiB. */
	int power = p->power >= 0 ? p->power : r->form == NUMBER && !p->si ? 0 : 1;
	int64_t bytes = 1;

	while (power-- > 0)
		bytes *= p->si ? 1000 : 1024;
	r->table.unit.bytes = r->number.unit = bytes;
	r->table.unit.si = p->si;
}

int parse_request(int argc, char **argv, struct request *request)
{
	const int mine = request->as_free ? FREE : OWN;
	struct parsed p = { .request = request, .power = -1 };
	struct option options[CHOICES + 1] = { 0 }, *next = options;
	char letters[2 * CHOICES + 2], *letter = letters;
	const char *wrong;
	int option;

	/* A command has options of its own. */
	if (!request->as_free)
		*letter++ = '+';
	for (size_t i = 0; i < CHOICES; i++) {
		const struct choice *c = &choices[i];

		if (!(c->of & mine))
			continue;
		if (c->option <= UCHAR_MAX) {
			*letter++ = (char)c->option;
			if (c->argument)
				*letter++ = ':';
		}
		if (c->name)
			*next++ = (struct option){
				c->name, !c->argument ? no_argument :
				c->argument[0] == '[' ? optional_argument :
				required_argument, NULL, c->option
			};
	}
	*letter = '\0';
	/* getopt_long() would show arguments as they are. */
	opterr = 0;
	while ((option = getopt_long(argc, argv, letters, options, NULL)) >= 0) {
		const char bad[] = { '-', (char)optopt, '\0' };

		if (option == HELP) {
			print_help(request);
			return OK;
		}
		if (option == 'V') {
			printf("%s from libmymem %s\n", program, mym_version());
			return OK;
		}
		if (option == '?')
			return usage_error(request, "bad option",
					   optopt > 0 && optopt <= UCHAR_MAX ?
					   bad : argv[optind - 1]);
		wrong = take(&p, option, optarg);
		if (wrong && option == CHECK_OPTION)
			return print_unknown(wrong);
		if (wrong)
			return usage_error(request, wrong, optarg);
		if (option == EXEC_ON) {
			request->reaction.command = argv + optind;
			optind = argc;
		}
	}
	if (optind < argc)
		return usage_error(request, "unexpected argument", argv[optind]);
	wrong = contradiction(&p);
	if (wrong)
		return usage_error(request, wrong, NULL);
	apply_unit(&p);
	request->reaction.count = request->count;
	request->reaction.pause = request->nanoseconds > 0 ?
				  request->nanoseconds : 10 * SECOND;
	if (request->condition.given && !p.form)
		request->form = NOTHING;
	/* Either of them alone goes together with a default of the other. */
	if (request->nanoseconds == 0) {
		if (request->count == 0 && request->form != VIEW)
			request->count = 1;
		request->nanoseconds = SECOND;
	}
	return -1;
}
