/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../mymem-free/file.h"
#include "../mymem-free/size.h"
#include "shown.h"

#define MEMINFO "/proc/meminfo"
#define SWAPS   "/proc/swaps"
#define NODES   "/sys/devices/system/node"
#define NODE    NODES "/node"

static bool is_host(const struct report *report, uint64_t index)
{
	return constraint_at(report, index).kind == MYM_KIND_HOST;
}

static int64_t machine_swap(void)
{
	struct sysinfo info;

	return sysinfo(&info) < 0 ? -1 :
	       (int64_t)info.totalswap * (int64_t)info.mem_unit;
}

/* Whether anything but the machine binds, or the kernel would not tell the same
 * everywhere: lxcfs replaces files, and not sysinfo(2). */
static bool is_limited(const struct report *report)
{
	const struct mym_snapshot *s = &report->snapshot;

	return (s->flags & MYM_FLAG_VIRTUAL) || !is_host(report, s->limit_by) ||
	       ((s->valid & MYM_WANT_AVAILABLE) &&
		!is_host(report, s->available_by)) ||
	       ((s->valid & MYM_WANT_SWAP_LIMIT) &&
		s->swap_limit != machine_swap());
}

int shown_look(struct shown *shown)
{
	struct report *report = &shown->report;
	int r;

	report->sysroot = NULL;
	r = report->ctx ? 0 : mym_open(&report->ctx, NULL, 0);
	if (r < 0)
		return r;
	r = mym_snapshot(report->ctx, OF_MEMINFO,
			 &report->snapshot, sizeof(report->snapshot));
	/* Without a limit there is nothing to be shown instead. */
	if (r == 0 && !(report->snapshot.valid & MYM_WANT_LIMIT))
		r = -ENODATA;
	if (r == 0 && !is_limited(report))
		r = 1;
	if (r >= 0)
		make_meminfo(&shown->meminfo, report);
	if (!shown->keep)
		report->ctx = mym_close(report->ctx);
	return r;
}

int64_t shown_value(const struct shown *shown, const char *key)
{
	int64_t kib;

	meminfo_value(&shown->meminfo, key, &kib);
	return kib;
}

/* The number in the path of a node's file; < 0: it is none. */
static int64_t node_of(const char *path)
{
	const size_t length = sizeof(NODE) - 1;
	int64_t node;

	if (strncmp(path, NODE, length) != 0)
		return -1;
	path = parse_digits(path + length, &node);
	return path && strcmp(path, "/meminfo") == 0 ? node : -1;
}

bool shown_has(const char *path)
{
	return strcmp(path, MEMINFO) == 0 || strcmp(path, SWAPS) == 0 ||
	       node_of(path) >= 0;
}

/* The line that begins here is added, with numbers of ours. */
static void add(struct shown *shown, size_t *length, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(shown->text + *length, FILE_MAX - *length, format, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < FILE_MAX - *length)
		*length += (size_t)n;
}

/* No more than is left, which becomes less. */
static int64_t take(int64_t *left, int64_t most)
{
	int64_t taken = most < *left ? most : *left;

	*left -= taken;
	return taken;
}

/*
 * "/dev/sda2   partition	8388604		1024		-2": the first areas, up to what this
 * process has of swap.
 */
size_t shown_swaps(struct shown *shown)
{
	int64_t left = shown_value(shown, "SwapTotal"), size;
	int64_t left_used = left - shown_value(shown, "SwapFree"), used;
	const char *at = shown->meminfo.stat, *line = at;
	size_t length = 0;

	at = next_line(line);
	add(shown, &length, "%.*s", (int)(at - line), line);
	for (line = at; *line && left > 0; line = next_line(line)) {
		size_t kind = strcspn(line, " \t\n");

		kind += strspn(line + kind, " \t");
		kind += strcspn(line + kind, " \t\n");
		kind += strspn(line + kind, " \t");
		at = parse_digits(line + kind, &size);
		if (at)
			at = parse_digits(at + strspn(at, " \t"), &used);
		if (!at)
			continue;
		size = take(&left, size);
		used = take(&left_used, size < used ? size : used);
		at += strspn(at, " \t");
		add(shown, &length, "%.*s%" PRId64 "\t%s%" PRId64 "\t%s%.*s",
		    (int)kind, line, size, size < 10000000 ? "\t" : "", used,
		    used < 10000000 ? "\t" : "", (int)(next_line(at) - at), at);
	}
	return length;
}

