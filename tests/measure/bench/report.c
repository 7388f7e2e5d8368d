/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "group.h"
#include "json.h"
#include "peers.h"
#include "report.h"

static bool as_json;
static double unit; /* of all: getppid's median */

void report_begin(bool json, int rounds)
{
	int major = 0, minor = 0;
	char kernel[32];
	struct utsname uts;

	as_json = json;
	uname(&uts);
	sscanf(uts.release, "%d.%d", &major, &minor);
	if (json) {
		snprintf(kernel, sizeof(kernel), "%d.%d", major, minor);
		json_begin();
		json_text("kernel", kernel);
		json_number("cgroup", group_version());
		json_number("cpus", sysconf(_SC_NPROCESSORS_ONLN));
		json_number("rounds", rounds);
		json_text("libuv", peers_libuv());
		json_end();
	} else {
		printf("%-44s %12s %12s %10s\n", "", "min", "median",
		       "x getppid");
	}
}

void report_missing(const struct situation *situation, const char *why)
{
	if (as_json) {
		json_begin();
		json_text("missing", situation->name);
		json_text("why", why);
		json_end();
	} else {
		printf("%s: %s\n", situation->name, why);
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double middle(const double *sorted, int count)
{
	int half = count / 2;

	return count % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

static void print_json(const char *section, const struct row *row, long calls,
		       double least, double median, int count)
{
	json_begin();
	json_text("section", section);
	json_text("row", row->name);
	json_text("unit", row->unit ? row->unit : "ns");
	json_real("min", least, 2);
	json_real("median", median, 2);
	if (!row->unit && unit > 0)
		json_real("ratio", median / unit, 4);
	json_number("batches", count);
	json_number("calls", calls);
	json_end();
}

static void print_text(const char *section, const struct row *row, double least,
		       double median)
{
	static char last[64];

	if (strcmp(last, section) != 0)
		printf("%s\n", section);
	snprintf(last, sizeof(last), "%s", section);
	printf("  %-42s %12.1f %12.1f ", row->name, least, median);
	if (!row->unit && unit > 0)
		printf("%10.2f\n", median / unit);
	else
		printf("%10s\n", row->unit ? row->unit : "");
}

void report_row(const struct situation *situation, const struct row *row,
		long calls, double *samples, int count)
{
	const char *section = row->section ? row->section : situation->name;
	double median;

	qsort(samples, (size_t)count, sizeof(*samples), compare);
	median = middle(samples, count);
	if (unit <= 0 && strcmp(row->name, "getppid") == 0)
		unit = median;
	if (as_json)
		print_json(section, row, calls, samples[0], median, count);
	else
		print_text(section, row, samples[0], median);
}
