/* SPDX-License-Identifier: MIT */
/*
 * The parsers of text in memory.  The input has its exact size, so that the
 * address sanitizer sees a read beyond it; what comes out must lie within it, and
 * be what a simpler way finds.
 */
#include <string.h>

#include "base/compiler.h"
#include "base/nodes.h"
#include "base/parse.h"
#include "check.h"
#include "discover/dialect.h"
#include "discover/group.h"
#include "read/zones.h"
#include "targets.h"
#include "watch/base64.h"

static void within(struct mym__text part, struct mym__text whole)
{
	CHECK(part.length <= whole.length);
	CHECK(part.length == 0 ||
	      (part.at >= whole.at &&
	       part.at + part.length <= whole.at + whole.length));
}

static bool all_digits(struct mym__text word)
{
	for (size_t i = 0; i < word.length; i++) {
		if (word.at[i] < '0' || word.at[i] > '9')
			return false;
	}
	return word.length > 0;
}

/* Of up to 18 digits, which cannot overflow. */
static int64_t plain_number(struct mym__text word)
{
	int64_t n = 0;

	for (size_t i = 0; i < word.length; i++)
		n = n * 10 + word.at[i] - '0';
	return n;
}

static void number(struct mym__text word)
{
	int64_t value = -1;
	int r = mym__parse_number(word, &value);

	CHECK((r == 0) == all_digits(word));
	if (r == 0 && word.length <= 18)
		CHECK(value == plain_number(word));
	else if (r == 0)
		CHECK(value >= 0);
	else
		CHECK(value == -1);
}

void parse_amount(struct mym__text text)
{
	int64_t value = -1;
	int r = mym__parse_amount(text, &value);
	struct mym__text rest = text, word = mym__parse_word(&rest);

	CHECK(r <= 1 && (r == 0) == (value >= 0) && value < MYM__UNLIMITED);
	within(word, text);
	number(word);
	if (r == 0)
		CHECK(all_digits(word) && mym__parse_word(&rest).length == 0);
	if (r == 0 && word.length <= 18)
		CHECK(value == plain_number(word));
	CHECK(!mym__parse_unlimited(r == 0 ? value : 0) || value >= INT32_MAX);
}

void parse_words(struct mym__text text)
{
	struct mym__text rest = text, word;
	uint64_t bits;

	mym__parse_before(text, 4, 7);
	mym__parse_has_token(text, mym__dialect_v1.controller);
	while ((word = mym__parse_word(&rest)).length > 0) {
		within(word, text);
		within(rest, text);
		number(word);
		if (mym__parse_hex(word, &bits) == 0)
			CHECK(word.length <= 16);
	}
	CHECK(rest.length == 0);
}

/* The set written as the kernel does, and read again. */
void parse_nodes(struct mym__text text)
{
	static char list[8 * MYM__NODES_MAX];
	struct mym__nodes nodes, again, all, relative;
	size_t have = 0;

	memset(&nodes, 0xff, sizeof(nodes));
	all = relative = nodes;
	if (mym__nodes_parse(text, &nodes) < 0) {
		CHECK(memcmp(&nodes, &all, sizeof(nodes)) == 0);
		return;
	}
	if (mym__nodes_count(&nodes) > 64)
		return;
	for (unsigned int node = 0; node < MYM__NODES_MAX; node++) {
		if (mym__nodes_has(&nodes, node))
			have += (size_t)snprintf(list + have, sizeof(list) - have,
						 have ? ",%u" : "%u", node);
	}
	CHECK(mym__nodes_parse((struct mym__text){ list, have }, &again) == 0);
	CHECK(memcmp(&nodes, &again, sizeof(nodes)) == 0);
	/* This takes long. */
	if (text.length % 64 != 0)
		return;
	mym__nodes_relative(&relative, &nodes);
	CHECK(memcmp(&nodes, &relative, sizeof(nodes)) == 0);
	mym__nodes_relative(&nodes, &all);
	CHECK(memcmp(&nodes, &again, sizeof(nodes)) == 0);
}

void parse_binding(struct mym__text text)
{
	while (text.length > 0) {
		struct mym__text line = mym__parse_until(&text, '\n');
		struct mym__nodes nodes;

		memset(&nodes, 0, sizeof(nodes));
		if (mym__nodes_parse_binding(line, &nodes) != 0)
			CHECK(mym__nodes_count(&nodes) == 0);
	}
}