/* In KiB, of all nodes; < 0: this is the machine's, or not known. */
static int64_t of_nodes(const struct shown *shown, const char *key)
{
	int64_t kib;

	if (strcmp(key, "MemUsed") == 0)
		return shown_value(shown, "MemTotal") -
		       shown_value(shown, "MemFree");
	if (strcmp(key, "FilePages") == 0)
		return shown_value(shown, "Buffers") +
		       shown_value(shown, "Cached") +
		       shown_value(shown, "SwapCached");
	return meminfo_value(&shown->meminfo, key, &kib) ? kib : -1;
}

/* What this node has. */
static int64_t node_total(const char *text)
{
	const char *at = strstr(text, "MemTotal:");
	int64_t kib;

	if (!at)
		return 0;
	at += sizeof("MemTotal:") - 1;
	return parse_digits(at + strspn(at, " "), &kib) ? kib : 0;
}

/* And all of them, "0-3,8", which need not be MemTotal: memory that a hypervisor
 * has added may be on none. */
static int64_t nodes_total(struct shown *shown)
{
	char list[256], path[sizeof(NODE) + 32];
	const char *at = list;
	int64_t node, last, total = 0;

	if (read_file(NULL, NODES "/has_memory", shown->text) < 0)
		return 0;
	snprintf(list, sizeof(list), "%.255s", shown->text);
	while ((at = parse_digits(at, &node))) {
		last = node;
		if (*at == '-')
			at = parse_digits(at + 1, &last);
		for (; node <= last && node < 1024; node++) {
			snprintf(path, sizeof(path), NODE "%" PRId64 "/meminfo",
				 node);
			read_file(NULL, path, shown->text);
			total += node_total(shown->text);
		}
		if (!at || *at++ != ',')
			break;
	}
	return total;
}

/* "Node 0 MemTotal:   16777216 kB": of each number, as much as the node has of the
 * machine. */
size_t shown_node(struct shown *shown, int64_t all)
{
	const char *line = shown->meminfo.stat, *name, *colon, *end;
	const int64_t own = node_total(line);
	const double share = own < all ? (double)own / (double)all : 1;
	size_t length = 0;

	for (; *line; line = next_line(line)) {
		int64_t kib, ours;
		char key[32];

		name = line + strcspn(line, " \n");
		name += strspn(name, " ");
		name += strcspn(name, " \n");
		name += strspn(name, " ");
		colon = name + strcspn(name, ":\n");
		if (*colon != ':' || (size_t)(colon - name) >= sizeof(key))
			continue;
		end = parse_digits(colon + 1 + strspn(colon + 1, " "), &kib);
		if (!end)
			continue;
		memcpy(key, name, (size_t)(colon - name));
		key[colon - name] = '\0';
		ours = strncmp(end, " kB", 3) == 0 ? of_nodes(shown, key) : -1;
		if (ours >= 0)
			kib = (int64_t)((double)ours * share);
		add(shown, &length, "%.*s%*" PRId64 "%.*s",
		    (int)(colon + 1 - line), line, (int)(end - colon) - 1, kib,
		    (int)(next_line(end) - end), end);
	}
	return length;
}

ptrdiff_t shown_write(struct shown *shown, const char *path)
{
	int r;

	if (strcmp(path, MEMINFO) == 0)
		return (ptrdiff_t)write_meminfo(&shown->meminfo, shown->text);
	r = read_file(NULL, path, shown->meminfo.stat);
	if (r < 0)
		return r;
	return (ptrdiff_t)(strcmp(path, SWAPS) == 0 ?
			   shown_swaps(shown) :
			   shown_node(shown, nodes_total(shown)));
}

void shown_sysinfo(const struct shown *shown, struct sysinfo *info)
{
	const int64_t total = shown_value(shown, "MemTotal");
	const int64_t swap = shown_value(shown, "SwapTotal");
	/* As the kernel: bytes where they fit. */
	const int unit = (total > swap ? total : swap) > LONG_MAX / 1024 ? 1024 :
									   1;
	const int64_t each = 1024 / unit;

	info->totalram = (unsigned long)(total * each);
	info->freeram = (unsigned long)(shown_value(shown, "MemFree") * each);
	info->bufferram = (unsigned long)(shown_value(shown, "Buffers") * each);
	info->sharedram = (unsigned long)(shown_value(shown, "Shmem") * each);
	info->totalswap = (unsigned long)(swap * each);
	info->freeswap = (unsigned long)(shown_value(shown, "SwapFree") * each);
	info->totalhigh = info->freehigh = 0;
	info->mem_unit = (unsigned int)unit;
}
