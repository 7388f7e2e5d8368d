/* SPDX-License-Identifier: MIT */
/* What was known, and cannot be seen any more: hidden by a mount, by a sandbox or
 * by permissions.  It still holds, and so it still counts. */
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "answers.h"
#include "base/compiler.h"
#include "fail.h"
#include "filter.h"
#include "group.h"
#include "mymem.h"
#include "suite.h"
#include "units.h"

#define LIMIT (256 * MIB)

/* The limit is on the group above, whose files are not the first to be read. */
static const char *limited;
static struct mym_ctx *ctx;

static void cover(const char *point)
{
	must(mount("nothing", point, "tmpfs", 0, NULL), "mount tmpfs");
}

static void hide_groups(void)
{
	cover("/sys/fs/cgroup");
}

/* On v1 the cgroup2 tree beside it is still there. */
static void hide_hierarchy(void)
{
	cover(group_mount());
}

static void unmount_hierarchy(void)
{
	must(umount2(group_mount(), MNT_DETACH), "umount");
}

static void hide_sys(void)
{
	cover("/sys");
}

static void hide_proc(void)
{
	cover("/proc");
}

static void hide_all(void)
{
	cover("/sys");
	cover("/proc");
}

/* As a container's runtime does: only the process's own group is left. */
static void show_own_group(void)
{
	char own[512];

	snprintf(own, sizeof(own), "%s/app", limited);
	must(mount(own, group_mount(), NULL, MS_BIND, NULL), "bind");
}

/* In the group that limits, by a file that is none of the kernel's for groups. */
static void cover_file(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", limited, name);
	must(mount("/proc/version", path, NULL, MS_BIND, NULL), "bind");
}

static void hide_limit(void)
{
	cover_file(group_version() == 1 ? "memory.limit_in_bytes" :
					  "memory.max");
}

static void hide_usage(void)
{
	cover_file(group_version() == 1 ? "memory.usage_in_bytes" :
					  "memory.current");
}

static void forbid(const long *calls, size_t count, int error)
{
	struct denial denials[8];

	for (size_t i = 0; i < count; i++)
		denials[i] = (struct denial){ calls[i], error };
	must(filter_install(denials, count), "seccomp");
}

static const long opening[] = {
#ifdef SYS_open
	SYS_open,
#endif
	SYS_openat, SYS_openat2,
};

static void forbid_opening(void)
{
	forbid(opening, MYM__COUNT(opening), EPERM);
}

static void forbid_asking(void)
{
	const long calls[] = { SYS_prlimit64, SYS_sysinfo, SYS_fstatfs,
			       SYS_get_mempolicy };

	forbid(calls, MYM__COUNT(calls), EACCES);
}

static void become_nobody(void)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", limited,
		 group_version() == 1 ? "memory.limit_in_bytes" : "memory.max");
	must(chmod(path, 0), "chmod");
	must((int)syscall(SYS_setuid, 65534), "setuid");
}

static void lock_the_group(void)
{
	must(chmod(limited, 0), "chmod");
	must((int)syscall(SYS_setuid, 65534), "setuid");
}

static const struct {
	const char *name;
	void (*hide)(void);
	bool certain; /* what is open may still tell everything */
} ways[] = {
	{ "groups", hide_groups, false },
	{ "the hierarchy", hide_hierarchy, false },
	{ "what was mounted", unmount_hierarchy, false },
	{ "sys", hide_sys, false },
	{ "proc", hide_proc, true },
	{ "proc and sys", hide_all, false },
	{ "everything but the process's group", show_own_group, false },
	{ "the limit", hide_limit, false },
	{ "the usage", hide_usage, false },
	{ "opening", forbid_opening, true },
	{ "asking", forbid_asking, false },
	{ "permission", become_nobody, true },
	{ "the directory", lock_the_group, true },
};

static void enter(void)
{
	char name[64];

	snprintf(name, sizeof(name), "hidden-%d", (int)getpid());
	limited = group_make(name, LIMIT);
	snprintf(name, sizeof(name), "hidden-%d/app", (int)getpid());
	group_join(group_make(name, 0), 0);
	must(unshare(CLONE_NEWNS), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make private");
}

static struct mym_snapshot ask(void)
{
	struct mym_snapshot s;

	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s)), 0);
	return s;
}

static void simple_calls(int64_t most)
{
	ck_assert_int_eq(mym_limit(), LIMIT);
	ck_assert_int_le(mym_available(), most);
	ck_assert_int_ge(mym_pressure(), MYM_PRESSURE_NONE);
}

struct test {
	int way, answers;
};

/* The first answer keeps few files open, the second all.  Here and below in a
 * child that ends without the checks of a sanitizer, which need /proc. */
