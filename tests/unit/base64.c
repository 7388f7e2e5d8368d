/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "base/compiler.h"
#include "suite.h"
#include "text.h"
#include "watch/base64.h"

START_TEST(base64)
{
	static const struct {
		struct mym__text text, bytes;
		int result;
	} rows[] = {
		/* RFC 4648, section 10. */
		{ T(""), T(""), 0 },
		{ T("Zg=="), T("f"), 1 },
		{ T("Zm8="), T("fo"), 2 },
		{ T("Zm9v"), T("foo"), 3 },
		{ T("Zm9vYg=="), T("foob"), 4 },
		{ T("Zm9vYmE="), T("fooba"), 5 },
		{ T("Zm9vYmFy"), T("foobar"), 6 },
		{ T("c29tZSAyMDAwMDAgMjAwMDAwMAA="),
		  T("some 200000 2000000\0"), 20 },
		{ T("+/+/"), T("\xfb\xff\xbf"), 3 },
		{ T("AAAA"), T("\0\0\0"), 3 },
		{ T("Zg"), T(""), -EBADMSG },
		{ T("Zg="), T(""), -EBADMSG },
		{ T("Zg==="), T(""), -EBADMSG },
		{ T("Z==="), T(""), -EBADMSG },
		{ T("===="), T(""), -EBADMSG },
		{ T("Zg==Zg=="), T(""), -EBADMSG },
		{ T("Zm=v"), T(""), -EBADMSG },
		{ T("Zh=="), T(""), -EBADMSG },
		{ T("Zm9="), T(""), -EBADMSG },
		{ T("Zm9-"), T(""), -EBADMSG },
		{ T("Zm9_"), T(""), -EBADMSG },
		{ T("Zm9{"), T(""), -EBADMSG },
		{ T("Zm9`"), T(""), -EBADMSG },
		{ T("Zm9["), T(""), -EBADMSG },
		{ T("Zm9:"), T(""), -EBADMSG },
		{ T("Zm 9"), T(""), -EBADMSG },
		{ T("Zm9v\n"), T(""), -EBADMSG },
		{ T("Zm9\0"), T(""), -EBADMSG },
		{ T("Zm9\xff"), T(""), -EBADMSG },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym__text copy = exact(rows[i].text);
		char out[32];
		int r = mym__base64(copy, out, sizeof(out));

		ROW(r == rows[i].result, "\"%s\": %d", shown(copy), r);
		ROW(r < 0 || memcmp(out, rows[i].bytes.at, (size_t)r) == 0,
		    "\"%s\": the bytes", shown(copy));
		if (r > 0)
			ROW(mym__base64(copy, out, (size_t)r) == r &&
			    mym__base64(copy, out, (size_t)r - 1) == -ENOBUFS,
			    "\"%s\": the size", shown(copy));
		release(copy);
	}
	ROWS_DONE();
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("base64");
	TCase *tc = tcase_create("text");

	tcase_add_test(tc, base64);
	suite_add_tcase(s, tc);
	return s;
}
