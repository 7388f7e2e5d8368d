/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "group.h"
#include "kernel-file.h"
#include "names.h"
#include "report.h"

static const char *const endings[] = {
	[ENDED_KILLED] = "killed",
	[ENDED_REFUSED] = "enomem",
	[ENDED_THROTTLED] = "throttled",
	[ENDED_BY_TEST] = "limit-of-test",
};

/* All our texts are plain; a stranger's are made so. */
static void text(const char *key, const char *value)
{
	printf("\"%s\": \"", key);
	for (; *value; value++)
		putchar(*value < ' ' || *value == '"' || *value == '\\' ?
			'?' : *value);
	printf("\"");
}

static void number(const char *key, int64_t value, bool known)
{
	if (known)
		printf("\"%s\": %lld", key, (long long)value);
	else
		printf("\"%s\": null", key);
}

static void begin(const char *world, const struct situation *situation)
{
	struct utsname uts;

	uname(&uts);
	printf("{");
	text("situation", situation->name);
	printf(", ");
	text("world", world);
	printf(", ");
	text("kernel", uts.release);
	printf(", \"cgroup\": %d, ", group_version());
	text("bar", situation->bar);
	printf(", ");
}

static void end(void)
{
	printf("}\n");
	fflush(stdout);
}

void report_skipped(const char *world, const struct situation *situation,
		    const char *why)
{
	begin(world, situation);
	text("skipped", why);
	end();
}

void report_failed(const char *world, const struct situation *situation,
		   const char *why)
{
	begin(world, situation);
	text("failed", why);
	end();
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
	const char *comma = "";

	printf("\"flags\": [");
	for (const struct name *flag = flag_names; flag->name; flag++) {
		if (!(set & flag->value))
			continue;
		printf("%s\"%s\"", comma, flag->name);
		comma = ", ";
	}
	printf("]");
}

/* The truth is that of a process without a runtime: what that has itself is
 * not there for it any more, and is added.  But 0 is 0. */
static int64_t before_runtime(const struct answer *runtime)
{
	return runtime->said > 0 ? runtime->said + runtime->own : 0;
}

static void put_peers(const int64_t *answers, const struct answer *runtimes)
{
	printf("\"peers\": {");
	for (int i = 0; i < PEERS; i++) {
		number(peer_names[i], answers[i], answers[i] >= 0);
		printf(", ");
	}
	for (int i = 0; i < RUNTIMES; i++) {
		number(runtime_names[i], before_runtime(&runtimes[i]),
		       runtimes[i].said >= 0);
		printf("%s", i < RUNTIMES - 1 ? ", " : "}");
	}
}

static void put_versions(const struct answer *runtimes)
{
	const char *libuv = peers_libuv();
	char key[32];

	if (libuv) {
		printf(", ");
		text("libuv_version", libuv);
	}
	for (int i = 0; i < RUNTIMES; i++) {
		if (runtimes[i].said < 0)
			continue;
		snprintf(key, sizeof(key), "%s_version", runtime_names[i]);
		printf(", ");
		text(key, runtimes[i].version);
		snprintf(key, sizeof(key), "%s_own", runtime_names[i]);
		printf(", ");
		number(key, runtimes[i].own, true);
	}
}

void report_result(const char *world, const struct situation *situation,
		   const struct result *result,
		   const struct answer answers[RUNTIMES])
{
	const struct mym_snapshot *s = &result->snapshot;
	const int64_t cma = kernel_key("/proc/meminfo", "CmaTotal");

	begin(world, situation);
	number("limit", result->limit, result->limit >= 0);
	printf(", ");
	number("available", result->available, result->available >= 0);
	printf(", ");
	number("available_of_context", s->available,
	       s->valid & MYM_WANT_AVAILABLE);
	printf(", ");
	text("by", name_of(kind_names, result->by.kind));
	printf(", ");
	number("by_limit", bound(&result->by), true);
	printf(", ");
	number("by_used", result->by.used, result->by.valid & MYM_WANT_USED);
	printf(", ");
	number("by_reclaimable", result->by.reclaimable,
	       result->by.valid & MYM_WANT_RECLAIMABLE);
	printf(", ");
	number("swap_available", s->swap_available,
	       s->valid & MYM_WANT_SWAP_AVAILABLE);
	printf(", ");
	number("ram", kernel_key("/proc/meminfo", "MemTotal"), true);
	printf(", ");
	number("pool", kernel_key("/proc/meminfo", "Hugetlb"), true);
	printf(", ");
	number("cpus", sysconf(_SC_NPROCESSORS_ONLN), true);
	printf(", ");
	number("cma", cma < 0 ? 0 : cma, true); /* not in every kernel */
	printf(", ");
	number("truth", result->truth, true);
	printf(", ");
	text("ended", endings[result->ending]);
	printf(", ");
	put_flags(s->flags);
	printf(", ");
	put_peers(result->peers, answers);
	put_versions(answers);
	end();
}
