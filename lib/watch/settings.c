/* SPDX-License-Identifier: MIT */
/* Turns options into settings, a row for each.  Pure. */
#include <errno.h>

#include "settings.h"

#define S INT64_C(1000000000)

/* 0 leaves the default, and nothing is negative. */
static int take(int64_t wish, int64_t most, int64_t *value)
{
	if (wish < 0 || wish > most)
		return -EINVAL;
	if (wish > 0)
		*value = wish;
	return 0;
}

static void take_defaults(struct mym__settings *settings)
{
	settings->rules = mym__pressure_rules;
	settings->cooldown = 10 * S;
	settings->hold_off = 2 * S;
	settings->event_window = 10 * S;
	settings->interval_min = S / 20;
	settings->interval_max = S;
}

int mym__settings_take(const struct mym_watch_options *o,
		       struct mym__settings *settings)
{
	struct mym__rules *rules = &settings->rules;
	const struct {
		int64_t wish, most;
		int64_t *value;
	} rows[] = {
#define ROW(member, most, value) { o->member, most, &(value) }
#define ROWS(member, most, values)                                             \
	ROW(member##_low, most, values[MYM__STEP_LOW]),                        \
		ROW(member##_medium, most, values[MYM__STEP_MEDIUM]),          \
		ROW(member##_critical, most, values[MYM__STEP_CRITICAL])
		ROWS(headroom_share, 10000, rules->headroom),
		ROWS(headroom_bytes, INT64_MAX, rules->room),
		ROWS(psi, 10000, rules->psi),
		ROWS(growth, INT64_MAX, rules->growth),
		ROW(margin, 10000, rules->margin),
		ROW(cooldown, INT64_MAX, settings->cooldown),
		ROW(hold_off, INT64_MAX, settings->hold_off),
		ROW(event_window, INT64_MAX, settings->event_window),
		ROW(interval_min, INT64_MAX, settings->interval_min),
		ROW(interval_max, INT64_MAX, settings->interval_max),
#undef ROWS
#undef ROW
	};
	const uint64_t by = MYM_PRESSURE_BY_HEADROOM | MYM_PRESSURE_BY_PSI |
			    MYM_PRESSURE_BY_EVENTS | MYM_PRESSURE_BY_GROWTH |
			    MYM_PRESSURE_BY_MANAGER;

	if ((o->flags & ~MYM_WATCH_NO_MANAGER) || (o->rules & ~by))
		return -EINVAL;
	take_defaults(settings);
	rules->by = o->rules ? o->rules : by;
	if (o->flags & MYM_WATCH_NO_MANAGER)
		rules->by &= ~MYM_PRESSURE_BY_MANAGER;
	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		if (take(rows[i].wish, rows[i].most, rows[i].value) < 0)
			return -EINVAL;
	}
	/* One of them may be the default. */
	if (settings->interval_min > settings->interval_max) {
		if (o->interval_min > 0 && o->interval_max > 0)
			return -EINVAL;
		if (o->interval_min > 0)
			settings->interval_max = settings->interval_min;
		else
			settings->interval_min = settings->interval_max;
	}
	return 0;
}
