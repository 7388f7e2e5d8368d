/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tree.h"

void tree_make(char path[TREE_PATH])
{
	const char *tmp = getenv("TMPDIR");

	snprintf(path, TREE_PATH, "%s/mymem-test-XXXXXX", tmp ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(path));
	ck_assert_int_eq(chmod(path, 0755), 0);
}

void tree_copy(const char *from, const char *to)
{
	char source[PATH_MAX];
	char *const argv[] = { "cp", "-R", source, (char *)to, NULL };
	int status = -1;
	pid_t pid;

	snprintf(source, sizeof(source), "%s/.", from);
	ck_assert_int_eq(posix_spawnp(&pid, "cp", NULL, NULL, argv, environ),
			 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

static int open_up(const char *path, const struct stat *st, int type,
		   struct FTW *ftw)
{
	(void)ftw;
	if (type == FTW_D || type == FTW_DNR)
		return chmod(path, st->st_mode | 0700);
	return 0;
}

static int unlink_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void tree_remove(const char *path)
{
	nftw(path, open_up, 16, FTW_PHYS);
	nftw(path, unlink_one, 16, FTW_PHYS | FTW_DEPTH);
}

const char *tree_path(const char *root, const char *path)
{
	static char buffers[4][2 * PATH_MAX];
	static unsigned int next;
	char *buffer = buffers[next++ % 4];

	snprintf(buffer, sizeof(buffers[0]), "%s/%s", root, path);
	return buffer;
}

void tree_parents(const char *root, const char *path)
{
	char whole[2 * PATH_MAX];
	char *slash;

	snprintf(whole, sizeof(whole), "%s/%s", root, path);
	for (slash = whole + strlen(root); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		ck_assert_msg(mkdir(whole, 0755) == 0 || errno == EEXIST,
			      "mkdir %s: %s", whole, strerror(errno));
		*slash = '/';
	}
}

void tree_write(const char *root, const char *path, const char *content)
{
	FILE *out;

	tree_parents(root, path);
	out = fopen(tree_path(root, path), "w");
	ck_assert_msg(out != NULL, "%s: %s", path, strerror(errno));
	fputs(content, out);
	ck_assert_int_eq(fclose(out), 0);
}

void tree_link(const char *root, const char *path, const char *target)
{
	tree_parents(root, path);
	ck_assert_msg(symlink(target, tree_path(root, path)) == 0, "%s: %s",
		      path, strerror(errno));
}

void tree_meminfo(const char *root, const char *path, int kilobytes)
{
	char text[256];

	snprintf(text, sizeof(text), "MemTotal: %d kB\nMemFree: %d kB\n"
		 "MemAvailable: %d kB\n", kilobytes, kilobytes, kilobytes);
	tree_write(root, path, text);
}