/* Two names in a line each. */
void parse_groups(struct mym__text text)
{
	static struct mym__group root, own;
	static char first[MYM__PATH_MAX + 8], second[MYM__PATH_MAX + 8];
	struct mym__text line = mym__parse_until(&text, '\n');
	const char *below = NULL;

	snprintf(first, sizeof(first), "%.*s", (int)line.length, line.at);
	snprintf(second, sizeof(second), "%.*s", (int)text.length, text.at);
	if (mym__group_parse(&root, first) < 0 ||
	    mym__group_parse(&own, second) < 0)
		return;
	CHECK(strlen(own.path) < MYM__PATH_MAX && !strstr(own.path, "//"));
	CHECK(own.names >= 0 && own.up >= 0 && (own.names > 0) == !!*own.path);
	if (mym__group_relate(&root, &own, &below) == MYM__SHOWS)
		CHECK(below >= own.path &&
		      below <= own.path + strlen(own.path) && *below != '/');
	CHECK(mym__group_relate(&own, &own, &below) == MYM__SHOWS && !*below);
	/* The name of what was understood is understood alike. */
	root = own;
	CHECK(mym__group_parse(&own, root.path) == 0);
	CHECK(own.up == 0 && own.names == root.names);
	CHECK(strcmp(own.path, root.path) == 0);
}

void parse_zones(struct mym__text text)
{
	static const struct mym__nodes first = { { 1 } };
	struct mym__zones all = { .nodes = NULL }, some = { .nodes = &first };

	while (text.length > 0) {
		struct mym__text line = mym__parse_until(&text, '\n');

		mym__zones_parse(&all, line);
		mym__zones_parse(&some, line);
	}
	mym__zones_end(&all);
	mym__zones_end(&some);
	CHECK(some.low >= 0 && some.reserve >= 0 && some.usable >= 0);
	CHECK(some.file >= 0 && some.per_cpu >= 0 && some.refill >= 0);
	CHECK(some.cma >= 0 && all.managed == some.managed);
	CHECK(some.low <= all.low && some.reserve <= all.reserve);
	CHECK(some.usable <= all.usable && some.file <= all.file);
	CHECK(some.per_cpu <= all.per_cpu && some.refill <= all.refill);
	CHECK(some.cma <= all.cma && all.cut >= some.cut);
}

void parse_psi(struct mym__text text)
{
	while (text.length > 0) {
		struct mym__text line = mym__parse_until(&text, '\n');
		int64_t value = -1, total = -1;
		bool full;

		if (mym__parse_psi(line, &full, &value) == 0)
			CHECK(value >= 0 && value <= 10000 &&
			      line.length > strlen("some avg10=0.00") - 1);
		CHECK((mym__parse_psi_total(line, &total) == 0) == (total >= 0));
	}
}

void parse_limits(struct mym__text text)
{
	const struct mym__text name = MYM__TEXT("Max data size");

	while (text.length > 0) {
		struct mym__text line = mym__parse_until(&text, '\n');

		for (int hard = 0; hard < 2; hard++) {
			int64_t value = -1;
			int r = mym__parse_rlimit(line, name, hard, &value);

			CHECK(r != 0 || (value >= 0 && value < MYM__UNLIMITED));
			CHECK(r < 0 || memcmp(line.at, name.at, name.length) == 0);
		}
	}
}

static size_t encode(const char *bytes, size_t size, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl"
				     "mnopqrstuvwxyz0123456789+/";
	size_t have = 0;

	for (size_t i = 0; i < size; i += 3) {
		unsigned int bits = 0;

		for (size_t j = 0; j < 3; j++)
			bits = bits << 8 |
			       (i + j < size ? (unsigned char)bytes[i + j] : 0);
		for (size_t j = 0; j < 4; j++)
			out[have++] = i + j > size ? '=' :
				      digits[bits >> (18 - 6 * j) & 63];
	}
	return have;
}

/* What is decoded and encoded again is what it was. */
void parse_base64(struct mym__text text)
{
	static char bytes[1024], again[2048];
	int size = mym__base64(text, bytes, sizeof(bytes));

	if (size < 0)
		return;
	CHECK((size_t)size <= sizeof(bytes));
	CHECK(encode(bytes, (size_t)size, again) == text.length);
	CHECK(text.length == 0 || memcmp(again, text.at, text.length) == 0);
}
