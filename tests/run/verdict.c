/* SPDX-License-Identifier: MIT */
/* Who killed a command: what is concluded from counters and from the log, for each
 * case, and also for those that no test can provoke. */
#include <string.h>

#include "../../mymem-run/verdict.h"
#include "suite.h"

#define UNKNOWN (-1)

static const struct place two[] = {
	{ .path = "/sys/fs/cgroup/memory/pod/app" },
	{ .path = "/sys/fs/cgroup/memory/pod" },
};
static const struct place own_guilty[] = {
	{ .path = "/sys/fs/cgroup/memory/pod/app", .guilty = true },
	{ .path = "/sys/fs/cgroup/memory/pod", .guilty = true },
};
static const struct place above_guilty[] = {
	{ .path = "/sys/fs/cgroup/memory/pod/app" },
	{ .path = "/sys/fs/cgroup/memory/pod", .guilty = true },
};
#define PLACES(array) .places = array, .count = 2

static const struct {
	const char *name;
	struct evidence evidence;
	struct verdict verdict;
} cases[] = {
	{ "the own limit, as counted",
	  { .by_signal = true, .here = 1, .below = 0, .machine = 1,
	    PLACES(own_guilty) },
	  { KILLER_KERNEL, PROOF_COUNTERS, CAUSE_OWN, 0 } },
	{ "the limit above, as counted",
	  { .by_signal = true, .here = 2, .below = 0, .machine = 5,
	    PLACES(above_guilty) },
	  { KILLER_KERNEL, PROOF_COUNTERS, CAUSE_ABOVE, 1 } },
	{ "the machine, as counted",
	  { .by_signal = true, .here = 1, .below = 0, .machine = 1, PLACES(two) },
	  { KILLER_KERNEL, PROOF_COUNTERS, CAUSE_MACHINE, 2 } },
	{ "the machine, or what cannot be seen",
	  { .by_signal = true, .here = 1, .below = 0, .machine = 1, PLACES(two),
	    .hidden = true },
	  { KILLER_KERNEL, PROOF_COUNTERS, CAUSE_OUTSIDE, 2 } },
	{ "the machine, as logged: limits that were reached do not matter",
	  { .by_signal = true, .here = 1, .below = 0, .machine = 1,
	    .complete = true, .logged = { .named = true, .lack = LACK_MACHINE },
	    PLACES(own_guilty) },
	  { KILLER_KERNEL, PROOF_LOG, CAUSE_MACHINE, 0 } },
	{ "the nodes, as logged",
	  { .by_signal = true, .here = 1, .below = 0, .machine = 1,
	    .logged = { .named = true, .lack = LACK_NODES }, PLACES(two) },
	  { KILLER_KERNEL, PROOF_LOG, CAUSE_NODES, 0 } },
	{ "the limit above, as logged, where the own was reached as well",
	  { .by_signal = true, .here = 1, .below = 0, .machine = 1,
	    .logged = { .named = true, .lack = LACK_GROUP, .group = "/pod" },
	    PLACES(own_guilty) },
	  { KILLER_KERNEL, PROOF_LOG, CAUSE_ABOVE, 1 } },
	{ "the own limit, as logged",
	  { .by_signal = true, .here = 1, .below = 0, .machine = 1,
	    .logged = { .named = true, .lack = LACK_GROUP, .group = "/pod/app" },
	    PLACES(two) },
	  { KILLER_KERNEL, PROOF_LOG, CAUSE_OWN, 0 } },
	{ "the own limit, as logged from outside of its namespace of groups",
	  { .by_signal = true, .here = 1, .below = 0, .machine = 1,
	    .logged = { .named = true, .lack = LACK_GROUP, .own = true,
			.group = "/x/pod/app" },
	    PLACES(two), .hidden = true },
	  { KILLER_KERNEL, PROOF_LOG, CAUSE_OWN, 0 } },
	{ "that of another group, to which it has been moved",
	  { .by_signal = true, .here = 0, .below = 0, .machine = 1,
	    .logged = { .named = true, .lack = LACK_GROUP, .own = true,
			.group = "/other" },
	    PLACES(two) },
	  { KILLER_KERNEL, PROOF_LOG, CAUSE_HIDDEN, 2 } },
	{ "a limit that cannot be seen, as logged",
	  { .by_signal = true, .here = 1, .below = 0, .machine = 1,
	    .logged = { .named = true, .lack = LACK_GROUP, .group = "/x" },
	    PLACES(own_guilty), .hidden = true },
	  { KILLER_KERNEL, PROOF_LOG, CAUSE_HIDDEN, 2 } },
	{ "logged, where nothing can be counted",
	  { .by_signal = true, .here = UNKNOWN, .below = UNKNOWN,
	    .machine = UNKNOWN, .logged = { .named = true } },
	  { KILLER_KERNEL, PROOF_LOG, CAUSE_UNKNOWN, 0 } },
	{ "somebody: the kernel killed nobody anywhere",
	  { .by_signal = true, .here = UNKNOWN, .below = UNKNOWN, .machine = 0 },
	  { KILLER_OTHER, PROOF_COUNTERS, CAUSE_NONE, 0 } },
	{ "somebody: the kernel killed nobody here",
	  { .by_signal = true, .here = 0, .below = 0, .machine = 7, PLACES(two) },
	  { KILLER_OTHER, PROOF_COUNTERS, CAUSE_NONE, 0 } },
	{ "somebody: the log names others alone",
	  { .by_signal = true, .here = 2, .below = 0, .machine = 2,
	    .complete = true, PLACES(own_guilty) },
	  { KILLER_OTHER, PROOF_LOG, CAUSE_NONE, 0 } },
	{ "not known: the kernel killed below, where it may have been moved",
	  { .by_signal = true, .here = 0, .below = 1, .machine = 1, PLACES(two) },
	  { KILLER_UNKNOWN, PROOF_NONE, CAUSE_NONE, 0 } },
	{ "not known: it has ended in another group",
	  { .by_signal = true, .elsewhere = true, .here = 0, .below = 0,
	    .machine = 1, PLACES(two) },
	  { KILLER_UNKNOWN, PROOF_NONE, CAUSE_NONE, 0 } },
	{ "not known: so has it, and others were killed here",
	  { .by_signal = true, .elsewhere = true, .here = 1, .below = 0,
	    .machine = 2, PLACES(own_guilty) },
	  { KILLER_UNKNOWN, PROOF_NONE, CAUSE_NONE, 0 } },
	{ "somebody: so has it, and the kernel killed nobody anywhere",
	  { .by_signal = true, .elsewhere = true, .here = 0, .below = 0,
	    .machine = 0, PLACES(two) },
	  { KILLER_OTHER, PROOF_COUNTERS, CAUSE_NONE, 0 } },
	{ "logged without a reason, and it has ended in another group",
	  { .by_signal = true, .elsewhere = true, .here = 0, .below = 0,
	    .machine = 1, .logged = { .named = true }, PLACES(two) },
	  { KILLER_KERNEL, PROOF_LOG, CAUSE_UNKNOWN, 0 } },
	{ "not known: nothing can be read",
	  { .by_signal = true, .here = UNKNOWN, .below = UNKNOWN,
	    .machine = UNKNOWN },
	  { KILLER_UNKNOWN, PROOF_NONE, CAUSE_NONE, 0 } },
	{ "not known: there were kills on the machine, and no group can be read",
	  { .by_signal = true, .here = UNKNOWN, .below = UNKNOWN, .machine = 3 },
	  { KILLER_UNKNOWN, PROOF_NONE, CAUSE_NONE, 0 } },
	{ "the guard, whatever the signal",
	  { .by_guard = true, .here = 0, .below = 0, .machine = 0, PLACES(two) },
	  { KILLER_GUARD, PROOF_NONE, CAUSE_NONE, 0 } },
	{ "the guard was too late",
	  { .by_guard = true, .by_signal = true, .here = 1, .below = 0,
	    .machine = 1, .complete = true,
	    .logged = { .named = true, .lack = LACK_GROUP, .group = "/pod/app" },
	    PLACES(two) },
	  { KILLER_KERNEL, PROOF_LOG, CAUSE_OWN, 0 } },
	{ "a shell's 137, and a kill",
	  { .by_shell = true, .here = 1, .below = 0, .machine = 1, PLACES(own_guilty) },
	  { KILLER_KERNEL, PROOF_COUNTERS, CAUSE_OWN, 0 } },
	{ "a shell's 137, and no kill: it may be its own number",
	  { .by_shell = true, .here = 0, .below = 0, .machine = 0, PLACES(two) },
	  { KILLER_NOBODY, PROOF_NONE, CAUSE_NONE, 0 } },
	{ "another status, and a kill",
	  { .here = 1, .below = 0, .machine = 1, PLACES(own_guilty) },
	  { KILLER_NOBODY, PROOF_NONE, CAUSE_NONE, 0 } },
	{ "a shell's 137, and nothing can be read",
	  { .by_shell = true, .here = UNKNOWN, .below = UNKNOWN, .machine = UNKNOWN },
	  { KILLER_NOBODY, PROOF_NONE, CAUSE_NONE, 0 } },
};

