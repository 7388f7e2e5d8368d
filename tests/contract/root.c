/* SPDX-License-Identifier: MIT */
/*
 * Nothing below a sysroot leads out of it, blocks, or is read for ever, however
 * the kernel lets us look.  Every case is tried with openat2(2), without it,
 * and with it forbidden; the three must not differ in a byte.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/root.h"
#include "descriptors.h"
#include "libc.h"
#include "modes.h"
#include "show.h"
#include "suite.h"
#include "tree.h"

/* RAM in kB: what may be read, what ".." must end at, and what lies outside. */
#define INSIDE   "1048576"
#define CLAMPED  "2097152"
#define SECRET   "7777777"
/* A limit that lies outside; it would be the smallest. */
#define SECRET_LIMIT "123453952"

static char top[TREE_PATH], base[TREE_PATH + 16], jail[TREE_PATH + 32];

static void make_chain(void)
{
	char name[32], target[32];

	tree_link(jail, "links/0", "/inside/meminfo");
	for (int i = 1; i < 45; i++) {
		snprintf(name, sizeof(name), "links/%d", i);
		snprintf(target, sizeof(target), "%d", i - 1);
		tree_link(jail, name, target);
	}
}

/* "nnn...", the longest name there is, and what follows it. */
static const char *long_name(const char *front, const char *back)
{
	static char name[1024];
	char n[NAME_MAX + 1];

	memset(n, 'n', NAME_MAX);
	n[NAME_MAX] = '\0';
	snprintf(name, sizeof(name), "%s%s%s", front, n, back);
	return name;
}

/* "././././inside", of a length. */
static const char *long_path(size_t length, const char *end)
{
	static char path[2 * PATH_MAX];
	size_t back = strlen(end);

	for (size_t i = 0; i < length - back; i++)
		path[i] = (length - back - i) % 2 ? '/' : '.';
	strcpy(path + length - back, end);
	return path;
}

static void setup(void)
{
	snprintf(base, sizeof(base), "%s/%d", top, (int)getpid());
	snprintf(jail, sizeof(jail), "%s/jail", base);
	tree_meminfo(base, "outside/meminfo", atoi(SECRET));
	tree_meminfo(base, "elsewhere/meminfo", atoi(SECRET));
	tree_write(base, "elsewhere/memory.max", SECRET_LIMIT "\n");
	tree_meminfo(jail, "inside/meminfo", atoi(INSIDE));
	tree_meminfo(jail, "outside/meminfo", atoi(CLAMPED));
	tree_meminfo(jail, long_name("", "/meminfo"), atoi(INSIDE));
	tree_link(jail, "loop-a", "loop-b");
	tree_link(jail, "loop-b", "/loop-a");
	tree_link(jail, "to-inside", "inside");
	tree_link(jail, "to-outside", "../outside");
	make_chain();
	tree_parents(jail, "proc/self/");
}

/* In the parent, so that a failed test leaves nothing behind. */
static void make_top(void)
{
	tree_make(top);
}

static void remove_top(void)
{
	tree_remove(top);
}

/* What stands where a file should be. */
enum kind { LINK, PLAIN, DIRECTORY, FIFO, SOCKET, ZEROES, DISK };

static void place_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address,
			      sizeof(address)), 0);
	close(fd);
}

/* False if that cannot be made here. */
static bool place(const char *at, enum kind kind, const char *target)
{
	const char *path = tree_path(jail, at);

	tree_parents(jail, at);
	switch (kind) {
	case LINK:
		tree_link(jail, at, target);
		return true;
	case PLAIN:
		tree_write(jail, at, target);
		return true;
	case DIRECTORY:
		ck_assert_int_eq(mkdir(path, 0755), 0);
		return true;
	case FIFO:
		ck_assert_int_eq(mkfifo(path, 0644), 0);
		return true;
	case SOCKET:
		place_socket(path);
		return true;
	case ZEROES:
		return mknod(path, S_IFCHR | 0644, makedev(1, 5)) == 0;
	case DISK:
		/* No driver has this number (Documentation/admin-guide/
		 * devices.txt: for local use, and no such minor). */
		return mknod(path, S_IFBLK | 0644, makedev(125, 254)) == 0;
	}
	return false;
}

/* What is got of a path, or why not; then the whole answer. */
static void look(FILE *out, const void *path)
{
	unsigned int before = open_descriptors();
	struct mym__root root;
	char text[64] = "", number[64] = "?";
	int fd;

	if (mym__root_open(&root, jail) < 0)
		abort();
	fd = mym__root_get(&root, path, MYM__ROOT_FILE);
	if (fd < 0) {
		fprintf(out, "got %s\n", errno_name(-fd));
	} else {
		if (mym__root_read(fd, text, sizeof(text) - 1, 0) < 0)
			strcpy(text, "unreadable");
		if (sscanf(text, "MemTotal: %63s", number) != 1)
			sscanf(text, "%63s", number);
		fprintf(out, "got %s\n", number);
		mym__root_drop(fd);
	}
	mym__root_close(&root);
	show(out, jail);
	fprintf(out, "left open %u\n", open_descriptors() - before);
}

