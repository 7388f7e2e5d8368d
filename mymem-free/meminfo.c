/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "meminfo.h"
#include "size.h"

/*
 * What the kernel counts for a group too, as memory.stat of v2 and of v1 names it.
 * Without a name it does not count it for groups; then the line says 0, and the
 * memory is in that of no other line.
 */
static const struct {
	const char *key, *v2, *v1;
} of_group[] = {
	{ "Buffers", NULL, NULL }, /* is in Cached */
	{ "Cached", "file", "total_cache" },
	{ "SwapCached", "swapcached", "total_swapcached" },
	{ "Active(anon)", "active_anon", "total_active_anon" },
	{ "Inactive(anon)", "inactive_anon", "total_inactive_anon" },
	{ "Active(file)", "active_file", "total_active_file" },
	{ "Inactive(file)", "inactive_file", "total_inactive_file" },
	{ "Unevictable", "unevictable", "total_unevictable" },
	{ "Zswap", "zswap", NULL },
	{ "Zswapped", "zswapped", NULL },
	{ "Dirty", "file_dirty", "total_dirty" },
	{ "Writeback", "file_writeback", "total_writeback" },
	{ "AnonPages", "anon", "total_rss" },
	{ "Mapped", "file_mapped", "total_mapped_file" },
	{ "Shmem", "shmem", "total_shmem" },
	{ "SReclaimable", "slab_reclaimable", NULL },
	{ "SUnreclaim", "slab_unreclaimable", NULL },
	{ "KernelStack", "kernel_stack", NULL },
	{ "PageTables", "pagetables", NULL },
	{ "SecPageTables", "sec_pagetables", NULL },
	{ "NFS_Unstable", NULL, NULL },
	{ "Bounce", NULL, NULL },
	{ "WritebackTmp", NULL, NULL },
	{ "Percpu", "percpu", NULL },
	{ "AnonHugePages", "anon_thp", "total_rss_huge" },
	{ "ShmemHugePages", "shmem_thp", NULL },
	{ "FileHugePages", "file_thp", NULL },
};

/* What others read even where the kernel's own file cannot be read. */
static const char *const always[] = {
	"MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached", "SwapCached",
	"Active", "Inactive", "SwapTotal", "SwapFree", "Shmem", "Slab",
	"SReclaimable", "SUnreclaim"
};

static struct meminfo_line *line_of(struct meminfo *m, const char *key)
{
	size_t length = strlen(key);

	for (size_t i = 0; i < m->lines; i++) {
		if (m->line[i].length == length &&
		    memcmp(m->line[i].key, key, length) == 0)
			return &m->line[i];
	}
	return NULL;
}

bool meminfo_value(const struct meminfo *m, const char *key, int64_t *kib)
{
	/* Looking changes nothing. */
	const struct meminfo_line *line = line_of((struct meminfo *)m, key);

	*kib = line && line->known ? line->value : 0;
	return line && line->known;
}

static int64_t value_of(const struct meminfo *m, const char *key)
{
	int64_t kib;

	meminfo_value(m, key, &kib);
	return kib;
}

static void set(struct meminfo *m, const char *key, bool known, int64_t kib)
{
	struct meminfo_line *line = line_of(m, key);

	if (line) {
		line->known = known;
		line->value = kib;
	}
}

/* Takes the line "Key:   number kB" that begins here, if it is one. */
static void take_line(struct meminfo *m, const char *at)
{
	size_t length = strcspn(at, ":\n");
	struct meminfo_line *line = &m->line[m->lines];
	const char *end;

	if (at[length] != ':' || length == 0)
		return;
	line->key = at;
	line->length = length;
	at += length + 1;
	end = parse_digits(at + strspn(at, " \t"), &line->value);
	line->known = end;
	line->pages = end && *end != ' ';
	m->lines++;
}

static void find_line(struct meminfo *m, const char *key)
{
	struct meminfo_line *line = &m->line[m->lines];
	size_t length = strlen(key);
	const char *at;

	for (at = m->text; *at; at = next_line(at)) {
		if (strncmp(at, key, length) == 0 && at[length] == ':') {
			take_line(m, at);
			return;
		}
	}
	*line = (struct meminfo_line){ .key = key, .length = length };
	m->lines++;
}