START_TEST(who)
{
	struct verdict v = verdict_of(&cases[_i].evidence);
	const struct verdict *wanted = &cases[_i].verdict;

	ck_assert_msg(v.killer == wanted->killer && v.proof == wanted->proof &&
			      v.cause == wanted->cause,
		      "%s: killer %d, proof %d, cause %d", cases[_i].name,
		      (int)v.killer, (int)v.proof, (int)v.cause);
	if (v.cause == CAUSE_OWN || v.cause == CAUSE_ABOVE)
		ck_assert_uint_eq(v.place, wanted->place);
}
END_TEST

#define HEAD "6,339,5140900,-;"
static const struct {
	const char *record;
	struct logged logged;
} records[] = {
	{ HEAD "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,"
	       "mems_allowed=0,oom_memcg=/a,task_memcg=/a/b,task=sort,pid=42,uid=0",
	  { .lack = LACK_GROUP, .group = "/a" } },
	{ HEAD "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,"
	       "mems_allowed=0,oom_memcg=/a,task_memcg=/a,task=sort,pid=42,uid=0",
	  { .lack = LACK_GROUP, .own = true, .group = "/a" } },
	{ HEAD "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,"
	       "mems_allowed=0,global_oom,task_memcg=/a,task=sort,pid=42,uid=0",
	  { .lack = LACK_MACHINE } },
	{ HEAD "oom-kill:constraint=CONSTRAINT_CPUSET,nodemask=0,cpuset=/x,"
	       "mems_allowed=0,global_oom,task_memcg=/a,task=sort,pid=42,uid=0",
	  { .lack = LACK_NODES } },
	/* Of another process, also one whose name lies. */
	{ HEAD "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,"
	       "mems_allowed=0,global_oom,task_memcg=/a,task=a,pid=42,b,pid=7,uid=0",
	  { .named = false } },
	{ "3,340,5140901,-;Memory cgroup out of memory: Killed process 42 (sort) "
	  "total-vm:118968kB, anon-rss:32512kB", { .named = true } },
	{ "3,340,5140901,-;Out of memory: Killed process 42 (sort) total-vm:1kB",
	  { .named = true } },
	/* Before Linux 5.1. */
	{ "3,340,5140901,-;Killed process 42 (sort) total-vm:118968kB",
	  { .named = true } },
	{ "3,340,5140901,-;Out of memory: Killed process 421 (sort) total-vm:1kB",
	  { .named = false } },
	/* Written by a user: the facility is not the kernel's. */
	{ "12,340,5140901,-;Out of memory: Killed process 42 (sort)",
	  { .named = false } },
	{ "", { .named = false } },
	{ ";oom-kill:constraint=", { .named = false } },
	{ HEAD "oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=/a,pid=42",
	  { .named = false } },
};

