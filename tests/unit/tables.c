/* SPDX-License-Identifier: MIT */
/* The mount table and /proc/zoneinfo. */
#include <errno.h>

#include "base/compiler.h"
#include "base/nodes.h"
#include "base/parse.h"
#include "base/text.h"
#include "read/zones.h"
#include "suite.h"
#include "text.h"

#define DIGITS_100                                           \
	"12345678901234567890123456789012345678901234567890" \
	"12345678901234567890123456789012345678901234567890"

#define FRONT "30 22 0:26 / /sys/fs/cgroup rw "
#define BACK " - cgroup2 cgroup2 rw,nsdelegate"

START_TEST(good_mounts)
{
	static const struct {
		struct mym__text line, root, point, type, options;
	} rows[] = {
		{ T(FRONT "-" " cgroup2 cgroup2 rw"), T("/"),
		  T("/sys/fs/cgroup"), T("cgroup2"), T("rw") },
		{ T("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/r"
		    " rw,errors=continue"),
		  T("/mnt1"), T("/mnt2"), T("ext3"), T("rw,errors=continue") },
		/* Optional fields: any number of them. */
		{ T(FRONT "shared:1" BACK), T("/"), T("/sys/fs/cgroup"),
		  T("cgroup2"), T("rw,nsdelegate") },
		{ T(FRONT "shared:1 master:2 propagate_from:3 unbindable" BACK),
		  T("/"), T("/sys/fs/cgroup"), T("cgroup2"),
		  T("rw,nsdelegate") },
		{ T(FRONT "a b c d e f g h i j -x x- --" BACK), T("/"),
		  T("/sys/fs/cgroup"), T("cgroup2"), T("rw,nsdelegate") },
		{ T(FRONT " shared:1 " BACK), T("/"), T("/sys/fs/cgroup"),
		  T("cgroup2"), T("rw,nsdelegate") },
		/* A dash is a separator only behind the six fields, and only
		 * the first one. */
		{ T("1 2 0:3 - - -" BACK), T("-"), T("-"), T("cgroup2"),
		  T("rw,nsdelegate") },
		{ T("1 2 0:3 /- /a-b rw" BACK), T("/-"), T("/a-b"),
		  T("cgroup2"), T("rw,nsdelegate") },
		{ T(FRONT "- ext4 - rw"), T("/"), T("/sys/fs/cgroup"),
		  T("ext4"), T("rw") },
		{ T(FRONT "- ext4 x - cgroup2"), T("/"), T("/sys/fs/cgroup"),
		  T("ext4"), T("-") },
		/* The source may be anything, even empty or with blanks. */
		{ T(FRONT "- cgroup2  rw,memory"), T("/"), T("/sys/fs/cgroup"),
		  T("cgroup2"), T("rw,memory") },
		{ T(FRONT "- 9p C:\\134Program\\040Files rw C:\\Program Files"),
		  T("/"), T("/sys/fs/cgroup"), T("9p"), T("rw") },
		{ T(FRONT "- cgroup none rw,memory\r"), T("/"),
		  T("/sys/fs/cgroup"), T("cgroup"), T("rw,memory") },
		/* \040 \011 \012 \134, exactly three digits, once. */
		{ T("1 2 0:3 /a\\040b /c\\011d\\012e\\134f rw" BACK), T("/a b"),
		  T("/c\td\ne\\f"), T("cgroup2"), T("rw,nsdelegate") },
		{ T("1 2 0:3 \\057 \\377\\200 rw" BACK), T("/"), T("\xff\x80"),
		  T("cgroup2"), T("rw,nsdelegate") },
		{ T("1 2 0:3 /\\134040 /\\\\040 rw" BACK), T("/\\040"),
		  T("/\\ "), T("cgroup2"), T("rw,nsdelegate") },
		{ T("1 2 0:3 /\\ /\\0 rw" BACK), T("/\\"), T("/\\0"),
		  T("cgroup2"), T("rw,nsdelegate") },
		{ T("1 2 0:3 /\\04 /\\048 rw" BACK), T("/\\04"), T("/\\048"),
		  T("cgroup2"), T("rw,nsdelegate") },
		{ T("1 2 0:3 /\\400 /\\x2d rw" BACK), T("/\\400"), T("/\\x2d"),
		  T("cgroup2"), T("rw,nsdelegate") },
		{ T("1 2 0:3 /\\-40\\480 /\\0-0\\080\\04- rw" BACK),
		  T("/\\-40\\480"), T("/\\0-0\\080\\04-"), T("cgroup2"),
		  T("rw,nsdelegate") },
		{ T("1 2 0:3 /\\0401 /\\04\\040 rw" BACK), T("/ 1"),
		  T("/\\04 "), T("cgroup2"), T("rw,nsdelegate") },
		{ T("2147483647 0 2147483647:0 /.. / rw" BACK), T("/.."),
		  T("/"), T("cgroup2"), T("rw,nsdelegate") },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__text copy = exact(rows[i].line);
		struct mym__mount mount;
		int r = mym__parse_mount((char *)copy.at, copy.length, &mount);

		ROW(r == 0, "\"%s\": %d", shown(rows[i].line), r);
		ROW(mym__text_equal(mount.root, rows[i].root) &&
		    mym__text_equal(mount.point, rows[i].point),
		    "\"%s\": \"%s\" at \"%s\"", shown(rows[i].line),
		    shown(mount.root), shown(mount.point));
		ROW(mym__text_equal(mount.type, rows[i].type) &&
		    mym__text_equal(mount.options, rows[i].options),
		    "\"%s\": \"%s\" with \"%s\"", shown(rows[i].line),
		    shown(mount.type), shown(mount.options));
		release(copy);
	}
	ROWS_DONE();
}
END_TEST