/* Tries it in all modes; the texts must be one text, and hold that. */
static void try(const char *name, const char *path, const char *got,
		const char *line)
{
	char *first = NULL;
	char expected[64];

	snprintf(expected, sizeof(expected), "got %s\n", got);
	for (int mode = 0; mode < MODES; mode++) {
		char *text = mode_text((enum mode)mode, look, path);

		ck_assert_msg(strncmp(text, expected, strlen(expected)) == 0,
			      "%s by %s: expected to get %s:\n%s", name,
			      mode_names[mode], got, text);
		ck_assert_msg(!line || strstr(text, line),
			      "%s by %s: there is no \"%s\" in:\n%s", name,
			      mode_names[mode], line, text);
		ck_assert_msg(strstr(text, "left open 0\n"), "%s by %s:\n%s",
			      name, mode_names[mode], text);
		/* 7777777 kB in bytes. */
		ck_assert_msg(!strstr(text, SECRET) &&
			      !strstr(text, "7964443648") &&
			      !strstr(text, SECRET_LIMIT),
			      "%s by %s got out of the sysroot:\n%s", name,
			      mode_names[mode], text);
		if (!first) {
			first = text;
			continue;
		}
		ck_assert_msg(strcmp(text, first) == 0,
			      "%s by %s:\n%s\nby openat2:\n%s", name,
			      mode_names[mode], text, first);
		free(text);
	}
	free(first);
}

#define LIMIT_INSIDE  "limit 1073741824 by host"
#define LIMIT_CLAMPED "limit 2147483648 by host"

/* /proc/meminfo is not what it should be. */
static const struct {
	const char *name;
	enum kind kind;
	const char *target;
	const char *got, *line;
} cases[] = {
	{ "absolute link", LINK, "/inside/meminfo", INSIDE, LIMIT_INSIDE },
	{ "relative link", LINK, "../inside/meminfo", INSIDE, LIMIT_INSIDE },
	{ "link through links", LINK, "../to-inside/meminfo", INSIDE,
	  LIMIT_INSIDE },
	{ "link to the absent", LINK, "/absent", "ENOENT", "error ENODATA" },
	{ "out by ..", LINK, "../../elsewhere/meminfo", "ENOENT",
	  "error ENODATA" },
	{ "out by .., and in", LINK, "../../outside/meminfo", CLAMPED,
	  LIMIT_CLAMPED },
	{ "out by many ..", LINK,
	  "../../../../../../../../../../../../../outside/meminfo", CLAMPED,
	  LIMIT_CLAMPED },
	{ "out by / and ..", LINK, "/../../elsewhere/meminfo", "ENOENT",
	  "error ENODATA" },
	{ "out by a link's ..", LINK, "/to-outside/meminfo", CLAMPED,
	  LIMIT_CLAMPED },
	{ "loop of one", LINK, "meminfo", "ELOOP", "error ENODATA" },
	{ "loop of two", LINK, "/loop-a", "ELOOP", "error ENODATA" },
	{ "loop on the way", LINK, "/loop-a/meminfo", "ELOOP",
	  "error ENODATA" },
	{ "40 links", LINK, "/links/38", INSIDE, LIMIT_INSIDE },
	{ "41 links", LINK, "/links/39", "ELOOP", "error ENODATA" },
	{ "through a file", LINK, "/inside/meminfo/meminfo", "ENOTDIR",
	  "error ENODATA" },
	{ "up from a file", LINK, "/inside/meminfo/../meminfo", "ENOTDIR",
	  "error ENODATA" },
	{ "file and slash", LINK, "/inside/meminfo/", "ENOTDIR",
	  "error ENODATA" },
	{ "file and dot", LINK, "/inside/meminfo/.", "ENOTDIR",
	  "error ENODATA" },
	{ "link to a directory", LINK, "/inside", "EISDIR", "error ENODATA" },
	{ "link to the root", LINK, "/", "EISDIR", "error ENODATA" },
	{ "magic that is none", LINK, "/proc/self/exe", "ENOENT",
	  "error ENODATA" },
	{ "directory", DIRECTORY, NULL, "EISDIR", "error ENODATA" },
	{ "fifo", FIFO, NULL, "EBADMSG", "error ENODATA" },
	{ "socket", SOCKET, NULL, "ENXIO", "error ENODATA" },
	{ "device of zeroes", ZEROES, NULL, "EBADMSG", "error ENODATA" },
	{ "device without driver", DISK, NULL, "ENXIO", "error ENODATA" },
};