/* The order of the file stays. */
static void read_lines(struct meminfo *m, const char *sysroot)
{
	const size_t others = sizeof(always) / sizeof(always[0]);
	const char *at;

	m->lines = 0;
	read_file(sysroot, "/proc/meminfo", m->text);
	for (at = m->text; *at && m->lines + others < MEMINFO_LINES;
	     at = next_line(at))
		take_line(m, at);
	for (size_t i = 0; i < others; i++) {
		if (!line_of(m, always[i]))
			find_line(m, always[i]);
	}
}

/* In KiB; 0 if the kernel does not have it. */
static int64_t stat_value(const char *stat, const char *key)
{
	int64_t bytes = key ? number_after(stat, key) : 0;

	return bytes > 0 ? bytes / 1024 : 0;
}

/* The group whose numbers stand for the machine's: the one with the tightest
 * limit, or the process's own where the tightest is above all that is visible.
 * Returns its directory, or NULL where no group sets the limit. */
static const char *binding_group(const struct report *report)
{
	switch (constraint_at(report, report->snapshot.limit_by).kind) {
	case MYM_KIND_CGROUP:
	case MYM_KIND_CGROUP_MEMSW:
		return path_at(report, report->snapshot.limit_by);
	case MYM_KIND_CGROUP_HIDDEN:
		return path_at(report, 0);
	default:
		return NULL;
	}
}

static void count_group(struct meminfo *m, const struct report *report,
			const char *group)
{
	const char *stat = m->stat;
	const bool v1 = report->snapshot.cgroup_version == 1;
	const bool known = read_file_in(report->sysroot, group, "memory.stat",
					m->stat) == 0 && stat[0];

	for (size_t i = 0; i < sizeof(of_group) / sizeof(of_group[0]); i++)
		set(m, of_group[i].key, known,
		    stat_value(stat, v1 ? of_group[i].v1 : of_group[i].v2));
	/* Pages of the swap cache are counted among those of files; and a
	 * kernel, or a capture, may not have the sum. */
	if (value_of(m, "Cached") == 0)
		set(m, "Cached", known, value_of(m, "Active(file)") +
		    value_of(m, "Inactive(file)") + value_of(m, "Shmem"));
	else
		set(m, "Cached", known, value_of(m, "Cached") -
		    value_of(m, "SwapCached"));
}

/*
 * Parts that are in one another can never be more than the whole, however many
 * moments they were read at.  A part is what is left of the whole, or of what
 * another line says, at most.
 */
static const struct {
	const char *part, *whole;
} parts[] = {
	{ "Shmem", "Cached" },
	{ "Dirty", "Cached" },
	{ "Writeback", "Cached" },
	{ "ShmemHugePages", "Shmem" },
	{ "ShmemPmdMapped", "ShmemHugePages" },
	{ "FileHugePages", "Cached" },
	{ "FilePmdMapped", "FileHugePages" },
	{ "AnonHugePages", "AnonPages" },
	{ "Mlocked", "Unevictable" },
	{ "CmaTotal", "MemTotal" },
	{ "CmaFree", "CmaTotal" },
	{ "CmaFree", "MemFree" },
	{ "SwapFree", "SwapTotal" },
	{ "MemAvailable", "MemTotal" },
};

/* Two ways to divide what is not free: by use, and by list of the reclaim. */
static const char *const by_use[] = {
	"Buffers", "Cached", "SReclaimable", "SwapCached", "AnonPages",
	"SUnreclaim", "KernelStack", "PageTables", "SecPageTables", "Percpu",
	"Zswap", NULL
};
static const char *const by_list[] = {
	"Active(file)", "Inactive(file)", "Active(anon)", "Inactive(anon)",
	"Unevictable", NULL
};

static void at_most(struct meminfo *m, const char *key, int64_t most)
{
	struct meminfo_line *line = line_of(m, key);

	if (line && line->value > most)
		line->value = most;
	if (line && line->value < 0)
		line->value = 0;
}

static void divide(struct meminfo *m, const char *const *keys, int64_t whole)
{
	for (; *keys; keys++) {
		at_most(m, *keys, whole);
		whole -= value_of(m, *keys);
	}
}

