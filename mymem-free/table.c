/* SPDX-License-Identifier: MIT */
#include "table.h"

/* A number that may not be known; then what is made of it is not, either. */
struct number {
	bool known;
	int64_t kib;
};

static struct number minus(struct number a, struct number b)
{
	return (struct number){ a.known && b.known, a.kib - b.kib };
}

static struct number plus(struct number a, struct number b)
{
	return (struct number){ a.known && b.known, a.kib + b.kib };
}

static struct number of(const struct meminfo *m, const char *key)
{
	struct number number;

	number.known = meminfo_value(m, key, &number.kib);
	return number;
}

/* A kernel without high memory does not have the lines. */
static struct number of_if(const struct meminfo *m, const char *key,
			   struct number otherwise)
{
	struct number number = of(m, key);

	return number.known ? number : otherwise;
}

static void cell(const struct unit *unit, struct number number)
{
	char text[SIZE_TEXT];

	printf(" %11s", number.known ?
	       format_size(text, unit, number.kib * 1024) : "-");
}

static void row(const struct unit *unit, const char *name, struct number total,
		struct number used, struct number free)
{
	printf("%-8s", name);
	cell(unit, total);
	cell(unit, used);
	cell(unit, free);
}

static void line(const struct unit *unit, struct number swap_used,
		 struct number cache, struct number used, struct number free)
{
	printf("SwapUse");
	cell(unit, swap_used);
	printf(" CachUse");
	cell(unit, cache);
	printf("  MemUse");
	cell(unit, used);
	printf(" MemFree");
	cell(unit, free);
	putchar(' ');
}

void print_table(const struct table *table, const struct meminfo *m)
{
	const struct unit *unit = &table->unit;
	struct number total, free, available, used, buffers, cache, swap,
		swap_free, low, low_free;

	total = of(m, "MemTotal");
	free = of(m, "MemFree");
	available = of(m, "MemAvailable");
	/* Where what is free is not known, neither is what is used. */
	used = minus(total, available);
	used.known &= free.known;
	buffers = of(m, "Buffers");
	cache = plus(of(m, "Cached"), of(m, "SReclaimable"));
	swap = of(m, "SwapTotal");
	swap_free = of(m, "SwapFree");
	if (table->line) {
		line(unit, minus(swap, swap_free), plus(buffers, cache), used,
		     free);
		return;
	}
	printf("%20s %11s %11s %11s %11s", "total", "used", "free", "shared",
	       table->wide ? "buffers" : "buff/cache");
	if (table->wide)
		printf(" %11s", "cache");
	printf(" %11s\n", "available");
	row(unit, "Mem:", total, used, free);
	cell(unit, of(m, "Shmem"));
	if (table->wide) {
		cell(unit, buffers);
		cell(unit, cache);
	} else {
		cell(unit, plus(buffers, cache));
	}
	cell(unit, available);
	putchar('\n');
	if (table->low_high) {
		struct number high = of(m, "HighTotal");
		struct number high_free = of(m, "HighFree");

		low = of_if(m, "LowTotal", total);
		low_free = of_if(m, "LowFree", free);
		high.known = high_free.known = true;
		row(unit, "Low:", low, minus(low, low_free), low_free);
		putchar('\n');
		row(unit, "High:", high, minus(high, high_free), high_free);
		putchar('\n');
	}
	row(unit, "Swap:", swap, minus(swap, swap_free), swap_free);
	putchar('\n');
	if (table->total) {
		row(unit, "Total:", plus(total, swap),
		    plus(used, minus(swap, swap_free)), plus(free, swap_free));
		putchar('\n');
	}
	if (table->committed) {
		struct number limit = of(m, "CommitLimit");
		struct number promised = of(m, "Committed_AS");

		row(unit, "Comm:", limit, promised, minus(limit, promised));
		putchar('\n');
	}
}
