/* SPDX-License-Identifier: MIT */
/* Files of /proc that somebody laid something over: lxcfs, alive and dead, and
 * what a policy denies. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "answers.h"
#include "base/lines.h"
#include "base/root.h"
#include "discover/mounts.h"
#include "fail.h"
#include "group.h"
#include "mymem.h"
#include "suite.h"
#include "units.h"

#define NOBODY 65534

static void private_mounts(void)
{
	must(unshare(CLONE_NEWNS), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make private");
}

/* A file of our own in memory, to be laid over others.  Nobody's but the
 * child's mounts show it. */
static const char *new_file(void)
{
	static char name[64];
	int fd;

	must(mount("none", "/tmp", "tmpfs", 0, NULL), "tmpfs");
	strcpy(name, "/tmp/file-XXXXXX");
	fd = mkstemp(name);
	ck_assert_int_ge(fd, 0);
	close(fd);
	return name;
}

static void write_meminfo(const char *name, int64_t total)
{
	FILE *out = fopen(name, "w");

	ck_assert_ptr_nonnull(out);
	fprintf(out, "MemTotal: %lld kB\nMemFree: %lld kB\n"
		"MemAvailable: %lld kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n",
		(long long)total / 1024, (long long)total / 2048,
		(long long)total / 1536);
	fclose(out);
}

static int64_t ram(void)
{
	struct sysinfo info;

	must(sysinfo(&info), "sysinfo");
	return (int64_t)info.totalram * info.mem_unit;
}

/* --- lxcfs ---------------------------------------------------------------- */

/* The steps of its life, each a fresh answer of one context. */
enum { SMALL, GROWN, SHRUNK, BLOATED, REVERTED, STEPS };

static void live_with_lxcfs(struct answers *a, void *data)
{
	struct answers **step = data;
	const char *file;
	struct mym_ctx *ctx;

	private_mounts();
	file = new_file();
	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	write_meminfo(file, 48 * MIB);
	must(mount(file, "/proc/meminfo", NULL, MS_BIND, NULL), "bind");
	answers_take(ctx, step[SMALL]);
	write_meminfo(file, 60 * MIB);
	answers_take(ctx, step[GROWN]);
	write_meminfo(file, 36 * MIB);
	answers_take(ctx, step[SHRUNK]);
	write_meminfo(file, 2 * ram());
	answers_take(ctx, step[BLOATED]);
	must(umount2("/proc/meminfo", MNT_DETACH), "umount");
	answers_take(ctx, step[REVERTED]);
	mym_close(ctx);
	ask_everything(a, NULL);
}

START_TEST(meminfo_changes_meanwhile)
{
	static const int64_t totals[STEPS] = {
		[SMALL] = 48 * MIB, [GROWN] = 60 * MIB, [SHRUNK] = 36 * MIB,
	};
	struct answers *step[STEPS];

	for (int i = 0; i < STEPS; i++)
		step[i] = answers_new();
	in_group(group_make("lxcfs", 64 * MIB), live_with_lxcfs, step);
	for (int i = SMALL; i < BLOATED; i++) {
		const struct mym_snapshot *s = &step[i]->snapshot;

		ck_assert_int_eq(step[i]->result, 0);
		ck_assert_int_eq(s->limit, totals[i]);
		ck_assert_uint_eq(step[i]->limit_by.kind, MYM_KIND_HOST);
		ck_assert_int_eq(s->host_total, totals[i]);
		/* Not above the file's, whatever sysinfo(2) says. */
		ck_assert_int_eq(s->host_available, totals[i] / 1536 * 1024);
		ck_assert_int_eq(s->available, s->host_available);
		ck_assert_uint_eq(s->flags & (MYM_FLAG_PARTIAL | MYM_FLAG_VIRTUAL),
				  MYM_FLAG_VIRTUAL);
	}
	/* A machine larger than the kernel's is none. */
	ck_assert_int_eq(step[BLOATED]->snapshot.limit, 64 * MIB);
	ck_assert_int_eq(step[BLOATED]->snapshot.host_total, ram());
	ck_assert_uint_ne(step[BLOATED]->snapshot.flags & MYM_FLAG_VIRTUAL, 0);
	ck_assert_uint_eq(step[REVERTED]->snapshot.flags & MYM_FLAG_VIRTUAL, 0);
	ck_assert_int_eq(step[REVERTED]->snapshot.limit, 64 * MIB);
	ck_assert_int_gt(step[REVERTED]->snapshot.host_total, 64 * MIB);
}
END_TEST