START_TEST(log_record)
{
	struct logged logged = { .named = false };

	log_take(records[_i].record, 42, &logged);
	ck_assert_msg(logged.named == records[_i].logged.named &&
			      logged.lack == records[_i].logged.lack &&
			      logged.own == records[_i].logged.own,
		      "%s: %d %d", records[_i].record, logged.named,
		      (int)logged.lack);
	ck_assert_str_eq(logged.group, records[_i].logged.group);
}
END_TEST

START_TEST(long_names)
{
	static char record[3 * PATH_MAX];
	struct logged logged = { .named = false };

	strcpy(record, HEAD "oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=");
	memset(record + strlen(record), 'x', PATH_MAX);
	strcat(record, ",task_memcg=/a,task=sort,pid=42,uid=0");
	log_take(record, 42, &logged);
	ck_assert_int_eq(logged.lack, LACK_UNKNOWN);
	ck_assert_str_eq(logged.group, "");
}
END_TEST

#define REASON(group, pid)                                                             \
	HEAD "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,"          \
	     "mems_allowed=0,oom_memcg=" group ",task_memcg=" group ",task=a,pid=" pid \
	     ",uid=0"
#define KILLED(pid) "3,340,5140901,-;Memory cgroup out of memory: Killed process " pid " (a)"
#define WHOLE(group)                                                               \
	"6,341,5140902,-;Tasks in " group " are going to be killed due to "        \
	"memory.oom.group set"

