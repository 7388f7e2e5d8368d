/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>

#include "json.h"
#include "kernel-file.h"
#include "mymem-free/names.h"
#include "report.h"
#include "session.h"

static const char *const endings[] = {
	[ENDED_KILLED] = "killed",
	[ENDED_REFUSED] = "enomem",
	[ENDED_THROTTLED] = "throttled",
	[ENDED_BY_TEST] = "limit-of-test",
};

static void begin(const char *world, const struct situation *situation)
{
	session_record(world, situation->name);
	json_text("bar", situation->bar);
}

void report_why(const char *world, const struct situation *situation,
		const char *key, const char *why)
{
	begin(world, situation);
	json_text(key, why);
	json_end();
}

/* What the constraint allows: above memory.high it throttles. */
static int64_t bound(const struct mym_constraint *by)
{
	if (!(by->valid & MYM_WANT_LIMIT) ||
	    ((by->valid & MYM_WANT_HIGH) && by->high < by->limit))
		return by->high;
	return by->limit;
}

static void put_flags(uint64_t set)
{
	json_list("flags");
	for (const struct name *flag = flag_names; flag->name; flag++) {
		if (set & flag->value)
			json_text(NULL, flag->name);
	}
	json_close();
}

/* The truth is that of a process without a runtime: what that has itself is
 * not there for it any more, and is added.  But 0 is 0. */
static int64_t before_runtime(const struct answer *runtime)
{
	return runtime->said > 0 ? runtime->said + runtime->own : 0;
}

static void put_peers(const int64_t *answers, const struct answer *runtimes)
{
	json_object("peers");
	for (int i = 0; i < PEERS; i++)
		json_known(peer_names[i], answers[i], answers[i] >= 0);
	for (int i = 0; i < RUNTIMES; i++) {
		json_known(runtime_names[i], before_runtime(&runtimes[i]),
		       runtimes[i].said >= 0);
	}
	json_close();
}

static void put_versions(const struct answer *runtimes)
{
	const char *libuv = peers_libuv();
	char key[32];

	if (libuv)
		json_text("libuv_version", libuv);
	for (int i = 0; i < RUNTIMES; i++) {
		if (runtimes[i].said < 0)
			continue;
		snprintf(key, sizeof(key), "%s_version", runtime_names[i]);
		json_text(key, runtimes[i].version);
		snprintf(key, sizeof(key), "%s_own", runtime_names[i]);
		json_number(key, runtimes[i].own);
	}
}

void report_result(const char *world, const struct situation *situation,
		   const struct result *result,
		   const struct answer answers[RUNTIMES])
{
	const struct mym_snapshot *s = &result->snapshot;
	const int64_t cma = kernel_key("/proc/meminfo", "CmaTotal");

	begin(world, situation);
	json_known("limit", result->limit, result->limit >= 0);
	json_known("available", result->available, result->available >= 0);
	json_known("available_of_context", s->available,
	       s->valid & MYM_WANT_AVAILABLE);
	json_text("by", name_of(kind_names, result->by.kind));
	json_number("by_limit", bound(&result->by));
	json_known("by_used", result->by.used, result->by.valid & MYM_WANT_USED);
	json_known("by_reclaimable", result->by.reclaimable,
	       result->by.valid & MYM_WANT_RECLAIMABLE);
	json_known("swap_available", s->swap_available,
	       s->valid & MYM_WANT_SWAP_AVAILABLE);
	json_number("ram", kernel_key("/proc/meminfo", "MemTotal"));
	json_number("pool", kernel_key("/proc/meminfo", "Hugetlb"));
	json_number("cpus", sysconf(_SC_NPROCESSORS_ONLN));
	json_number("cma", cma < 0 ? 0 : cma); /* not in every kernel */
	json_number("truth", result->truth);
	json_text("ended", endings[result->ending]);
	put_flags(s->flags);
	put_peers(result->peers, answers);
	put_versions(answers);
	json_end();
}
