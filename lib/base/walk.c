/* SPDX-License-Identifier: MIT */
/*
 * Path lookup one component at a time.  A component is opened with O_NOFOLLOW
 * in the directory that the components before it led to, so nothing is ever
 * looked up by a name that could lead out.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "walk.h"

#define SYMLINKS_MAX 40
#define DIRECTORY (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* With O_DIRECTORY a symlink fails with ENOTDIR, as a file does: tells the two
 * apart. */
static int no_directory(int dir, const char *name)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode))
		return -ELOOP;
	return -ENOTDIR;
}

/* Opens the component that *path starts with, whether it is the last or not,
 * and steps over it. */
static int step(int dir, const char **path, int flags)
{
	char name[NAME_MAX + 1];
	size_t length = strcspn(*path, "/");
	const char *rest = *path + length;
	int fd;

	if (length > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, *path, length);
	name[length] = '\0';
	rest += strspn(rest, "/");
	/* "file/" names no file. */
	if (path[0][length] == '/' && *rest == '\0')
		flags |= O_DIRECTORY;
	fd = openat(dir, name, *rest ? DIRECTORY : flags | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOTDIR ? no_directory(dir, name) : -errno;
	*path = rest;
	return fd;
}

int mym__walk_beneath(int dir, const char *path, int flags)
{
	int at = -1;

	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	if (*path == '/')
		return -EXDEV;
	do {
		int next;

		if (strncmp(path, "..", 2) == 0 &&
		    (path[2] == '/' || path[2] == '\0')) {
			next = -EXDEV;
		} else {
			next = step(at < 0 ? dir : at, &path, flags);
		}
		if (at >= 0)
			close(at);
		if (next < 0)
			return next;
		at = next;
	} while (*path);
	return at;
}

/* The components still to be looked up, and those that have been; both below
 * the root, the second without symlinks or "..". */
struct lookup {
	char todo[2 * PATH_MAX];
	char done[PATH_MAX];
};

static int push(char *path, size_t size, const char *name, size_t length)
{
	size_t have = strlen(path);

	if (have + length + 2 > size)
		return -ENAMETOOLONG;
	if (have > 0)
		path[have++] = '/';
	memcpy(path + have, name, length);
	path[have + length] = '\0';
	return 0;
}

void mym__walk_up(char *path)
{
	size_t end = strlen(path);

	while (end > 0 && path[--end] != '/')
		;
	path[end] = '\0';
}

/* Puts a symlink's target in front of what is still to be looked up. */
static int follow(int dir, const char *name, struct lookup *lookup,
		  const char *rest)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);
	size_t length, behind = strlen(rest);

	if (n < 0)
		return -errno;
	length = (size_t)n;
	if (length == 0)
		return -ENOENT;
	if (length + behind + 1 > sizeof(lookup->todo))
		return -ENAMETOOLONG;
	memmove(lookup->todo + length, rest, behind + 1);
	memcpy(lookup->todo, target, length);
	if (target[0] == '/')
		lookup->done[0] = '\0';
	return 0;
}

static int lookup_in_root(int root, struct lookup *lookup, int flags)
{
	int links = 0;

	for (;;) {
		const char *name = lookup->todo + strspn(lookup->todo, "/");
		size_t length = strcspn(name, "/");
		const char *rest = name + length;
		char last[NAME_MAX + 1];
		struct stat st;
		bool up, stay;
		int dir, fd, r;

		if (length == 0)
			return mym__walk_beneath(root, lookup->done[0] ?
						 lookup->done : ".", flags);
		if (length > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(last, name, length);
		last[length] = '\0';
		up = strcmp(last, "..") == 0;
		stay = strcmp(last, ".") == 0;
		dir = mym__walk_beneath(root, lookup->done[0] ? lookup->done :
					".", DIRECTORY);
		if (dir < 0)
			return dir;
		/* ".." itself is never looked up: it could lead out. */
		if (fstatat(dir, up ? "." : last, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			r = -errno;
		} else if (up || stay) {
			if (up)
				mym__walk_up(lookup->done);
			memmove(lookup->todo, rest, strlen(rest) + 1);
			r = 0;
		} else if (S_ISLNK(st.st_mode)) {
			r = ++links > SYMLINKS_MAX ? -ELOOP :
			    follow(dir, last, lookup, rest);
		} else if (rest[0] == '/' && !S_ISDIR(st.st_mode)) {
			r = -ENOTDIR;
		} else if (rest[strspn(rest, "/")] == '\0') {
			fd = openat(dir, last, flags | O_NOFOLLOW);
			r = fd < 0 ? -errno : fd;
			close(dir);
			return r;
		} else {
			r = push(lookup->done, sizeof(lookup->done), last, length);
			if (r == 0)
				memmove(lookup->todo, rest, strlen(rest) + 1);
		}
		close(dir);
		if (r < 0)
			return r;
	}
}

int mym__walk_in_root(int dir, const char *path, int flags)
{
	struct lookup lookup = { .done = "" };
	const size_t length = strlen(path);

	if (length >= PATH_MAX)
		return -ENAMETOOLONG;
	if (*path == '\0')
		return -ENOENT;
	memcpy(lookup.todo, path, length + 1);
	return lookup_in_root(dir, &lookup, flags);
}
