/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "facts.h"
#include "units.h"

#define STALLS (MYM_PRESSURE_BY_PSI | MYM_PRESSURE_BY_MANAGER)

void facts_begin(struct facts *facts)
{
	*facts = (struct facts){
		.room = NONE, .breaches = NONE, .criticals = NONE,
		.strangers = NONE, .killed = NONE, .rate = NONE, .touched = NONE,
		.seconds = NONE, .lead = NONE,
		.plain = NONE, .glib = NONE, .systemd = NONE,
		.warnings = NONE, .stall_warnings = NONE,
		.stall_lag = NONE, .plain_lag = NONE, .glib_lag = NONE,
		.systemd_lag = NONE, .lag = NONE, .median_lag = NONE,
		.changes = NONE, .told = NONE,
		.kill_events = NONE, .kills = NONE,
		.wakes = NONE, .relaxed = NONE, .relaxed_wakes = NONE,
		.descriptors_before = NONE, .descriptors_after = NONE,
	};
}

static bool rises(const struct seen *seen, int64_t level, uint64_t cause)
{
	const struct mym_event *event = &seen->event;

	return event->kind == MYM_EVENT_PRESSURE && event->level >= level &&
	       event->level > event->old_level && (event->cause & cause);
}

const struct seen *facts_first(const struct page *page, int64_t level,
			       uint64_t cause)
{
	for (unsigned int i = 0; i < page->count; i++) {
		if (page->seen[i].at >= page->began &&
		    rises(&page->seen[i], level, cause))
			return &page->seen[i];
	}
	return NULL;
}

void facts_take(const struct page *page, struct facts *facts)
{
	const struct seen *first = facts_first(page, MYM_PRESSURE_MEDIUM,
					       UINT64_MAX);
	int64_t time = page->touched_at - page->began;

	facts->wakes = page->wakes;
	facts->warnings = facts->stall_warnings = 0;
	facts->criticals = facts->strangers = 0;
	for (unsigned int i = 0; i < page->count; i++) {
		const struct mym_event *event = &page->seen[i].event;
		bool stalls = !(event->cause & ~STALLS);

		if (!rises(&page->seen[i], MYM_PRESSURE_MEDIUM, UINT64_MAX))
			continue;
		facts->warnings++;
		facts->stall_warnings += stalls;
		facts->strangers += stalls && event->scope == MYM_SCOPE_HOST;
		facts->criticals += !stalls &&
				    event->level >= MYM_PRESSURE_CRITICAL;
	}
	if (first)
		facts->cause = first->event.cause;
	if (page->touched_at > 0) {
		facts->touched = page->touched;
		facts->rate = time > 0 ? page->touched * 1000 / (time / MS + 1) :
					 NONE;
	}
	if (page->done) {
		facts->descriptors_before = page->descriptors[0];
		facts->descriptors_after = page->descriptors[1];
	}
	if (page->relaxed > 0) {
		facts->relaxed = page->relaxed;
		facts->relaxed_wakes = page->relaxed_wakes;
	}
}
