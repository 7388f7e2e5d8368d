/* SPDX-License-Identifier: MIT */
/* What kernels answer when they are asked for the id of the process's group, by a
 * descriptor of the process (PIDFD_GET_INFO). */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/file.h"
#include "base/kernel.h"
#include "base/root.h"
#include "base/sys.h"
#include "suite.h"

#define ID 4711
#define OTHER_PROCESS 1

/* The kernel. */
static struct {
	int no_pidfd, no_info; /* errors; 0: none */
	bool untold; /* it knows the request, and not the id */
	uint32_t tgid;
	unsigned int opened, asked;
	long flags, of;
} kernel;

long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
	struct mym__pidfd_info *info;
	int error;
	va_list ap;
	long first, second;

	va_start(ap, number);
	first = va_arg(ap, long);
	second = va_arg(ap, long);
	info = number == SYS_ioctl ? va_arg(ap, void *) : NULL;
	va_end(ap);
	error = info ? kernel.no_info : kernel.no_pidfd;
	if (error) {
		kernel.asked += info != NULL;
		errno = error;
		return -1;
	}
	if (!info) {
		kernel.opened++;
		kernel.of = (int)first;
		kernel.flags = (int)second;
		return open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	}
	ck_assert_int_eq(number, SYS_ioctl);
	ck_assert_uint_ne(info->mask & MYM__PIDFD_INFO_CGROUPID, 0);
	kernel.asked++;
	info->tgid = kernel.tgid;
	info->cgroupid = ID;
	if (kernel.untold)
		info->mask = 0;
	return 0;
}

static struct mym__root root;
static struct mym__file file;

static void begin(void)
{
	root = (struct mym__root){ .fd = -1 };
	kernel.tgid = (uint32_t)getpid();
}

static void end(void)
{
	mym__file_forget(&file, 1);
}

/* 0: the id; 1: unknown; < 0: it may be known another time. */
static int ask(struct mym__file *kept)
{
	uint64_t id = 0;
	int r = mym__sys_group_id(&root, kept, &id);

	if (r == 0)
		ck_assert_uint_eq(id, ID);
	return r;
}

START_TEST(told)
{
	int fd;

	ck_assert_int_eq(ask(NULL), 0);
	ck_assert_int_eq(kernel.of, getpid());
	ck_assert_int_eq(kernel.flags, 0);
	ck_assert_int_eq(ask(&file), 0);
	ck_assert_uint_eq(kernel.opened, 2);
	fd = file.fd;
	ck_assert_int_ge(fd, 64);
	/* What is kept is asked again. */
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(ask(&file), 0);
	ck_assert_uint_eq(kernel.opened, 2);
	ck_assert_int_eq(file.fd, fd);
	/* By nobody else. */
	ck_assert_int_eq(dup2(STDERR_FILENO, fd), fd);
	ck_assert_int_eq(ask(&file), 0);
	ck_assert_uint_eq(kernel.opened, 3);
	ck_assert_int_ne(file.fd, fd);
	ck_assert_int_ge(fcntl(fd, F_GETFD), 0);
	close(fd);
	/* Below a sysroot the kernel has no say. */
	root.confined = true;
	ck_assert_int_eq(ask(&file), 1);
	ck_assert_uint_eq(kernel.opened, 3);
}
END_TEST

/* What a kernel does not know it will not learn; what is forbidden may be allowed
 * again. */
START_TEST(untold)
{
	static const struct {
		int no_pidfd, no_info, result, kept;
	} rows[] = {
		{ ENOSYS, 0, 1, -1 },
		{ EPERM, 0, 1, 0 },
		{ EMFILE, 0, -EMFILE, 0 },
		{ ENFILE, 0, -ENFILE, 0 },
		{ ENOMEM, 0, -ENOMEM, 0 },
		{ 0, ENOTTY, 1, -1 },
		{ 0, EINVAL, 1, -1 },
		{ 0, EPERM, 1, 0 },
		{ 0, ESRCH, 1, 0 },
	};
	int lowest = dup(STDERR_FILENO), after;

	close(lowest);
	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		kernel.no_pidfd = rows[i].no_pidfd;
		kernel.no_info = rows[i].no_info;
		kernel.asked = 0;
		ck_assert_int_eq(ask(NULL), rows[i].result);
		ck_assert_int_eq(ask(&file), rows[i].result);
		ck_assert_int_eq(file.fd, rows[i].kept);
		kernel.no_pidfd = kernel.no_info = 0;
		ck_assert_int_eq(ask(&file), rows[i].kept < 0);
		end();
	}
	/* None of them is left open. */
	after = dup(STDERR_FILENO);
	ck_assert_int_eq(after, lowest);
	close(after);
}
END_TEST

/* It knows the request, and does not tell the id. */
START_TEST(told_nothing)
{
	kernel.untold = true;
	ck_assert_int_eq(ask(NULL), 1);
	ck_assert_int_eq(ask(&file), 1);
	ck_assert_int_eq(file.fd, 0);
	kernel.untold = false;
	ck_assert_int_eq(ask(&file), 0);
	kernel.untold = true;
	ck_assert_int_eq(ask(&file), 1);
}
END_TEST

/* Of a thread, by the id that /proc has for it: in another namespace it may be that of
 * another process. */
START_TEST(of_a_thread)
{
	root.thread = 77;
	ck_assert_int_eq(ask(&file), 0);
	ck_assert_int_eq(kernel.of, 77);
	ck_assert_int_eq(kernel.flags, MYM__PIDFD_THREAD);
	kernel.tgid = OTHER_PROCESS;
	ck_assert_int_eq(ask(&file), 1);
	/* Nobody has to say so of the process itself. */
	root.thread = 0;
	ck_assert_int_eq(ask(NULL), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("group-id");
	TCase *tc = tcase_create("all");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, told);
	tcase_add_test(tc, untold);
	tcase_add_test(tc, told_nothing);
	tcase_add_test(tc, of_a_thread);
	suite_add_tcase(s, tc);
	return s;
}
