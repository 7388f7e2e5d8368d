/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "wait.h"

/* How often it is looked, in ns.  Less than what people notice, and a thousandth of
 * a processor. */
#define PAUSE (50 * 1000 * 1000)

static const struct {
	const char *name;
	uint64_t bits;
} facts[] = {
	[WAIT_AVAILABLE] = { "available", MYM_WANT_AVAILABLE | MYM_WANT_LIMIT },
	[WAIT_USED] = { "used", MYM_WANT_USED | MYM_WANT_LIMIT },
	[WAIT_LIMIT] = { "limit", MYM_WANT_LIMIT },
	[WAIT_PRESSURE] = { "pressure", MYM_WANT_PRESSURE },
};
#define FACTS (sizeof(facts) / sizeof(facts[0]))

static const char *skip_spaces(const char *text)
{
	return text + strspn(text, " ");
}

bool parse_condition(const char *text, struct condition *c)
{
	size_t fact;

	text = skip_spaces(text);
	for (fact = 0; fact < FACTS; fact++) {
		size_t length = strlen(facts[fact].name);

		if (strncmp(text, facts[fact].name, length) == 0) {
			text = skip_spaces(text + length);
			break;
		}
	}
	if (fact == FACTS || (*text != '<' && *text != '>'))
		return false;
	c->given = true;
	c->of = (enum fact)fact;
	c->more = *text++ == '>';
	c->equal = *text == '=';
	text = skip_spaces(text + c->equal);
	if (c->of != WAIT_PRESSURE)
		return parse_threshold(text, &c->bound);
	return value_named(level_names, text, &c->bound.value);
}

static bool holds(const struct condition *c, const struct mym_snapshot *s)
{
	int64_t value = 0, bound = threshold_of(&c->bound, s->limit);

	switch (c->of) {
	case WAIT_AVAILABLE:
		value = s->available;
		break;
	case WAIT_USED:
		value = s->used;
		break;
	case WAIT_LIMIT:
		value = s->limit;
		break;
	case WAIT_PRESSURE:
		value = s->pressure;
		break;
	}
	if (value == bound)
		return c->equal;
	return c->more == (value > bound);
}

int wait_until(const struct condition *condition, int64_t timeout,
	       struct report *report)
{
	const uint64_t bits = facts[condition->of].bits;
	const int64_t began = clock_now();

	for (;;) {
		int64_t left = began + timeout - clock_now();
		int r = mym_snapshot(report->ctx, bits, &report->snapshot,
				     sizeof(report->snapshot));

		if (r < 0)
			return r;
		if ((report->snapshot.valid & bits) != bits)
			return -ENODATA;
		if (holds(condition, &report->snapshot))
			return 1;
		if (timeout > 0 && left <= 0)
			return 0;
		clock_sleep(timeout > 0 && left < PAUSE ? left : PAUSE);
	}
}
