/* SPDX-License-Identifier: MIT */
/* The watch's system calls: what errors mean, and what errno says where there is
 * none. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/file.h"
#include "suite.h"
#include "watch/poll.h"

static int error; /* of epoll_ctl(2), and of the first write(2); 0: none */
static unsigned int writes;

int __real_epoll_ctl(int set, int what, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int set, int what, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int set, int what, int fd, struct epoll_event *event)
{
	if (!error)
		return __real_epoll_ctl(set, what, fd, event);
	errno = error;
	return -1;
}

static struct mym__file set, file;

static void begin(void)
{
	ck_assert_int_eq(mym__poll_open(&set), 0);
	ck_assert_int_eq(mym__file_adopt(&file, eventfd(1, EFD_CLOEXEC)), 0);
	error = 0;
	/* Of an earlier call: it means nothing. */
	errno = EBADF;
}

static void end(void)
{
	mym__file_forget(&file, 1);
	mym__file_forget(&set, 1);
}

START_TEST(added)
{
	const int fd = file.fd;

	ck_assert_int_eq(mym__poll_add(&set, &file, 1, false), 0);
	ck_assert_int_eq(mym__poll_add(&set, &file, 1, false), -EEXIST);
	errno = EBADF;
	ck_assert(mym__poll_has(&set, &file, 1, false));
	mym__poll_drop(&set, &file, false);
	ck_assert_int_eq(file.fd, 0);
	ck_assert_int_lt(fcntl(fd, F_GETFD), 0);
}
END_TEST

START_TEST(once)
{
	ck_assert_int_eq(mym__poll_once(&set, &file, 1, true), -ENOENT);
	errno = EBADF;
	ck_assert_int_eq(mym__poll_once(&set, &file, 1, false), 0);
	ck_assert_int_eq(mym__poll_once(&set, &file, 1, false), -EEXIST);
	errno = EBADF;
	ck_assert_int_eq(mym__poll_once(&set, &file, 1, true), 0);
}
END_TEST

/* These say that a descriptor is another one by now; the kernel may also have no
 * memory. */
START_TEST(strangers)
{
	static const struct {
		int error;
		bool stranger;
	} rows[] = {
		{ ENOENT, true }, { EBADF, true },   { EINVAL, true },
		{ EPERM, true },  { ENOMEM, false }, { ENOSPC, false },
	};
	const int fd = file.fd;

	ck_assert_int_eq(mym__poll_add(&set, &file, 1, false), 0);
	error = rows[_i].error;
	ck_assert_int_eq(mym__poll_has(&set, &file, 1, false),
			 !rows[_i].stranger);
	mym__poll_drop(&set, &file, false);
	ck_assert_int_eq(file.fd, 0);
	/* What is not the watch's is not closed. */
	ck_assert_int_eq(fcntl(fd, F_GETFD) >= 0, rows[_i].stranger);
	if (rows[_i].stranger)
		close(fd);
}
END_TEST

/* What is in no set is closed all the same. */
START_TEST(without_a_set)
{
	const struct mym__file none = { 0 };
	const int fd = file.fd;

	mym__poll_drop(&none, &file, false);
	ck_assert_int_eq(file.fd, 0);
	ck_assert_int_lt(fcntl(fd, F_GETFD), 0);
}
END_TEST

/* No more than there is room for, here and there. */
START_TEST(many_are_ready)
{
	struct mym__ready ready[40];
	struct mym__file more[40] = { { 0 } };

	ck_assert_int_eq(mym__poll_ready(&set, ready, 40), 0);
	for (unsigned int i = 0; i < 40; i++) {
		ck_assert_int_eq(mym__file_adopt(&more[i],
						 eventfd(1, EFD_CLOEXEC)), 0);
		ck_assert_int_eq(mym__poll_add(&set, &more[i], i, false), 0);
	}
	ck_assert_int_eq(mym__poll_ready(&set, ready, 40), 32);
	ck_assert_int_eq(mym__poll_ready(&set, ready, 7), 7);
	mym__file_forget(more, 40);
}
END_TEST

ssize_t __real_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size)
{
	if (fd != file.fd)
		return __real_write(fd, data, size);
	if (writes++ > 0 || !error)
		return __real_write(fd, data, size);
	errno = error;
	return -1;
}

/* Once, or again after a signal; what errno was before means nothing. */
START_TEST(written)
{
	static const struct {
		int error, result;
		unsigned int writes;
	} rows[] = {
		{ 0, 0, 1 }, { EINTR, 0, 2 }, { EAGAIN, -EAGAIN, 1 },
	};
	const uint64_t one = 1;

	writes = 0;
	error = rows[_i].error;
	errno = EINTR;
	ck_assert_int_eq(mym__poll_write(file.fd, &one, sizeof(one)),
			 rows[_i].result);
	ck_assert_uint_eq(writes, rows[_i].writes);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("poll");
	TCase *tc = tcase_create("all");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, added);
	tcase_add_test(tc, once);
	tcase_add_loop_test(tc, strangers, 0, 6);
	tcase_add_test(tc, without_a_set);
	tcase_add_test(tc, many_are_ready);
	tcase_add_loop_test(tc, written, 0, 3);
	suite_add_tcase(s, tc);
	return s;
}