static void hide(void *data)
{
	const int way = ((struct test *)data)->way;
	const int answers = ((struct test *)data)->answers;
	struct mym_snapshot first = { 0 }, s;

	enter();
	ck_assert_int_eq(mym_set_max_age(0), 0);
	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	for (int i = 0; i < answers; i++) {
		first = ask();
		simple_calls(LIMIT);
	}
	ck_assert_int_eq(first.limit, LIMIT);
	ck_assert_uint_eq(first.flags & MYM_FLAG_PARTIAL,
			  flags_here() & MYM_FLAG_PARTIAL);
	ways[way].hide();
	for (int i = 0; i < 3; i++) {
		s = ask();
		ck_assert_msg(s.limit == LIMIT && s.available <= LIMIT &&
				      (s.valid & MYM_WANT_AVAILABLE),
			      "%s is hidden after %d answers: %lld, %lld",
			      ways[way].name, answers, (long long)s.limit,
			      (long long)s.available);
		simple_calls(LIMIT);
		if (!ways[way].certain)
			ck_assert_uint_ne(s.flags & MYM_FLAG_PARTIAL, 0);
	}
	mym_close(ctx);
}

START_TEST(after_one_answer)
{
	in_child(NULL, hide, &(struct test){ _i, 1 }, NULL);
}
END_TEST

START_TEST(after_three_answers)
{
	in_child(NULL, hide, &(struct test){ _i, 3 }, NULL);
}
END_TEST

/* What is seen again counts again, and without a doubt. */
START_TEST(seen_again)
{
	enter();
	ck_assert_int_eq(mym_set_max_age(0), 0);
	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	ask();
	simple_calls(LIMIT);
	hide_groups();
	ck_assert_uint_ne(ask().flags & MYM_FLAG_PARTIAL, 0);
	simple_calls(LIMIT);
	must(umount2("/sys/fs/cgroup", 0), "umount");
	group_limit(limited, 2 * LIMIT);
	ck_assert_int_eq(ask().limit, 2 * LIMIT);
	ck_assert_uint_eq(ask().flags & MYM_FLAG_PARTIAL,
			  flags_here() & MYM_FLAG_PARTIAL);
	ck_assert_int_eq(mym_limit(), 2 * LIMIT);
	mym_close(ctx);
}
END_TEST

/* A limit that is changed behind what hides it is read from what is open. */
static void change_behind(void *data)
{
	(void)data;
	enter();
	ck_assert_int_eq(mym_set_max_age(0), 0);
	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	for (int i = 0; i < 3; i++) {
		ask();
		simple_calls(LIMIT);
	}
	must(chdir(limited), "chdir");
	hide_all();
	group_limit(".", LIMIT / 2);
	ck_assert_int_eq(ask().limit, LIMIT / 2);
	ck_assert_int_eq(mym_limit(), LIMIT / 2);
	mym_close(ctx);
}

START_TEST(changed_meanwhile)
{
	in_child(NULL, change_behind, NULL, NULL);
}
END_TEST

static void write_plain(const char *name, const char *text)
{
	char path[128];
	FILE *out;

	snprintf(path, sizeof(path), "/sys/fs/cgroup/memory/%s", name);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	ck_assert_int_eq(fclose(out), 0);
}

/* Files that look like a group's, where nothing tells what is mounted. */
static void look_alike(void *data)
{
	struct mym_snapshot s;

	(void)data;
	must(unshare(CLONE_NEWNS), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make private");
	hide_groups();
	must(mkdir("/sys/fs/cgroup/memory", 0755), "mkdir");
	write_plain("memory.limit_in_bytes", "67108864\n");
	write_plain("memory.usage_in_bytes", "1048576\n");
	write_plain("memory.stat", "total_active_file 0\ntotal_inactive_file 0\n");
	hide_proc();
	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	s = ask();
	ck_assert_int_eq(s.limit, 64 * MIB);
	ck_assert_uint_ne(s.flags & MYM_FLAG_UNVERIFIED, 0);
	mym_close(ctx);
}

START_TEST(only_look_alikes)
{
	in_child(NULL, look_alike, NULL, NULL);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("hidden");
	TCase *tc = tcase_create("live");

	tcase_set_timeout(tc, 30);
	tcase_add_unchecked_fixture(tc, groups_begin, group_end);
	tcase_add_loop_test(tc, after_one_answer, 0, MYM__COUNT(ways));
	tcase_add_loop_test(tc, after_three_answers, 0, MYM__COUNT(ways));
	tcase_add_test(tc, seen_again);
	tcase_add_test(tc, changed_meanwhile);
	tcase_add_test(tc, only_look_alikes);
	suite_add_tcase(s, tc);
	return s;
}
