/* SPDX-License-Identifier: MIT */
/*
 * The walk against the kernel: whatever path is asked for, both end at the same
 * file or with the same error.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/kernel.h"
#include "base/parse.h"
#include "base/text.h"
#include "base/walk.h"
#include "descriptors.h"
#include "libc.h"
#include "suite.h"
#include "tree.h"

#define NOBODY 65534

static char base[TREE_PATH], jail[TREE_PATH + 8];
static char name_255[256], name_256[257], path_4095[4096], path_4096[4097];

static void repeat(char *text, size_t length, const char *unit, const char *end)
{
	size_t back = strlen(end), n = strlen(unit);

	for (size_t i = 0; i < length - back; i++)
		text[i] = unit[i % n];
	strcpy(text + length - back, end);
}

static void make_chain(void)
{
	char name[32], target[32];

	tree_link(jail, "chain/1", "/file");
	for (int i = 2; i <= 41; i++) {
		snprintf(name, sizeof(name), "chain/%d", i);
		snprintf(target, sizeof(target), "%d", i - 1);
		tree_link(jail, name, target);
	}
}

static void setup(void)
{
	static char target[PATH_MAX];

	tree_make(base);
	snprintf(jail, sizeof(jail), "%s/jail", base);
	repeat(name_255, 255, "n", "");
	repeat(name_256, 256, "n", "");
	repeat(path_4095, 4095, "./", ".///file");
	repeat(path_4096, 4096, "./", "///file");
	tree_write(base, "file", "outside");
	tree_write(base, "outside/file", "outside");
	tree_write(jail, "file", "");
	tree_write(jail, "dir/file", "");
	tree_write(jail, "dir/sub/file", "");
	tree_write(jail, "closed/file", "");
	tree_write(jail, tree_path(name_255, "file"), "");
	tree_link(jail, "abs", "/dir/file");
	tree_link(jail, "rel", "dir/file");
	tree_link(jail, "up", "../../../file");
	tree_link(jail, "out", "/../outside/file");
	tree_link(jail, "outer", tree_path(base, "outside/file"));
	tree_link(jail, "loop", "loop");
	tree_link(jail, "ping", "pong");
	tree_link(jail, "pong", "/ping");
	tree_link(jail, "dangling", "absent");
	tree_link(jail, "middle", "dir");
	tree_link(jail, "absmiddle", "/dir/");
	tree_link(jail, "dirslash", "dir/");
	tree_link(jail, "fileslash", "file/");
	tree_link(jail, "filedot", "file/.");
	tree_link(jail, "fileup", "file/..");
	tree_link(jail, "root", "/");
	tree_link(jail, "dot", ".");
	tree_link(jail, "dotdot", "..");
	tree_link(jail, "tripledot", "...");
	tree_link(jail, "dir/sub/back", "../../file");
	tree_link(jail, "dir/sub/top", "../../../../dir");
	repeat(target, sizeof(target) - 1, "./", ".//dir");
	tree_link(jail, "long", target);
	make_chain();
	ck_assert_int_eq(mkfifo(tree_path(jail, "fifo"), 0644), 0);
	ck_assert_int_eq(chmod(tree_path(jail, "closed"), 0), 0);
}

static void teardown(void)
{
	tree_remove(base);
}

static const char *const paths[] = {
	"", "/", "//", ".", "./", "..", "../", "/..", "../..", "/../../../..",
	"file", "/file", "//file", "./file", "../file", "file/", "file/.",
	"file/..", "file/../file", "file/x", "file//", "...", "..file",
	"dir", "dir/", "dir//", "dir/.", "dir/./", "dir/..", "dir/../file",
	"dir/../../file", "dir/file", "dir//file", "./dir/./file",
	"//dir///file", "dir/sub/../file", "dir/sub/../../file",
	"dir/file/..", "dir/sub/file/../file", "dir/sub", "dir/sub/file",
	"absent", "absent/", "absent/..", "absent/file", "dir/absent",
	"dir/absent/..", "closed", "closed/", "closed/.", "closed/..",
	"closed/file", "closed/absent", "closed/../file",
	"abs", "abs/", "rel", "/rel", "dir/../rel", "up", "out", "outer",
	"loop", "loop/", "loop/x", "ping", "pong/x", "dangling", "dangling/",
	"dangling/x", "middle", "middle/", "middle/file", "middle/..",
	"middle/../file", "middle/sub/..", "absmiddle", "absmiddle/file",
	"dirslash", "dirslash/file", "fileslash", "filedot", "fileup",
	"rel/..", "rel/.", "root", "root/", "root/file", "root/..", "dot",
	"dot/file", "dot/dot/dot/file", "dotdot", "dotdot/file", "tripledot",
	"dir/sub/back", "dir/sub/top", "dir/sub/top/file", "long", "long/file",
	"chain/40", "chain/41", "chain/40/", "fifo/", "fifo/x",
	name_255, name_256, path_4095, path_4096,
};

static const struct {
	const char *name;
	int flags;
} kinds[] = {
	{ "file", O_CLOEXEC | O_RDONLY | O_NONBLOCK | O_NOCTTY },
	{ "directory", O_CLOEXEC | O_PATH | O_DIRECTORY },
};

struct end {
	int error;
	dev_t dev;
	ino_t ino;
	int mode;
};

static struct end end_of(int fd)
{
	struct end end = { .error = fd < 0 ? -fd : 0 };
	struct stat st;

	if (fd >= 0) {
		ck_assert_int_eq(fstat(fd, &st), 0);
		ck_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		end.dev = st.st_dev;
		end.ino = st.st_ino;
		end.mode = fcntl(fd, F_GETFL);
		close(fd);
	}
	return end;
}

static struct end by_kernel(int dir, const char *path, int flags,
			    uint64_t resolve)
{
	struct mym__open_how how = {
		.flags = (uint64_t)(unsigned int)flags,
		.resolve = resolve,
	};
	int fd;

	/* EAGAIN: anything was renamed or mounted, anywhere, while it resolved
	 * a "..". */
	for (int tries = 0; tries < 100000; tries++) {
		fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return end_of(fd < 0 ? -errno : fd);
}