START_TEST(meminfo)
{
	if (!place("proc/meminfo", cases[_i].kind, cases[_i].target)) {
		printf("# skipped: no mknod(2) here: %s\n", cases[_i].name);
		fflush(stdout);
		return;
	}
	try(cases[_i].name, "/proc/meminfo", cases[_i].got,
	    cases[_i].line);
}
END_TEST

START_TEST(absolute_path_outside)
{
	place("proc/meminfo", LINK, tree_path(base, "elsewhere/meminfo"));
	try("absolute path outside", "/proc/meminfo", "ENOENT",
	    "error ENODATA");
}
END_TEST

START_TEST(long_names)
{
	place("proc/meminfo", LINK, long_name("../", "/meminfo"));
	try("255 bytes", "/proc/meminfo", INSIDE, LIMIT_INSIDE);
	unlink(tree_path(jail, "proc/meminfo"));
	place("proc/meminfo", LINK, long_name("../", "n/meminfo"));
	try("256 bytes", "/proc/meminfo", "ENAMETOOLONG", "error ENODATA");
	unlink(tree_path(jail, "proc/meminfo"));
	place("proc/meminfo", LINK, long_name("../", "n"));
	try("256 bytes at the end", "/proc/meminfo", "ENAMETOOLONG",
	    "error ENODATA");
}
END_TEST

START_TEST(long_paths)
{
	place("proc/meminfo", LINK, long_path(PATH_MAX - 1,
					      "/../inside/meminfo"));
	try("longest link", "/proc/meminfo", INSIDE, LIMIT_INSIDE);
	try("longest path", long_path(PATH_MAX - 1, "/inside/meminfo"),
	    INSIDE, LIMIT_INSIDE);
	try("path too long", long_path(PATH_MAX, "/inside/meminfo"),
	    "ENAMETOOLONG", LIMIT_INSIDE);
	try("path twice as long", long_path(2 * PATH_MAX - 1,
					    "/inside/meminfo"),
	    "ENAMETOOLONG", LIMIT_INSIDE);
}
END_TEST

/* A directory on the way is not what it should be. */
static const struct {
	const char *name;
	enum kind kind;
	const char *target;
	const char *got, *line;
} ways[] = {
	{ "link", LINK, "inside", INSIDE, LIMIT_INSIDE },
	{ "absolute link", LINK, "/inside", INSIDE, LIMIT_INSIDE },
	{ "link to a link", LINK, "/to-inside", INSIDE, LIMIT_INSIDE },
	{ "link with a slash", LINK, "/inside/", INSIDE, LIMIT_INSIDE },
	{ "out by ..", LINK, "../elsewhere", "ENOENT", "error ENODATA" },
	{ "out by .., and in", LINK, "../../../outside", CLAMPED,
	  LIMIT_CLAMPED },
	{ "loop", LINK, "proc", "ELOOP", "error ENODATA" },
	{ "file", PLAIN, "", "ENOTDIR", "error ENODATA" },
	{ "fifo", FIFO, NULL, "ENOTDIR", "error ENODATA" },
};

START_TEST(proc)
{
	ck_assert_int_eq(rmdir(tree_path(jail, "proc/self")), 0);
	ck_assert_int_eq(rmdir(tree_path(jail, "proc")), 0);
	place("proc", ways[_i].kind, ways[_i].target);
	try(ways[_i].name, "/proc/meminfo", ways[_i].got, ways[_i].line);
}
END_TEST

/* Names of mounts and groups come out of files that anybody may have made. */
#define GROUP "sys/fs/cgroup/a/b/"
#define MOUNTS(point) \
	"30 29 0:26 / " point " rw - cgroup2 cgroup2 rw\n"

static void machine(void)
{
	tree_meminfo(jail, "proc/meminfo", atoi(INSIDE));
	tree_write(jail, "proc/self/mountinfo", MOUNTS("/sys/fs/cgroup"));
	tree_write(jail, "proc/self/cgroup", "0::/a/b\n");
	tree_write(jail, "proc/self/limits", "");
	tree_write(jail, "proc/sys/vm/overcommit_memory", "0\n");
	tree_write(jail, "sys/fs/cgroup/cgroup.controllers", "memory\n");
	tree_write(jail, "sys/fs/cgroup/a/memory.max", "536870912\n");
	tree_write(jail, "sys/fs/cgroup/a/memory.current", "4096\n");
	tree_write(jail, GROUP "memory.max", "268435456\n");
	tree_write(jail, GROUP "memory.current", "4096\n");
	tree_write(jail, GROUP "memory.stat",
		   "active_file 0\ninactive_file 0\n");
	tree_write(jail, "sys/fs/cgroup/b/memory.max", "134217728\n");
	tree_write(base, "cgroup/a/b/memory.max", SECRET_LIMIT "\n");
	tree_write(base, "cgroup/cgroup.controllers", "memory\n");
}