START_TEST(bad_mounts)
{
	static const struct mym__text lines[] = {
		T(""),
		T("\r"),
		T("\0"),
		T(" "),
		T("       - cgroup2 cgroup2 rw"),
		T("30"),
		T("30 22 0:26 / /sys/fs/cgroup rw"),
		T("30 22 0:26 / /sys/fs/cgroup rw "),
		T("30 22 0:26 / /sys/fs/cgroup rw shared:1"),
		T("30 22 0:26 / /sys/fs/cgroup rw -"),
		T("30 22 0:26 / /sys/fs/cgroup rw - "),
		T("30 22 0:26 / /sys/fs/cgroup rw - cgroup2"),
		T("30 22 0:26 / /sys/fs/cgroup rw - cgroup2 "),
		T("30 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2"),
		T("30 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 "),
		T("30 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 \r"),
		T("30 22 0:26 / /sys/fs/cgroup rw -  cgroup2 rw"),
		T("30 22 0:26 / /sys/fs/cgroup rw -\tcgroup2 cgroup2 rw"),
		T("30 22 0:26 / /sys/fs/cgroup - cgroup2 cgroup2 rw"),
		T("30 22 0:26  /sys/fs/cgroup rw - cgroup2 cgroup2 rw"),
		T("30 22 0:26 /  rw - cgroup2 cgroup2 rw"),
		T("30\t22\t0:26\t/\t/sys/fs/cgroup\trw\t-\tcgroup2\tc\trw"),
		T("x 22 0:26 / /sys/fs/cgroup rw" BACK),
		T("30 -1 0:26 / /sys/fs/cgroup rw" BACK),
		T("0x1e 22 0:26 / /sys/fs/cgroup rw" BACK),
		T("30 22 026 / /sys/fs/cgroup rw" BACK),
		T("30 22 :26 / /sys/fs/cgroup rw" BACK),
		T("30 22 0: / /sys/fs/cgroup rw" BACK),
		T("30 22 0:26:1 / /sys/fs/cgroup rw" BACK),
		T("30 22 0:x / /sys/fs/cgroup rw" BACK),
		T("2147483648 22 0:26 / /sys/fs/cgroup rw" BACK),
		T(DIGITS_100 " 22 0:26 / /sys/fs/cgroup rw" BACK),
		T("30 22 0:26 / /sys/fs\0/cgroup rw" BACK),
		T("30 22 0:26 /\0 /sys/fs/cgroup rw" BACK),
		T("30 22 0:26 /\\000 /sys/fs/cgroup rw" BACK),
		T("/dev/vda1 / ext4 rw,relatime 0 0"),
		T("cgroup2 /sys/fs/cgroup cgroup2 rw,nsdelegate 0 0"),
	};

	for (size_t i = 0; i < MYM__COUNT(lines); i++) {
		struct mym__text copy = exact(lines[i]);
		struct mym__mount mount;

		ROW(mym__parse_mount((char *)copy.at, copy.length,
				     &mount) == -EBADMSG,
		    "\"%s\"", shown(lines[i]));
		release(copy);
	}
	ROWS_DONE();
}
END_TEST