static const char *told(const struct end *end)
{
	static char texts[2][64];
	static unsigned int next;
	char *text = texts[next++ % 2];

	if (end->error)
		return errno_name(end->error);
	snprintf(text, sizeof(texts[0]), "inode %ju, mode %#x",
		 (uintmax_t)end->ino, (unsigned int)end->mode);
	return text;
}

/* Whether they are the same; prints what is not. */
static bool same(const char *walk, const char *kind, const char *path,
		 struct end got, struct end expected)
{
	/* How it makes sure is the walk's own affair. */
	got.mode &= ~(O_NOFOLLOW | O_DIRECTORY);
	expected.mode &= ~(O_NOFOLLOW | O_DIRECTORY);
	if (got.error == expected.error && got.dev == expected.dev &&
	    got.ino == expected.ino && got.mode == expected.mode)
		return true;
	printf("# %s, %s \"%.60s\"%s: the walk %s, the kernel %s\n", walk,
	       kind, path, strlen(path) > 60 ? "..." : "", told(&got),
	       told(&expected));
	fflush(stdout);
	return false;
}

static bool has_dotdot(const char *path)
{
	struct mym__text rest = { path, strlen(path) };

	while (rest.length > 0) {
		if (mym__text_equal(mym__parse_until(&rest, '/'),
				    MYM__TEXT("..")))
			return true;
	}
	return false;
}

