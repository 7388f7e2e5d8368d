/* SPDX-License-Identifier: MIT */
/* Stalls: what a file says, which of the groups above counts, and which errors say
 * no more than that there are none. */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "answer/findings.h"
#include "base/compiler.h"
#include "base/root.h"
#include "descriptors.h"
#include "mymem.h"
#include "read/pass.h"
#include "read/psi.h"
#include "suite.h"
#include "text.h"

#define SOME MYM_WANT_PSI_SOME
#define FULL MYM_WANT_PSI_FULL

static char buffer[4096];
static struct mym__findings found;
static struct mym__root root;
static struct mym__pass pass = {
	.root = &root, .buffer = buffer, .size = sizeof(buffer), .found = &found,
};

static int file_of(const char *text)
{
	int fd = memfd_create("pressure", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (int)strlen(text));
	return fd;
}

static struct mym__open open_of(const char *text)
{
	return (struct mym__open){ .fd = file_of(text) };
}

START_TEST(texts)
{
	static const struct {
		const char *text;
		int result;
		uint64_t valid;
		int64_t some, full, total[2];
	} rows[] = {
		{ "some avg10=1.00 avg60=2.00 avg300=3.00 total=17\n"
		  "full avg10=0.50 avg60=2.00 avg300=3.00 total=12\n",
		  0, SOME | FULL, 100, 50, { 17, 12 } },
		{ "some avg10=1.00 avg60=2.00 avg300=3.00 total=17\n", 0, SOME,
		  100, 0, { 17, -1 } },
		/* Of what has no total nobody knows what it was before. */
		{ "some avg10=1.00\nfull avg10=0.50\n", 0, SOME | FULL, 100,
		  50, { -1, -1 } },
		{ "some avg10=1.00 total=x\nfull avg10=0.50 total=12\n", 0,
		  SOME | FULL, 100, 50, { -1, 12 } },
		/* Between other lines. */
		{ "none avg10=9.00 total=1\nfull avg10=0.50 total=12\n\n"
		  "some avg10=1.00 total=17\nsome avg10=9.00 total=9\n",
		  0, SOME | FULL, 100, 50, { 17, 12 } },
		{ "", 1, 0, 0, 0, { -1, -1 } },
		{ "nothing\n", 1, 0, 0, 0, { -1, -1 } },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		int fd = file_of(rows[i].text);
		struct mym__psi psi;
		int r = mym__psi_read(fd, buffer, sizeof(buffer),
				      MYM_SCOPE_HOST, &psi);

		ROW(r == rows[i].result && psi.valid == rows[i].valid &&
		    psi.some == rows[i].some && psi.full == rows[i].full &&
		    psi.total[0] == rows[i].total[0] &&
		    psi.total[1] == rows[i].total[1] &&
		    psi.scope == (r == 0 ? MYM_SCOPE_HOST : 0),
		    "row %zu: %d, some %d, full %d", i, r, (int)psi.some,
		    (int)psi.full);
		close(fd);
	}
	ck_assert_int_eq(mym__psi_read(-1, buffer, sizeof(buffer),
				       MYM_SCOPE_HOST, &found.psi[0]), -EBADF);
	ROWS_DONE();
}
END_TEST

/* Whoever is stalled in full is stalled the most. */
START_TEST(worst_above)
{
	static const struct {
		const char *text;
		int64_t full, some;
	} levels[] = {
		/* A group that never waits is one all the same. */
		{ "some avg10=0.00\nfull avg10=0.00\n", 0, 0 },
		{ "some avg10=2.00\nfull avg10=0.00\n", 0, 200 },
		{ "some avg10=1.00\nfull avg10=0.00\n", 0, 200 },
		{ "some avg10=3.00\nfull avg10=0.00\n", 0, 300 },
		{ "some avg10=1.00\nfull avg10=0.50\n", 50, 100 },
		{ "some avg10=9.00\nfull avg10=0.25\n", 50, 100 },
		{ "nothing\n", 50, 100 },
		{ "some avg10=1.50\nfull avg10=0.50\n", 50, 150 },
	};
	const struct mym__psi *above = &found.psi[MYM__PSI_ABOVE];

	mym__psi_read_above(&pass, (struct mym__open){ .fd = -ENOENT });
	ck_assert_int_eq(above->scope, 0);
	for (size_t i = 0; i < MYM__COUNT(levels); i++) {
		mym__psi_read_above(&pass, open_of(levels[i].text));
		ck_assert_int_eq(above->scope, MYM_SCOPE_ABOVE);
		ROW(above->full == levels[i].full &&
		    above->some == levels[i].some,
		    "level %zu: full %d, some %d", i, (int)above->full,
		    (int)above->some);
	}
	ck_assert_int_eq(found.psi[MYM__PSI_OWN].scope, 0);
	ROWS_DONE();
}
END_TEST

START_TEST(errors)
{
	static const struct {
		int error;
		bool partial;
	} rows[] = {
		{ -ENOENT, false },	{ -ENOTDIR, false },
		{ -ENODEV, false },	{ -EOPNOTSUPP, false },
		{ -EACCES, true },	{ -EIO, true },
		{ -ENOMEM, true },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		found.flags = 0;
		mym__psi_read_own(&pass, (struct mym__open){ .fd = rows[i].error });
		ROW((found.flags & MYM_FLAG_PARTIAL) ==
		    (rows[i].partial ? MYM_FLAG_PARTIAL : 0), "error %d",
		    rows[i].error);
	}
	ck_assert_int_eq(pass.error, -ENOMEM);
	/* No constraint depends on it. */
	ck_assert_uint_eq(pass.lost, 0);
	ROWS_DONE();
	/* What cannot be understood is not the same as nothing. */
	found.flags = 0;
	mym__psi_read_own(&pass, open_of("nothing\n"));
	ck_assert_uint_eq(found.flags, MYM_FLAG_PARTIAL);
	ck_assert_int_eq(found.psi[MYM__PSI_OWN].scope, 0);
	found.flags = 0;
	mym__psi_read_own(&pass, open_of("some avg10=1.00 total=17\n"));
	ck_assert_uint_eq(found.flags, 0);
	ck_assert_int_eq(found.psi[MYM__PSI_OWN].scope, MYM_SCOPE_CGROUP);
}
END_TEST

/* What is not kept is closed, whatever its number. */
START_TEST(closed)
{
	unsigned int before;

	close(STDIN_FILENO);
	before = open_descriptors();
	for (int i = 0; i < 2; i++) {
		struct mym__open open = open_of("some avg10=1.00\n");

		ck_assert_int_eq(open.fd, STDIN_FILENO);
		found.psi[MYM__PSI_OWN].scope = 0;
		mym__psi_read_own(&pass, open);
		ck_assert_int_eq(found.psi[MYM__PSI_OWN].some, 100);
		ck_assert_int_eq(found.psi[MYM__PSI_OWN].scope,
				 MYM_SCOPE_CGROUP);
		ck_assert_uint_eq(open_descriptors(), before);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("psi");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, texts);
	tcase_add_test(tc, worst_above);
	tcase_add_test(tc, errors);
	tcase_add_test(tc, closed);
	suite_add_tcase(s, tc);
	return s;
}