static void sum(struct meminfo *m, const char *key, const char *one,
		const char *other)
{
	int64_t first, second;
	const bool one_known = meminfo_value(m, one, &first);
	const bool other_known = meminfo_value(m, other, &second);

	/* A kernel without the parts has the sum all the same. */
	if (line_of(m, one) && line_of(m, other))
		set(m, key, one_known && other_known, first + second);
}

static void copy(struct meminfo *m, const char *to, const char *from)
{
	int64_t kib;
	bool known = meminfo_value(m, from, &kib);

	set(m, to, known, kib);
}

static void make_agree(struct meminfo *m)
{
	int64_t total = value_of(m, "MemTotal"), rest, kib;

	at_most(m, "MemFree", total);
	rest = total - value_of(m, "MemFree");
	divide(m, by_use, rest);
	divide(m, by_list, rest);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (meminfo_value(m, parts[i].whole, &kib))
			at_most(m, parts[i].part, kib);
	}
	at_most(m, "Mapped", value_of(m, "Cached") + value_of(m, "AnonPages"));
	sum(m, "Active", "Active(anon)", "Active(file)");
	sum(m, "Inactive", "Inactive(anon)", "Inactive(file)");
	sum(m, "Slab", "SReclaimable", "SUnreclaim");
	/* Memory of drivers that can be reclaimed too is nobody's. */
	copy(m, "KReclaimable", "SReclaimable");
	/* Groups know of no zones. */
	set(m, "HighTotal", true, 0);
	set(m, "HighFree", true, 0);
	copy(m, "LowTotal", "MemTotal");
	copy(m, "LowFree", "MemFree");
}

void make_meminfo(struct meminfo *m, const struct report *report)
{
	const struct mym_snapshot *s = &report->snapshot;
	const char *group = NULL;
	int64_t total, free;
	bool smaller;

	read_lines(m, report->sysroot);
	/* Of a file that is not the kernel's, some lines are the machine's. */
	smaller = (s->valid & MYM_WANT_LIMIT) &&
		  (!meminfo_value(m, "MemTotal", &total) ||
		   s->limit / 1024 != total || (s->flags & MYM_FLAG_VIRTUAL));
	if (smaller)
		group = binding_group(report);
	if (group)
		count_group(m, report, group);
	if (smaller) {
		bool known = s->valid & MYM_WANT_USED;
		int64_t left = (s->limit - s->used) / 1024;

		/* Of a limit that is no group's, only what is free is known. */
		if (!group && meminfo_value(m, "MemFree", &free) &&
		    (!known || left > free))
			left = free, known = true;
		set(m, "MemTotal", true, s->limit / 1024);
		set(m, "MemFree", known, left);
	}
	set(m, "MemAvailable", s->valid & MYM_WANT_AVAILABLE,
	    s->available / 1024);
	set(m, "SwapTotal", s->valid & MYM_WANT_SWAP_LIMIT,
	    s->swap_limit / 1024);
	set(m, "SwapFree", s->valid & MYM_WANT_SWAP_AVAILABLE,
	    s->swap_available / 1024);
	if (smaller)
		make_agree(m);
}

/* Others take a MemAvailable of 0 for that of a kernel that does not have it, and
 * MemFree instead. */
static int64_t shown(const struct meminfo *m, const struct meminfo_line *line)
{
	if (line->value == 0 && value_of(m, "MemTotal") > 0 &&
	    line == line_of((struct meminfo *)m, "MemAvailable"))
		return 1;
	return line->value;
}

/* As the kernel does: numbers begin in column 17 or later, and end in column 24
 * or later. */
size_t write_meminfo(const struct meminfo *m, char text[FILE_MAX])
{
	size_t length = 0;

	for (size_t i = 0; i < m->lines; i++) {
		const struct meminfo_line *line = &m->line[i];
		int name = (int)line->length, space = name < 15 ? 15 - name : 1;

		/* A key is a part of a file that fits, but who knows. */
		if (!line->known || length + line->length + 64 > FILE_MAX)
			continue;
		length += (size_t)snprintf(
			text + length, FILE_MAX - length,
			"%.*s:%*s%*" PRId64 "%s\n", name, line->key, space, "",
			name + 1 + space < 24 ? 24 - (name + 1 + space) : 0,
			shown(m, line), line->pages ? "" : " kB");
	}
	return length;
}
