/* SPDX-License-Identifier: MIT */
/* Namespaces, mounts over mounts, and a missing /proc, on this kernel. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answers.h"
#include "base/compiler.h"
#include "base/file.h"
#include "base/kernel.h"
#include "base/lines.h"
#include "base/root.h"
#include "base/sys.h"
#include "discover/dialect.h"
#include "discover/mounts.h"
#include "fail.h"
#include "group.h"
#include "mymem.h"
#include "suite.h"
#include "units.h"

/* Mounts of our own, that nobody else sees. */
static void private_mounts(int more)
{
	must(unshare(CLONE_NEWNS | more), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make private");
}

static void mount_memory(const char *point)
{
	if (group_version() == 1)
		must(mount("cgroup", point, "cgroup", 0, "memory"), "mount cgroup");
	else
		must(mount("cgroup2", point, "cgroup2", 0, NULL), "mount cgroup2");
}

/* A container's view: the process's group is the root of everything visible. */
static void enter_container(struct answers *a, void *data)
{
	private_mounts(CLONE_NEWCGROUP);
	must(umount2(group_mount(), MNT_DETACH), "umount");
	mount_memory(group_mount());
	ask_everything(a, data);
}

START_TEST(own_group_is_root)
{
	const char *dir = group_make("container", 64 * MIB);
	struct answers *a = in_group(dir, enter_container, NULL);

	ck_assert_int_eq(a->limit, 64 * MIB);
	ck_assert_uint_eq(a->limit_by.kind, MYM_KIND_CGROUP);
	ck_assert_str_eq(a->limit_path, group_mount());
	ck_assert_uint_eq(a->snapshot.flags,
			  MYM_FLAG_HIDDEN_ANCESTORS | flags_here());
}
END_TEST

/* v1 tells of the tighter limit above; v2 cannot, and says that it cannot. */
START_TEST(limit_above_namespace)
{
	struct answers *a;
	const char *dir;

	group_make("pod", 64 * MIB);
	dir = group_make("pod/container", 0);
	a = in_group(dir, enter_container, NULL);
	ck_assert_uint_ne(a->snapshot.flags & MYM_FLAG_HIDDEN_ANCESTORS, 0);
	if (group_version() == 1) {
		ck_assert_int_eq(a->limit, 64 * MIB);
		ck_assert_uint_eq(a->limit_by.kind, MYM_KIND_CGROUP_HIDDEN);
	}
}
END_TEST

/* Docker with the host's namespace on v1: a subtree is bind-mounted. */
static void bind_subtree(struct answers *a, void *data)
{
	private_mounts(0);
	must(mount(data, group_mount(), NULL, MS_BIND, NULL), "bind");
	ask_everything(a, NULL);
}

START_TEST(subtree_bind_mounted)
{
	const char *dir = group_make("docker", 72 * MIB);
	struct answers *a = in_group(dir, bind_subtree, (void *)(uintptr_t)dir);

	ck_assert_int_eq(a->limit, 72 * MIB);
	ck_assert_str_eq(a->limit_path, group_mount());
	ck_assert_uint_eq(a->snapshot.flags,
			  MYM_FLAG_HIDDEN_ANCESTORS | flags_here());
}
END_TEST

/* A namespace without a mount of its own: the mounts show what is above. */
static void only_unshare(struct answers *a, void *data)
{
	must(unshare(CLONE_NEWCGROUP), "unshare");
	ask_everything(a, data);
}

START_TEST(namespace_without_remount)
{
	const char *dir = group_make("unshared", 64 * MIB);
	struct answers *a = in_group(dir, only_unshare, NULL);

	ck_assert_int_eq(a->result, 0);
	ck_assert_uint_ne(a->snapshot.flags & MYM_FLAG_HEURISTIC, 0);
}
END_TEST

static char fake[] = "/tmp/mymem-test-cgroup-XXXXXX";

/* A file that says that the process is in the root group. */
static void lie(struct answers *a, void *data)
{
	private_mounts(0);
	must(mount(fake, "/proc/self/cgroup", NULL, MS_BIND, NULL), "bind");
	ask_everything(a, data);
}

START_TEST(group_file_replaced)
{
	const char *dir = group_make("replaced", 64 * MIB);
	int fd = mkstemp(fake);
	struct answers *a;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "1:memory:/\n0::/\n", 16), 16);
	close(fd);
	a = in_group(dir, lie, NULL);
	unlink(fake);
	ck_assert_int_eq(a->result, 0);
	/* The kernel may prove which group it is. */
	ck_assert(a->limit == 64 * MIB ||
		  (a->snapshot.cgroup_error == -EXDEV &&
		   (a->snapshot.flags & MYM_FLAG_PARTIAL)));
}
END_TEST

