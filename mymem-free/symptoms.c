/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/vfs.h>

#include "file.h"
#include "sentence.h"
#include "size.h"
#include "swap.h"
#include "symptoms.h"

/* What is more than this part of the machine should be there on purpose. */
#define LARGE_PART 16

#define MEMINFO "/proc/meminfo"

static char text[FILE_MAX];

static int64_t number_of(const struct look *l)
{
	return number_in(l->report->sysroot, l->facts.dir, l->facts.file);
}

/* What is no number of bytes is more than any machine has. */
static int64_t times(int64_t number, int64_t unit)
{
	int64_t bytes;

	return __builtin_mul_overflow(number, unit, &bytes) ? INT64_MAX : bytes;
}

/* The text of a file. */
static int read_it(const struct look *l, const char *path)
{
	return read_file(l->report->sysroot, path, text);
}

/* A file of the process in /proc. */
static const char *of_process(const struct look *l, const char *name)
{
	static char path[64];

	if (l->report->pid > 0)
		snprintf(path, sizeof(path), "/proc/%" PRId64 "/%s",
			 l->report->pid, name);
	else
		snprintf(path, sizeof(path), "/proc/self/%s", name);
	return path;
}

/* Of /proc/meminfo, in bytes; < 0: there is no such line. */
static int64_t machine_has(const struct look *l, const char *key)
{
	int64_t value = -1;

	if (read_it(l, MEMINFO) == 0)
		value = number_after(text, key);
	return value < 0 ? value : times(value, 1024);
}

static bool is_large(const struct look *l, int64_t bytes)
{
	return (l->report->snapshot.valid & MYM_WANT_HOST_TOTAL) &&
	       bytes > l->report->snapshot.host_total / LARGE_PART;
}

/* Looks at a rule: its place, limit and usage.  Returns its kind. */
static uint64_t take(struct look *l, uint64_t index)
{
	const struct mym_constraint *c = &l->rule;

	l->rule = constraint_at(l->report, index);
	l->facts.dir = path_at(l->report, index);
	l->facts.file =
		c->kind == MYM_KIND_CGROUP ? limit_file(l->report) : NULL;
	l->facts.a = c->valid & MYM_WANT_LIMIT ? c->limit : -1;
	l->facts.b = c->valid & MYM_WANT_USED ? c->used : -1;
	return c->kind;
}

/* The next group, from the process's on; false: there is none. */
static bool take_group(struct look *l)
{
	while (l->next < l->report->snapshot.constraints) {
		if (take(l, l->next++) == MYM_KIND_CGROUP)
			return true;
	}
	return false;
}

/* Sets the number of a file in /proc/sys/vm. */
static void set_knob(struct look *l, const char *name)
{
	l->facts.dir = "/proc/sys/vm";
	l->facts.file = name;
	l->facts.n = number_of(l);
}

/* Where the rule that sets the limit says what its memory is used for; false:
 * it does not. */
static bool find_stat(struct look *l)
{
	const uint64_t kind = take(l, l->report->snapshot.limit_by);

	if (l->facts.file)
		l->facts.file = "memory.stat";
	return l->facts.a >= 0 && l->facts.b >= 0 &&
	       (l->facts.file || kind == MYM_KIND_HOST);
}

/* Most of what is used, and enough of the limit to matter. */
static bool dominates(const struct look *l, int64_t limit)
{
	return l->facts.a > l->facts.b / 2 && l->facts.a > limit / 4;
}

bool was_killed(struct look *l)
{
	const struct mym_snapshot *s = &l->report->snapshot;

	l->facts.dir = path_at(l->report, 0);
	l->facts.file =
		s->cgroup_version == 1 ? "memory.oom_control" : "memory.events";
	l->facts.n = s->oom_kills;
	return (s->valid & MYM_WANT_OOM_KILLS) && l->facts.n > 0;
}

/* The kind of the rule that leaves the least; 0: it is not known. */
static uint64_t take_tightest(struct look *l)
{
	const struct mym_snapshot *s = &l->report->snapshot;

	return s->valid & MYM_WANT_AVAILABLE ? take(l, s->available_by) : 0;
}

bool is_committed(struct look *l)
{
	return take_tightest(l) == MYM_KIND_COMMIT;
}

/* Less than a tenth is left of what cannot be taken back. */
bool is_throttled(struct look *l)
{
	while (take_group(l)) {
		if (!(l->rule.valid & MYM_WANT_HIGH) || l->facts.b < 0 ||
		    (l->facts.a >= 0 && l->facts.a <= l->rule.high))
			continue;
		l->facts.file = "memory.high";
		l->facts.a = l->rule.high;
		l->facts.b -= l->rule.reclaimable;
		if (l->facts.b > l->facts.a - l->facts.a / 10)
			return true;
	}
	return false;
}

