/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/lines.h"
#include "base/root.h"
#include "discover/group.h"
#include "discover/places.h"
#include "mymem.h"
#include "tree.h"

/* Made and removed outside of the tests, so that a failing one leaves nothing
 * behind. */
static char trees[PATH_MAX];

static void make_trees(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(trees, sizeof(trees), "%s/mymem-unit-XXXXXX",
		 tmp ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(trees));
}

/* By descriptor: paths in here may be longer than PATH_MAX. */
static void remove_at(int parent, const char *name)
{
	struct dirent *entry;
	DIR *list;
	int fd;

	if (unlinkat(parent, name, 0) == 0)
		return;
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	list = fd < 0 ? NULL : fdopendir(fd);
	while (list && (entry = readdir(list))) {
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			remove_at(fd, entry->d_name);
	}
	if (list)
		closedir(list);
	unlinkat(parent, name, AT_REMOVEDIR);
}

static void remove_trees(void)
{
	remove_at(AT_FDCWD, trees);
}

static void enter_tree(void)
{
	char tree[PATH_MAX + 16];

	snprintf(tree, sizeof(tree), "%s/XXXXXX", trees);
	ck_assert_ptr_nonnull(mkdtemp(tree));
	ck_assert_int_eq(chdir(tree), 0);
}

TCase *tree_tcase(const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_add_unchecked_fixture(tc, make_trees, remove_trees);
	tcase_add_checked_fixture(tc, enter_tree, NULL);
	tcase_set_timeout(tc, 30);
	return tc;
}

/* The directory that the last component of the path is in, made if need be; a
 * name at a time, for the whole may be longer than PATH_MAX. */
static int parent_of(const char **path)
{
	int at = open(".", O_PATH | O_DIRECTORY);

	for (;;) {
		size_t length = strcspn(*path, "/");
		char name[NAME_MAX + 1];
		int next;

		if ((*path)[length] == '\0')
			return at;
		ck_assert_uint_le(length, NAME_MAX);
		memcpy(name, *path, length);
		name[length] = '\0';
		*path += length + 1;
		if (length == 0)
			continue;
		if (mkdirat(at, name, 0755) < 0)
			ck_assert_int_eq(errno, EEXIST);
		next = openat(at, name, O_PATH | O_DIRECTORY);
		ck_assert_int_ge(next, 0);
		close(at);
		at = next;
	}
}

static void print(const char *path, int flags, const char *format, va_list args)
{
	int at = parent_of(&path);
	int fd = openat(at, path, O_WRONLY | O_CREAT | flags, 0644);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_ge(vdprintf(fd, format, args), 0);
	close(fd);
	close(at);
}

void put(const char *path, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(path, O_TRUNC, format, args);
	va_end(args);
}

void add(const char *path, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(path, O_APPEND, format, args);
	va_end(args);
}

void dir(const char *path)
{
	int at = parent_of(&path);

	if (*path && mkdirat(at, path, 0755) < 0)
		ck_assert_int_eq(errno, EEXIST);
	close(at);
}

void gone(const char *path)
{
	int at = parent_of(&path);

	remove_at(at, path);
	ck_assert_int_lt(faccessat(at, path, F_OK, AT_SYMLINK_NOFOLLOW), 0);
	close(at);
}

void own_v2(const char *path)
{
	put("proc/self/cgroup", "0::%s\n", path);
}

void own_v1(const char *path)
{
	put("proc/self/cgroup", "9:cpu:/\n4:memory:%s\n0::/else/where\n", path);
}

static void mount_row(const char *root, const char *point, const char *rest)
{
	static int id = 30;

	add("proc/self/mountinfo", "%d 22 0:%d %s %s rw shared:1 - %s\n", id,
	    id, root, point, rest);
	id++;
	dir(point + 1);
}

void mount_v2(const char *root, const char *point)
{
	mount_row(root, point, "cgroup2 cgroup2 rw,nsdelegate");
}

void mount_v1(const char *root, const char *point)
{
	mount_row(root, point, "cgroup cgroup rw,memory");
}