static char elsewhere[] = "/tmp/mymem-test a\\b XXXXXX";

/* The only mount is at an odd place, with characters that are escaped. */
static void mount_elsewhere(struct answers *a, void *data)
{
	private_mounts(0);
	must(mount("none", "/sys/fs/cgroup", "tmpfs", 0, NULL), "hide");
	mount_memory(elsewhere);
	ask_everything(a, data);
}

START_TEST(mounted_elsewhere)
{
	const char *dir = group_make("elsewhere", 56 * MIB);
	struct answers *a;

	ck_assert_ptr_nonnull(mkdtemp(elsewhere));
	a = in_group(dir, mount_elsewhere, NULL);
	rmdir(elsewhere);
	ck_assert_int_eq(a->limit, 56 * MIB);
	ck_assert_int_eq(strncmp(a->limit_path, elsewhere, strlen(elsewhere)), 0);
	ck_assert_uint_eq(a->snapshot.flags, flags_here());
}
END_TEST

#define CROWD 100
#define ROUNDS 60

static void mount_numbered(int i, bool mounted)
{
	char name[32];

	snprintf(name, sizeof(name), "/tmp/%d", i);
	if (!mounted) {
		must(umount2(name, 0), "umount");
		return;
	}
	mkdir(name, 0755);
	must(mount("none", name, "tmpfs", 0, NULL), "mount");
}

/* AddressSanitizer keeps up to 256 MiB of what was freed. */
#define CROWD_LIMIT (400 * MIB)

/* The table is longer than one read gives, and changes all the time, before
 * and behind the row that counts. */
static void ask_in_crowd(struct answers *a, void *data)
{
	int status;
	pid_t pid;

	private_mounts(0);
	must(mount("none", "/sys/fs/cgroup", "tmpfs", 0, NULL), "hide");
	must(mount("none", "/tmp", "tmpfs", 0, NULL), "tmpfs");
	for (int i = 0; i < CROWD; i++)
		mount_numbered(i, true);
	must(mkdir("/tmp/memory", 0755), "mkdir");
	mount_memory("/tmp/memory");
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (int i = 0; i < ROUNDS * CROWD; i++) {
			mount_numbered(i % CROWD, false);
			mount_numbered(i % CROWD, true);
		}
		_exit(0);
	}
	do {
		ask_everything(a, data);
		ck_assert_int_eq(a->limit, CROWD_LIMIT);
		ck_assert_int_eq(a->snapshot.limit, CROWD_LIMIT);
		ck_assert_uint_eq(a->snapshot.flags, flags_here());
	} while (waitpid(pid, &status, WNOHANG) == 0);
	ck_assert_int_eq(status, 0);
}

START_TEST(mounts_come_and_go)
{
	const char *dir = group_make("crowd", CROWD_LIMIT);
	struct answers *a = in_group(dir, ask_in_crowd, NULL);

	ck_assert_int_eq(a->snapshot.limit, CROWD_LIMIT);
}
END_TEST

/* Nothing of the hierarchy can be reached: not at its point, not above it. */
static void hide_mount(struct answers *a, void *data)
{
	private_mounts(0);
	must(mount("none", data, "tmpfs", 0, NULL), "hide");
	ask_everything(a, NULL);
}

