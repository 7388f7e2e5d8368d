/* SPDX-License-Identifier: MIT */
/*
 * Every parser over whatever comes: the input is handed over as a copy of its
 * exact size, so that the address sanitizer sees a read beyond it, and what
 * comes out must lie within it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/nodes.h"
#include "base/parse.h"
#include "base/text.h"
#include "discover/dialect.h"
#include "discover/group.h"
#include "read/zones.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)         \
	do {                     \
		if (!(condition)) \
			abort();  \
	} while (0)

static void within(struct mym__text part, const char *text, size_t size)
{
	CHECK(part.length <= size);
	CHECK(part.length == 0 || (part.at >= text &&
				   part.at + part.length <= text + size));
}

static void numbers(struct mym__text text)
{
	struct mym__text word;
	int64_t value = -1;
	uint64_t hex;
	bool full;

	if (mym__parse_amount(text, &value) == 0)
		CHECK(value >= 0 && value < MYM__UNLIMITED);
	value = -1;
	if (mym__parse_psi(text, &full, &value) == 0)
		CHECK(value >= 0 && value <= 10099);
	value = -1;
	if (mym__parse_rlimit(text, MYM__TEXT("Max data size"), false, &value) == 0)
		CHECK(value >= 0 && value < MYM__UNLIMITED);
	while ((word = mym__parse_word(&text)).length > 0) {
		value = -1;
		if (mym__parse_number(word, &value) == 0)
			CHECK(value >= 0);
		mym__parse_hex(word, &hex);
	}
}

static void keys(struct mym__text line)
{
	static const struct mym__name names[] = {
		MYM__NAME("MemTotal"), MYM__NAME("active_file"),
	};
	int64_t values[MYM__COUNT(names)] = { 0 };
	struct mym__keys wanted = {
		.names = names,
		.count = MYM__COUNT(names),
		.values = values,
	};

	mym__parse_key(&wanted, line);
	CHECK((wanted.seen & wanted.broken) == 0 && wanted.seen < 4);
	CHECK(values[0] >= 0 && values[1] >= 0);
}

static void lists(struct mym__text text)
{
	static struct mym__zones zones;
	struct mym__nodes nodes;

	mym__parse_has_token(text, mym__dialect_v1.controller);
	mym__nodes_parse_binding(text, &nodes);
	if (mym__nodes_parse(text, &nodes) == 0)
		CHECK(mym__nodes_count(&nodes) <= MYM__NODES_MAX);
	mym__zones_parse(&zones, text);
	if (text.length % 8 == 0)
		mym__zones_end(&zones);
	CHECK(zones.low >= 0 && zones.reserve >= 0 && zones.managed >= 0);
	CHECK(zones.usable >= 0 && zones.file >= 0 && zones.per_cpu >= 0);
}

static void member(struct mym__text line)
{
	struct mym__member member;

	if (mym__parse_member(line, &member) < 0)
		return;
	CHECK(member.hierarchy >= 0);
	within(member.controllers, line.at, line.length);
	within(member.path, line.at, line.length);
	CHECK(member.path.length > 0 && member.path.at[0] == '/');
}

static void mount(char *line, size_t size)
{
	struct mym__mount mount;

	if (mym__parse_mount(line, size, &mount) < 0)
		return;
	within(mount.root, line, size);
	within(mount.point, line, size);
	within(mount.type, line, size);
	within(mount.options, line, size);
}

static void groups(const char *path)
{
	static struct mym__group root, own;
	const char *below = NULL;

	if (mym__group_parse(&own, path) < 0 || mym__group_parse(&root, "/a") < 0)
		return;
	CHECK(strlen(own.path) < MYM__PATH_MAX);
	if (mym__group_relate(&root, &own, &below) == MYM__SHOWS)
		CHECK(below >= own.path && below <= own.path + strlen(own.path));
	CHECK(mym__group_relate(&own, &own, &below) == MYM__SHOWS && !*below);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size ? size : 1);
	char *string = malloc(size + 1);
	struct mym__text text = { copy, size };

	memcpy(copy, data, size);
	memcpy(string, data, size);
	string[size] = '\0';
	numbers(text);
	lists(text);
	groups(string);
	while (text.length > 0) {
		struct mym__text line = mym__parse_until(&text, '\n');

		numbers(line);
		keys(line);
		lists(line);
		member(line);
		/* Last: it decodes in place. */
		mount(copy + (line.at - copy), line.length);
	}
	free(copy);
	free(string);
	return 0;
}
