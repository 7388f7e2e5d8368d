/* SPDX-License-Identifier: MIT */
/*
 * Where the memory controller is mounted: the rows of the mount table that
 * carry it, and that no later row at the same place hides.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/compiler.h"
#include "../base/parse.h"
#include "../base/root.h"
#include "../base/sys.h"
#include "../base/text.h"
#include "dialect.h"
#include "mounts.h"

/* Not in static libraries. */
#pragma weak mym__mounts_libmount

static const struct mym__dialect *const dialects[] = {
	&mym__dialect_v1,
	&mym__dialect_v2,
};

static char *copy(struct mym__text text)
{
	char *string = malloc(text.length + 1);

	if (string) {
		memcpy(string, text.at, text.length);
		string[text.length] = '\0';
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

static int append(struct mym__mounts *mounts,
		  const struct mym__dialect *dialect,
		  const struct mym__mount *mount, unsigned int is)
{
	struct mym__mounts_row row = {
		.dialect = dialect,
		.root = copy(mount->root),
		.point = copy(mount->point),
		.is = is,
	};
	struct mym__mounts_row *rows;

	if (!mount->options.at ||
	    mym__parse_has_token(mount->options, dialect->recursive))
		row.is |= MYM__MOUNT_RECURSIVE;
	rows = realloc(mounts->rows, (mounts->count + 1) * sizeof(*rows));
	if (rows)
		mounts->rows = rows;
	if (!rows || !row.root || !row.point) {
		clear_row(&row);
		return -ENOMEM;
	}
	rows[mounts->count++] = row;
	return 0;
}

/* Only the last mount at a point can be reached, whatever its type. */
static void hide(struct mym__mounts *mounts, struct mym__text point)
{
	for (size_t i = 0; i < mounts->count; i++) {
		struct mym__mounts_row *row = &mounts->rows[i];

		if (strlen(row->point) == point.length &&
		    memcmp(row->point, point.at, point.length) == 0)
			row->is |= MYM__MOUNT_HIDDEN;
	}
}

int mym__mounts_add(void *data, const struct mym__mount *mount)
{
	struct mym__mounts *mounts = data;

	hide(mounts, mount->point);
	for (size_t i = 0; i < MYM__COUNT(dialects); i++) {
		const struct mym__dialect *dialect = dialects[i];

		if (mym__text_equal(mount->type, dialect->type) &&
		    (dialect->controller.length == 0 ||
		     mym__parse_has_token(mount->options, dialect->controller)))
			return append(mounts, dialect, mount, 0);
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
		return append(mounts, dialect, &mount, MYM__MOUNT_ASSUMED);
	r = mym__sys_statmount(quick->root, point, quick->buffer, quick->size,
			       &mount);
	return r == 0 ? mym__mounts_add(mounts, &mount) : r;
}

static int add_all_conventional(struct mym__mounts *mounts,
				const struct quick *quick)
{
	for (size_t i = 0; i < MYM__COUNT(dialects); i++) {
		const struct mym__dialect *dialect = dialects[i];

		if (quick && !(quick->versions & 1u << dialect->version))
			continue;
		for (size_t j = 0; j < MYM__COUNT(dialect->conventional); j++) {
			const char *point = dialect->conventional[j];
			int r = point ? add_conventional(mounts, dialect, point,
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

int mym__mounts_table(const struct mym__root *root, char *buffer, size_t size,
		      struct mym__mounts *mounts)
{
	struct mym__filter filter = { .count = 0 };
	int r = 1;

	if (mym__mounts_libmount)
		r = mym__mounts_libmount(root, buffer, size, &filter,
					 mym__mounts_add, mounts);
	if (r != 1)
		return r;
	filter = (struct mym__filter){ .count = 0 };
	return mym__mounts_reader(root, buffer, size, &filter, mym__mounts_add,
				  mounts);
}
