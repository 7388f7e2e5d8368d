/* SPDX-License-Identifier: MIT */
/*
 * The mount table.  Where the kernel could have written it, libmount and our own
 * reader make the same of it, row by row; and which rows the filter lets through
 * does not change which mounts of groups are found.
 */
#include <string.h>

#include "base/compiler.h"
#include "base/lines.h"
#include "base/parse.h"
#include "check.h"
#include "discover/mounts.h"
#include "machine.h"
#include "targets.h"

#define TABLE "/proc/self/mountinfo"
#define ROWS (256 * 1024)

bool mounts_by_libmount;

#ifdef HAVE_LIBMOUNT
/* mounts-libmount.c, which is compiled with another name for its function. */
int mounts_libmount(const struct mym__root *root, char *buffer, size_t size,
		    struct mym__filter *filter, mym__mount_sink sink, void *data);
#else
#define mounts_libmount mym__mounts_reader
#endif

int mym__mounts_libmount(const struct mym__root *root, char *buffer, size_t size,
			 struct mym__filter *filter, mym__mount_sink sink,
			 void *data)
{
	return mounts_by_libmount ? mounts_libmount(root, buffer, size, filter,
						    sink, data) : 1;
}

static struct mym__text field(struct mym__text *rest)
{
	return mym__parse_until(rest, ' ');
}

static bool is_number(struct mym__text word)
{
	int64_t n;

	return mym__parse_number(word, &n) == 0 && n <= INT32_MAX;
}

/* seq_path() in fs/seq_file.c escapes blanks, newlines and backslashes, and
 * nothing else. */
static bool is_name(struct mym__text name)
{
	static const char *const escapes[] = { "040", "011", "012", "134" };

	for (size_t i = 0; i < name.length; i++) {
		bool known = name.at[i] != '\\';

		if (name.at[i] == '\t' || name.at[i] == '\0')
			return false;
		for (size_t j = 0; !known && j < MYM__COUNT(escapes); j++)
			known = name.length - i > 3 &&
				memcmp(name.at + i + 1, escapes[j], 3) == 0;
		if (!known)
			return false;
	}
	return name.length > 0;
}

/* Without the escapes of options, which only libmount undoes, and without what
 * ends a line in text from elsewhere, which only we leave out: the options of
 * cgroups have neither. */
static bool is_plain(struct mym__text word)
{
	return is_name(word) && !memchr(word.at, '\\', word.length) &&
	       !memchr(word.at, '\r', word.length);
}

static bool ends_with(struct mym__text text, struct mym__text end)
{
	return text.length >= end.length &&
	       memcmp(text.at + text.length - end.length, end.at,
		      end.length) == 0;
}

static bool is_row(struct mym__text line)
{
	struct mym__text id = field(&line), parent = field(&line);
	struct mym__text minor = field(&line);
	struct mym__text major = mym__parse_until(&minor, ':');
	struct mym__text root = field(&line), point = field(&line);
	struct mym__text flags = field(&line), word;

	if (!is_number(id) || !is_number(parent) || !is_number(major) ||
	    !is_number(minor) || !is_name(root) || !is_name(point) ||
	    !is_plain(flags) || point.at[0] != '/')
		return false;
	/* A mount whose point was removed, which nobody can reach. */
	if (ends_with(point, MYM__TEXT("//deleted")))
		return false;
	while ((word = field(&line)).length > 0 &&
	       !mym__text_equal(word, MYM__TEXT("-"))) {
		if (!is_plain(word))
			return false;
	}
	if (word.length == 0 || !is_plain(field(&line)))
		return false;
	word = field(&line);
	return (word.length == 0 || is_name(word)) && is_plain(line) &&
	       !memchr(line.at, ' ', line.length);
}

bool mounts_plain(struct mym__text table)
{
	bool any = table.length > 0;

	while (any && table.length > 0) {
		/* Each row ends with a newline. */
		any = memchr(table.at, '\n', table.length) &&
		      is_row(mym__parse_until(&table, '\n'));
	}
	return any;
}

struct rows {
	char text[ROWS];
	size_t length;
};

static int print(void *data, const struct mym__mount *mount)
{
	const struct mym__text fields[] = {
		mount->root, mount->point, mount->type, mount->options,
	};
	struct rows *rows = data;

	for (size_t i = 0; i < MYM__COUNT(fields); i++) {
		CHECK(rows->length + fields[i].length < ROWS);
		if (fields[i].length > 0)
			memcpy(rows->text + rows->length, fields[i].at,
			       fields[i].length);
		rows->length += fields[i].length;
		rows->text[rows->length++] = '\n';
	}
	return 0;
}

static struct rows by_libmount, by_us;
static char buffer[MYM__LINES_SIZE];

static void rows_alike(const struct mym__root *root)
{
	by_libmount.length = by_us.length = 0;
	CHECK(mounts_libmount(root, buffer, sizeof(buffer), NULL, print,
			      &by_libmount) == 0);
	CHECK(mym__mounts_reader(root, buffer, sizeof(buffer), NULL, print,
				 &by_us) == 0);
	CHECK(by_libmount.length == by_us.length);
	CHECK(memcmp(by_libmount.text, by_us.text, by_us.length) == 0);
}

/* By whatever may be in the table, and what may not. */
static void find_mounts(const struct mym__root *root, bool filtered,
			struct mym__mounts *mounts)
{
	struct mym__filter filter = { .count = 0 };

	*mounts = (struct mym__mounts){ 0 };
	CHECK(mym__mounts_reader(root, buffer, sizeof(buffer),
				 filtered ? &filter : NULL, mym__mounts_add,
				 mounts) == 0);
}

static void mounts_alike(const struct mym__root *root)
{
	struct mym__mounts all, some;

	find_mounts(root, false, &all);
	find_mounts(root, true, &some);
	CHECK(all.count == some.count);
	for (size_t i = 0; i < all.count; i++) {
		const struct mym__mounts_row *a = &all.rows[i];
		const struct mym__mounts_row *b = &some.rows[i];

		CHECK(a->dialect == b->dialect && a->is == b->is);
		CHECK(strcmp(a->root, b->root) == 0);
		CHECK(strcmp(a->point, b->point) == 0);
	}
	mym__mounts_clear(&all);
	mym__mounts_clear(&some);
}

static void one_row(struct mym__text line)
{
	char *copy = malloc(line.length + 1); /* it is decoded in place */
	struct mym__text whole = { copy, line.length };
	struct mym__mount mount;

	if (line.length > 0)
		memcpy(copy, line.at, line.length);
	if (mym__parse_mount(copy, line.length, &mount) == 0) {
		const struct mym__text fields[] = {
			mount.root, mount.point, mount.type, mount.options,
		};

		for (size_t i = 0; i < MYM__COUNT(fields); i++)
			CHECK(fields[i].length > 0 && fields[i].at >= whole.at &&
			      fields[i].at + fields[i].length <=
				      whole.at + whole.length);
	} else {
		CHECK(!is_row(line));
	}
	free(copy);
}

void parse_mounts(struct mym__text text)
{
	struct mym__text rest = text;
	struct mym__root root;

	while (rest.length > 0)
		one_row(mym__parse_until(&rest, '\n'));
	machine_clear();
	machine_add(TABLE, strlen(TABLE), text.at, text.length, 0);
	CHECK(mym__root_open(&root, "/") == 0);
	mounts_alike(&root);
	if (mounts_plain(text))
		rows_alike(&root);
	mym__root_close(&root);
	CHECK(machine_descriptors() == 0);
}
