/* SPDX-License-Identifier: MIT */
/* Groups by name, and how a mount's root stands to the process's group. */
#include <errno.h>

#include "base/compiler.h"
#include "base/text.h"
#include "discover/group.h"
#include "suite.h"
#include "text.h"

START_TEST(names)
{
	static const struct {
		const char *path;
		int result, up, names;
		const char *rest;
	} rows[] = {
		{ "", 0, 0, 0, "" },
		{ "/", 0, 0, 0, "" },
		{ "///", 0, 0, 0, "" },
		{ "/.", 0, 0, 0, "" },
		{ "/././/.", 0, 0, 0, "" },
		{ "/a", 0, 0, 1, "a" },
		{ "a", 0, 0, 1, "a" },
		{ "/a/", 0, 0, 1, "a" },
		{ "//a///b//", 0, 0, 2, "a/b" },
		{ "/a/./b/.", 0, 0, 2, "a/b" },
		{ "/a/b/c/d", 0, 0, 4, "a/b/c/d" },
		{ "/..", 0, 1, 0, "" },
		{ "/../", 0, 1, 0, "" },
		{ "/../../..", 0, 3, 0, "" },
		{ "/.././..", 0, 2, 0, "" },
		{ "/../a", 0, 1, 1, "a" },
		{ "/../../a/b", 0, 2, 2, "a/b" },
		{ "/a/..", -EBADMSG, 0, 0, NULL },
		{ "/a/../b", -EBADMSG, 0, 0, NULL },
		{ "/../a/..", -EBADMSG, 0, 0, NULL },
		/* These only look like them. */
		{ "/...", 0, 0, 1, "..." },
		{ "/a/...", 0, 0, 2, "a/..." },
		{ "/.a/..b/c..", 0, 0, 3, ".a/..b/c.." },
		{ "/a b\\x2d:c (deleted)", 0, 0, 1, "a b\\x2d:c (deleted)" },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		size_t size = strlen(rows[i].path) + 1;
		struct mym__text copy = exact((struct mym__text){ rows[i].path,
								  size });
		struct mym__group group;
		int r = mym__group_parse(&group, copy.at);

		ROW(r == rows[i].result, "\"%s\": %d", rows[i].path, r);
		ROW(r != 0 || (group.up == rows[i].up &&
			       group.names == rows[i].names &&
			       strcmp(group.path, rows[i].rest) == 0 &&
			       mym__group_depth(&group) ==
			       rows[i].names - rows[i].up),
		    "\"%s\": up %d, %d names: \"%s\"", rows[i].path, group.up,
		    group.names, group.path);
		release(copy);
	}
	ROWS_DONE();
}
END_TEST

/* A path of names of that length, `length` bytes in all. */
static char *long_path(size_t length, size_t name)
{
	char *path = malloc(length + 1);

	for (size_t i = 0; i < length; i++)
		path[i] = i % (name + 1) == 0 ? '/' : 'n';
	path[length] = '\0';
	return path;
}

START_TEST(long_names)
{
	static const size_t each[] = { 1, 2, 3, 100, 255, 4094, 5000 };
	struct mym__group *group = malloc(sizeof(*group));

	for (size_t i = 0; i < MYM__COUNT(each); i++) {
		char *longest = long_path(MYM__PATH_MAX - 1, each[i]);
		/* Without the first slash and a last one, one byte too many. */
		size_t most = MYM__PATH_MAX + 1;
		char *longer = long_path(most + (most % (each[i] + 1) == 1),
					 each[i]);
		size_t length = strlen(longest);

		/* A last slash is no name. */
		while (longest[length - 1] == '/')
			length--;
		ck_assert_int_eq(mym__group_parse(group, longest), 0);
		ck_assert_uint_eq(strlen(group->path), length - 1);
		ck_assert_mem_eq(group->path, longest + 1, length - 1);
		ck_assert_int_eq(mym__group_parse(group, longer),
				 -ENAMETOOLONG);
		free(longest);
		free(longer);
	}
	free(group);
}
END_TEST

START_TEST(many_slashes)
{
	struct mym__group group;
	char *path = malloc(20001);

	memset(path, '/', 20000);
	path[10000] = path[19999] = 'a';
	path[20000] = '\0';
	ck_assert_int_eq(mym__group_parse(&group, path), 0);
	ck_assert_str_eq(group.path, "a/a");
	for (int i = 0; i < 19998; i += 3)
		memcpy(path + i, "/..", 3);
	ck_assert_int_eq(mym__group_parse(&group, path), 0);
	ck_assert_int_eq(group.up, 6666);
	ck_assert_int_eq(mym__group_depth(&group), 1 - 6666);
	free(path);
}
END_TEST