bool may_not_swap(struct look *l)
{
	return find_swap(l->report, &l->facts) == SWAP_DENIED &&
	       machine_has(l, "SwapTotal:") > 0;
}

bool is_reserved(struct look *l)
{
	static const char *const names[] = { "memory.min", "memory.low",
					     "memory.soft_limit_in_bytes" };
	if (take(l, l->report->snapshot.limit_by) != MYM_KIND_HOST)
		return false;
	while (take_group(l)) {
		for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++) {
			l->facts.file = names[j];
			l->facts.a = number_of(l);
			/* v1 has a large number for "none". */
			if (l->facts.a > 0 && l->facts.a < INT64_C(1) << 62)
				return true;
		}
	}
	return false;
}

bool is_tmpfs(struct look *l)
{
	const struct mym_snapshot *s = &l->report->snapshot;
	const bool known = find_stat(l);

	l->facts.a = s->shmem;
	return known && (s->valid & MYM_WANT_SHMEM) && dominates(l, s->limit);
}

/* A captured machine, and a process of somebody else's, tell the size of /dev/shm,
 * and not what is free of it. */
bool is_small_shm(struct look *l)
{
	const struct mym_snapshot *s = &l->report->snapshot;
	struct statfs fs;
	const char *at = NULL, *end;

	if (!l->report->sysroot &&
	    statfs(of_process(l, "root/dev/shm"), &fs) == 0) {
		l->facts.a = (int64_t)fs.f_blocks * (int64_t)fs.f_bsize;
		l->facts.b = (int64_t)fs.f_bfree * (int64_t)fs.f_bsize;
	} else if (read_it(l, of_process(l, "mountinfo")) == 0) {
		at = find_word(text, " /dev/shm ");
	}
	end = at ? next_line(at) : NULL;
	at = at ? find_word(at, "size=") : NULL;
	if (at && at < end && parse_digits(at + strlen("size="), &l->facts.a))
		l->facts.a = times(l->facts.a, 1024);
	return l->facts.a > 0 && (s->valid & MYM_WANT_LIMIT) &&
	       l->facts.a < s->limit / 8;
}

bool is_slab(struct look *l)
{
	const bool known = find_stat(l);
	const int64_t limit = l->facts.a;

	if (!l->facts.file) {
		l->facts.a = machine_has(l, "Slab:");
	} else if (l->report->snapshot.cgroup_version == 1) {
		l->facts.file = "memory.kmem.usage_in_bytes";
		l->facts.a = number_of(l);
	} else {
		read_file_in(l->report->sysroot, l->facts.dir, l->facts.file,
			     text);
		l->facts.a = number_after(text, "slab");
	}
	return known && dominates(l, limit);
}

bool keeps_slab(struct look *l)
{
	set_knob(l, "vfs_cache_pressure");
	return l->facts.n == 0;
}

bool keeps_times(struct look *l)
{
	const bool slab = is_slab(l);

	set_knob(l, "dirtytime_expire_seconds");
	return slab && read_it(l, of_process(l, "mountinfo")) == 0 &&
	       find_word(text, "lazytime");
}

bool is_rlimited(struct look *l)
{
	switch (take_tightest(l)) {
	case MYM_KIND_RLIMIT_AS:
		l->facts.word = "-v, LimitAS=";
		return true;
	case MYM_KIND_RLIMIT_DATA:
		l->facts.word = "-d, LimitDATA=";
		return true;
	case MYM_KIND_RLIMIT_MEMLOCK:
		l->facts.word = "-l, LimitMEMLOCK=";
		return true;
	default:
		return false;
	}
}

bool is_limited_above(struct look *l)
{
	const uint64_t by = l->report->snapshot.limit_by;
	const uint64_t kind = take(l, by);

	return l->facts.a >= 0 &&
	       (l->facts.file || kind == MYM_KIND_CGROUP_HIDDEN) &&
	       (constraint_at(l->report, 0).none & MYM_WANT_LIMIT);
}

bool is_blind(struct look *l)
{
	int r;

	l->facts.dir = "/proc/pressure/memory";
	r = read_it(l, l->facts.dir);
	/* Where there is not even this file, the others are only hidden. */
	return (r == -ENOENT || r == -EOPNOTSUPP) &&
	       !(l->report->snapshot.pressure_sources & MYM_PRESSURE_BY_PSI) &&
	       read_it(l, MEMINFO) == 0;
}

bool keeps_free(struct look *l)
{
	set_knob(l, "min_free_kbytes");
	l->facts.a = times(l->facts.n, 1024);
	l->facts.b = l->report->snapshot.host_total;
	return is_large(l, l->facts.a);
}

