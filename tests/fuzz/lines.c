/* SPDX-License-Identifier: MIT */
/* A file as lines, through a small buffer and reads that are short.  The first two
 * bytes are the sizes of both. */
#include <string.h>

#include "base/lines.h"
#include "base/parse.h"
#include "base/root.h"
#include "check.h"
#include "machine.h"
#include "targets.h"

void parse_lines(struct mym__text text)
{
	/* Of its exact size, for the address sanitizer. */
	size_t size = text.length > 2 ? 1 + (unsigned char)text.at[0] : 1;
	char *buffer = malloc(size);
	struct mym__text rest = { text.at, 0 }, line;
	struct mym__lines lines;
	struct mym__root root;
	int fd;

	machine_clear();
	if (text.length > 2) {
		rest = (struct mym__text){ text.at + 2, text.length - 2 };
		machine_chunk = (unsigned char)text.at[1];
	}
	machine_add("/file", 5, rest.at, rest.length, 0);
	CHECK(mym__root_open(&root, "/") == 0);
	fd = mym__root_get(&root, "/file", MYM__ROOT_FILE);
	CHECK(fd >= 0);
	mym__lines_init(&lines, fd, buffer, size);
	while (rest.length > 0) {
		struct mym__text whole = mym__parse_until(&rest, '\n');
		size_t front = whole.length < size ? whole.length : size;

		CHECK(mym__lines_next(&lines, &line) == 0);
		CHECK(line.length == front && lines.cut == (whole.length >= size));
		CHECK(front == 0 || memcmp(line.at, whole.at, front) == 0);
		/* A line may be changed in place. */
		memset((char *)(uintptr_t)line.at, '\n', line.length);
	}
	CHECK(mym__lines_next(&lines, &line) == 1);
	CHECK(mym__lines_next(&lines, &line) == 1);
	mym__root_drop(fd);
	mym__root_close(&root);
	free(buffer);
}
