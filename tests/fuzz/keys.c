/* SPDX-License-Identifier: MIT */
/* Files of "key value": what is found is what a simpler way finds, wherever the
 * reader begins to look. */
#include <string.h>

#include "base/compiler.h"
#include "base/lines.h"
#include "base/parse.h"
#include "check.h"
#include "discover/dialect.h"
#include "machine.h"
#include "targets.h"

#define MOST 16

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct mym__text trim(struct mym__text text)
{
	while (text.length > 0 && blank(*text.at))
		text = (struct mym__text){ text.at + 1, text.length - 1 };
	return text;
}

/* The number after the key: 0, or < 0. */
static int value_of(struct mym__text rest, bool kilobytes, int64_t *value)
{
	struct mym__text word = mym__parse_word(&rest);
	struct mym__text unit = mym__parse_word(&rest);

	if (mym__parse_number(word, value) < 0 ||
	    !mym__text_equal(unit, kilobytes ? MYM__TEXT("kB") : MYM__TEXT("")))
		return -1;
	if (kilobytes && __builtin_mul_overflow(*value, 1024, value))
		*value = INT64_MAX;
	return 0;
}

/* Of each key the first line counts; *times is how many lines there are. */
static void simply(struct mym__keys *keys, struct mym__text text,
		   unsigned int *times)
{
	while (text.length > 0) {
		struct mym__text line = trim(mym__parse_until(&text, '\n'));

		for (unsigned int i = 0; i < keys->count; i++) {
			const size_t length = keys->names[i].length;
			const uint64_t bit = UINT64_C(1) << i;
			struct mym__text rest = { line.at + length,
						  line.length - length };

			if (length == 0 || line.length < length ||
			    memcmp(line.at, keys->names[i].at, length) != 0 ||
			    (rest.length > 0 && *rest.at != ':' &&
			     !blank(*rest.at)))
				continue;
			if (rest.length > 0)
				rest = (struct mym__text){ rest.at + 1,
							   rest.length - 1 };
			++*times;
			if ((keys->seen | keys->broken) & bit)
				continue;
			if (value_of(rest, keys->kilobytes, &keys->values[i]) < 0)
				keys->broken |= bit;
			else
				keys->seen |= bit;
		}
	}
}

static void look(struct mym__text text, const struct mym__name *names,
		 unsigned int count, bool kilobytes)
{
	static char buffer[4096];
	int64_t expect[MOST] = { 0 }, values[MOST] = { 0 };
	uint16_t at[MOST] = { 0 };
	struct mym__keys keys = {
		.names = names, .kilobytes = kilobytes, .count = count,
		.values = expect,
	};
	struct mym__keys simple = keys;
	struct mym__root root;
	unsigned int times = 0;
	int fd;

	CHECK(count <= MOST);
	/* Longer lines are left out. */
	if (text.length > sizeof(buffer))
		return;
	simply(&simple, text, &times);
	machine_clear();
	machine_add("/file", 5, text.at, text.length, 0);
	CHECK(mym__root_open(&root, "/") == 0);
	fd = mym__root_get(&root, "/file", MYM__ROOT_FILE);
	CHECK(fd >= 0);
	keys.values = values;
	keys.at = at;
	for (int turn = 0; turn < 3; turn++) {
		for (unsigned int i = 0; turn == 2 && i < count; i++)
			at[i] = (uint16_t)(text.length / (i + 1));
		keys.seen = keys.broken = 0;
		memset(values, 0, sizeof(values));
		CHECK(mym__lines_keys(fd, buffer, sizeof(buffer), &keys) == 0);
		CHECK(!(keys.seen & keys.broken));
		/* A key that is there twice may be found in another place. */
		if (turn > 0 &&
		    times != (unsigned int)__builtin_popcountll(simple.seen |
								simple.broken))
			continue;
		CHECK(keys.seen == simple.seen && keys.broken == simple.broken);
		for (unsigned int i = 0; i < count; i++) {
			if (keys.seen >> i & 1)
				CHECK(values[i] == expect[i] && values[i] >= 0);
		}
	}
	mym__root_drop(fd);
	mym__root_close(&root);
}

void parse_stat(struct mym__text text)
{
	look(text, mym__dialect_v2.stats, MYM__STATS, false);
	look(text, mym__dialect_v1.stats, MYM__STATS, false);
}

void parse_meminfo(struct mym__text text)
{
	static const struct mym__name names[] = {
		MYM__NAME("MemTotal"), MYM__NAME("MemFree"),
		MYM__NAME("MemAvailable"), MYM__NAME("Active(file)"),
		MYM__NAME("Inactive(file)"), MYM__NAME("SReclaimable"),
		MYM__NAME("Shmem"), MYM__NAME("SwapTotal"), MYM__NAME("SwapFree"),
		MYM__NAME("CommitLimit"), MYM__NAME("Committed_AS"),
		MYM__NAME("Hugetlb"),
	};

	look(text, names, MYM__COUNT(names), true);
}

void parse_events(struct mym__text text)
{
	static const struct mym__name names[] = {
		MYM__NAME("high"), MYM__NAME("max"), MYM__NAME("oom"),
		MYM__NAME("oom_kill"), MYM__NAME("sock_throttled"),
	};

	look(text, names, MYM__COUNT(names), false);
}
