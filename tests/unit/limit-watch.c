/* SPDX-License-Identifier: MIT */
/* Whether limits were written: what is listened to, what ends that, and what is
 * not the library's. */
#include <errno.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/compiler.h"
#include "descriptors.h"
#include "mymem.h"
#include "read/limit-watch.h"
#include "suite.h"
#include "tree.h"

#define WANT (MYM_WANT_LIMIT | MYM_WANT_HIGH)

static struct mym__limit_watch watch;
static char buffer[4096];

static int limit_file(void)
{
	put("limit", "100\n");
	return open("limit", O_RDONLY | O_CLOEXEC);
}

/* Listens to a file that is then read. */
static void begin(void)
{
	int fd = limit_file();

	watch = (struct mym__limit_watch){ .wanted = true };
	mym__limit_watch_begin(&watch, WANT, true);
	mym__limit_watch_add(&watch, fd);
	close(fd);
	ck_assert_int_eq(watch.state, MYM__LIMITS_WATCHED);
	ck_assert(mym__limit_watch_quiet(&watch));
}

static void end(void)
{
	mym__limit_watch_end(&watch);
}

static void refuse_it(void)
{
	mym__limit_watch_refuse(&watch);
}

static bool goes_on(uint64_t want)
{
	return mym__limit_watch_continue(&watch, want, buffer, sizeof(buffer));
}

/* Only where it is wanted, and files can be listened to. */
START_TEST(states)
{
	static const struct {
		bool wanted, possible;
		enum mym__limit_watch_state state, refused, ended;
	} rows[] = {
		{ false, false, MYM__LIMITS_UNWATCHED, MYM__LIMITS_UNWATCHED,
		  MYM__LIMITS_UNWATCHED },
		{ false, true, MYM__LIMITS_UNWATCHED, MYM__LIMITS_UNWATCHED,
		  MYM__LIMITS_UNWATCHED },
		{ true, false, MYM__LIMITS_REFUSED, MYM__LIMITS_REFUSED,
		  MYM__LIMITS_REFUSED },
		{ true, true, MYM__LIMITS_WATCHED, MYM__LIMITS_REFUSED,
		  MYM__LIMITS_UNWATCHED },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		for (int refuse = 0; refuse < 2; refuse++) {
			watch = (struct mym__limit_watch){
				.wanted = rows[i].wanted,
			};
			mym__limit_watch_begin(&watch, WANT, rows[i].possible);
			ck_assert_int_eq(watch.state, rows[i].state);
			if (refuse)
				mym__limit_watch_refuse(&watch);
			else
				mym__limit_watch_end(&watch);
			ck_assert_int_eq(watch.state, refuse ? rows[i].refused :
							       rows[i].ended);
			ck_assert(!mym__limit_watch_quiet(&watch));
			ck_assert(!goes_on(WANT));
		}
	}
}
END_TEST

START_TEST(written)
{
	begin();
	ck_assert(goes_on(WANT));
	put("limit", "200\n");
	ck_assert(!mym__limit_watch_quiet(&watch));
	ck_assert(!mym__limit_watch_fd_quiet(watch.fd));
	/* What was written is read by the pass that this is for. */
	ck_assert(goes_on(WANT));
	ck_assert(mym__limit_watch_quiet(&watch));
	/* Not by one that reads more than is listened to, or less. */
	ck_assert(!goes_on(WANT | MYM_WANT_SWAP_LIMIT));
	ck_assert(goes_on(MYM_WANT_LIMIT));
	/* Nobody listens to a file that is removed. */
	gone("limit");
	ck_assert(!goes_on(WANT));
	end();
}
END_TEST