/* All of a group: the reason is told of one of them. */
static const struct {
	const char *records[6];
	struct logged logged;
} stories[] = {
	{ { REASON("/pod", "7"), KILLED("7"), WHOLE("/pod/app"), KILLED("42") },
	  { .named = true, .lack = LACK_GROUP, .group = "/pod" } },
	{ { REASON("/pod", "42"), KILLED("42"), WHOLE("/pod"), KILLED("7") },
	  { .named = true, .lack = LACK_GROUP, .own = true, .group = "/pod" } },
	/* Of another, before. */
	{ { REASON("/pod", "7"), KILLED("7"), WHOLE("/pod"), KILLED("8"),
	    REASON("/app", "42"), KILLED("42") },
	  { .named = true, .lack = LACK_GROUP, .own = true, .group = "/app" } },
	/* And what was not written, or is of somebody else, is not known. */
	{ { REASON("/pod", "7"), KILLED("7"), KILLED("42") }, { .named = true } },
	{ { REASON("/pod", "7"), KILLED("7"), WHOLE("/pod"), KILLED("8") },
	  { .named = false } },
	{ { REASON("/pod", "7"), "14,341,5140902,-;Tasks in /pod are going to be "
	    "killed due to memory.oom.group set", KILLED("42") },
	  { .named = true } },
};

START_TEST(log_story)
{
	const struct logged *wanted = &stories[_i].logged;
	struct logged logged = { .named = false };

	for (size_t i = 0; i < 6 && stories[_i].records[i]; i++)
		log_take(stories[_i].records[i], 42, &logged);
	ck_assert_int_eq(logged.named, wanted->named);
	ck_assert_int_eq(logged.lack, wanted->lack);
	ck_assert_int_eq(logged.own, wanted->own);
	ck_assert_str_eq(logged.group, wanted->group);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("verdict");
	TCase *tc = tcase_create("verdict");

	tcase_add_loop_test(tc, who, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(tc, log_record, 0,
			    sizeof(records) / sizeof(records[0]));
	tcase_add_loop_test(tc, log_story, 0,
			    sizeof(stories) / sizeof(stories[0]));
	tcase_add_test(tc, long_names);
	suite_add_tcase(s, tc);
	return s;
}
