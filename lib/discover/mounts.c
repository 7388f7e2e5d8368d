/* SPDX-License-Identifier: MIT */
/*
 * Where the memory controller is mounted: the rows of the mount table that
 * carry it, and that no later row at the same place hides.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../base/compiler.h"
#include "../base/parse.h"
#include "../base/root.h"
#include "../base/sys.h"
#include "../base/text.h"
#include "dialect.h"
#include "mounts.h"

/* Not in static libraries.  Hidden: the linker knows then that there is none,
 * in a shared object too. */
#pragma weak mym__mounts_libmount
extern __typeof__(mym__mounts_libmount) mym__mounts_libmount
	__attribute__((visibility("hidden")));

/* Of what is too long to be opened, as much as is too long. */
static char *copy(struct mym__text text)
{
	size_t length = text.length < PATH_MAX ? text.length : PATH_MAX;
	char *string = malloc(length + 1);

	if (string) {
		memcpy(string, text.at, length);
		string[length] = '\0';
	}
	return string;
}

static void clear_row(struct mym__mounts_row *row)
{
	free(row->root);
	free(row->point);
}

void mym__mounts_clear(struct mym__mounts *mounts)
{
	for (size_t i = 0; i < mounts->count; i++)
		clear_row(&mounts->rows[i]);
	free(mounts->rows);
	*mounts = (struct mym__mounts){ 0 };
}

static unsigned int *bucket(struct mym__mounts *mounts, struct mym__text point)
{
	unsigned int hash = 0;

	for (size_t i = 0; i < point.length; i++)
		hash = hash * 31 + (unsigned char)point.at[i];
	return &mounts->first[hash % MYM__COUNT(mounts->first)];
}

static struct mym__mounts_row *find(struct mym__mounts *mounts,
				    struct mym__text point)
{
	unsigned int i = *bucket(mounts, point);

	while (i > 0) {
		struct mym__mounts_row *row = &mounts->rows[i - 1];

		if (strlen(row->point) == point.length &&
		    memcmp(row->point, point.at, point.length) == 0)
			return row;
		i = row->next;
	}
	return NULL;
}

static int append(struct mym__mounts *mounts)
{
	size_t size = (mounts->count + 1) * sizeof(*mounts->rows);
	struct mym__mounts_row *rows;

	if (mounts->count == MYM__MOUNTS_MAX)
		return -EFBIG;
	rows = realloc(mounts->rows, size);
	if (!rows)
		return -ENOMEM;
	rows[mounts->count++] = (struct mym__mounts_row){ .dialect = NULL };
	mounts->rows = rows;
	return 0;
}

/* In place of an old one, if there is one. */
static int put(struct mym__mounts *mounts, struct mym__mounts_row *old,
	       const struct mym__dialect *dialect,
	       const struct mym__mount *mount, unsigned int is)
{
	struct mym__mounts_row row = {
		.dialect = dialect,
		.root = copy(mount->root),
		.point = copy(mount->point),
		.is = is,
		.order = mounts->added++,
	};
	unsigned int *first = bucket(mounts, mount->point);
	int r = row.root && row.point ? 0 : -ENOMEM;

	if (!mount->options.at ||
	    mym__parse_has_token(mount->options, dialect->recursive))
		row.is |= MYM__MOUNT_RECURSIVE;
	if (r == 0 && !old)
		r = append(mounts);
	if (r < 0) {
		clear_row(&row);
		return r;
	}
	if (old) {
		row.next = old->next;
		clear_row(old);
	} else {
		old = &mounts->rows[mounts->count - 1];
		row.next = *first;
		*first = (unsigned int)mounts->count;
	}
	*old = row;
	return 0;
}