START_TEST(relations)
{
	static const struct {
		const char *root, *own;
		enum mym__relation relation;
		const char *below;
	} rows[] = {
		{ "/", "/", MYM__SHOWS, "" },
		{ "/", "/a", MYM__SHOWS, "a" },
		{ "/", "/a/b/c", MYM__SHOWS, "a/b/c" },
		{ "/a", "/a", MYM__SHOWS, "" },
		{ "/a", "/a/b", MYM__SHOWS, "b" },
		{ "/a/b", "/a/b/c/d", MYM__SHOWS, "c/d" },
		{ "//a/./b/", "/a//b/c/", MYM__SHOWS, "c" },
		/* Names, not bytes. */
		{ "/fo", "/foo/bar", MYM__UNRELATED, NULL },
		{ "/foo", "/fo", MYM__UNRELATED, NULL },
		{ "/foo", "/fo/o", MYM__UNRELATED, NULL },
		{ "/a/b", "/a/bc", MYM__UNRELATED, NULL },
		{ "/a/b", "/ab", MYM__UNRELATED, NULL },
		{ "/a", "/b", MYM__UNRELATED, NULL },
		/* The process's group is above the mount's root. */
		{ "/a", "/", MYM__UNRELATED, NULL },
		{ "/a/b", "/a", MYM__UNRELATED, NULL },
		{ "/", "/..", MYM__UNRELATED, NULL },
		{ "/a", "/..", MYM__UNRELATED, NULL },
		{ "/..", "/../..", MYM__UNRELATED, NULL },
		/* As many ".." are the same group. */
		{ "/..", "/..", MYM__SHOWS, "" },
		{ "/..", "/../a/b", MYM__SHOWS, "a/b" },
		{ "/../..", "/../../a", MYM__SHOWS, "a" },
		{ "/../a", "/../a/b", MYM__SHOWS, "b" },
		{ "/../a", "/../b", MYM__UNRELATED, NULL },
		{ "/../a", "/../ab", MYM__UNRELATED, NULL },
		/* The mount's root is above, the way down has no name. */
		{ "/..", "/", MYM__ABOVE, NULL },
		{ "/..", "/a/b", MYM__ABOVE, NULL },
		{ "/../../..", "/", MYM__ABOVE, NULL },
		{ "/../..", "/../a", MYM__ABOVE, NULL },
		/* It leads elsewhere. */
		{ "/../a", "/", MYM__UNRELATED, NULL },
		{ "/../../a", "/../b", MYM__UNRELATED, NULL },
		{ "/a", "/../a", MYM__UNRELATED, NULL },
	};
	static struct mym__group root, own;

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		const char *below = NULL;
		enum mym__relation relation;

		ck_assert_int_eq(mym__group_parse(&root, rows[i].root), 0);
		ck_assert_int_eq(mym__group_parse(&own, rows[i].own), 0);
		relation = mym__group_relate(&root, &own, &below);
		ROW(relation == rows[i].relation, "root %s, own %s: %d",
		    rows[i].root, rows[i].own, (int)relation);
		ROW(relation == MYM__SHOWS ?
		    rows[i].below && strcmp(below, rows[i].below) == 0 : !below,
		    "root %s, own %s: below \"%s\"", rows[i].root, rows[i].own,
		    below ? below : "(null)");
	}
	ROWS_DONE();
}
END_TEST

START_TEST(long_relations)
{
	static struct mym__group root, own;
	char *path = long_path(MYM__PATH_MAX - 1, 255);
	const char *below;

	ck_assert_int_eq(mym__group_parse(&own, path), 0);
	ck_assert_int_eq(mym__group_parse(&root, path), 0);
	ck_assert_int_eq(mym__group_relate(&root, &own, &below), MYM__SHOWS);
	ck_assert_str_eq(below, "");
	path[256] = '\0';
	ck_assert_int_eq(mym__group_parse(&root, path), 0);
	ck_assert_int_eq(mym__group_relate(&root, &own, &below), MYM__SHOWS);
	ck_assert_uint_eq(strlen(below), MYM__PATH_MAX - 1 - 257);
	path[255] = '\0';
	ck_assert_int_eq(mym__group_parse(&root, path), 0);
	ck_assert_int_eq(mym__group_relate(&root, &own, &below),
			 MYM__UNRELATED);
	free(path);
}
END_TEST

/* Whether two answers of /proc/self/cgroup are about the same groups. */
START_TEST(same)
{
	static const struct {
		int error;
		const char *path;
		uint64_t id;
		bool same;
	} rows[] = {
		{ 0, "/a", 7, true },
		/* Without an id the name has to do. */
		{ 0, "/a", 0, true },
		{ 0, "/a", 8, false },
		{ 0, "/b", 7, false },
		{ 0, "/b", 0, false },
		{ 0, "", 7, false },
		{ 1, "/a", 7, false },
		{ -ENOENT, "/a", 7, false },
	};

	for (int version = 0; version < 2; version++) {
		for (size_t i = 0; i < MYM__COUNT(rows); i++) {
			static struct mym__membership a, b;

			a = b = (struct mym__membership){ .id = 7 };
			strcpy(a.path[version], "/a");
			b.error[version] = rows[i].error;
			strcpy(b.path[version], rows[i].path);
			b.id = rows[i].id;
			ROW(mym__group_same(&a, &b) == rows[i].same &&
			    mym__group_same(&b, &a) == rows[i].same,
			    "v%d: %d, %s, %d", version + 1, rows[i].error,
			    rows[i].path, (int)rows[i].id);
		}
	}
	ROWS_DONE();
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("group");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, names);
	tcase_add_test(tc, long_names);
	tcase_add_test(tc, many_slashes);
	tcase_add_test(tc, relations);
	tcase_add_test(tc, long_relations);
	tcase_add_test(tc, same);
	suite_add_tcase(s, tc);
	return s;
}