START_TEST(mount_hidden)
{
	const char *dir = group_make("hidden", 56 * MIB);
	char above[] = "/sys/fs/cgroup";
	struct answers *a;

	a = in_group(dir, hide_mount, (void *)(uintptr_t)group_mount());
	ck_assert_int_eq(a->limit, a->snapshot.host_total);
	ck_assert_uint_ne(a->snapshot.flags & MYM_FLAG_NO_CGROUP, 0);
	a = in_group(dir, hide_mount, above);
	ck_assert_int_eq(a->limit, a->snapshot.host_total);
	ck_assert_uint_ne(a->snapshot.flags & MYM_FLAG_NO_CGROUP, 0);
}
END_TEST

/* A file laid over the kernel's is not what the kernel honours. */
static void fake_limit(struct answers *a, void *data)
{
	char name[] = "/tmp/mymem-test-XXXXXX", path[8192];
	int fd = mkstemp(name);

	ck_assert_int_eq(write(fd, "1048576\n", 8), 8);
	close(fd);
	snprintf(path, sizeof(path), "%s/%s", (const char *)data,
		 group_file(GROUP_LIMIT));
	private_mounts(0);
	must(mount(name, path, NULL, MS_BIND, NULL), "bind");
	ask_everything(a, NULL);
	must(umount2(path, MNT_DETACH), "umount");
	unlink(name);
}

START_TEST(fake_file)
{
	const char *dir = group_make("fake", 56 * MIB);
	struct answers *a = in_group(dir, fake_limit, (void *)(uintptr_t)dir);
	const uint64_t flags = MYM_FLAG_UNVERIFIED | MYM_FLAG_PARTIAL;

	ck_assert_int_ne(a->limit, MIB);
	ck_assert_uint_eq(a->snapshot.flags & flags, flags);
}
END_TEST

static char empty[] = "/tmp/mymem-test-XXXXXX";

/* No /proc, no /sys: sysinfo(2) and getrlimit(2) are left. */
static void empty_root(struct answers *a, void *data)
{
	struct answers *limited = data;
	struct rlimit limit = { 100 * MIB, 100 * MIB };

	(void)limit;
	(void)limited;
	must(chroot(empty), "chroot");
	must(chdir("/"), "chdir");
	ask_everything(a, NULL);
	/* The address sanitizer cannot live with less than it has. */
#ifndef __SANITIZE_ADDRESS__
	setrlimit(RLIMIT_DATA, &limit);
	ask_everything(limited, NULL);
#endif
	/* It seldom changes. */
	usleep(100001);
	a->limit = mym_limit();
}

START_TEST(nothing_mounted)
{
	struct answers *limited = answers_new(), *a;

	ck_assert_ptr_nonnull(mkdtemp(empty));
	a = in_group(NULL, empty_root, limited);
	rmdir(empty);
	ck_assert_int_eq(a->result, 0);
	ck_assert_int_eq(a->snapshot.limit,
			 (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE));
	ck_assert_uint_eq(a->limit_by.kind, MYM_KIND_HOST);
	/* No file that is not there is named. */
	ck_assert_str_eq(a->limit_path, "sysinfo(2)");
	ck_assert_uint_eq(a->snapshot.flags, MYM_FLAG_PARTIAL |
			  MYM_FLAG_NO_CGROUP | MYM_FLAG_ESTIMATED);
	ck_assert_int_eq(a->snapshot.cgroup_version, 0);
#ifndef __SANITIZE_ADDRESS__
	ck_assert_int_eq(a->limit, 100 * MIB);
	ck_assert_uint_eq(limited->limit_by.kind, MYM_KIND_RLIMIT_DATA);
	ck_assert_str_eq(limited->limit_path, "getrlimit(2)");
#endif
}
END_TEST

