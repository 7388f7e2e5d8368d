/* SPDX-License-Identifier: MIT */
/* What the manager's trigger says, and when the totals of a PSI file fulfil it.  The
 * system calls are those of the test. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "base/sys.h"
#include "base/text.h"
#include "mymem.h"
#include "suite.h"
#include "tree.h"
#include "units.h"
#include "watch/base64.h"
#include "watch/manager.h"
#include "watch/poll.h"
#include "watch/watch.h"

static const char *trigger;

const char *__wrap_mym__poll_environment(const char *name);
const char *__wrap_mym__poll_environment(const char *name)
{
	return strcmp(name, "MEMORY_PRESSURE_WATCH") == 0 ? "/psi" : trigger;
}

int __wrap_mym__base64(struct mym__text text, char *bytes, size_t size);
int __wrap_mym__base64(struct mym__text text, char *bytes, size_t size)
{
	ck_assert_uint_le(text.length, size);
	memcpy(bytes, text.at, text.length);
	return (int)text.length;
}

int __wrap_mym__poll_named(struct mym__file *file, const char *path, bool writing,
			   enum mym__named *what);
int __wrap_mym__poll_named(struct mym__file *file, const char *path, bool writing,
			   enum mym__named *what)
{
	ck_assert_str_eq(path, "/psi");
	ck_assert(writing);
	*what = MYM__NAMED_PSI;
	return mym__file_adopt(file, open("psi", O_RDONLY | O_CLOEXEC));
}

int __wrap_mym__poll_write(int fd, const void *data, size_t size);
int __wrap_mym__poll_write(int fd, const void *data, size_t size)
{
	ck_assert_int_ge(fd, 0);
	ck_assert_mem_eq(data, trigger, size);
	return 0;
}

int __wrap_mym__poll_add(const struct mym__file *set, const struct mym__file *file,
			 unsigned int id, bool priority);
int __wrap_mym__poll_add(const struct mym__file *set, const struct mym__file *file,
			 unsigned int id, bool priority)
{
	(void)set;
	(void)id;
	ck_assert_int_gt(file->fd, 0);
	ck_assert(priority);
	return 0;
}

static struct mym_watch watch;
static struct mym__manager *const m = &watch.manager;

static void totals(int some, int full)
{
	put("psi", "some avg10=0.00 avg60=0.00 avg300=0.00 total=%d\n"
	    "full avg10=0.00 avg60=0.00 avg300=0.00 total=%d\n", some, full);
}

static void arm(const char *text)
{
	watch = (struct mym_watch){ .settings.event_window = S };
	trigger = text;
	totals(0, 0);
	mym__manager_arm(&watch);
	ck_assert_int_gt(m->file.fd, 0);
}

START_TEST(understood)
{
	static const struct {
		const char *trigger;
		int64_t threshold, window;
	} rows[] = {
		{ "some 200000 2000000", 1000, 2 * S },
		{ "full 1000 4000", 2500, 4 * MS },
		/* No shorter, no longer, and no more than all of it. */
		{ "some 1000 1000", 10000, MS },
		{ "some 1000 999", 0, 0 },
		{ "some 500 999", 0, 0 },
		{ "some 1001 1000", 0, 0 },
		{ "some 2000000 10000000", 2000, 10 * S },
		{ "some 2000000 10000001", 0, 0 },
		/* Another kind, or no numbers. */
		{ "none 200000 2000000", 0, 0 },
		{ "some x 1000", 0, MS },
		{ "some 200000 x", 0, 0 },
		{ "some 200000", 0, 0 },
		{ "some", 0, 0 },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		arm(rows[i].trigger);
		ck_assert_msg(m->threshold == rows[i].threshold &&
			      m->stalls.window == rows[i].window,
			      "%s: %" PRId64 " of %" PRId64, rows[i].trigger,
			      m->threshold, m->stalls.window);
		ck_assert_int_eq(m->full, *rows[i].trigger == 'f');
		mym__file_forget(&m->file, 1);
	}
}
END_TEST

/* The stalls that it asked for call, for as long as an event counts; the others do
 * not. */
START_TEST(fulfilled)
{
	const bool full = _i;
	int64_t now;

	arm(full ? "full 100000 1000000" : "some 100000 1000000");
	now = mym__sys_clock(CLOCK_MONOTONIC) + S;
	totals(full ? 500000 : 0, full ? 0 : 500000);
	ck_assert(!mym__manager_called(&watch, now));
	/* As little as that, and no more than before. */
	totals(full ? 500000 : 90000, full ? 90000 : 500000);
	ck_assert(!mym__manager_called(&watch, now + S));
	totals(full ? 500000 : 290000, full ? 290000 : 500000);
	ck_assert(mym__manager_called(&watch, now + 2 * S));
	ck_assert(mym__manager_called(&watch, now + 3 * S));
	ck_assert(!mym__manager_called(&watch, now + 3 * S + 1));
	mym__file_forget(&m->file, 1);
}
END_TEST

/* Nobody knows what a trigger means that is not understood: its waking calls. */
START_TEST(not_understood)
{
	arm("some 1 2");
	totals(500000, 500000);
	ck_assert(!mym__manager_called(&watch, S));
	mym__manager_call(&watch, S, false);
	ck_assert(mym__manager_called(&watch, S));
	mym__file_forget(&m->file, 1);
	arm("some 200000 2000000");
	mym__manager_call(&watch, S, false);
	ck_assert(!mym__manager_called(&watch, S));
	mym__file_forget(&m->file, 1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("manager");
	TCase *tc = tree_tcase("all");

	tcase_add_test(tc, understood);
	tcase_add_loop_test(tc, fulfilled, 0, 2);
	tcase_add_test(tc, not_understood);
	suite_add_tcase(s, tc);
	return s;
}
