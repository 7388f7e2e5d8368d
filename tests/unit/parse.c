/* SPDX-License-Identifier: MIT */
/* Words, numbers, keys and lists.  records.c has the lines made of them. */
#include <errno.h>
#include <limits.h>

#include "base/compiler.h"
#include "base/nodes.h"
#include "base/parse.h"
#include "base/text.h"
#include "suite.h"
#include "text.h"

#define DIGITS_100                                           \
	"12345678901234567890123456789012345678901234567890" \
	"12345678901234567890123456789012345678901234567890"

START_TEST(words)
{
	static const struct {
		struct mym__text text, words[3];
	} rows[] = {
		{ T(""), { { NULL, 0 } } },
		{ T(" \t\r\n "), { { NULL, 0 } } },
		{ T("one"), { T("one") } },
		{ T("  one"), { T("one") } },
		{ T("one\r\n"), { T("one") } },
		{ T("one two"), { T("one"), T("two") } },
		{ T("\tone \t two\r"), { T("one"), T("two") } },
		{ T("a\0b \0"), { T("a\0b"), T("\0") } },
		{ T("a\vb\fc"), { T("a\vb\fc") } },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__text copy = exact(rows[i].text), rest = copy;

		for (size_t j = 0; j < MYM__COUNT(rows[i].words); j++) {
			struct mym__text word = mym__parse_word(&rest);

			ROW(mym__text_equal(word, rows[i].words[j]),
			    "\"%s\": word %zu is \"%s\"",
			    shown(rows[i].text), j, shown(word));
		}
		ck_assert_uint_eq(rest.length, 0);
		release(copy);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(until_separator)
{
	static const struct {
		struct mym__text text, front, rest;
	} rows[] = {
		{ T(""), T(""), T("") },
		{ T(":"), T(""), T("") },
		{ T("a"), T("a"), T("") },
		{ T("a:"), T("a"), T("") },
		{ T(":a"), T(""), T("a") },
		{ T("a:b:c"), T("a"), T("b:c") },
		{ T("::"), T(""), T(":") },
		{ T("\0:\0"), T("\0"), T("\0") },
	};
	struct mym__text nothing = { NULL, 0 };

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__text copy = exact(rows[i].text), rest = copy;
		struct mym__text front = mym__parse_until(&rest, ':');

		ROW(mym__text_equal(front, rows[i].front) &&
		    mym__text_equal(rest, rows[i].rest),
		    "\"%s\": \"%s\" and \"%s\"", shown(rows[i].text),
		    shown(front), shown(rest));
		release(copy);
	}
	ck_assert_uint_eq(mym__parse_until(&nothing, ':').length, 0);
	ck_assert_uint_eq(mym__parse_word(&nothing).length, 0);
	ROWS_DONE();
}
END_TEST

struct number {
	struct mym__text text;
	int result;
	int64_t value;
};

static void check_numbers(const struct number *rows, size_t count,
			  int (*parse)(struct mym__text text, int64_t *value))
{
	for (size_t i = 0; i < count; i++) {
		struct mym__text copy = exact(rows[i].text);
		int64_t value = UNTOUCHED;
		int r = parse(copy, &value);

		ROW(r == rows[i].result, "\"%s\": result %d, not %d",
		    shown(copy), r, rows[i].result);
		ROW(value == (r == 0 ? rows[i].value : UNTOUCHED),
		    "\"%s\": value %lld", shown(copy),
		    (long long)value);
		release(copy);
	}
	ROWS_DONE();
}

START_TEST(numbers)
{
	static const struct number rows[] = {
		{ T("0"), 0, 0 },
		{ T("7"), 0, 7 },
		{ T("010"), 0, 10 },
		{ T("0000000000000000000000000000001"), 0, 1 },
		{ T("4096"), 0, 4096 },
		{ T("922337203685477580"), 0, INT64_C(922337203685477580) },
		{ T("9223372036854775799"), 0, INT64_C(9223372036854775799) },
		{ T("9223372036854775800"), 0, INT64_C(9223372036854775800) },
		{ T("9223372036854775806"), 0, INT64_MAX - 1 },
		{ T("9223372036854775807"), 0, INT64_MAX },
		{ T("9223372036854775808"), 0, INT64_MAX },
		{ T("9223372036854775810"), 0, INT64_MAX },
		{ T("18446744073709551615"), 0, INT64_MAX },
		{ T("18446744073709551616"), 0, INT64_MAX },
		{ T("18446744073709551617"), 0, INT64_MAX },
		{ T(DIGITS_100), 0, INT64_MAX },
		{ T(DIGITS_100 "x"), -EBADMSG, 0 },
		{ T(""), -EBADMSG, 0 },
		{ T("-"), -EBADMSG, 0 },
		{ T("-1"), -EBADMSG, 0 },
		{ T("+1"), -EBADMSG, 0 },
		{ T("0x10"), -EBADMSG, 0 },
		{ T("x"), -EBADMSG, 0 },
		{ T("12abc"), -EBADMSG, 0 },
		{ T("abc12"), -EBADMSG, 0 },
		{ T("1e3"), -EBADMSG, 0 },
		{ T("1.5"), -EBADMSG, 0 },
		{ T("1,5"), -EBADMSG, 0 },
		{ T("1_000"), -EBADMSG, 0 },
		{ T(" 1"), -EBADMSG, 0 },
		{ T("1 "), -EBADMSG, 0 },
		{ T("1\n"), -EBADMSG, 0 },
		{ T("\0"), -EBADMSG, 0 },
		{ T("1\0"), -EBADMSG, 0 },
		{ T("1\0002"), -EBADMSG, 0 },
		{ T("/"), -EBADMSG, 0 },
		{ T(":"), -EBADMSG, 0 },
		{ T("\xff"), -EBADMSG, 0 },
		{ T("\xb2"), -EBADMSG, 0 },         /* Latin-1 superscript 2 */
		{ T("\xd9\xa1"), -EBADMSG, 0 },     /* Arabic 1 */
		{ T("\xef\xbc\x91"), -EBADMSG, 0 }, /* fullwidth 1 */
	};

	check_numbers(rows, MYM__COUNT(rows), mym__parse_number);
}
END_TEST

START_TEST(amounts)
{
	static const struct number rows[] = {
		{ T("0"), 0, 0 },
		{ T("0\n"), 0, 0 },
		{ T("536870912\n"), 0, 536870912 },
		{ T("536870912"), 0, 536870912 },
		{ T("536870912\r\n"), 0, 536870912 },
		{ T(" \t536870912 \n\n"), 0, 536870912 },
		{ T("010\n"), 0, 10 },
		{ T("max\n"), 1, 0 },
		{ T("max"), 1, 0 },
		{ T(" max\r\n"), 1, 0 },
		{ T("-1\n"), 1, 0 },
		{ T("4611686018427387903\n"), 0, MYM__UNLIMITED - 1 },
		{ T("4611686018427387904\n"), 1, 0 },
		{ T("9223372036854771712\n"), 1, 0 }, /* v1, pages of 4 KiB */
		{ T("9223372036854710272\n"), 1, 0 }, /* of 64 KiB */
		{ T("9223372036854775807\n"), 1, 0 }, /* Linux 3.10 */
		{ T("18446744073709551615\n"), 1, 0 },
		{ T(DIGITS_100 "\n"), 1, 0 },
		{ T(""), -ENODATA, 0 },
		{ T("\n"), -ENODATA, 0 },
		{ T(" \t\r\n"), -ENODATA, 0 },
		{ T("\0"), -EBADMSG, 0 },
		{ T("5\0"), -EBADMSG, 0 },
		{ T("5\n\0"), -EBADMSG, 0 },
		{ T("max\0"), -EBADMSG, 0 },
		{ T("ma"), -EBADMSG, 0 },
		{ T("maximum\n"), -EBADMSG, 0 },
		{ T("MAX\n"), -EBADMSG, 0 },
		{ T("max max\n"), -EBADMSG, 0 },
		{ T("max 5\n"), -EBADMSG, 0 },
		{ T("5 5\n"), -EBADMSG, 0 },
		{ T("5\n6\n"), -EBADMSG, 0 },
		{ T("5 kB\n"), -EBADMSG, 0 },
		{ T("-2\n"), -EBADMSG, 0 },
		{ T("-\n"), -EBADMSG, 0 },
		{ T("--1\n"), -EBADMSG, 0 },
		{ T("-1x\n"), -EBADMSG, 0 },
		{ T("+5\n"), -EBADMSG, 0 },
		{ T("0x10\n"), -EBADMSG, 0 },
		{ T("12abc\n"), -EBADMSG, 0 },
		{ T("5G\n"), -EBADMSG, 0 },
		{ T("\x7f" "ELF\2\1\1\0"), -EBADMSG, 0 },
		{ T("\xef\xbb\xbf" "5\n"), -EBADMSG, 0 }, /* byte order mark */
	};

	check_numbers(rows, MYM__COUNT(rows), mym__parse_amount);
}
END_TEST

START_TEST(hexadecimal)
{
	static const struct {
		struct mym__text text;
		int result;
		uint64_t value;
	} rows[] = {
		{ T("0"), 0, 0 },
		{ T("9"), 0, 9 },
		{ T("a"), 0, 10 },
		{ T("f"), 0, 15 },
		{ T("00000000a80425fb"), 0, 0xa80425fb },
		{ T("000001ffffffffff"), 0, UINT64_C(0x1ffffffffff) },
		{ T("ffffffffffffffff"), 0, UINT64_MAX },
		{ T("00000000000000000"), -EBADMSG, 0 },
		{ T("1ffffffffffffffff"), -EBADMSG, 0 },
		{ T(""), -EBADMSG, 0 },
		{ T("0x1"), -EBADMSG, 0 },
		{ T("g"), -EBADMSG, 0 },
		{ T("`"), -EBADMSG, 0 },
		{ T("F"), -EBADMSG, 0 },
		{ T("-1"), -EBADMSG, 0 },
		{ T("1 "), -EBADMSG, 0 },
		{ T("1\0"), -EBADMSG, 0 },
		{ T("\xff"), -EBADMSG, 0 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__text copy = exact(rows[i].text);
		uint64_t value = 77;

		ROW(mym__parse_hex(copy, &value) == rows[i].result &&
		    value == (rows[i].result ? 77 : rows[i].value),
		    "\"%s\": %llx", shown(copy),
		    (unsigned long long)value);
		release(copy);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(tokens)
{
	static const struct {
		struct mym__text list;
		bool has;
	} rows[] = {
		{ T("memory"), true },
		{ T("cpu,memory"), true },
		{ T("memory,cpu"), true },
		{ T("cpu,memory,pids"), true },
		{ T("rw,,memory"), true },
		{ T("memory,"), true },
		{ T(""), false },
		{ T(","), false },
		{ T("memor"), false },
		{ T("memory2"), false },
		{ T("xmemory"), false },
		{ T("name=memory"), false },
		{ T("Memory"), false },
		{ T("memory cpu"), false },
		{ T("memory\0"), false },
		{ T("cpu;memory"), false },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__text copy = exact(rows[i].list);

		ROW(mym__parse_has_token(copy, "memory") ==
		    rows[i].has, "\"%s\"", shown(copy));
		release(copy);
	}
	ROWS_DONE();
}
END_TEST

static struct mym__nodes nodes_between(unsigned int first, unsigned int last)
{
	struct mym__nodes set = { { 0 } };

	for (unsigned int node = first; node <= last; node++)
		set.bits[node / 64] |= UINT64_C(1) << (node % 64);
	return set;
}

START_TEST(node_lists)
{
	static const struct {
		struct mym__text text;
		int result;
		unsigned int count, first, last;
	} rows[] = {
		{ T("0"), 0, 1, 0, 0 },
		{ T("0\n"), 0, 1, 0, 0 },
		{ T("0\r\n"), 0, 1, 0, 0 },
		{ T("\t1"), 0, 1, 1, 1 },
		{ T("0-3"), 0, 4, 0, 3 },
		{ T("0-3,8"), 0, 5, 0, 8 },
		{ T("8,0-3"), 0, 5, 0, 8 },
		{ T("0,0,0-1"), 0, 2, 0, 1 },
		{ T("63-64"), 0, 2, 63, 64 },
		{ T("0-1023"), 0, 1024, 0, 1023 },
		{ T("1023"), 0, 1, 1023, 1023 },
		{ T("5-5"), 0, 1, 5, 5 },
		{ T(""), 0, 0, 0, 0 },
		{ T("\n"), 0, 0, 0, 0 },
		{ T("3-0"), -EBADMSG, 0, 0, 0 },
		{ T("1024"), -EBADMSG, 0, 0, 0 },
		{ T("0-1024"), -EBADMSG, 0, 0, 0 },
		{ T("0-" DIGITS_100), -EBADMSG, 0, 0, 0 },
		{ T(DIGITS_100), -EBADMSG, 0, 0, 0 },
		{ T("4294967296"), -EBADMSG, 0, 0, 0 },
		{ T("0,1024"), -EBADMSG, 0, 0, 0 },
		{ T("-1"), -EBADMSG, 0, 0, 0 },
		{ T("-"), -EBADMSG, 0, 0, 0 },
		{ T("0-"), -EBADMSG, 0, 0, 0 },
		{ T("0-3,8-"), -EBADMSG, 0, 0, 0 },
		{ T("0--1"), -EBADMSG, 0, 0, 0 },
		{ T("0-1-2"), -EBADMSG, 0, 0, 0 },
		{ T(",0"), -EBADMSG, 0, 0, 0 },
		{ T("0,,1"), -EBADMSG, 0, 0, 0 },
		{ T("0-3:1/2"), -EBADMSG, 0, 0, 0 },
		{ T("a"), -EBADMSG, 0, 0, 0 },
		{ T("0x1"), -EBADMSG, 0, 0, 0 },
		{ T("0\0"), -EBADMSG, 0, 0, 0 },
		{ T("\0"), -EBADMSG, 0, 0, 0 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		const struct mym__nodes before = nodes_between(7, 9);
		struct mym__nodes set = before;
		struct mym__text copy = exact(rows[i].text);
		int r = mym__nodes_parse(copy, &set);

		ROW(r == rows[i].result, "\"%s\": %d", shown(copy), r);
		if (r < 0)
			ROW(memcmp(&set, &before, sizeof(set)) == 0,
			    "\"%s\": written", shown(copy));
		else
			ROW(mym__nodes_count(&set) == rows[i].count &&
			    (rows[i].count == 0 ||
			     (mym__nodes_has(&set, rows[i].first) &&
			      mym__nodes_has(&set, rows[i].last))),
			    "\"%s\": %u nodes", shown(copy),
			    mym__nodes_count(&set));
		release(copy);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(node_sets)
{
	struct mym__nodes set = nodes_between(62, 65);

	ck_assert(!mym__nodes_has(&set, 61));
	for (unsigned int node = 62; node <= 65; node++)
		ck_assert(mym__nodes_has(&set, node));
	ck_assert(!mym__nodes_has(&set, 66));
	ck_assert_uint_eq(mym__nodes_count(&set), 4);
	set = nodes_between(0, MYM__NODES_MAX - 1);
	ck_assert(mym__nodes_has(&set, MYM__NODES_MAX - 1));
	ck_assert(!mym__nodes_has(&set, MYM__NODES_MAX));
	ck_assert(!mym__nodes_has(&set, UINT_MAX));
	ck_assert_uint_eq(mym__nodes_count(&set), MYM__NODES_MAX);
}
END_TEST

/* v1's "no limit", by the size of long and of a page. */
START_TEST(no_limits)
{
	static const struct {
		int64_t value;
		bool unlimited;
	} rows[] = {
		{ INT64_MAX, true },
		{ INT64_C(9223372036854771712), true },
		{ INT64_C(9223372036854710272), true },
		{ MYM__UNLIMITED, true },
		{ MYM__UNLIMITED - 1, false },
		{ INT64_C(0x7fffffff) << 12, true },
		{ INT64_C(0x7fffffff) << 14, true },
		{ INT64_C(0x7fffffff) << 16, true },
		{ INT64_C(0x7fffffff) << 11, false },
		{ INT64_C(0x7fffffff) << 17, false },
		{ (INT64_C(0x7fffffff) << 12) + 4096, false },
		{ INT64_C(0x7ffffffe) << 12, false },
		{ 0, false },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++)
		ROW(mym__parse_unlimited(rows[i].value) == rows[i].unlimited,
		    "row %zu", i);
	ROWS_DONE();
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("parse");
	TCase *tc = tcase_create("words");

	tcase_add_test(tc, words);
	tcase_add_test(tc, until_separator);
	tcase_add_test(tc, tokens);
	suite_add_tcase(s, tc);
	tc = tcase_create("numbers");
	tcase_add_test(tc, numbers);
	tcase_add_test(tc, amounts);
	tcase_add_test(tc, hexadecimal);
	suite_add_tcase(s, tc);
	tc = tcase_create("nodes");
	tcase_add_test(tc, node_lists);
	tcase_add_test(tc, node_sets);
	tcase_add_test(tc, no_limits);
	suite_add_tcase(s, tc);
	return s;
}
