/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "metrics.h"

/* A sample of what is not known is left out: it would be a wrong number. */
static const struct {
	const char *name, *type, *help;
	uint64_t bit;
	size_t member;  /* of a snapshot */
	int hundredths; /* of a percent: shown as a share of 1 */
} samples[] = {
#define MEMBER(name) offsetof(struct mym_snapshot, name)
	{ "mymem_limit_bytes", "gauge", "How much memory may be used.",
	  MYM_WANT_LIMIT, MEMBER(limit), 0 },
	{ "mymem_available_bytes", "gauge",
	  "How much memory can still be had without swap.",
	  MYM_WANT_AVAILABLE, MEMBER(available), 0 },
	{ "mymem_used_bytes", "gauge",
	  "How much of the limit is used, page cache included.",
	  MYM_WANT_USED, MEMBER(used), 0 },
	{ "mymem_reclaimable_bytes", "gauge",
	  "The part of what is used that can be taken back without swap.",
	  MYM_WANT_RECLAIMABLE, MEMBER(reclaimable), 0 },
	{ "mymem_shared_bytes", "gauge",
	  "The part of what is used that is tmpfs and shared memory.",
	  MYM_WANT_SHMEM, MEMBER(shmem), 0 },
	{ "mymem_high_bytes", "gauge",
	  "The smallest memory.high, above which the kernel throttles.",
	  MYM_WANT_HIGH, MEMBER(high), 0 },
	{ "mymem_swap_limit_bytes", "gauge", "How much may be swapped out.",
	  MYM_WANT_SWAP_LIMIT, MEMBER(swap_limit), 0 },
	{ "mymem_swap_available_bytes", "gauge",
	  "How much more would be swapped out to make room.",
	  MYM_WANT_SWAP_AVAILABLE, MEMBER(swap_available), 0 },
	{ "mymem_host_bytes", "gauge", "The memory of the machine.",
	  MYM_WANT_HOST_TOTAL, MEMBER(host_total), 0 },
	{ "mymem_host_available_bytes", "gauge",
	  "What the kernel says is available of the machine's memory.",
	  MYM_WANT_HOST_AVAILABLE, MEMBER(host_available), 0 },
	{ "mymem_pressure_level", "gauge",
	  "How hard it is squeezed: 0 none, 50 low, 100 medium, 255 critical.",
	  MYM_WANT_PRESSURE, MEMBER(pressure), 0 },
	{ "mymem_psi_some_avg10_ratio", "gauge",
	  "The share of the last 10 s in which something waited for memory.",
	  MYM_WANT_PSI_SOME, MEMBER(psi_some), 1 },
	{ "mymem_psi_full_avg10_ratio", "gauge",
	  "The share of the last 10 s in which everything waited for memory.",
	  MYM_WANT_PSI_FULL, MEMBER(psi_full), 1 },
	{ "mymem_oom_kills_total", "counter",
	  "Processes of the control group killed for lack of memory.",
	  MYM_WANT_OOM_KILLS, MEMBER(oom_kills), 0 },
#undef MEMBER
};

/* The same facts of each rule, told apart by labels. */
static const struct {
	const char *name, *help;
	uint64_t bit;
	size_t member; /* of a constraint */
} rule_samples[] = {
#define MEMBER(name) offsetof(struct mym_constraint, name)
	{ "mymem_rule_limit_bytes", "The limit of one rule.", MYM_WANT_LIMIT,
	  MEMBER(limit) },
	{ "mymem_rule_used_bytes", "What is used of that limit.", MYM_WANT_USED,
	  MEMBER(used) },
	{ "mymem_rule_available_bytes",
	  "What can still be had under that rule alone.",
	  MYM_WANT_AVAILABLE, MEMBER(available) },
#undef MEMBER
};

static int64_t member_of(const void *of, size_t member)
{
	int64_t value;

	memcpy(&value, (const char *)of + member, sizeof(value));
	return value;
}

static void declare(FILE *out, const char *name, const char *type,
		    const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void label(FILE *out, const char *name, const char *text)
{
	fprintf(out, "%s=", name);
	print_quoted(out, text);
}

static void print_rules(FILE *out, const struct report *report)
{
	for (size_t i = 0; i < sizeof(rule_samples) / sizeof(rule_samples[0]);
	     i++) {
		const char *name = rule_samples[i].name;

		declare(out, name, "gauge", rule_samples[i].help);
		for (uint64_t at = 0; at < report->snapshot.constraints; at++) {
			struct mym_constraint c = constraint_at(report, at);

			if (!(c.valid & rule_samples[i].bit))
				continue;
			fprintf(out, "%s{kind=\"%s\",", name,
				name_of(kind_names, c.kind));
			label(out, "path", path_at(report, at));
			fprintf(out, "} %" PRId64 "\n",
				member_of(&c, rule_samples[i].member));
		}
	}
}

void print_metrics(FILE *out, const void *data)
{
	const struct report *report = data;
	const struct mym_snapshot *s = &report->snapshot;

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		int64_t value = member_of(s, samples[i].member);

		if (!(s->valid & samples[i].bit))
			continue;
		declare(out, samples[i].name, samples[i].type, samples[i].help);
		if (samples[i].hundredths)
			fprintf(out, "%s %" PRId64 ".%04" PRId64 "\n",
				samples[i].name, value / 10000, value % 10000);
		else
			fprintf(out, "%s %" PRId64 "\n", samples[i].name, value);
	}
	print_rules(out, report);
	declare(out, "mymem_info", "gauge",
		"1, with the rules that set the limit and what is available.");
	fprintf(out, "mymem_info{");
	label(out, "limit_by", s->valid & MYM_WANT_LIMIT ?
	      path_at(report, s->limit_by) : "");
	fputc(',', out);
	label(out, "available_by", s->valid & MYM_WANT_AVAILABLE ?
	      path_at(report, s->available_by) : "");
	fputc(',', out);
	label(out, "version", mym_version());
	fprintf(out, "} 1\n");
}