/* A line may be cut by the buffer: then it is refused, or what it says of the
 * place is the truth. */
START_TEST(cut_mounts)
{
	const struct mym__text line = MYM__TEXT(
		"30 22 0:26 /a\\040b /c\\040d rw,nosuid shared:1 - cgroup src "
		"rw,memory");
	int read = 0;

	for (size_t length = 0; length <= line.length; length++) {
		const struct mym__text front = { line.at, length };
		struct mym__text copy = exact(front);
		struct mym__mount mount;

		if (mym__parse_mount((char *)copy.at, length, &mount) == 0) {
			read++;
			ck_assert(mym__text_equal(mount.root,
						  MYM__TEXT("/a b")));
			ck_assert(mym__text_equal(mount.point,
						  MYM__TEXT("/c d")));
			ck_assert(mym__text_equal(mount.type,
						  MYM__TEXT("cgroup")));
		}
		release(copy);
	}
	ck_assert_int_eq(read, sizeof("rw,memory") - 1);
}
END_TEST

#define DMA                                       \
	"Node 0, zone      DMA\n"                 \
	"  per-node stats\n"                      \
	"      nr_inactive_anon 1\n"              \
	"  pages free     3840\n"                 \
	"        boost    0\n"                    \
	"        min      66\n"                   \
	"        low      82\n"                   \
	"        high     98\n"                   \
	"        spanned  4095\n"                 \
	"        present  3998\n"                 \
	"        managed  3840\n"                 \
	"        protection: (0, 1901, 7957, 7957)\n"
#define PAGESETS                                  \
	"      nr_free_pages 3840\n"              \
	"      high 1\n"                          \
	"  pagesets\n"                            \
	"    cpu: 0\n"                            \
	"              count: 371\n"              \
	"              high:  5000000\n"          \
	"              batch: 63\n"               \
	"              high_min: 378\n"           \
	"  vm stats threshold: 24\n"              \
	"  node_unreclaimable:  0\n"              \
	"  start_pfn:           4096\n"
#define NORMAL(node)                              \
	"Node " node ", zone   Normal\n"          \
	"  pages free     400000\n"               \
	"        min      12000\n"                \
	"        low      16571\n"                \
	"        high     20517\n"                \
	"        managed  1540000\n"              \
	"        protection: (0, 0, 0, 0)\n"
#define MOVABLE                                   \
	"Node 0, zone  Movable\n"                 \
	"  pages free     0\n"                    \
	"        low      0\n"                    \
	"        high     0\n"                    \
	"        managed  0\n"                    \
	"        protection: (0, 0, 0, 0)\n"

static void read_zones(struct mym__zones *zones, struct mym__text file)
{
	while (file.length > 0) {
		struct mym__text copy = exact(mym__parse_until(&file, '\n'));

		mym__zones_parse(zones, copy);
		release(copy);
	}
	mym__zones_end(zones);
}

