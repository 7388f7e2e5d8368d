/* SPDX-License-Identifier: MIT */
/* Turns options into settings, a row for each.  Pure. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "settings.h"

#define S INT64_C(1000000000)

static void take_defaults(struct mym__settings *settings)
{
	settings->rules = mym__pressure_rules;
	settings->cooldown = 10 * S;
	settings->hold_off = 2 * S;
	settings->event_window = 10 * S;
	settings->interval_min = S / 20;
	settings->interval_max = S;
}

/* Each option, the setting it stands for, and the most it may be. */
static const struct {
	uint16_t option, setting;
	bool share; /* in hundredths of a percent */
} rows[] = {
#define ROW(name, share, member)                         \
	{ offsetof(struct mym_watch_options, name),      \
	  offsetof(struct mym__settings, member), share }
#define ROWS(name, share, member)                                \
	ROW(name##_low, share, member[MYM__STEP_LOW]),           \
	ROW(name##_medium, share, member[MYM__STEP_MEDIUM]),     \
	ROW(name##_critical, share, member[MYM__STEP_CRITICAL])
	ROWS(headroom_share, true, rules.headroom),
	ROWS(headroom_bytes, false, rules.room),
	ROWS(psi, true, rules.psi),
	ROWS(growth, false, rules.growth),
	ROW(margin, true, rules.margin),
	ROW(cooldown, false, cooldown),
	ROW(hold_off, false, hold_off),
	ROW(event_window, false, event_window),
	ROW(interval_min, false, interval_min),
	ROW(interval_max, false, interval_max),
};

/* 0 leaves the default, and nothing is negative. */
static int take(const struct mym_watch_options *options,
		struct mym__settings *settings, size_t row)
{
	const char *option = (const char *)options + rows[row].option;
	char *setting = (char *)settings + rows[row].setting;
	int64_t wish;

	memcpy(&wish, option, sizeof(wish));
	if (wish < 0 || (rows[row].share && wish > 10000))
		return -EINVAL;
	if (wish > 0)
		memcpy(setting, &wish, sizeof(wish));
	return 0;
}

int mym__settings_take(const struct mym_watch_options *o,
		       struct mym__settings *settings)
{
	struct mym__rules *rules = &settings->rules;
	const uint64_t by = MYM_PRESSURE_BY_HEADROOM | MYM_PRESSURE_BY_PSI |
			    MYM_PRESSURE_BY_EVENTS | MYM_PRESSURE_BY_GROWTH |
			    MYM_PRESSURE_BY_MANAGER;

	if ((o->flags & ~(MYM_WATCH_NO_MANAGER | MYM_WATCH_SEALED)) ||
	    (o->rules & ~by))
		return -EINVAL;
	take_defaults(settings);
	settings->sealed = o->flags & MYM_WATCH_SEALED;
	rules->by = o->rules ? o->rules : by;
	if (o->flags & MYM_WATCH_NO_MANAGER)
		rules->by &= ~MYM_PRESSURE_BY_MANAGER;
	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		if (take(o, settings, i) < 0)
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