/* Only the last mount at a point can be reached, whatever its type. */
int mym__mounts_add(void *data, const struct mym__mount *mount)
{
	struct mym__mounts *mounts = data;
	struct mym__mounts_row *old = find(mounts, mount->point);

	if (old)
		old->is |= MYM__MOUNT_HIDDEN;
	for (size_t i = 0; i < MYM__COUNT(mym__dialects); i++) {
		const struct mym__dialect *dialect = &mym__dialects[i];

		if (mym__text_is(mount->type, dialect->type) &&
		    (!*dialect->controller ||
		     mym__parse_has_token(mount->options, dialect->controller)))
			return put(mounts, old, dialect, mount, 0);
	}
	return 0;
}

/* What statmount(2) needs; without it the mounts are assumed. */
struct quick {
	const struct mym__root *root;
	unsigned int versions;
	char *buffer;
	size_t size;
};

static int add_conventional(struct mym__mounts *mounts,
			    const struct mym__dialect *dialect,
			    const char *point, const struct quick *quick)
{
	struct mym__mount mount = {
		.root = MYM__TEXT("/"),
		.point = { point, strlen(point) },
	};
	int r;

	if (!quick)
		return put(mounts, NULL, dialect, &mount, MYM__MOUNT_ASSUMED);
	r = mym__sys_statmount(quick->root, point, quick->buffer, quick->size,
			       &mount);
	return r == 0 ? mym__mounts_add(mounts, &mount) : r;
}

static int add_all_conventional(struct mym__mounts *mounts,
				const struct quick *quick)
{
	for (size_t i = 0; i < MYM__COUNT(mym__dialects); i++) {
		const struct mym__dialect *dialect = &mym__dialects[i];

		if (quick && !(quick->versions & 1u << dialect->version))
			continue;
		for (size_t j = 0; j < MYM__COUNT(dialect->conventional); j++) {
			const char *point = dialect->conventional[j];
			int r = *point ? add_conventional(mounts, dialect, point,
							 quick)
				      : 0;

			if (r < 0)
				return r;
		}
	}
	return 0;
}

int mym__mounts_assume(struct mym__mounts *mounts)
{
	return add_all_conventional(mounts, NULL);
}

int mym__mounts_quick(const struct mym__root *root, unsigned int versions,
		      char *buffer, size_t size, struct mym__mounts *mounts)
{
	const struct quick quick = { root, versions, buffer, size };

	return add_all_conventional(mounts, &quick);
}

static void swap(struct mym__mounts_row *a, struct mym__mounts_row *b)
{
	const struct mym__mounts_row kept = *a;

	*a = *b;
	*b = kept;
}

static void sift_down(struct mym__mounts_row *rows, size_t at, size_t count)
{
	for (size_t child; (child = 2 * at + 1) < count; at = child) {
		if (child + 1 < count &&
		    rows[child].order < rows[child + 1].order)
			child++;
		if (rows[at].order >= rows[child].order)
			return;
		swap(&rows[at], &rows[child]);
	}
}

/* A heap sort: qsort(3) of glibc may allocate, and that of musl is the largest
 * function of a static program. */
static void sort(struct mym__mounts_row *rows, size_t count)
{
	for (size_t i = count / 2; i > 0; i--)
		sift_down(rows, i - 1, count);
	for (size_t end = count; end > 1; end--) {
		swap(&rows[0], &rows[end - 1]);
		sift_down(rows, 0, end - 1);
	}
}

/* In the order of the table, where of equal mounts the first one counts. */
int mym__mounts_table(const struct mym__root *root, char *buffer, size_t size,
		      struct mym__mounts *mounts)
{
	struct mym__filter filter = { .count = 0 };
	int r = 1;

	if (mym__mounts_libmount)
		r = mym__mounts_libmount(root, buffer, size, &filter,
					 mym__mounts_add, mounts);
	if (r == 1) {
		filter = (struct mym__filter){ .count = 0 };
		r = mym__mounts_reader(root, buffer, size, &filter,
				       mym__mounts_add, mounts);
	}
	sort(mounts->rows, mounts->count);
	return r;
}
