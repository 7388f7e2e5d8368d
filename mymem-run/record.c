/* SPDX-License-Identifier: MIT */
/* The report as one object of JSON, schema 1: null is what is not known. */
#include <inttypes.h>
#include <sys/wait.h>

#include "killed.h"

static const char *const killers[] = {
	[KILLER_NOBODY] = NULL,		[KILLER_UNKNOWN] = "unknown",
	[KILLER_OTHER] = "somebody",	[KILLER_KERNEL] = "kernel",
	[KILLER_GUARD] = "guard",
};
static const char *const proofs[] = {
	[PROOF_NONE] = NULL,
	[PROOF_COUNTERS] = "counters",
	[PROOF_LOG] = "log",
};
static const char *const causes[] = {
	[CAUSE_NONE] = NULL,	   [CAUSE_UNKNOWN] = "unknown",
	[CAUSE_OWN] = "own-limit", [CAUSE_ABOVE] = "limit-above",
	[CAUSE_HIDDEN] = "hidden", [CAUSE_OUTSIDE] = "outside",
	[CAUSE_NODES] = "nodes",   [CAUSE_MACHINE] = "machine",
};

static void number(FILE *out, const char *key, int64_t value)
{
	if (value >= 0)
		fprintf(out, "\"%s\":%" PRId64, key, value);
	else
		fprintf(out, "\"%s\":null", key);
}

static void text(FILE *out, const char *key, const char *value)
{
	fprintf(out, "\"%s\":", key);
	print_json_text(out, value);
}

static void group(FILE *out, const struct group *g)
{
	const struct counters *c = &g->counted;

	fputc('{', out);
	text(out, "path", g->path);
	fputc(',', out);
	text(out, "file", c->file);
	fputc(',', out);
	number(out, "limit", c->limit_bits & MYM_WANT_LIMIT ? c->limit : -1);
	fputc(',', out);
	number(out, "used", g->used);
	fputc(',', out);
	number(out, "peak", g->peak);
	fputc(',', out);
	number(out, "kills", c->killed_here >= 0 ? c->killed_here : c->killed);
	fputc(',', out);
	number(out, "group_kills", c->whole_group);
	fputc('}', out);
}

static void guard(FILE *out, const struct shortage *s)
{
	if (!s) {
		fputs("\"guard\":null", out);
		return;
	}
	fputs("\"guard\":{", out);
	number(out, "available", s->available);
	fputc(',', out);
	number(out, "limit", s->limit);
	fputc(',', out);
	number(out, "reserve", s->reserve > 0 ? s->reserve : -1);
	fputc(',', out);
	text(out, "kind", s->path ? name_of(kind_names, s->kind) : NULL);
	fputc(',', out);
	text(out, "path", s->path);
	fprintf(out, ",\"forced\":%s}", s->forced ? "true" : "false");
}

void record_print(FILE *out, const void *data)
{
	const struct record *r = data;
	const struct killed *k = r->killed;
	const struct verdict *v = &k->verdict;
	const int status = r->child->status;

	fputs("{\"schema\":1,\n ", out);
	text(out, "command", r->command);
	fputc(',', out);
	number(out, "pid", r->child->pid);
	fputc(',', out);
	number(out, "status", r->status);
	fputc(',', out);
	number(out, "signal", WIFSIGNALED(status) ? WTERMSIG(status) : -1);
	fputs(",\n ", out);
	text(out, "killed_by", killers[v->killer]);
	fputc(',', out);
	text(out, "proof", proofs[v->proof]);
	fputc(',', out);
	text(out, "cause", causes[v->cause]);
	fputs(",\n \"place\":", out);
	if (v->cause == CAUSE_OWN || v->cause == CAUSE_ABOVE)
		print_json_text(out, k->groups[v->place].path);
	else
		print_json_text(out, v->cause == CAUSE_HIDDEN ?
				k->evidence.logged.group : NULL);
	fputs(",\n ", out);
	guard(out, r->shortage);
	fputs(",\n \"kills\":{", out);
	number(out, "group", k->evidence.here);
	fputc(',', out);
	number(out, "below", k->evidence.below);
	fputc(',', out);
	number(out, "machine", k->evidence.machine);
	fputs("},\n \"groups\":[", out);
	for (size_t i = 0; i < k->count; i++) {
		fputs(i > 0 ? ",\n  " : "\n  ", out);
		group(out, &k->groups[i]);
	}
	fputs("]}\n", out);
}
