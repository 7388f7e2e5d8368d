/* SPDX-License-Identifier: MIT */
/* One JSON object, schema 1: bytes as integers, null for unknown. */
#include <inttypes.h>
#include <string.h>

#include "mymem-free.h"

static void string(const char *text)
{
	print_json_text(stdout, text);
}

static void member(const char *key, uint64_t valid, uint64_t bit, int64_t value)
{
	if (valid & bit)
		printf("\"%s\":%" PRId64, key, value);
	else
		printf("\"%s\":null", key);
}

static void place(const struct report *report, const char *key, uint64_t bit,
		  uint64_t index)
{
	struct mym_constraint c = constraint_at(report, index);

	if (!(report->snapshot.valid & bit)) {
		printf("\"%s\":null", key);
		return;
	}
	printf("\"%s\":{\"kind\":\"%s\",\"path\":", key,
	       name_of(kind_names, c.kind));
	string(path_at(report, index));
	putchar('}');
}

static void list(const struct name *names, uint64_t bits)
{
	const char *comma = "";

	putchar('[');
	for (; names->name; names++) {
		if (!(bits & names->value))
			continue;
		printf("%s\"%s\"", comma, names->name);
		comma = ",";
	}
	putchar(']');
}

static void percent(const char *key, uint64_t valid, uint64_t bit, int64_t value)
{
	if (valid & bit)
		printf("\"%s\":%" PRId64 ".%02" PRId64, key, value / 100,
		       value % 100);
	else
		printf("\"%s\":null", key);
}

static void pressure(const struct mym_snapshot *s)
{
	printf("\"pressure\":{\"level\":");
	string(s->valid & MYM_WANT_PRESSURE ?
	       name_of(level_names, (uint64_t)s->pressure) : NULL);
	printf(",\"cause\":");
	list(cause_names, s->pressure_cause);
	putchar(',');
	percent("some_avg10", s->valid, MYM_WANT_PSI_SOME, s->psi_some);
	putchar(',');
	percent("full_avg10", s->valid, MYM_WANT_PSI_FULL, s->psi_full);
	printf(",\"scope\":");
	string(s->psi_scope ? name_of(scope_names, (uint64_t)s->psi_scope) : NULL);
	putchar('}');
}

static void cgroup(const struct report *report)
{
	const struct mym_snapshot *s = &report->snapshot;
	bool there = s->cgroup_version > 0;
	struct mym_constraint first = constraint_at(report, 0);
	bool has_dir = there && first.kind == MYM_KIND_CGROUP;

	printf("\"cgroup\":{");
	member("version", there, 1, s->cgroup_version);
	printf(",\"path\":");
	string(there ? mym_cgroup_path(report->ctx) : NULL);
	printf(",\"dir\":");
	string(has_dir ? path_at(report, 0) : NULL);
	putchar('}');
}

static void constraints(const struct report *report, const char *end)
{
	for (uint64_t i = 0; i < report->snapshot.constraints; i++) {
		struct mym_constraint c = constraint_at(report, i);

		printf("%s%s%s{\"kind\":\"%s\",\"path\":", i > 0 ? "," : "", end,
		       *end ? " " : "", name_of(kind_names, c.kind));
		string(path_at(report, i));
		putchar(',');
		member("limit", c.valid, MYM_WANT_LIMIT, c.limit);
		putchar(',');
		member("high", c.valid, MYM_WANT_HIGH, c.high);
		putchar(',');
		member("used", c.valid, MYM_WANT_USED, c.used);
		putchar(',');
		member("reclaimable", c.valid, MYM_WANT_RECLAIMABLE, c.reclaimable);
		putchar(',');
		member("available", c.valid, MYM_WANT_AVAILABLE, c.available);
		putchar('}');
	}
}

void print_json(const struct report *report, bool line)
{
	const char *end = line ? "" : "\n ";
	const struct mym_snapshot *s = &report->snapshot;

	printf("{\"schema\":1,%s", end);
	member("limit", s->valid, MYM_WANT_LIMIT, s->limit);
	putchar(',');
	member("available", s->valid, MYM_WANT_AVAILABLE, s->available);
	putchar(',');
	member("used", s->valid, MYM_WANT_USED, s->used);
	putchar(',');
	member("reclaimable", s->valid, MYM_WANT_RECLAIMABLE, s->reclaimable);
	putchar(',');
	member("high", s->valid, MYM_WANT_HIGH, s->high);
	printf(",%s", end);
	place(report, "limit_by", MYM_WANT_LIMIT, s->limit_by);
	printf(",%s", end);
	place(report, "available_by", MYM_WANT_AVAILABLE, s->available_by);
	printf(",%s", end);
	pressure(s);
	printf(",%s\"swap\":{", end);
	member("limit", s->valid, MYM_WANT_SWAP_LIMIT, s->swap_limit);
	putchar(',');
	member("available", s->valid, MYM_WANT_SWAP_AVAILABLE, s->swap_available);
	printf("},%s\"host\":{", end);
	member("total", s->valid, MYM_WANT_HOST_TOTAL, s->host_total);
	putchar(',');
	member("available", s->valid, MYM_WANT_HOST_AVAILABLE, s->host_available);
	printf("},%s", end);
	cgroup(report);
	printf(",%s", end);
	member("oom_kills", s->valid, MYM_WANT_OOM_KILLS, s->oom_kills);
	printf(",%s\"flags\":", end);
	list(flag_names, s->flags);
	printf(",%s\"constraints\":[", end);
	constraints(report, end);
	printf("]}\n");
}