bool wakes_early(struct look *l)
{
	set_knob(l, "watermark_scale_factor");
	/* In ten-thousandths of the machine. */
	l->facts.a = times(l->report->snapshot.host_total / 10000, l->facts.n);
	return is_large(l, l->facts.a);
}

bool has_no_swap(struct look *l)
{
	const struct mym_snapshot *s = &l->report->snapshot;

	l->facts.a = s->available;
	return find_swap(l->report, &l->facts) == SWAP_NONE &&
	       (s->valid & MYM_WANT_AVAILABLE) && l->facts.a < s->limit / 5;
}

bool is_swapped(struct look *l)
{
	const uint64_t both = MYM_WANT_SWAP_LIMIT | MYM_WANT_SWAP_USED;

	while (l->next < l->report->snapshot.constraints) {
		take(l, l->next++);
		l->facts.file = NULL;
		l->facts.a = l->rule.swap_limit;
		l->facts.b = l->rule.swap_used;
		if ((l->rule.valid & both) == both && l->facts.a > 0 &&
		    l->facts.b > l->facts.a / 2)
			return true;
	}
	return false;
}

bool is_zram(struct look *l)
{
	l->facts.dir = "/proc/swaps";
	return (l->report->snapshot.valid & MYM_WANT_SWAP_LIMIT) &&
	       l->report->snapshot.swap_limit > 0 &&
	       read_it(l, l->facts.dir) == 0 && find_word(text, "/dev/zram");
}

bool has_swappiness_0(struct look *l)
{
	return find_swap(l->report, &l->facts) == SWAPPINESS;
}

/* The first group whose file begins with this. */
static bool find_group(struct look *l, const char *name, const char *start)
{
	while (take_group(l)) {
		l->facts.file = name;
		if (read_file_in(l->report->sysroot, l->facts.dir, name,
				 text) == 0 &&
		    strncmp(text, start, strlen(start)) == 0)
			return true;
	}
	return false;
}

bool kills_all(struct look *l)
{
	if (!find_group(l, "memory.oom.group", "1"))
		return false;
	/* Of a group with others below it, only they have processes. */
	read_file_in(l->report->sysroot, l->facts.dir, "cgroup.procs", text);
	l->facts.n = 0;
	for (const char *at = text; *at; at = next_line(at))
		l->facts.n++;
	if (l->facts.n == 0)
		l->facts.n = number_in(l->report->sysroot, l->facts.dir,
				       "pids.current");
	return true;
}

bool has_pool(struct look *l)
{
	l->facts.dir = MEMINFO;
	l->facts.a = machine_has(l, "Hugetlb:");
	return is_large(l, l->facts.a);
}

bool has_no_controller(struct look *l)
{
	const char *at;

	if (!(l->report->snapshot.flags & MYM_FLAG_NO_CGROUP))
		return false;
	/* The last word of the line is whether it is on. */
	l->facts.dir = "/proc/cgroups";
	read_it(l, l->facts.dir);
	at = find_word(text, "\nmemory\t");
	if (at && next_line(at + 1)[-2] == '0')
		return true;
	l->facts.dir = "/sys/fs/cgroup/cgroup.controllers";
	return read_it(l, l->facts.dir) == 0 && !find_word(text, "memory");
}

bool has_cma(struct look *l)
{
	l->facts.dir = MEMINFO;
	l->facts.a = machine_has(l, "CmaTotal:");
	l->facts.b = machine_has(l, "CmaFree:");
	return is_large(l, l->facts.a);
}

/* Of all zones in /proc/zoneinfo, in pages. */
static int64_t sum_of(const char *key)
{
	const size_t length = strlen(key);
	int64_t sum = 0, value;

	for (const char *at = text; *at; at = next_line(at)) {
		const char *word = at + strspn(at, " ");

		if (strncmp(word, key, length) == 0 &&
		    parse_digits(word + length + strspn(word + length, " "),
				 &value) &&
		    value < INT64_C(1) << 40)
			sum += value;
	}
	return sum;
}

bool is_set_aside(struct look *l)
{
	int64_t given;

	l->facts.dir = "/proc/zoneinfo";
	l->facts.b = l->report->snapshot.host_total;
	read_it(l, l->facts.dir);
	given = sum_of("managed ");
	/* What a page has is known by what all of those have. */
	if (given > 0)
		l->facts.a = times(l->facts.b / given,
				   sum_of("present ") - given);
	return is_large(l, l->facts.a / 2);
}

bool never_kills(struct look *l)
{
	return find_group(l, "memory.oom_control", "oom_kill_disable 1");
}