void mount_other(const char *point)
{
	mount_row("/", point, "tmpfs tmpfs rw");
}

static void in_group(const char *path, const char *file,
		     const char *format, ...)
{
	size_t size = strlen(path) + strlen(file) + 2;
	char *name = malloc(size);
	va_list args;

	snprintf(name, size, "%s/%s", path, file);
	va_start(args, format);
	print(name, O_TRUNC, format, args);
	va_end(args);
	free(name);
}

void group_v2(const char *path, int limit)
{
	if (limit > 0)
		in_group(path, "memory.max", "%" PRId64 "\n", limit * MIB);
	else
		in_group(path, "memory.max", "max\n");
	in_group(path, "memory.high", "max\n");
	in_group(path, "memory.current", "%" PRId64 "\n", 10 * MIB);
	in_group(path, "memory.stat", "active_file 0\ninactive_file 0\n");
	in_group(path, "cgroup.events", "populated 1\n");
}

void group_v1(const char *path, int limit)
{
	in_group(path, "memory.limit_in_bytes", "%" PRId64 "\n",
		 limit > 0 ? limit * MIB : INT64_C(0x7ffffffffffff000));
	in_group(path, "memory.usage_in_bytes", "%" PRId64 "\n", 10 * MIB);
	in_group(path, "memory.use_hierarchy", "1\n");
	in_group(path, "memory.stat",
		 "total_active_file 0\ntotal_inactive_file 0\n");
	in_group(path, "cgroup.procs", "%s", "");
}

void ram(int size)
{
	put("proc/meminfo", "MemTotal: %d kB\nMemFree: %d kB\n"
	    "MemAvailable: %d kB\n", size * 1024, size * 1024, size * 1024);
	put("proc/sys/vm/overcommit_memory", "0\n");
	put("proc/self/limits", "Max data size unlimited unlimited bytes\n"
	    "Max address space unlimited unlimited bytes\n");
}

static const char *flag_names(uint64_t flags)
{
	static const char *const names[] = { "hidden", "heuristic", "partial",
					     "unverified", "none",
					     "estimated" };
	static char text[128];

	strcpy(text, "[");
	for (size_t i = 0; i < MYM__COUNT(names); i++) {
		if (flags >> i & 1)
			sprintf(text + strlen(text), "%s%s",
				text[1] ? " " : "", names[i]);
	}
	return strcat(text, "]");
}

const char *found(void)
{
	static struct mym__membership membership;
	static char buffer[MYM__LINES_SIZE];
	static char *text;
	struct mym__places places;
	struct mym__root root;
	size_t size;
	FILE *out;

	free(text);
	ck_assert_int_eq(mym__root_open(&root, "."), 0);
	ck_assert_int_eq(mym__group_membership(&root, NULL, buffer, sizeof(buffer),
					       &membership), 0);
	ck_assert_int_eq(mym__discover(&root, buffer, sizeof(buffer),
				       &membership, true, &places), 0);
	out = open_memstream(&text, &size);
	fprintf(out, "v%d%s %s", places.dialect ? places.dialect->version : 0,
		places.are & MYM__PLACES_LOOKALIKE ? " plain" : "",
		flag_names(places.flags));
	for (unsigned int i = 0; i < places.count; i++)
		fprintf(out, " %s", places.at[i].path);
	fclose(out);
	mym__places_clear(&places);
	mym__root_close(&root);
	return text;
}

struct mym_snapshot look(struct mym_ctx *ctx)
{
	struct mym_snapshot s;

	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s)), 0);
	return s;
}

const char *limit_now(struct mym_ctx *ctx)
{
	static char text[2 * PATH_MAX];
	struct mym_snapshot s = look(ctx);

	ck_assert(s.valid & MYM_WANT_LIMIT);
	snprintf(text, sizeof(text), "%d by %s %s", (int)(s.limit / MIB),
		 mym_constraint_path(ctx, (unsigned int)s.limit_by),
		 flag_names(s.flags));
	return text;
}