START_TEST(zone_lines)
{
	static const struct {
		struct mym__text file;
		struct mym__text nodes; /* empty: all */
		int64_t managed, low, reserve, per_cpu;
	} rows[] = {
		{ T(""), T(""), 0, 0, 0, 0 },
		/* 7957 + 98 are more than the zone has. */
		{ T(DMA), T(""), 3840, 82, 3840, 0 },
		{ T(DMA PAGESETS), T(""), 3840, 82, 3840, 371 },
		{ T(NORMAL("0") PAGESETS), T(""), 1540000, 16571, 20517, 371 },
		{ T(NORMAL("0") PAGESETS NORMAL("1") PAGESETS PAGESETS),
		  T("1"), 3080000, 16571, 20517, 742 },
		{ T(DMA PAGESETS NORMAL("0") PAGESETS MOVABLE), T(""), 1543840,
		  16653, 24357, 742 },
		{ T(NORMAL("0") NORMAL("1")), T(""), 3080000, 33142, 41034, 0 },
		{ T(NORMAL("0") NORMAL("1")), T("1"), 3080000, 16571, 20517, 0 },
		{ T(NORMAL("0") DMA), T("1"), 1543840, 0, 0, 0 },
		{ T(NORMAL("0") NORMAL("12")), T("12"), 3080000, 16571, 20517, 0 },
		/* A node that cannot be named is not counted. */
		{ T(NORMAL("x")), T(""), 1540000, 0, 0, 0 },
		{ T("Node\nlow 7\nmanaged 90\n"), T(""), 90, 0, 0, 0 },
		{ T(NORMAL("-1")), T(""), 1540000, 0, 0, 0 },
		{ T(NORMAL("1024")), T(""), 1540000, 0, 0, 0 },
		{ T(NORMAL(DIGITS_100)), T(""), 1540000, 0, 0, 0 },
		/* The largest of the reserves, wherever it stands. */
		{ T("Node 0, zone A\nhigh 5\nmanaged 9000\n"
		    "protection: (7, 300, 20)\n"), T(""), 9000, 0, 305, 0 },
		{ T("Node 0, zone A\r\nhigh 5\r\nmanaged 9000\r\n"
		    "protection: (300)\r\n"), T(""), 9000, 0, 305, 0 },
		{ T("Node 0, zone A\nhigh 5\nmanaged 9000\nprotection: (300"),
		  T(""), 9000, 0, 305, 0 },
		{ T("Node 0, zone A\nhigh 5\nmanaged 9000\nprotection:\n"),
		  T(""), 9000, 0, 5, 0 },
		{ T("Node 0, zone A\nhigh 5\nmanaged 9000\n"
		    "protection: (x, -1, 30, ), (\n"), T(""), 9000, 0, 35, 0 },
		/* What one zone has is not the next one's. */
		{ T("Node 0, zone A\nhigh 5\nmanaged 9000\nprotection: (0)\n"
		    "Node 0, zone B\nprotection: (7)\n"
		    "Node 0, zone C\nmanaged 90\nprotection: (7)\n"), T(""),
		  9090, 0, 12, 0 },
		/* Rubbish costs itself. */
		{ T("Node 0, zone A\nlow\nlow x\nlow -5\nlow 12abc\nlow 7\n"
		    "low: 9\nxlow 9\n\0low 9\nlow\0 9\n"), T(""), 0, 7, 0, 0 },
		{ T("low 7\nhigh 5\nmanaged 90\nprotection: (1)\n"), T(""), 0,
		  0, 0, 0 },
		{ T("Node 0, zone A\nlow " DIGITS_100 "\nlow 1\nmanaged "
		    DIGITS_100 "\nhigh " DIGITS_100 "\nprotection: ("
		    DIGITS_100 ")\n"), T(""), INT64_MAX, INT64_MAX, INT64_MAX, 0 },
		{ T("Node 0, zone A\ncount: " DIGITS_100 "\ncount: 1\n"
		    "count 5\ncount: x\nNode y\ncount: 7\n"), T(""), 0, 0, 0,
		  INT64_MAX },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__nodes nodes;
		struct mym__zones zones = { 0 };

		ck_assert_int_eq(mym__nodes_parse(rows[i].nodes, &nodes), 0);
		if (rows[i].nodes.length > 0)
			zones.nodes = &nodes;
		read_zones(&zones, rows[i].file);
		ROW(zones.managed == rows[i].managed &&
		    zones.low == rows[i].low &&
		    zones.reserve == rows[i].reserve &&
		    zones.per_cpu == rows[i].per_cpu,
		    "row %zu: managed %lld, low %lld, reserve %lld, CPUs %lld",
		    i, (long long)zones.managed, (long long)zones.low,
		    (long long)zones.reserve, (long long)zones.per_cpu);
	}
	ROWS_DONE();
}
END_TEST

