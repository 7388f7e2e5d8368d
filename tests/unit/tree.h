/* SPDX-License-Identifier: MIT */
/*
 * A small machine made by a test, so that the test shows all of it.  It is the
 * current directory, and the sysroot "." of what the test calls.
 */
#ifndef UNIT_TREE_H
#define UNIT_TREE_H

#include <check.h>

#include "mymem.h"
#include "units.h"

/* A test case whose every test begins in an empty tree. */
TCase *tree_tcase(const char *name);

/* Writes a file, with the directories above it. */
void put(const char *path, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void add(const char *path, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Makes a directory and those above it; removes a file or a directory. */
void dir(const char *path);
void gone(const char *path);

/* The path of /proc/self/cgroup's v2 line, or v1's for memory. */
void own_v2(const char *path);
void own_v1(const char *path);
/* A row of the mount table, and the directory. */
void mount_v2(const char *root, const char *point);
void mount_v1(const char *root, const char *point);
void mount_other(const char *point);
/* A group with a limit of so many MiB, of which 10 are used; 0: no limit. */
void group_v2(const char *path, int limit);
void group_v1(const char *path, int limit);
/* RAM of so many MiB, all free. */
void ram(int size);

/* "v2 [flags] /own /parent ..." as discovery finds them; "v2 plain [flags]"
 * where no cgroup file system is mounted. */
const char *found(void);
#define FINDS(expected) ck_assert_str_eq(found(), expected)

/* A good snapshot. */
struct mym_snapshot look(struct mym_ctx *ctx);
/* "limit by path [flags]", in MiB. */
const char *limit_now(struct mym_ctx *ctx);

#endif