static int open_jail(void)
{
	int dir;

	/* Root would be refused nothing. */
	if (geteuid() == 0)
		ck_assert_int_eq(setresuid(NOBODY, NOBODY, NOBODY), 0);
	dir = open(jail, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(dir, 0);
	return dir;
}

static bool no_openat2(int dir)
{
	struct end end = by_kernel(dir, ".", O_PATH | O_CLOEXEC, 0);

	if (end.error == 0)
		return false;
	printf("# skipped: no openat2(2) here to compare with: %s\n",
	       strerror(end.error));
	fflush(stdout);
	return true;
}

START_TEST(in_root)
{
	int dir = open_jail();
	unsigned int before = open_descriptors(), different = 0;

	if (no_openat2(dir))
		return;
	for (size_t i = 0; i < MYM__COUNT(paths); i++) {
		struct end walk = end_of(mym__walk_in_root(dir, paths[i],
							   kinds[_i].flags));
		struct end kernel = by_kernel(dir, paths[i], kinds[_i].flags,
					      MYM__RESOLVE_IN_ROOT);

		different += !same("in root", kinds[_i].name, paths[i], walk,
				   kernel);
	}
	ck_assert_uint_eq(different, 0);
	ck_assert_uint_eq(open_descriptors(), before);
}
END_TEST

/* The kernel lets ".." pass that stay below; the walk refuses them all. */
START_TEST(beneath)
{
	const uint64_t resolve = MYM__RESOLVE_BENEATH |
				 MYM__RESOLVE_NO_SYMLINKS;
	int dir = open_jail();
	unsigned int before = open_descriptors(), different = 0;

	if (no_openat2(dir))
		return;
	for (size_t i = 0; i < MYM__COUNT(paths); i++) {
		struct end walk = end_of(mym__walk_beneath(dir, paths[i],
							   kinds[_i].flags));
		struct end kernel = by_kernel(dir, paths[i], kinds[_i].flags,
					      resolve);

		if (!has_dotdot(paths[i]))
			different += !same("beneath", kinds[_i].name, paths[i],
					   walk, kernel);
		else if (walk.error == 0)
			ck_abort_msg("beneath let \"%s\" pass", paths[i]);
	}
	ck_assert_uint_eq(different, 0);
	ck_assert_uint_eq(open_descriptors(), before);
}
END_TEST

/* Links that make the whole longer than any path may be. */
START_TEST(grown_paths)
{
	static char path[PATH_MAX];
	int dir = open_jail(), flags = kinds[0].flags;

	if (no_openat2(dir))
		return;
	repeat(path, sizeof(path) - 1, "./", "./long/file");
	ck_assert(same("in root", "grown", path,
		       end_of(mym__walk_in_root(dir, path, flags)),
		       by_kernel(dir, path, flags, MYM__RESOLVE_IN_ROOT)));
	memcpy(path, "long/sub/top", 12);
	ck_assert(same("in root", "grown", path,
		       end_of(mym__walk_in_root(dir, path, flags)),
		       by_kernel(dir, path, flags, MYM__RESOLVE_IN_ROOT)));
}
END_TEST

#define DEEP 17

/* Directories in each other, whose whole path is longer than any may be: the kernel
 * knows no path, and the walk has no room for more. */
START_TEST(deeper_than_a_path)
{
	static char target[PATH_MAX], path[3 * PATH_MAX], top[TREE_PATH];
	int at[DEEP + 1], fd;

	tree_make(top);
	at[0] = open(top, O_PATH | O_DIRECTORY);
	for (int i = 0; i < DEEP; i++) {
		ck_assert_int_eq(mkdirat(at[i], name_255, 0755), 0);
		at[i + 1] = openat(at[i], name_255, O_PATH | O_DIRECTORY);
		ck_assert_int_ge(at[i + 1], 0);
	}
	for (int i = 0; i < 15; i++)
		sprintf(target + strlen(target), "%s/", name_255);
	ck_assert_int_eq(symlinkat(target, at[0], "deep"), 0);
	snprintf(path, sizeof(path), "deep/%s", name_255);
	fd = mym__walk_in_root(at[0], path, O_PATH | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	close(fd);
	snprintf(path, sizeof(path), "deep/%s/.", name_255);
	fd = mym__walk_in_root(at[0], path, O_PATH | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	close(fd);
	snprintf(path, sizeof(path), "deep/%s/%s/.", name_255, name_255);
	ck_assert_int_eq(mym__walk_in_root(at[0], path, O_PATH | O_CLOEXEC),
			 -ENAMETOOLONG);
	ck_assert_int_eq(unlinkat(at[0], "deep", 0), 0);
	for (int i = DEEP; i > 0; i--) {
		close(at[i]);
		ck_assert_int_eq(unlinkat(at[i - 1], name_255, AT_REMOVEDIR), 0);
	}
	close(at[0]);
	ck_assert_int_eq(rmdir(top), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("walk");
	TCase *tc = tcase_create("like the kernel");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, in_root, 0, MYM__COUNT(kinds));
	tcase_add_loop_test(tc, beneath, 0, MYM__COUNT(kinds));
	tcase_add_test(tc, grown_paths);
	tcase_add_test(tc, deeper_than_a_path);
	suite_add_tcase(s, tc);
	return s;
}
