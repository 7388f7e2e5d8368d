/* SPDX-License-Identifier: MIT */
/* Which mounts the kernel is asked for, and what is made of what it says of them. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/kernel.h"
#include "base/lines.h"
#include "base/root.h"
#include "base/sys.h"
#include "discover/group.h"
#include "discover/places.h"
#include "libc.h"
#include "mymem.h"
#include "suite.h"
#include "text.h"

#define ALL (MYM__STATMOUNT_MNT_ROOT | MYM__STATMOUNT_MNT_POINT | \
	     MYM__STATMOUNT_FS_TYPE)
#define ID 4711

/* The kernel. */
static struct {
	int no_statx, no_statmount; /* errors; 0: none */
	bool no_id, within; /* it is no mount's root */
	uint64_t mask;
	char asked[256]; /* the paths, with a space after each */
} kernel;

static long statx_of(const char *path, void *to)
{
	struct mym__statx *stx = to;

	strcat(kernel.asked, path);
	strcat(kernel.asked, " ");
	if (kernel.no_statx) {
		errno = kernel.no_statx;
		return -1;
	}
	memset(stx, 0, sizeof(*stx));
	stx->mask = kernel.no_id ? 1 : MYM__STATX_MNT_ID_UNIQUE | 1;
	stx->attributes = kernel.within ? 1 : MYM__STATX_ATTR_MOUNT_ROOT | 1;
	stx->mnt_id = ID;
	return 0;
}

static long statmount_of(const struct mym__mnt_id_req *request, void *to)
{
	static const char strings[] = "/group\0/point\0cgroup2\0rw,opt";
	struct mym__statmount *answer = to;

	ck_assert_uint_eq(request->mnt_id, ID);
	ck_assert_uint_eq(request->param & ALL, ALL);
	if (kernel.no_statmount) {
		errno = kernel.no_statmount;
		return -1;
	}
	memset(answer, 0, sizeof(*answer));
	answer->mask = kernel.mask & request->param;
	answer->mnt_point = 7;
	answer->fs_type = 14;
	answer->mnt_opts = 22;
	memcpy(answer->strings, strings, sizeof(strings));
	return 0;
}

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
	const int count = number == SYS_statx ? 5 : 4;
	long a[5] = { 0 };
	va_list ap;

	ck_assert(number == SYS_statx || number == SYS_statmount ||
		  number == SYS_openat || number == SYS_openat2);
	va_start(ap, number);
	for (int i = 0; i < count; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_statx)
		return statx_of((const char *)a[1], (void *)a[4]);
	if (number == SYS_statmount)
		return statmount_of((const void *)a[0], (void *)a[1]);
	return __real_syscall(number, a[0], a[1], a[2], a[3]);
}

static bool no_fstatfs; /* but of procfs, which the mount table is on */
static bool is_cgroupfs; /* whatever it is */

#define WRAP_FSTATFS(name, type)                                          \
	int __real_##name(int fd, type *st) WEAK;                         \
	int __wrap_##name(int fd, type *st);                              \
	int __wrap_##name(int fd, type *st)                               \
	{                                                                 \
		int r = __real_##name(fd, st);                            \
									  \
		if (is_cgroupfs)                                          \
			st->f_type = (__typeof__(st->f_type))             \
				MYM__CGROUP2_MAGIC;                       \
		if (!no_fstatfs || st->f_type == MYM__PROC_MAGIC)         \
			return r;                                         \
		errno = EACCES;                                           \
		return -1;                                                \
	}
WRAP_FSTATFS(fstatfs, struct statfs)
WRAP_FSTATFS(fstatfs64, struct statfs)

static struct mym__root root = { .fd = -1 };
static _Alignas(16) char buffer[MYM__LINES_SIZE];
static struct mym__mount mount;

/* 0: it is told, 1: not. */
static int ask(size_t size)
{
	memset(&mount, 0, sizeof(mount));
	return mym__sys_statmount(&root, "/point", buffer, size, &mount);
}

#define IS(member, string) \
	ck_assert(mym__text_equal(mount.member, string_text(string)))

START_TEST(told)
{
	kernel.mask = ALL | MYM__STATMOUNT_MNT_OPTS | MYM__STATMOUNT_MNT_NS_ID;
	ck_assert_int_eq(ask(sizeof(buffer)), 0);
	ck_assert_str_eq(kernel.asked, "/point ");
	IS(root, "/group");
	IS(point, "/point");
	IS(type, "cgroup2");
	IS(options, "rw,opt");
	/* Since 6.11 there are none if none are told; before that nobody knows. */
	kernel.mask = ALL | MYM__STATMOUNT_MNT_NS_ID;
	ck_assert_int_eq(ask(sizeof(buffer)), 0);
	ck_assert_ptr_nonnull(mount.options.at);
	ck_assert_uint_eq(mount.options.length, 0);
	kernel.mask = ALL;
	ck_assert_int_eq(ask(sizeof(buffer)), 0);
	ck_assert_ptr_null(mount.options.at);
	IS(type, "cgroup2");
	/* Not more than there is room for. */
	ck_assert_int_eq(ask(sizeof(struct mym__statmount) + 10), 0);
	IS(root, "/group");
	ck_assert_uint_eq(mount.point.length, 3);
	ck_assert_uint_eq(mount.type.length, 0);
}
END_TEST

