/* SPDX-License-Identifier: MIT */
/* What a run has found. */
#ifndef FACTS_H
#define FACTS_H

#include <stdint.h>

#include "page.h"

/* Unknown, or it did not happen. */
#define NONE INT64_MIN

/* Times are in ns. */
struct facts {
	int64_t killed;        /* the subject was; 0 or 1 */
	int64_t rate;          /* really reached, bytes a second */
	int64_t touched;       /* bytes */
	int64_t room;          /* what there was for others, bytes */
	int64_t breaches;      /* of memory.high, as the group counted them */
	int64_t criticals;     /* CRITICAL, but by stalls alone */
	int64_t strangers;     /* MEDIUM or more by the machine's stalls alone */
	int64_t seconds;       /* how long it was meant to last */
	int64_t lead;          /* from the first warning to the kill */
	int64_t plain, glib, systemd; /* the same, by their triggers */
	int64_t warnings;      /* MEDIUM or more, all causes */
	int64_t stall_warnings; /* of these by stalls alone */
	int64_t stall_lag;     /* from the beginning to a level by stalls */
	int64_t plain_lag, glib_lag, systemd_lag; /* to their triggers */
	int64_t lag;           /* the longest from a cause to its event */
	int64_t median_lag;
	int64_t changes, told; /* limits changed, told of in time */
	int64_t kill_events, kills;
	int64_t wakes, relaxed, relaxed_wakes;
	int64_t descriptors_before, descriptors_after;
	uint64_t cause;        /* of the first warning */
};

void facts_begin(struct facts *facts);
/* What the page of every subject tells. */
void facts_take(const struct page *page, struct facts *facts);
/* The first event since the beginning that is a PRESSURE of this level or more,
 * with one of these causes; or NULL. */
const struct seen *facts_first(const struct page *page, int64_t level,
			       uint64_t cause);

#endif