#define ZONE(name, free, min, rest)                              \
	"Node 0, zone " name "\n  pages free " free "\n   min " min   \
	"\n   managed 9000\n" rest
#define NO_CACHE "      nr_zone_active_file 0\n"
#define PROTECTED(reserves) "   protection: (" reserves ")\n" NO_CACHE
#define UNPROTECTED PROTECTED("0, 0, 0")
#define CACHE(inactive, active)                                  \
	"      nr_zone_inactive_file " inactive "\n"             \
	"      nr_zone_active_file " active "\n"

/* What the page allocator gives a process, __zone_watermark_ok(). */
START_TEST(zones_give)
{
	static const struct {
		struct mym__text text;
		int64_t usable, file;
		bool cut;
		int64_t refill, cma;
	} rows[] = {
		{ T(""), 0, 0, false, 0, 0 },
		{ T(NORMAL("0") NO_CACHE), 388000, 0, false, 0, 0 },
		/* All of it is reserved against higher zones. */
		{ T(DMA NO_CACHE), 0, 0, false, 0, 0 },
		{ T(DMA NO_CACHE NORMAL("0") NO_CACHE MOVABLE), 388000, 0, false, 0, 0 },
		{ T(ZONE("A", "500", "200", PROTECTED("0, 100, 100"))), 200, 0,
		  false, 0, 0 },
		/* 32 bits with high memory, and what is movable in a zone of
		 * its own. */
		{ T(ZONE("DMA", "3000", "40", PROTECTED("0, 861, 2877, 2877"))
		    ZONE("Normal", "8000", "900", PROTECTED("0, 0, 2016, 2016"))
		    ZONE("HighMem", "600", "128", PROTECTED("0, 0, 0, 504"))
		    ZONE("Movable", "700", "32", PROTECTED("0, 0, 0, 0"))),
		  83 + 5084 + 0 + 668, 0, false, 0, 0 },
		/* 6.16 and 6.17: nothing is kept from a zone that is empty. */
		{ T(ZONE("A", "500", "200", PROTECTED("0, 100, 0"))), 200, 0,
		  false, 0, 0 },
		/* A boost is for a while. */
		{ T(ZONE("A", "500", "300", "boost 100\n" UNPROTECTED)), 300, 0,
		  false, 0, 0 },
		{ T(ZONE("A", "500", "300", "boost 301\n" UNPROTECTED)), 500, 0,
		  false, 0, 0 },
		/* Cache first makes up for what is short of the watermark. */
		{ T(ZONE("A", "500", "200", UNPROTECTED CACHE("30", "7"))), 337,
		  37, false, 0, 0 },
		{ T(ZONE("A", "50", "200", UNPROTECTED CACHE("300", "7"))), 157,
		  307, false, 0, 0 },
		{ T(ZONE("A", "50", "200", UNPROTECTED CACHE("100", "7"))), 0,
		  107, false, 0, 0 },
		{ T(ZONE("A", "50", "200", UNPROTECTED CACHE("100", "7"))
		    ZONE("B", "500", "200", UNPROTECTED)), 300, 107, false, 0, 0 },
		/* Since 4.8 what stands before the free pages is the node's,
		 * before that there was no other. */
		{ T("Node 0, zone A\n  per-node stats\n   nr_inactive_file 5\n"
		    "   nr_active_file 6\n  pages free 9\n   min 1\n"
		    "   managed 90\n" UNPROTECTED CACHE("4", "3")), 15, 7, false, 0, 0 },
		{ T(ZONE("A", "9", "1", UNPROTECTED "   nr_inactive_file 5\n"
			 "   nr_active_file 6\n")), 19, 11, false, 0, 0 },
		/* Half a zone is none, unless there is nothing in it. */
		{ T("Node 0, zone A\n  pages free 9\n   min 1\n   managed 90\n"),
		  8, 0, true, 0, 0 },
		{ T("Node 0, zone A\n  pages free 9\n   managed 90\n"
		    UNPROTECTED), 9, 0, true, 0, 0 },
		{ T("Node 0, zone A\n   min 1\n   managed 90\n" UNPROTECTED), 0,
		  0, true, 0, 0 },
		{ T(NORMAL("0")), 388000, 0, true, 0, 0 },
		{ T("Node 0, zone A\n   managed 0\n"), 0, 0, false, 0, 0 },
		{ T("Node 0, zone A\n   managed 90\n" NORMAL("0") NO_CACHE), 388000, 0,
		  true, 0, 0 },
		{ T("Node 1024, zone A\n   managed 90\n" NORMAL("0") NO_CACHE), 388000, 0,
		  false, 0, 0 },
		/* What a CPU takes at once. */
		{ T(ZONE("A", "500", "200", UNPROTECTED "batch: 63\nbatch: 1\n")),
		  300, 0, false, 2016, 0 },
		{ T(ZONE("A", "500", "200", UNPROTECTED "batch: 63\n")
		    ZONE("B", "500", "200", UNPROTECTED "batch: 7\n")), 600, 0,
		  false, 2016 + 224, 0 },
		{ T(ZONE("A", "500", "200", UNPROTECTED "batch: "
			 DIGITS_100 "\n")), 300, 0, false, INT64_MAX, 0 },
		{ T("Node x, zone A\n   managed 0\nbatch: 90\n"), 0, 0, false,
		  0, 0 },
		/* Of CMA no more may be left than the others have to leave. */
		{ T(ZONE("A", "500", "200", PROTECTED("9") "nr_free_cma 60\n")
		    ZONE("B", "900", "200", PROTECTED("9") "nr_free_cma 600\n")),
		  982, 0, false, 0, 60 + 209 },
		{ T(ZONE("A", DIGITS_100, "5", UNPROTECTED
			 CACHE(DIGITS_100, "1"))), INT64_MAX - 5, INT64_MAX,
		  false, 0, 0 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__zones zones = { 0 };

		read_zones(&zones, rows[i].text);
		ROW(zones.usable == rows[i].usable &&
		    zones.file == rows[i].file && zones.cut == rows[i].cut &&
		    zones.refill == rows[i].refill && zones.cma == rows[i].cma,
		    "row %zu: usable %lld, file %lld, cut %d, refill %lld, CMA"
		    " %lld", i, (long long)zones.usable, (long long)zones.file,
		    zones.cut, (long long)zones.refill, (long long)zones.cma);
	}
	ROWS_DONE();
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("tables");
	TCase *tc = tcase_create("mounts");

	tcase_add_test(tc, good_mounts);
	tcase_add_test(tc, bad_mounts);
	tcase_add_test(tc, cut_mounts);
	suite_add_tcase(s, tc);
	tc = tcase_create("zones");
	tcase_add_test(tc, zone_lines);
	tcase_add_test(tc, zones_give);
	suite_add_tcase(s, tc);
	return s;
}