static const struct {
	const char *name;
	const char *at; /* replaced; all below it is removed */
	enum kind kind;
	const char *target;
	const char *got, *line;
} groups[] = {
	{ "nothing", "proc/other", PLAIN, "", "268435456",
	  "limit 268435456 by cgroup" },
	{ "the limit is a link", GROUP "memory.max", LINK, "../memory.max",
	  "536870912", "failed=limit" },
	{ "the limit is a link out", GROUP "memory.max", LINK,
	  "/../elsewhere/memory.max", "ENOENT", "failed=limit" },
	{ "the limit is a loop", GROUP "memory.max", LINK, "memory.max",
	  "ELOOP", "failed=limit" },
	{ "the limit is a fifo", GROUP "memory.max", FIFO, NULL, "EBADMSG",
	  "failed=limit" },
	{ "the limit is a directory", GROUP "memory.max", DIRECTORY, NULL,
	  "EISDIR", "failed=limit" },
	{ "the limit is a socket", GROUP "memory.max", SOCKET, NULL, "ENXIO",
	  "failed=limit" },
	{ "the limit is zeroes", GROUP "memory.max", ZEROES, NULL, "EBADMSG",
	  "failed=limit" },
	{ "the group is a link", "sys/fs/cgroup/a/b", LINK, "../b",
	  "134217728", NULL },
	{ "the group is an absolute link", "sys/fs/cgroup/a/b", LINK,
	  "/sys/fs/cgroup/b", "134217728", NULL },
	{ "the group is a link out", "sys/fs/cgroup/a/b", LINK,
	  "/../elsewhere", "ENOENT", NULL },
	{ "the group is a loop", "sys/fs/cgroup/a/b", LINK, "b", "ELOOP",
	  NULL },
	{ "the group is a file", "sys/fs/cgroup/a/b", PLAIN, "", "ENOTDIR",
	  NULL },
	{ "the parent is a link", "sys/fs/cgroup/a", LINK, ".", "134217728",
	  NULL },
	{ "the mount is a link", "sys/fs/cgroup", LINK, "/inside", "ENOENT",
	  NULL },
	{ "the mount is a link out", "sys/fs/cgroup", LINK,
	  "../../../../cgroup", "ENOENT", NULL },
	{ "the mount is outside", "proc/self/mountinfo", PLAIN,
	  MOUNTS("/../cgroup"), "268435456", NULL },
	{ "the mount is far outside", "proc/self/mountinfo", PLAIN,
	  MOUNTS("/sys/../../../../../../cgroup"), "268435456", NULL },
	{ "the mount is relative", "proc/self/mountinfo", PLAIN,
	  MOUNTS("../cgroup"), "268435456", NULL },
	{ "the group is outside", "proc/self/cgroup", PLAIN,
	  "0::/../../../../cgroup/a/b\n", "268435456", NULL },
	{ "the group is outside, later", "proc/self/cgroup", PLAIN,
	  "0::/a/../../../../../cgroup/a/b\n", "268435456", NULL },
	{ "the table is a fifo", "proc/self/mountinfo", FIFO, NULL,
	  "268435456", NULL },
	{ "the membership is a fifo", "proc/self/cgroup", FIFO, NULL,
	  "268435456", NULL },
	{ "the membership is zeroes", "proc/self/cgroup", ZEROES, NULL,
	  "268435456", NULL },
};

START_TEST(group)
{
	machine();
	tree_remove(tree_path(jail, groups[_i].at));
	if (!place(groups[_i].at, groups[_i].kind, groups[_i].target)) {
		printf("# skipped: no mknod(2) here: %s\n", groups[_i].name);
		fflush(stdout);
		return;
	}
	try(groups[_i].name, "/" GROUP "memory.max", groups[_i].got,
	    groups[_i].line);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("root");
	TCase *tc = tcase_create("confinement");

	tcase_set_timeout(tc, 90);
	tcase_add_unchecked_fixture(tc, make_top, remove_top);
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc, meminfo, 0, MYM__COUNT(cases));
	tcase_add_test(tc, absolute_path_outside);
	tcase_add_test(tc, long_names);
	tcase_add_test(tc, long_paths);
	tcase_add_loop_test(tc, proc, 0, MYM__COUNT(ways));
	tcase_add_loop_test(tc, group, 0, MYM__COUNT(groups));
	suite_add_tcase(s, tc);
	return s;
}
