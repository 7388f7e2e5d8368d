/* SPDX-License-Identifier: MIT */
/* What is measured: a row of the table, and the situation it is measured in. */
#ifndef ROW_H
#define ROW_H

#include <stdbool.h>

struct row {
	/* What it stands under; NULL: the name of the situation. */
	const char *section;
	const char *name;
	/* A batch: so many calls, timed. */
	void (*run)(const struct row *row, long calls);
	/* Instead of run, with a clock of its own: what one call takes. */
	double (*measure)(const struct row *row, long calls);
	/* Before each batch, not timed. */
	void (*before)(const struct row *row);
	/* Whether it can be had here; NULL: always. */
	bool (*have)(const struct row *row);
	int number;
	/* One call a batch, and none before it to warm up. */
	bool single;
	/* NULL: ns. */
	const char *unit;
};

#define ROW(under, called, ...) \
	{ .section = (under), .name = (called), __VA_ARGS__ }

#define LISTS_MAX 8

struct situation {
	const char *name;
	/* Makes it, in a process of its own: NULL, or why it cannot. */
	const char *(*enter)(const struct situation *situation);
	/* Each ends with a row without a name. */
	const struct row *lists[LISTS_MAX];
	int number;
	/* A situation to enter the mount namespace of. */
	const struct situation *beside;
};

/* All; the last has no name. */
extern const struct situation situations[];

/* What run is made of: the call itself, without a call to call it. */
#define BATCH(function, expression) \
	static void function(const struct row *row, long calls) \
	{ \
		(void)row; \
		for (long i = 0; i < calls; i++) { \
			long long value = (long long)(expression); \
\
			__asm__ volatile("" : : "r"(value) : "memory"); \
		} \
	}

extern const struct row kernel_rows[], raw_rows[], simple_rows[],
	snapshot_rows[], peer_rows[], cold_rows[], depth_rows[], thread_rows[],
	statmount_rows[], mountinfo_rows[], dirty_rows[], start_rows[],
	watch_rows[], first_rows[], idle_rows[],
	look_rows[], siblings_rows[], numa_rows[], sparse_rows[];

const char *depth_enter(const struct situation *situation);
const char *thread_enter(const struct situation *situation);
const char *mounts_enter(const struct situation *situation);
const char *dirty_enter(const struct situation *situation);
const char *sparse_enter(const struct situation *situation);
const char *siblings_enter(const struct situation *situation);
const char *numa_enter(const struct situation *situation);
const char *watch_enter(const struct situation *situation);

#endif