/* proc with nothing but processes in it. */
static void only_processes(struct answers *a, void *data)
{
	private_mounts(CLONE_NEWPID);
	/* The new namespace is that of the next child. */
	pid_t pid = fork();

	if (pid == 0) {
		must(mount("proc", "/proc", "proc", 0, "subset=pid"), "proc");
		ask_everything(a, data);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

START_TEST(proc_subset)
{
	const char *dir = group_make("subset", 56 * MIB);
	struct answers *a = in_group(dir, only_processes, NULL);

	ck_assert_int_eq(a->result, 0);
	ck_assert_int_eq(a->limit, 56 * MIB);
	ck_assert_int_gt(a->snapshot.host_total, 56 * MIB);
	ck_assert_uint_ne(a->snapshot.flags & MYM_FLAG_PARTIAL, 0);
}
END_TEST

static bool kernel_is(int major, int minor)
{
	struct utsname name;
	int is_major = 0, is_minor = 0;

	uname(&name);
	sscanf(name.release, "%d.%d", &is_major, &is_minor);
	return is_major > major || (is_major == major && is_minor >= minor);
}

static bool has(const struct mym__mounts *mounts, const struct mym__mounts_row *row)
{
	for (size_t i = 0; i < mounts->count; i++) {
		if (mounts->rows[i].dialect == row->dialect &&
		    strcmp(mounts->rows[i].point, row->point) == 0 &&
		    strcmp(mounts->rows[i].root, row->root) == 0)
			return true;
	}
	return false;
}

static bool is_conventional(const struct mym__mounts_row *row)
{
	for (size_t i = 0; i < MYM__COUNT(row->dialect->conventional); i++) {
		const char *point = row->dialect->conventional[i];

		if (*point && strcmp(point, row->point) == 0)
			return true;
	}
	return false;
}

/* What statmount(2) says must be what the mount table says, and where it tells
 * the options (Linux 6.11) it must say all of what is asked for. */
START_TEST(statmount_agrees)
{
	static char buffer[MYM__LINES_SIZE];
	struct mym__mounts table = { 0 };
	struct mym__root root;
	bool tells = kernel_is(6, 11) &&
		     syscall(SYS_statmount, NULL, NULL, 0, 0) < 0 &&
		     errno == EFAULT;

	mym__root_open(&root, NULL);
	ck_assert_int_ge(mym__mounts_table(&root, buffer, sizeof(buffer), &table), 0);
	ck_assert_uint_ge(table.count, 1);
	for (unsigned int versions = 1; versions < 4; versions++) {
		struct mym__mounts quick = { 0 };

		ck_assert_int_ge(mym__mounts_quick(&root, versions << 1, buffer,
						   sizeof(buffer), &quick), 0);
		for (size_t i = 0; i < quick.count; i++)
			ck_assert_msg(has(&table, &quick.rows[i]), "%s",
				      quick.rows[i].point);
		for (size_t i = 0; tells && i < table.count; i++) {
			const struct mym__mounts_row *row = &table.rows[i];
			bool asked = versions << 1 >> row->dialect->version & 1;

			if (!(row->is & MYM__MOUNT_HIDDEN) && is_conventional(row))
				ck_assert_msg(has(&quick, row) == asked, "%s",
					      row->point);
		}
		printf("# statmount: %zu of %zu mounts\n", quick.count,
		       table.count);
		mym__mounts_clear(&quick);
	}
	mym__mounts_clear(&table);
}
END_TEST

/* In a group of cgroup2 that nothing names: it joins, forgets all names and
 * asks.  Exits with 0 if it is told of that directory. */
static void find_oneself(int dir)
{
	const struct mym__root root = { .fd = -1 };
	struct mym__file kept = { 0 };
	uint64_t first = 0, again = 0;
	bool told, same, other;
	char text[32];
	int fd = openat(dir, "cgroup.procs", O_WRONLY);
	int length = snprintf(text, sizeof(text), "%d", (int)getpid());

	if (fd < 0 || write(fd, text, (size_t)length) != length ||
	    unshare(CLONE_NEWCGROUP) < 0 || umount2("/proc", MNT_DETACH) < 0)
		_exit(2);
	told = mym__sys_group_id(&root, NULL, &first) == 0;
	if (told != kernel_is(6, 13))
		_exit(3);
	if (!told)
		_exit(kept.fd == 0 ? 0 : 4);
	/* By a descriptor that is kept, and one that became another's. */
	same = mym__sys_group_id(&root, &kept, &again) == 0 &&
	       again == first && kept.fd > 0 &&
	       mym__sys_group_id(&root, &kept, &again) == 0 && again == first;
	dup2(fd, kept.fd);
	other = mym__sys_group_id(&root, &kept, &again) == 0 &&
		again == first && fcntl(fd, F_GETFD) >= 0;
	_exit(same && other && mym__sys_is_group(&root, dir, first) &&
	      !mym__sys_is_group(&root, dir, first + 1) ? 0 : 5);
}

static void find_without_names(struct answers *a, void *data)
{
	char group[64];
	int status = -1, dir;
	pid_t child;

	(void)data;
	private_mounts(0);
	must(mount("cgroup2", "/tmp", "cgroup2", 0, NULL), "mount cgroup2");
	snprintf(group, sizeof(group), "/tmp/mymem-unnamed-%d", (int)getpid());
	must(mkdir(group, 0755), "mkdir");
	dir = open(group, O_PATH | O_DIRECTORY | O_CLOEXEC);
	child = fork();
	if (child == 0)
		find_oneself(dir);
	waitpid(child, &status, 0);
	close(dir);
	must(rmdir(group), "rmdir");
	a->result = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* PIDFD_GET_INFO, since Linux 6.13. */
START_TEST(group_by_the_kernels_word)
{
	const char *dir = group_make("any", 64 * MIB);
	struct answers *a = in_group(dir, find_without_names, NULL);

	ck_assert_int_eq(a->result, 0);
}
END_TEST

static void enter_without_proc(struct answers *a, void *data)
{
	private_mounts(CLONE_NEWCGROUP);
	must(umount2(group_mount(), MNT_DETACH), "umount");
	mount_memory(group_mount());
	must(umount2("/proc", MNT_DETACH), "umount /proc");
	ask_everything(a, data);
}

/* Nothing names the process's group.  v2: its mount is the nearest that is
 * known, or the kernel says so; v1: it may be a stranger's. */
START_TEST(without_proc)
{
	const char *dir = group_make("noproc", 64 * MIB);
	struct answers *a = in_group(dir, enter_without_proc, NULL);
	uint64_t unsure = a->snapshot.flags & MYM_FLAG_HEURISTIC;

	ck_assert_int_eq(a->result, 0);
	if (group_version() == 1) {
		ck_assert_int_gt(a->limit, 64 * MIB);
		ck_assert_uint_ne(unsure, 0);
		ck_assert_uint_ne(a->snapshot.flags & MYM_FLAG_PARTIAL, 0);
		return;
	}
	ck_assert_int_eq(a->limit, 64 * MIB);
	ck_assert_str_eq(a->limit_path, group_mount());
	ck_assert_int_eq(unsure == 0, kernel_is(6, 13));
	ck_assert_int_eq(a->snapshot.cgroup_error == 0, kernel_is(6, 13));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("namespaces");
	TCase *tc = tcase_create("mounts");

	tcase_set_timeout(tc, 30);
	tcase_add_unchecked_fixture(tc, groups_begin, group_end);
	tcase_add_test(tc, own_group_is_root);
	tcase_add_test(tc, limit_above_namespace);
	tcase_add_test(tc, subtree_bind_mounted);
	tcase_add_test(tc, namespace_without_remount);
	tcase_add_test(tc, group_file_replaced);
	tcase_add_test(tc, mounted_elsewhere);
	tcase_add_test(tc, mounts_come_and_go);
	tcase_add_test(tc, mount_hidden);
	tcase_add_test(tc, fake_file);
	tcase_add_test(tc, nothing_mounted);
	tcase_add_test(tc, proc_subset);
	tcase_add_test(tc, statmount_agrees);
	tcase_add_test(tc, group_by_the_kernels_word);
	tcase_add_test(tc, without_proc);
	suite_add_tcase(s, tc);
	return s;
}
