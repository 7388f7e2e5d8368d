/* SPDX-License-Identifier: MIT */
/* What is made of the counters of a group and of the machine. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "answer/pressure.h"
#include "base/file.h"
#include "libc.h"
#include "mymem.h"
#include "suite.h"
#include "units.h"
#include "watch/refaults.h"
#include "watch/watch.h"

static struct mym_watch watch;
static int64_t page, now;

/* The file of the group or the machine, as if it had been opened. */
static void open_file(unsigned int whose)
{
	int fd = memfd_create("counters", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_ne(mym__file_adopt(&watch.refaults.file[whose], fd), fd);
}

static void put(unsigned int whose, const char *format, ...)
{
	int fd = watch.refaults.file[whose].fd;
	char text[1024];
	va_list list;
	int n;

	va_start(list, format);
	n = vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert_int_eq(pwrite(fd, text, (size_t)n, 0), n);
}

static void put_machine(int files, int swapped, int stolen)
{
	put(MYM__AGAIN_MACHINE,
	    "nr_free_pages 7\nnr_inactive_file 3000\nnr_active_file 1000\n"
	    "workingset_refault_anon %d\nworkingset_refault_file 999999\n"
	    "workingset_restore_anon 999999\nworkingset_restore_file %d\n"
	    "pgsteal_kswapd 4\npgsteal_direct %d\npgmajfault 999999\n",
	    swapped, files, stolen);
}

static void put_v1(int files, int swapped)
{
	put(MYM__AGAIN_GROUP,
	    "workingset_refault_file 999999\nactive_file 999999\n"
	    "total_workingset_refault_anon %d\n"
	    "total_workingset_refault_file %d\n"
	    "total_inactive_file 8192\ntotal_active_file 4096\n",
	    swapped, files);
}

static void put_v2(int files, int swapped)
{
	put(MYM__AGAIN_GROUP,
	    "inactive_file 8192\nactive_file 4096\n"
	    "workingset_refault_anon %d\nworkingset_refault_file 999999\n"
	    "workingset_restore_anon 999999\nworkingset_restore_file %d\n",
	    swapped, files);
}

static void setup(void)
{
	page = sysconf(_SC_PAGESIZE);
	now = 5 * S;
	watch = (struct mym_watch){ 0 };
	open_file(MYM__AGAIN_MACHINE);
}

static void teardown(void)
{
	mym__refaults_drop(&watch);
}

static void look(int64_t after)
{
	mym__refaults_read(&watch, now += after);
}

static void check(unsigned int whose, bool known, bool reclaimed,
		  int64_t files, int64_t swapped)
{
	const struct mym__again *again = &watch.refaults.again[whose];

	ck_assert(again->known == known);
	if (!known)
		return;
	ck_assert(again->reclaimed == reclaimed);
	ck_assert_int_eq(again->files, files * page);
	ck_assert_int_eq(again->swapped, swapped * page);
}

/* Twice in a row, by the smaller of both. */
START_TEST(windows)
{
	put_machine(100000, 50000, 0);
	look(0);
	check(MYM__AGAIN_MACHINE, true, false, 0, 0);
	ck_assert_int_eq(watch.refaults.again[MYM__AGAIN_MACHINE].cache,
			 4000 * page);
	put_machine(102000, 50200, 1);
	look(2 * S);
	check(MYM__AGAIN_MACHINE, true, false, 0, 0);
	put_machine(103000, 50800, 2);
	/* Not at each look. */
	look(S);
	check(MYM__AGAIN_MACHINE, true, false, 0, 0);
	look(S);
	check(MYM__AGAIN_MACHINE, true, true, 500, 100);
	put_machine(113000, 60800, 2);
	look(2 * S);
	check(MYM__AGAIN_MACHINE, true, false, 500, 300);
	/* It is over. */
	look(4 * S);
	check(MYM__AGAIN_MACHINE, true, false, 0, 0);
	/* Counters do not go back, whatever they say. */
	put_machine(5, 5, 0);
	look(2 * S);
	look(2 * S);
	check(MYM__AGAIN_MACHINE, true, false, 0, 0);
	check(MYM__AGAIN_GROUP, false, false, 0, 0);
}
END_TEST

/* v1: no more than the machine has. */
START_TEST(of_v1)
{
	open_file(MYM__AGAIN_GROUP);
	watch.refaults.v1 = true;
	for (int i = 0; i < 3; i++) {
		put_machine(2000 * i, 600 * i, 0);
		put_v1(4000 * i, 400 * i);
		look(2 * S);
	}
	check(MYM__AGAIN_GROUP, true, true, 1000, 200);
	check(MYM__AGAIN_MACHINE, true, false, 1000, 300);
	ck_assert_int_eq(watch.refaults.again[MYM__AGAIN_GROUP].cache, 12288);
	/* A copy beside it: refaults, and nothing restored. */
	for (int i = 3; i < 5; i++) {
		put_v1(4000 * i, 800);
		look(2 * S);
	}
	check(MYM__AGAIN_GROUP, true, true, 0, 0);
	/* Without the machine nobody knows. */
	put(MYM__AGAIN_MACHINE, "nothing 1\n");
	look(2 * S);
	check(MYM__AGAIN_GROUP, false, false, 0, 0);
	check(MYM__AGAIN_MACHINE, false, false, 0, 0);
}
END_TEST

START_TEST(of_v2)
{
	open_file(MYM__AGAIN_GROUP);
	for (int i = 0; i < 3; i++) {
		put_machine(0, 0, i);
		put_v2(4000 * i, 400 * i);
		look(2 * S);
	}
	check(MYM__AGAIN_GROUP, true, true, 2000, 200);
	check(MYM__AGAIN_MACHINE, true, true, 0, 0);
}
END_TEST

/* Before Linux 5.9, denied, garbage; and a number that is another's by now. */
START_TEST(unknown)
{
	int fd;

	open_file(MYM__AGAIN_GROUP);
	put_machine(0, 0, 0);
	put(MYM__AGAIN_GROUP, "inactive_file 8192\nactive_file 4096\n"
	    "workingset_restore 5\n");
	look(0);
	check(MYM__AGAIN_GROUP, false, false, 0, 0);
	check(MYM__AGAIN_MACHINE, true, false, 0, 0);
	open_file(MYM__AGAIN_GROUP);
	put(MYM__AGAIN_GROUP, "inactive_file 8192\nactive_file x\n"
	    "workingset_restore_file 5\nworkingset_refault_anon 5\n");
	look(2 * S);
	check(MYM__AGAIN_GROUP, false, false, 0, 0);
	fd = watch.refaults.file[MYM__AGAIN_MACHINE].fd;
	close(fd);
	ck_assert_int_eq(memfd_create("stranger", MFD_CLOEXEC) < 0, 0);
	look(2 * S);
	check(MYM__AGAIN_MACHINE, false, false, 0, 0);
	ck_assert_int_eq(watch.refaults.file[MYM__AGAIN_MACHINE].fd, 0);
	/* What was not read in between is no window. */
	open_file(MYM__AGAIN_MACHINE);
	put_machine(90000, 90000, 5);
	look(2 * S);
	check(MYM__AGAIN_MACHINE, true, false, 0, 0);
	put_machine(90000, 90000, 5);
	look(2 * S);
	check(MYM__AGAIN_MACHINE, true, false, 0, 0);
	close_range(3, 63, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("refaults");
	TCase *tc = tcase_create("counters");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, windows);
	tcase_add_test(tc, of_v1);
	tcase_add_test(tc, of_v2);
	tcase_add_test(tc, unknown);
	suite_add_tcase(s, tc);
	return s;
}