/* What nobody can listen to would be written unheard. */
START_TEST(refused)
{
	int fd;

	begin();
	fd = watch.fd;
	mym__limit_watch_add(&watch, -1);
	ck_assert_int_eq(watch.state, MYM__LIMITS_REFUSED);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
	/* The files after it are no reason to begin again. */
	fd = limit_file();
	mym__limit_watch_add(&watch, fd);
	close(fd);
	ck_assert_int_eq(watch.state, MYM__LIMITS_REFUSED);
	mym__limit_watch_begin(&watch, WANT, true);
	ck_assert_int_eq(watch.state, MYM__LIMITS_WATCHED);
	end();
}
END_TEST

/* No descriptor is as high as those that are kept; none is lost then. */
START_TEST(none_is_high)
{
	unsigned int before = open_descriptors();
	struct rlimit limit, few;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	few = (struct rlimit){ 60, limit.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	watch = (struct mym__limit_watch){ .wanted = true };
	mym__limit_watch_begin(&watch, WANT, true);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_int_eq(watch.state, MYM__LIMITS_REFUSED);
	ck_assert_uint_eq(open_descriptors(), before);
}
END_TEST

/* The lowest is one like any other. */
START_TEST(standard_input_closed)
{
	close(STDIN_FILENO);
	watch = (struct mym__limit_watch){ .wanted = true };
	/* By the program, a while ago. */
	errno = EMFILE;
	mym__limit_watch_begin(&watch, WANT, true);
	ck_assert_int_eq(watch.state, MYM__LIMITS_WATCHED);
	ck_assert_int_ge(watch.fd, 64);
	ck_assert_int_eq(fcntl(STDIN_FILENO, F_GETFD), -1);
	end();
}
END_TEST

/* What has ended leaves its number to others: to another context of the library, and
 * to the program. */
START_TEST(number_of_others)
{
	struct mym__limit_watch first;
	int fd, file = limit_file(), queued = -1;

	begin();
	first = watch;
	end();
	first.state = MYM__LIMITS_UNWATCHED;
	begin();
	ck_assert_int_eq(watch.fd, first.fd);
	mym__limit_watch_end(&first);
	mym__limit_watch_refuse(&first);
	ck_assert(mym__limit_watch_quiet(&watch));
	refuse_it();
	fd = inotify_init1(IN_CLOEXEC);
	ck_assert_int_eq(dup2(fd, watch.fd), watch.fd);
	mym__limit_watch_add(&watch, file);
	put("limit", "200\n");
	ck_assert_int_eq(ioctl(fd, FIONREAD, &queued), 0);
	ck_assert_int_eq(queued, 0);
	close(watch.fd);
	close(fd);
	close(file);
}
END_TEST


static void begin_anew(void)
{
	mym__limit_watch_begin(&watch, WANT, true);
}

/* The descriptor is the program's by now: nothing is believed of it, and it stays
 * open. */
START_TEST(reused)
{
	static void (*const ends[])(void) = { end, refuse_it, begin_anew };
	int other = limit_file(), fd;

	begin();
	fd = watch.fd;
	ck_assert_int_eq(dup2(other, fd), fd);
	ck_assert(!mym__limit_watch_quiet(&watch));
	ck_assert(!goes_on(WANT));
	ends[_i]();
	ck_assert_int_ge(fcntl(fd, F_GETFD), 0);
	close(fd);
	end();
}
END_TEST

/* What still knows the number of the last one finds it closed. */
START_TEST(begun_anew)
{
	int fd;

	begin();
	fd = watch.fd;
	mym__limit_watch_begin(&watch, WANT, true);
	ck_assert_int_ne(watch.fd, fd);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
	ck_assert_int_ge(watch.fd, 64);
	fd = watch.fd;
	end();
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("limit-watch");
	TCase *tc = tree_tcase("all");

	tcase_add_test(tc, states);
	tcase_add_test(tc, written);
	tcase_add_test(tc, refused);
	tcase_add_test(tc, none_is_high);
	tcase_add_test(tc, standard_input_closed);
	tcase_add_test(tc, number_of_others);
	tcase_add_loop_test(tc, reused, 0, 3);
	tcase_add_test(tc, begun_anew);
	suite_add_tcase(s, tc);
	return s;
}
