/* SPDX-License-Identifier: MIT */
/* A /proc/meminfo that tells of another machine than the system call does, and system
 * calls that an emulator cuts to 32 bits. */
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "answer/findings.h"
#include "base/compiler.h"
#include "base/file.h"
#include "base/lines.h"
#include "base/sys.h"
#include "mymem.h"
#include "read/pass.h"
#include "read/readers.h"
#include "suite.h"
#include "units.h"

#define GIB (INT64_C(1) << 30)

static int64_t total;

int __wrap_mym__sys_sysinfo(const struct mym__root *root,
			    struct mym__sysinfo *info);
int __wrap_mym__sys_sysinfo(const struct mym__root *root,
			    struct mym__sysinfo *info)
{
	(void)root;
	*info = (struct mym__sysinfo){ .total = total, .free = total };
	return total == 0;
}

START_TEST(compared)
{
	const bool narrow = sizeof(long) == 4;
	const struct {
		int64_t file, call;
		bool differs;
	} rows[] = {
		{ GIB, GIB, false },
		{ GIB, 0, false }, /* it is denied */
		{ GIB, 2 * GIB, true },
		{ 2 * GIB, GIB, true },
		/* What is left of the whole in 32 bits. */
		{ 5 * GIB, GIB, !narrow },
		{ 5 * GIB + MIB, GIB, true },
		{ 5 * GIB, 9 * GIB, true },
	};
	static char buffer[MYM__LINES_SIZE];

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		const struct mym__root root = { .fd = -1 };
		struct mym__file files[MYM__FILES] = { { 0 } };
		struct mym__findings findings = { 0 };
		const bool cut = rows[i].differs && rows[i].call < rows[i].file;
		struct mym__pass pass = {
			.root = &root,
			.buffer = buffer,
			.size = sizeof(buffer),
			.want = MYM_WANT_LIMIT,
			.found = &findings,
			.files = files,
		};
		int fd = memfd_create("meminfo", MFD_CLOEXEC);

		dprintf(fd, "MemTotal: %" PRId64 " kB\nMemFree: 1 kB\n"
			"MemAvailable: 1 kB\n", rows[i].file / 1024);
		ck_assert_int_eq(mym__file_adopt(&files[MYM__FILE_MEMINFO], fd),
				 0);
		total = rows[i].call;
		mym__host_read(&pass);
		ck_assert_uint_eq(findings.flags & MYM_FLAG_VIRTUAL,
				  rows[i].differs ? MYM_FLAG_VIRTUAL : 0);
		ck_assert_int_eq(pass.host.limit,
				 cut ? rows[i].call : rows[i].file);
		ck_assert_str_eq(pass.host_path,
				 cut ? "sysinfo(2)" : "/proc/meminfo");
		mym__file_forget(files, MYM__FILES);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("replaced");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, compared);
	suite_add_tcase(s, tc);
	return s;
}