/* A FUSE file whose daemon has died: it is there, and each use of it fails
 * with ENOTCONN.  1 where there is no FUSE. */
static int mount_dead_file(const char *over)
{
	char options[128];
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC), r;

	if (fd < 0)
		return 1;
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=%o,user_id=0,group_id=0", fd, S_IFREG | 0444);
	r = mount("dead", over, "fuse", 0, options);
	close(fd);
	if (r < 0 && errno == ENODEV)
		return 1;
	must(r, "mount fuse");
	r = open(over, O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(r, -1);
	/* The second on Linux 7, for a daemon that died before its greeting. */
	ck_assert(errno == ENOTCONN || errno == ECONNREFUSED);
	return 0;
}

static void survive_lxcfs(struct answers *a, void *data)
{
	struct answers *alive = data;
	struct mym_ctx *ctx;

	private_mounts();
	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	answers_take(ctx, alive);
	alive->limit = mount_dead_file("/proc/meminfo");
	answers_take(ctx, a);
	mym_close(ctx);
}

START_TEST(meminfo_dies)
{
	struct answers *alive = answers_new();
	struct answers *a = in_group(group_make("dead", 64 * MIB),
				     survive_lxcfs, alive);

	ck_assert_int_eq(a->result, 0);
	ck_assert_int_eq(a->snapshot.limit, 64 * MIB);
	if (alive->limit == 1) {
		printf("# skipped: no FUSE here\n");
		fflush(stdout);
		return;
	}
	ck_assert_uint_eq(alive->snapshot.flags & MYM_FLAG_PARTIAL, 0);
	/* sysinfo(2) is not what it was, and that is said. */
	ck_assert_uint_ne(a->snapshot.flags & MYM_FLAG_PARTIAL, 0);
	ck_assert_int_eq(a->snapshot.host_total, ram());
}
END_TEST

/* --- policies ------------------------------------------------------------- */

/* Lays a file that nobody may read over another. */
static void deny(const char *file, const char *path)
{
	must(chmod(file, 0), "chmod");
	must(mount(file, path, NULL, MS_BIND, NULL), "bind");
}