START_TEST(untold)
{
	static const uint64_t parts[] = {
		MYM__STATMOUNT_MNT_ROOT, MYM__STATMOUNT_MNT_POINT,
		MYM__STATMOUNT_FS_TYPE,
	};

	for (size_t i = 0; i < MYM__COUNT(parts); i++) {
		kernel.mask = ALL & ~parts[i];
		ck_assert_int_eq(ask(sizeof(buffer)), 1);
	}
	kernel.mask = ALL;
	ck_assert_int_eq(ask(sizeof(struct mym__statmount) - 1), 1);
	root.confined = true;
	ck_assert_int_eq(ask(sizeof(buffer)), 1);
	root.confined = false;
	kernel.within = true;
	ck_assert_int_eq(ask(sizeof(buffer)), 1);
	kernel.within = false;
	kernel.no_id = true;
	ck_assert_int_eq(ask(sizeof(buffer)), 1);
	kernel.no_id = false;
	kernel.no_statmount = ENOSYS;
	ck_assert_int_eq(ask(sizeof(buffer)), 1);
	kernel.no_statmount = 0;
	kernel.no_statx = ENOENT;
	ck_assert_int_eq(ask(sizeof(buffer)), 1);
	kernel.no_statx = 0;
	ck_assert_int_eq(ask(sizeof(buffer)), 0);
}
END_TEST

#define V1 "/sys/fs/cgroup/memory "
#define V2 "/sys/fs/cgroup /sys/fs/cgroup/unified "

/* Only where the memory controller, or the stalls that are asked for, may be. */
START_TEST(asked_for)
{
	static const struct {
		int errors[2];
		bool psi;
		const char *paths;
	} rows[] = {
		{ { 0, 0 }, false, V1 },
		{ { 0, 0 }, true, V1 V2 },
		{ { 0, 1 }, false, V1 },
		{ { 1, 0 }, false, V2 },
		{ { 1, 0 }, true, V2 },
		/* Unknown is not absent. */
		{ { -EIO, -EIO }, false, V1 V2 },
		{ { -ENAMETOOLONG, 0 }, false, V1 V2 },
	};

	kernel.no_statx = ENOSYS;
	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		static struct mym__membership own;
		struct mym__places places;

		own = (struct mym__membership){
			.error = { rows[i].errors[0], rows[i].errors[1] },
			.path = { "/", "/" },
		};
		kernel.asked[0] = '\0';
		ck_assert_int_eq(mym__discover(&root, buffer, sizeof(buffer),
					       &own, rows[i].psi, &places), 0);
		mym__places_clear(&places);
		ROW(strcmp(kernel.asked, rows[i].paths) == 0, "row %zu: %s", i,
		    kernel.asked);
	}
	ROWS_DONE();
}
END_TEST

static uint64_t flags_found(const struct mym__dialect **dialect)
{
	static struct mym__membership own;
	struct mym__places places;
	uint64_t flags;

	own = (struct mym__membership){ .path = { "/", "/" } };
	ck_assert_int_eq(mym__discover(&root, buffer, sizeof(buffer), &own,
				       true, &places), 0);
	flags = places.flags;
	*dialect = places.dialect;
	mym__places_clear(&places);
	return flags;
}

/* Where nobody says what a mount is of, it may be one that limits. */
START_TEST(type_is_denied)
{
	const struct mym__dialect *dialect;

	kernel.no_statx = ENOSYS;
	flags_found(&dialect);
	if (!dialect) {
		printf("# skipped: no groups are mounted here\n");
		fflush(stdout);
		return;
	}
	no_fstatfs = true;
	ck_assert_uint_ne(flags_found(&dialect) & MYM_FLAG_PARTIAL, 0);
}
END_TEST

/* The links of procfs are counted like those of cgroupfs: a process has threads, which
 * are directories, and its descriptors are none. */
START_TEST(leaf)
{
	static const struct mym__root confined = { .fd = -1, .confined = true },
				      sealed = { .fd = -1, .sealed = true };
	int with = open("/proc/self/task", O_PATH | O_CLOEXEC);
	int without = open("/proc/self/fd", O_PATH | O_CLOEXEC);

	ck_assert(!mym__sys_is_leaf(&root, without));
	is_cgroupfs = true;
	ck_assert(mym__sys_is_leaf(&root, without));
	ck_assert(!mym__sys_is_leaf(&root, with));
	ck_assert(!mym__sys_is_leaf(&root, -1));
	ck_assert(!mym__sys_is_leaf(&confined, without));
	ck_assert(!mym__sys_is_leaf(&sealed, without));
	close(with);
	close(without);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("statmount");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, told);
	tcase_add_test(tc, untold);
	tcase_add_test(tc, asked_for);
	tcase_add_test(tc, type_is_denied);
	tcase_add_test(tc, leaf);
	suite_add_tcase(s, tc);
	return s;
}
