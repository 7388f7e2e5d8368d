/* SPDX-License-Identifier: MIT */
/* The lines of the kernel's tables: keys, groups, mounts, PSI, rlimits. */
#include <errno.h>

#include "base/compiler.h"
#include "base/nodes.h"
#include "base/parse.h"
#include "base/text.h"
#include "random.h"
#include "read/zones.h"
#include "suite.h"
#include "text.h"

#define DIGITS_100                                           \
	"12345678901234567890123456789012345678901234567890" \
	"12345678901234567890123456789012345678901234567890"

static void parse_lines(struct mym__keys *keys, struct mym__text file)
{
	while (file.length > 0) {
		struct mym__text copy = exact(mym__parse_until(&file, '\n'));

		mym__parse_key(keys, copy);
		release(copy);
	}
}

START_TEST(key_lines)
{
	enum state { SEEN, BROKEN, ABSENT };
	static const struct {
		struct mym__name key;
		struct mym__text file;
		enum state state;
		int64_t value;
	} rows[] = {
		{ N("file"), T("file 5"), SEEN, 5 },
		{ N("file"), T("anon 1\nfile 5\nslab 2\n"), SEEN, 5 },
		{ N("file"), T("  file\t 5 \r\n"), SEEN, 5 },
		{ N("file"), T("file 0\n"), SEEN, 0 },
		{ N("file"), T("file 5\nfile 6\n"), SEEN, 5 },
		{ N("file"), T("file x\nfile 6\n"), BROKEN, 0 },
		{ N("file"), T("\n\n\0\xff\nfile 5"), SEEN, 5 },
		{ N("file"), T("file 18446744073709551615\n"), SEEN,
		  INT64_MAX },
		{ N("file"), T("file " DIGITS_100 "\n"), SEEN, INT64_MAX },
		{ N("file"), T("inactive_file 5\n"), ABSENT, 0 },
		{ N("file"), T("file_mapped 5\n"), ABSENT, 0 },
		{ N("file"), T("File 5\n"), ABSENT, 0 },
		{ N("file"), T("fil 5\n"), ABSENT, 0 },
		{ N("file"), T("x file 5\n"), ABSENT, 0 },
		{ N("file"), T("file\0 5\n"), ABSENT, 0 },
		{ N("file"), T("file=5\n"), ABSENT, 0 },
		{ N("file"), T(""), ABSENT, 0 },
		{ N("file"), T("\n"), ABSENT, 0 },
		{ N("file"), T(":\n"), ABSENT, 0 },
		{ N("file"), T(": 5\n"), ABSENT, 0 },
		{ N("file"), T("file\n"), BROKEN, 0 },
		{ N("file"), T("file \n"), BROKEN, 0 },
		{ N("file"), T("file:\n"), BROKEN, 0 },
		{ N("file"), T("file max\n"), BROKEN, 0 },
		{ N("file"), T("file -1\n"), BROKEN, 0 },
		{ N("file"), T("file +1\n"), BROKEN, 0 },
		{ N("file"), T("file 12abc\n"), BROKEN, 0 },
		{ N("file"), T("file 0x10\n"), BROKEN, 0 },
		{ N("file"), T("file 5\0\n"), BROKEN, 0 },
		/* Blank is what isblank() has, and what ends a line; not \v. */
		{ N("file"), T("file\t5\n"), SEEN, 5 },
		{ N("file"), T("file\r5\n"), SEEN, 5 },
		{ N("file"), T("\r\vfile 5\n"), ABSENT, 0 },
		{ N("file"), T("file\v5\n"), ABSENT, 0 },
		{ N("file"), T("file \r5\r\n"), SEEN, 5 },
		{ N("file"), T("file \v5\n"), BROKEN, 0 },
		{ N("file"), T("file 5\t\n"), SEEN, 5 },
		{ N("file"), T("file 5\v\n"), BROKEN, 0 },
		{ N("file"), T("file 5 \v\n"), BROKEN, 0 },
		{ N("MemFree"), T("MemFree:        5 kB\n"), SEEN, 5120 },
		{ N("MemFree"), T("MemFree:\t5 kB\r\n"), SEEN, 5120 },
		{ N("MemFree"), T("MemFree:5 kB\n"), SEEN, 5120 },
		{ N("MemFree"), T("MemFree: 0 kB\n"), SEEN, 0 },
		{ N("MemFree"), T("XMemFree: 1 kB\nMemFree: 5 kB\n"), SEEN,
		  5120 },
		{ N("MemFree"), T("MemFree: 9007199254740991 kB\n"), SEEN,
		  INT64_MAX - 1023 },
		{ N("MemFree"), T("MemFree: 9007199254740992 kB\n"), SEEN,
		  INT64_MAX },
		{ N("MemFree"), T("MemFree: " DIGITS_100 " kB\n"), SEEN,
		  INT64_MAX },
		{ N("MemFree"), T("MemFree: kB\n"), BROKEN, 0 },
		{ N("MemFree"), T("MemFree: 5kB\n"), BROKEN, 0 },
		{ N("MemFree"), T("MemFree:: 5 kB\n"), BROKEN, 0 },
		{ N("MemFree"), T("MemFree: 5 MB\n"), BROKEN, 0 },
		{ N("MemFree"), T("MemFree: 5"), BROKEN, 0 },
		{ N("file"), T("file 5 kB\n"), BROKEN, 0 },
		{ N("MemFree"), T("MemFree: 5 kB\0\n"), BROKEN, 0 },
		{ N("MemFree"), T("MemFree: 5 k\n"), BROKEN, 0 },
		{ N("Active"), T("Active(file): 5 kB\n"), ABSENT, 0 },
		{ N("Active(file)"), T("Active(file): 5 kB\n"), SEEN, 5120 },
		{ N("HugePages_Free"), T("HugePages_Free:        5\n"), SEEN,
		  5 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		int64_t value = UNTOUCHED;
		/* Those of meminfo that are wanted here have a unit. */
		struct mym__keys keys = { .names = &rows[i].key, .count = 1,
					  .kilobytes = rows[i].key.at[0] == 'M' ||
						       rows[i].key.at[0] == 'A',
					  .values = &value };

		parse_lines(&keys, rows[i].file);
		ROW(keys.seen == (rows[i].state == SEEN) &&
		    keys.broken == (rows[i].state == BROKEN),
		    "\"%s\": seen %d, broken %d", shown(rows[i].file),
		    (int)keys.seen, (int)keys.broken);
		ROW(value == (keys.seen ? rows[i].value : UNTOUCHED),
		    "\"%s\": value %lld", shown(rows[i].file),
		    (long long)value);
	}
	ROWS_DONE();
}
END_TEST

/* A line is taken as it is, even if nobody has cut off its end. */
START_TEST(key_over_newlines)
{
	static const struct mym__name key = N("file");
	int64_t value = UNTOUCHED;
	struct mym__keys keys = { .names = &key, .count = 1, .values = &value };
	struct mym__text copy = exact((struct mym__text)T("\nfile\n\n5\n"));

	mym__parse_key(&keys, copy);
	ck_assert_uint_eq(keys.seen, 1);
	ck_assert_int_eq(value, 5);
	release(copy);
}
END_TEST

START_TEST(keys_in_any_order)
{
	struct mym__name names[64];
	int64_t values[64] = { 0 };
	struct mym__keys keys = { .names = names, .count = 64,
				  .values = values };
	char line[16];

	for (int i = 0; i < 64; i++) {
		names[i].length = (unsigned char)sprintf(names[i].at, "k%d", i);
	}
	for (int i = 63; i >= 0; i--) {
		sprintf(line, "k%d %s", i, i == 62 ? "?" : "9");
		parse_lines(&keys, string_text(line));
	}
	ck_assert_uint_eq(keys.broken, UINT64_C(1) << 62);
	ck_assert_uint_eq(keys.seen, ~(UINT64_C(1) << 62));
	ck_assert_int_eq(values[63], 9);
	ck_assert_int_eq(values[62], 0);
	ck_assert_int_eq(values[0], 9);
}
END_TEST

START_TEST(groups)
{
	static const struct {
		struct mym__text line;
		int result;
		int64_t hierarchy;
		struct mym__text controllers, path;
	} rows[] = {
		{ T("0::/"), 0, 0, T(""), T("/") },
		{ T("0::/a/b"), 0, 0, T(""), T("/a/b") },
		{ T("0::/a\r"), 0, 0, T(""), T("/a") },
		{ T("0::/../.."), 0, 0, T(""), T("/../..") },
		{ T("2::/x"), 0, 2, T(""), T("/x") },
		{ T("9:cpu,memory:/x"), 0, 9, T("cpu,memory"), T("/x") },
		{ T("1:name=systemd:/x"), 0, 1, T("name=systemd"), T("/x") },
		{ T("0::/k:cri-containerd:1"), 0, 0, T(""),
		  T("/k:cri-containerd:1") },
		{ T("0:::/x"), -EBADMSG, 0, T(""), T("") },
		{ T("0::/a b\\040c\\x2d"), 0, 0, T(""), T("/a b\\040c\\x2d") },
		{ T("0::/a (deleted)"), 0, 0, T(""), T("/a (deleted)") },
		{ T("0::/\xff\x01"), 0, 0, T(""), T("/\xff\x01") },
		{ T(DIGITS_100 "::/x"), 0, INT64_MAX, T(""), T("/x") },
		{ T(""), -EBADMSG, 0, T(""), T("") },
		{ T("0"), -EBADMSG, 0, T(""), T("") },
		{ T("0:"), -EBADMSG, 0, T(""), T("") },
		{ T("0::"), -EBADMSG, 0, T(""), T("") },
		{ T("0::\r"), -EBADMSG, 0, T(""), T("") },
		{ T("0::a"), -EBADMSG, 0, T(""), T("") },
		{ T("0:/x"), -EBADMSG, 0, T(""), T("") },
		{ T("/x"), -EBADMSG, 0, T(""), T("") },
		{ T("::/x"), -EBADMSG, 0, T(""), T("") },
		{ T("-1::/x"), -EBADMSG, 0, T(""), T("") },
		{ T("+0::/x"), -EBADMSG, 0, T(""), T("") },
		{ T(" 0::/x"), -EBADMSG, 0, T(""), T("") },
		{ T("0x0::/x"), -EBADMSG, 0, T(""), T("") },
		{ T("0\0::/x"), -EBADMSG, 0, T(""), T("") },
		{ T("0::/x\0y"), -EBADMSG, 0, T(""), T("") },
		{ T("\0\0\0\0"), -EBADMSG, 0, T(""), T("") },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__text copy = exact(rows[i].line);
		struct mym__member member;
		int r = mym__parse_member(copy, &member);

		ROW(r == rows[i].result, "\"%s\": %d", shown(copy), r);
		ROW(r < 0 ||
		    (member.hierarchy == rows[i].hierarchy &&
		     mym__text_equal(member.controllers,
				     rows[i].controllers) &&
		     mym__text_equal(member.path, rows[i].path)),
		    "\"%s\"", shown(copy));
		release(copy);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(psi)
{
	static const struct {
		struct mym__text line;
		int result;
		bool full;
		int64_t avg10;
	} rows[] = {
		{ T("some avg10=0.00 avg60=1.00 avg300=2.00 total=3"), 0, false,
		  0 },
		{ T("full avg10=12.34 avg60=0.00 avg300=0.00 total=0"), 0, true,
		  1234 },
		{ T("some avg10=5.05\r"), 0, false, 505 },
		{ T("  some\tavg10=5.00"), 0, false, 500 },
		{ T("some avg10=0.01"), 0, false, 1 },
		{ T("some avg10=99.99"), 0, false, 9999 },
		{ T("some avg10=100.00 avg60=0.00"), 0, false, 10000 },
		{ T("full total=0 avg300=2.00 avg10=3.00"), 0, true, 300 },
		{ T("some avg10=1.00 avg10=2.00"), 0, false, 100 },
		{ T("some avg10=100.01"), -EBADMSG, false, 0 },
		{ T("some avg10=101.00"), -EBADMSG, false, 0 },
		{ T("some avg10=" DIGITS_100 ".00"), -EBADMSG, false, 0 },
		{ T("some avg10=5."), -EBADMSG, false, 0 },
		{ T("some avg10=5.1"), -EBADMSG, false, 0 },
		{ T("some avg10=5.123"), -EBADMSG, false, 0 },
		{ T("some avg10=5.0x"), -EBADMSG, false, 0 },
		{ T("some avg10=5.-1"), -EBADMSG, false, 0 },
		{ T("some avg10=5,00"), -EBADMSG, false, 0 },
		{ T("some avg10=.50"), -EBADMSG, false, 0 },
		{ T("some avg10=-1.00"), -EBADMSG, false, 0 },
		{ T("some avg10=+1.00"), -EBADMSG, false, 0 },
		{ T("some avg10=nan"), -EBADMSG, false, 0 },
		{ T("some avg10=1.00\0"), -EBADMSG, false, 0 },
		{ T("some avg10="), -EBADMSG, false, 0 },
		{ T("some avg10"), -EBADMSG, false, 0 },
		{ T("some avg10 =1.00"), -EBADMSG, false, 0 },
		{ T("some avg100=1.00"), -EBADMSG, false, 0 },
		{ T("some xavg10=1.00"), -EBADMSG, false, 0 },
		{ T("some avg60=1.00 avg300=2.00 total=3"), -EBADMSG, false,
		  0 },
		{ T("some"), -EBADMSG, false, 0 },
		{ T("some 1.00 2.00 3.00"), -EBADMSG, false, 0 },
		{ T("someavg10=1.00"), -EBADMSG, false, 0 },
		{ T("half avg10=1.00"), -EBADMSG, false, 0 },
		{ T("aggr 123456"), -EBADMSG, false, 0 },
		{ T("avg10=1.00"), -EBADMSG, false, 0 },
		{ T(""), -EBADMSG, false, 0 },
		{ T("\r"), -EBADMSG, false, 0 },
		{ T("\0some avg10=1.00"), -EBADMSG, false, 0 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__text copy = exact(rows[i].line);
		int64_t avg10 = UNTOUCHED;
		bool full = !rows[i].full;
		int r = mym__parse_psi(copy, &full, &avg10);

		ROW(r == rows[i].result, "\"%s\": %d", shown(copy), r);
		ROW(avg10 == (r < 0 ? UNTOUCHED : rows[i].avg10) &&
		    (r < 0 || full == rows[i].full),
		    "\"%s\": %lld", shown(copy), (long long)avg10);
		release(copy);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(psi_total)
{
	static const struct {
		struct mym__text line;
		int result;
		int64_t total;
	} rows[] = {
		{ T("some avg10=0.00 avg60=1.00 avg300=2.00 total=3"), 0, 3 },
		{ T("full avg10=0.00 total=91833211\r"), 0, 91833211 },
		{ T("total=7 total=8"), 0, 7 },
		{ T("some total=" DIGITS_100), 0, INT64_MAX },
		{ T("some avg10=0.00 total="), -EBADMSG, 0 },
		{ T("some avg10=0.00 total=-1"), -EBADMSG, 0 },
		{ T("some avg10=0.00 total=1.5"), -EBADMSG, 0 },
		{ T("some avg10=0.00 xtotal=1"), -EBADMSG, 0 },
		{ T("aggr 123456"), -EBADMSG, 0 },
		{ T("some"), -EBADMSG, 0 },
		{ T(""), -EBADMSG, 0 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__text copy = exact(rows[i].line);
		int64_t total = UNTOUCHED;
		int r = mym__parse_psi_total(copy, &total);

		ROW(r == rows[i].result &&
		    total == (r < 0 ? UNTOUCHED : rows[i].total),
		    "\"%s\": %d, %lld", shown(copy), r, (long long)total);
		release(copy);
	}
	ROWS_DONE();
}
END_TEST

/* Of a line that was cut anywhere, nothing is believed but the truth. */
START_TEST(psi_cut)
{
	const struct mym__text line =
		MYM__TEXT("some avg10=12.34 avg60=0.00 avg300=0.00 total=0");

	for (size_t length = 0; length < line.length; length++) {
		const struct mym__text front = { line.at, length };
		struct mym__text copy = exact(front);
		int64_t avg10 = 1234;
		bool full;

		mym__parse_psi(copy, &full, &avg10);
		ROW(avg10 == 1234, "\"%s\": %lld", shown(copy),
		    (long long)avg10);
		release(copy);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(rlimits)
{
#define COLUMN "Max address space         "
	static const struct {
		struct mym__text line;
		int result;
		int64_t value;
	} rows[] = {
		{ T(COLUMN "unlimited            unlimited           bytes"), 1,
		  0 },
		{ T(COLUMN "536870912            unlimited            bytes  "),
		  0, 536870912 },
		{ T(COLUMN "0                    0                   bytes"), 0,
		  0 },
		{ T("Max address space\t5\r"), 0, 5 },
		{ T("Max address space\r5"), 0, 5 },
		{ T("Max address space\n5"), 0, 5 },
		{ T("Max address space\v5"), -ENOENT, 0 },
		{ T(COLUMN "4611686018427387903"), 0, MYM__UNLIMITED - 1 },
		{ T(COLUMN "4611686018427387904"), 1, 0 },
		{ T(COLUMN "18446744073709551615"), 1, 0 },
		{ T(COLUMN DIGITS_100), 1, 0 },
		{ T(COLUMN), -EBADMSG, 0 },
		{ T(COLUMN "unlimite"), -EBADMSG, 0 },
		{ T(COLUMN "Unlimited"), -EBADMSG, 0 },
		{ T(COLUMN "-1"), -EBADMSG, 0 },
		{ T(COLUMN "0x10"), -EBADMSG, 0 },
		{ T(COLUMN "12abc"), -EBADMSG, 0 },
		{ T(COLUMN "5\0"), -EBADMSG, 0 },
		{ T("Max address space"), -ENOENT, 0 },
		{ T("Max address spac"), -ENOENT, 0 },
		{ T("Max address spaces 5"), -ENOENT, 0 },
		{ T("Max address space5"), -ENOENT, 0 },
		{ T("max address space 5"), -ENOENT, 0 },
		{ T(" Max address space 5"), -ENOENT, 0 },
		{ T("Max data size             5"), -ENOENT, 0 },
		{ T("Limit                     Soft Limit"), -ENOENT, 0 },
		{ T(""), -ENOENT, 0 },
		{ T("\0"), -ENOENT, 0 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__text copy = exact(rows[i].line);
		int64_t value = 0;
		int r = mym__parse_rlimit(copy, MYM__TEXT("Max address space"),
					  false,
					  &value);

		ROW(r == rows[i].result &&
		    (r != 0 || value == rows[i].value),
		    "\"%s\": %d, %lld", shown(copy), r,
		    (long long)value);
		release(copy);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(bindings)
{
	static const struct {
		struct mym__text line;
		int result;
		uint64_t nodes; /* the first 64 */
	} rows[] = {
		{ T("00400000 bind:0 file=/usr/bin/x mapped=7 N0=7"), 0, 1 },
		{ T("7ffd00000000 bind:1 stack anon=12 dirty=12 N1=12"), 0, 2 },
		{ T("7ffd00000000 bind:0-1,3 stack"), 0, 11 },
		{ T("7ffd00000000 bind=static:1-2"), 0, 6 },
		{ T("7ffd00000000 bind=relative:2"), 0, 4 },
		{ T("7ffd00000000 bind=static|balancing:0"), 0, 1 },
		{ T("7ffd00000000 bind=balancing:0\r"), 0, 1 },
		/* To nodes of which there are none any more. */
		{ T("7ffd00000000 bind"), 0, 0 },
		{ T("7ffd00000000 bind=static"), 0, 0 },
		{ T("00400000 default file=/bind:0 N0=7"), 1, 0 },
		{ T("00400000 prefer:0 stack"), 1, 0 },
		{ T("00400000 prefer (many):0-1 stack"), 1, 0 },
		{ T("00400000 interleave:0-1"), 1, 0 },
		{ T("00400000 weighted interleave:0-1"), 1, 0 },
		{ T("00400000 local"), 1, 0 },
		{ T("00400000 binds:0"), 1, 0 },
		{ T("bind:0"), 1, 0 },
		{ T("00400000"), 1, 0 },
		{ T(""), 1, 0 },
		{ T("00400000 bind:0-"), -EBADMSG, 0 },
		{ T("00400000 bind:x"), -EBADMSG, 0 },
		{ T("00400000 bind:1024"), -EBADMSG, 0 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__text copy = exact(rows[i].line);
		struct mym__nodes nodes = { 0 };
		int r = mym__nodes_parse_binding(copy, &nodes);

		ROW(r == rows[i].result && nodes.bits[0] == rows[i].nodes,
		    "\"%s\": %d, %#llx", shown(copy), r,
		    (unsigned long long)nodes.bits[0]);
		release(copy);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(relative_nodes)
{
	static const struct {
		struct mym__text set, allowed, found;
	} rows[] = {
		{ T("0-1"), T("0-1"), T("0-1") },
		{ T("0"), T("1,3"), T("1") },
		{ T("1"), T("1,3"), T("3") },
		{ T("2"), T("1,3"), T("1") },
		{ T("0,3"), T("1,3"), T("1,3") },
		{ T("4,1023"), T("5,64,1023"), T("5,64") },
		{ T("2"), T("5,64,1023"), T("1023") },
		{ T("7"), T("6"), T("6") },
		{ T(""), T("0-1"), T("") },
		{ T("0-1"), T(""), T("") },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__nodes set, allowed, found;

		ck_assert_int_eq(mym__nodes_parse(rows[i].set, &set), 0);
		ck_assert_int_eq(mym__nodes_parse(rows[i].allowed, &allowed), 0);
		ck_assert_int_eq(mym__nodes_parse(rows[i].found, &found), 0);
		mym__nodes_relative(&set, &allowed);
		ROW(memcmp(&set, &found, sizeof(set)) == 0, "row %zu", i);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(hard_rlimits)
{
	static const struct {
		struct mym__text line;
		int result;
		int64_t value;
	} rows[] = {
		{ T(COLUMN "0                    unlimited           bytes"), 1, 0 },
		{ T(COLUMN "unlimited            536870912           bytes"), 0,
		  536870912 },
		{ T(COLUMN "0 5"), 0, 5 },
		{ T(COLUMN "0"), -EBADMSG, 0 },
		{ T(COLUMN "0 bytes"), -EBADMSG, 0 },
		{ T(COLUMN "0 18446744073709551615"), 1, 0 },
		{ T("Max data size 0 5"), -ENOENT, 0 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__text copy = exact(rows[i].line);
		int64_t value = 0;
		int r = mym__parse_rlimit(copy, MYM__TEXT("Max address space"),
					  true, &value);

		ROW(r == rows[i].result && (r != 0 || value == rows[i].value),
		    "row %zu: %d, %" PRId64, i, r, value);
		release(copy);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(releases)
{
	static const struct {
		struct mym__text release;
		bool before; /* 4.7 */
	} rows[] = {
		{ T("4.6.7"), true },	    { T("4.7.0"), false },
		{ T("3.10.0-1160.el7"), true }, { T("4.10.0-42-generic"), false },
		{ T("4.7"), false },	    { T("4.6"), true },
		{ T("4.6-rc3"), true },	    { T("2.6.32"), true },
		{ T("6.1.0-9-amd64"), false },  { T("10.0"), false },
		{ T(""), false },	    { T("4"), false },
		{ T("4."), false },	    { T("x.6"), false },
		{ T("4.x"), false },	    { T("-4.6"), false },
		{ T("4.999999999999999999999999"), false },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__text copy = exact(rows[i].release);

		ROW(mym__parse_before(copy, 4, 7) == rows[i].before, "row %zu", i);
		release(copy);
	}
	ROWS_DONE();
}
END_TEST

/* Every parser on rubbish: what ASan and UBSan have to say. */
START_TEST(rubbish)
{
	static const char letters[] = "01:/.- \t\r\\=,ksomefulavg10maxNode";
	struct chance chance = chance_new();
	const struct mym__name names[] = { N("a"), N("max") };
	int64_t values[2];

	for (int i = 0; i < 30000; i++) {
		size_t length = chance_below(&chance, 60);
		char text[60];
		struct mym__text copy, rest;
		struct mym__keys keys = { .names = names, .count = 2,
					  .values = values };
		struct mym__member member;
		struct mym__mount mount;
		struct mym__nodes nodes;
		struct mym__zones zones = { 0 };
		uint64_t hex;
		int64_t value;
		bool full;

		for (size_t j = 0; j < length; j++)
			text[j] = chance_below(&chance, 10) ?
				  letters[chance_below(&chance,
						       sizeof(letters))] :
				  (char)chance_next(&chance);
		copy = rest = exact((struct mym__text){ text, length });
		while (rest.length > 0)
			mym__parse_word(&rest);
		mym__parse_number(copy, &value);
		mym__parse_amount(copy, &value);
		mym__parse_hex(copy, &hex);
		mym__parse_key(&keys, copy);
		mym__parse_member(copy, &member);
		mym__parse_psi(copy, &full, &value);
		mym__parse_rlimit(copy, MYM__TEXT("1"), true, &value);
		mym__nodes_parse(copy, &nodes);
		mym__zones_parse(&zones, copy);
		mym__parse_mount((char *)copy.at, copy.length, &mount);
		release(copy);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("records");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, key_lines);
	tcase_add_test(tc, key_over_newlines);
	tcase_add_test(tc, keys_in_any_order);
	tcase_add_test(tc, groups);
	tcase_add_test(tc, psi);
	tcase_add_test(tc, psi_total);
	tcase_add_test(tc, psi_cut);
	tcase_add_test(tc, rlimits);
	tcase_add_test(tc, bindings);
	tcase_add_test(tc, relative_nodes);
	tcase_add_test(tc, hard_rlimits);
	tcase_add_test(tc, releases);
	tcase_add_test(tc, rubbish);
	suite_add_tcase(s, tc);
	return s;
}