static void become_nobody(const char *denied)
{
	int fd;

	must(setresgid(NOBODY, NOBODY, NOBODY), "setresgid");
	must(setresuid(NOBODY, NOBODY, NOBODY), "setresuid");
	fd = open(denied, O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(fd, -1);
	ck_assert_int_eq(errno, EACCES);
}

static void without_mount_table(struct answers *a, void *data)
{
	char path[64];

	private_mounts();
	snprintf(path, sizeof(path), "/proc/%d/mountinfo", getpid());
	deny(new_file(), path);
	become_nobody(path);
	ask_everything(a, data);
}

START_TEST(mount_table_denied)
{
	const uint64_t guess = MYM_FLAG_HEURISTIC | MYM_FLAG_PARTIAL;
	static char buffer[MYM__LINES_SIZE];
	const char *dir = group_make("denied", 64 * MIB);
	struct answers *a = in_group(dir, without_mount_table, NULL);
	struct mym__mounts quick = { 0 };
	struct mym__root root;

	mym__root_open(&root, NULL);
	ck_assert_int_ge(mym__mounts_quick(&root, 1 << 1 | 1 << 2, buffer,
					   sizeof(buffer), &quick), 0);
	ck_assert_int_eq(a->result, 0);
	ck_assert_int_eq(a->snapshot.limit, 64 * MIB);
	ck_assert_str_eq(a->limit_path, dir);
	/* Where statmount(2) tells, nothing had to be assumed. */
	ck_assert_uint_eq(a->snapshot.flags, quick.count > 0 ? 0 : guess);
	ck_assert_int_eq(a->snapshot.cgroup_error, quick.count > 0 ? 0 :
								    -EACCES);
	mym__mounts_clear(&quick);
}
END_TEST

#define HOST_PSI "/proc/pressure/memory"

static void without_pressure(struct answers *a, void *data)
{
	const char *dir = data, *file;
	char path[8192];

	private_mounts();
	file = new_file();
	if (group_version() == 2) {
		snprintf(path, sizeof(path), "%s/memory.pressure", dir);
		deny(file, path);
	}
	deny(file, HOST_PSI);
	become_nobody(HOST_PSI);
	ask_everything(a, NULL);
}

/* Headroom speaks on, and the sources say what is not listened to. */
START_TEST(pressure_denied)
{
	const char *dir = group_make("policy", 64 * MIB);
	struct answers *a;

	if (access(HOST_PSI, R_OK) < 0) {
		printf("# skipped: no PSI here\n");
		fflush(stdout);
		return;
	}
	a = in_group(dir, without_pressure, (void *)(uintptr_t)dir);
	ck_assert_int_eq(a->result, 0);
	ck_assert_int_eq(a->snapshot.limit, 64 * MIB);
	ck_assert_uint_eq(a->snapshot.valid & (MYM_WANT_PSI_SOME |
					       MYM_WANT_PSI_FULL), 0);
	ck_assert_int_eq(a->snapshot.psi_scope, 0);
	ck_assert_uint_eq(a->snapshot.pressure_sources,
			  MYM_PRESSURE_BY_HEADROOM);
	ck_assert_uint_eq(a->snapshot.flags, MYM_FLAG_PARTIAL);
}
END_TEST

/* Containers see their groups read-only: nothing needs to be written. */
static void only_read(struct answers *a, void *data)
{
	const char *dir = data;
	char path[8192];

	private_mounts();
	must(mount(NULL, group_mount(), NULL,
		   MS_REMOUNT | MS_BIND | MS_RDONLY, NULL), "remount");
	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	ck_assert_int_eq(open(path, O_WRONLY | O_CLOEXEC), -1);
	ck_assert_int_eq(errno, EROFS);
	ask_everything(a, NULL);
}

START_TEST(groups_read_only)
{
	const char *dir = group_make("container", 64 * MIB);
	struct answers *writable = in_group(dir, ask_everything, NULL);
	struct answers *a = in_group(dir, only_read, (void *)(uintptr_t)dir);

	ck_assert_int_eq(a->result, 0);
	ck_assert_int_eq(a->snapshot.limit, 64 * MIB);
	ck_assert_uint_eq(a->snapshot.valid, writable->snapshot.valid);
	ck_assert_uint_eq(a->snapshot.flags, writable->snapshot.flags);
	ck_assert_int_eq(a->snapshot.psi_scope, writable->snapshot.psi_scope);
	ck_assert_uint_eq(a->snapshot.pressure_sources,
			  writable->snapshot.pressure_sources);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("machine");
	TCase *tc = tcase_create("files");

	tcase_add_unchecked_fixture(tc, groups_begin, group_end);
	tcase_add_test(tc, meminfo_changes_meanwhile);
	tcase_add_test(tc, meminfo_dies);
	tcase_add_test(tc, mount_table_denied);
	tcase_add_test(tc, pressure_denied);
	tcase_add_test(tc, groups_read_only);
	suite_add_tcase(s, tc);
	return s;
}
