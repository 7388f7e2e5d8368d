/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "group.h"
#include "names.h"
#include "report.h"

#define FACT(name) { #name, offsetof(struct facts, name) }

static const struct {
	const char *name;
	size_t at;
} numbers[] = {
	FACT(killed), FACT(rate), FACT(touched), FACT(seconds), FACT(lead),
	FACT(plain), FACT(glib), FACT(systemd), FACT(warnings),
	FACT(stall_warnings), FACT(criticals),
	FACT(strangers), FACT(room), FACT(breaches), FACT(stall_lag), FACT(plain_lag),
	FACT(glib_lag), FACT(systemd_lag), FACT(lag), FACT(median_lag),
	FACT(changes), FACT(told), FACT(kill_events), FACT(kills),
	FACT(wakes), FACT(relaxed), FACT(relaxed_wakes),
	FACT(descriptors_before), FACT(descriptors_after),
};

static void text(const char *key, const char *value)
{
	printf("\"%s\": \"", key);
	for (; *value; value++)
		putchar(*value < ' ' || *value == '"' || *value == '\\' ?
			'?' : *value);
	printf("\"");
}

static void begin(const char *world, const struct scene *scene, int run)
{
	struct utsname uts;

	uname(&uts);
	printf("{");
	text("scene", scene->name);
	printf(", ");
	text("world", world);
	printf(", ");
	text("kernel", uts.release);
	printf(", \"cgroup\": %d, \"run\": %d, \"limit\": %lld, "
	       "\"asked\": %lld, ", group_version(), run,
	       (long long)scene->limit, (long long)scene->rate);
}

static void end(void)
{
	printf("}\n");
	fflush(stdout);
}

void report_why(const char *world, const struct scene *scene, int run,
		const char *key, const char *why)
{
	begin(world, scene, run);
	text(key, why);
	end();
}

static void put_causes(uint64_t causes)
{
	const char *comma = "";

	printf("\"cause\": [");
	for (const struct name *cause = cause_names; cause->name; cause++) {
		if (!(causes & cause->value))
			continue;
		printf("%s\"%s\"", comma, cause->name);
		comma = ", ";
	}
	printf("]");
}

void report_facts(const char *world, const struct stage *stage, int run,
		  const struct facts *facts)
{
	begin(world, stage->scene, run);
	text("stalls", !stage->stalls[0] ? "none" :
		       stage->own_stalls ? "group" : "machine");
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		int64_t value;

		memcpy(&value, (const char *)facts + numbers[i].at,
		       sizeof(value));
		if (value == NONE)
			printf(", \"%s\": null", numbers[i].name);
		else
			printf(", \"%s\": %lld", numbers[i].name,
			       (long long)value);
	}
	printf(", ");
	put_causes(facts->cause);
	end();
}
