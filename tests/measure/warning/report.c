/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <string.h>

#include "json.h"
#include "mymem-free/names.h"
#include "report.h"
#include "session.h"

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

static void begin(const char *world, const struct situation *situation, int run)
{
	session_record(world, situation->name);
	json_number("run", run);
	json_number("limit", situation->limit);
	json_number("asked", situation->rate);
}

void report_why(const char *world, const struct situation *situation, int run,
		const char *key, const char *why)
{
	begin(world, situation, run);
	json_text(key, why);
	json_end();
}

static void put_causes(uint64_t causes)
{
	json_list("cause");
	for (const struct name *cause = cause_names; cause->name; cause++) {
		if (causes & cause->value)
			json_text(NULL, cause->name);
	}
	json_close();
}

void report_facts(const char *world, const struct stage *stage, int run,
		  const struct facts *facts)
{
	begin(world, stage->situation, run);
	json_text("stalls", !stage->stalls[0] ? "none" :
		       stage->own_stalls ? "group" : "machine");
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		int64_t value;

		memcpy(&value, (const char *)facts + numbers[i].at,
		       sizeof(value));
		json_known(numbers[i].name, value, value != NONE);
	}
	put_causes(facts->cause);
	json_end();
}
