/* SPDX-License-Identifier: MIT */
/*
 * Reads a file as lines of any length, in constant memory: of a line that is
 * longer than the buffer, the front is returned and the rest skipped.
 */
#include <errno.h>
#include <string.h>

#include "lines.h"
#include "parse.h"
#include "root.h"
#include "text.h"

void mym__lines_init(struct mym__lines *lines, int fd, char *buffer,
		     size_t size)
{
	*lines = (struct mym__lines){
		.fd = fd,
		.buffer = buffer,
		.size = size,
		.most = MYM__FILE_MOST,
	};
}

/* Reads more of the file, after what is in the buffer; 0, or < 0. */
static int fill(struct mym__lines *lines)
{
	int n;

	/* A device, or a sparse file, in the place of the kernel's would be read
	 * for ever. */
	if (lines->offset >= lines->most)
		return -EFBIG;
	if (lines->begin > 0) {
		lines->end -= lines->begin;
		memmove(lines->buffer, lines->buffer + lines->begin, lines->end);
		lines->begin = 0;
	}
	n = mym__root_read(lines->fd, lines->buffer + lines->end,
			   lines->size - lines->end, lines->offset);
	if (n < 0)
		return n;
	lines->offset += n;
	lines->eof = n == 0;
	lines->end += (size_t)n;
	return 0;
}

static char *newline(const struct mym__lines *lines, size_t from)
{
	return memchr(lines->buffer + from, '\n', lines->end - from);
}

/* Drops the rest of a line whose front has been returned. */
static int skip_rest(struct mym__lines *lines)
{
	for (;;) {
		char *end = newline(lines, lines->begin);
		int r;

		if (end) {
			lines->begin = (size_t)(end - lines->buffer) + 1;
			return 0;
		}
		if (lines->eof)
			return 0;
		lines->begin = lines->end;
		r = fill(lines);
		if (r < 0)
			return r;
	}
}

/* The usual case: a whole line is in the buffer. */
static inline bool whole(struct mym__lines *lines, struct mym__text *line)
{
	char *end = lines->cut ? NULL : newline(lines, lines->begin);

	if (!end)
		return false;
	line->at = lines->buffer + lines->begin;
	line->length = (size_t)(end - line->at);
	lines->begin += line->length + 1;
	return true;
}

int mym__lines_next(struct mym__lines *lines, struct mym__text *line)
{
	size_t searched = 0;
	int r;

	if (lines->cut) {
		lines->cut = false;
		r = skip_rest(lines);
		if (r < 0)
			return r;
	}
	for (;;) {
		size_t have = lines->end - lines->begin;
		char *end = newline(lines, lines->begin + searched);

		line->at = lines->buffer + lines->begin;
		if (end) {
			line->length = (size_t)(end - line->at);
			lines->begin += line->length + 1;
			return 0;
		}
		lines->cut = have == lines->size;
		if (lines->cut || (lines->eof && have > 0)) {
			line->length = have;
			lines->begin = lines->end;
			return 0;
		}
		if (lines->eof)
			return 1;
		searched = have;
		r = fill(lines);
		if (r < 0)
			return r;
	}
}

int mym__lines_all(int fd, char *buffer, size_t size, struct mym__text *all)
{
	size_t have = 0;
	int n;

	do {
		if (have == size)
			return -EBADMSG;
		n = mym__root_read(fd, buffer + have, size - have,
				   (int64_t)have);
		if (n < 0)
			return n;
		have += (size_t)n;
		/* After one line another read would only find the end. */
	} while (n > 0 && buffer[have - 1] != '\n');
	*all = (struct mym__text){ buffer, have };
	return 0;
}

static bool has_all(const struct mym__keys *keys)
{
	return (keys->seen | keys->broken) == keys->wanted;
}

/* Notes where a line began whose key has just been found. */
static void note(const struct mym__lines *lines, struct mym__keys *keys,
		 uint64_t before, const char *line)
{
	const uint64_t found = (keys->seen | keys->broken) & ~before;
	const size_t at = (size_t)lines->offset - lines->end +
			  (size_t)(line - lines->buffer);

	if (keys->at && found)
		keys->at[__builtin_ctzll(found)] =
			at > UINT16_MAX ? 0 : (uint16_t)at;
}

/* Stops once all wanted keys are found, before the end of the file. */
static int find(struct mym__lines *lines, struct mym__keys *keys)
{
	struct mym__text line;
	int r = 0;

	while (!has_all(keys) && (whole(lines, &line) ||
				  (r = mym__lines_next(lines, &line)) == 0)) {
		const uint64_t before = keys->seen | keys->broken;

		if (lines->cut)
			continue;
		mym__parse_key(keys, line);
		note(lines, keys, before, line.at);
	}
	return r < 0 ? r : 0;
}

int mym__lines_amount(int fd, char *buffer, int64_t *value)
{
	struct mym__text all;
	int r = mym__lines_all(fd, buffer, MYM__SMALL_FILE, &all);

	return r == 0 ? mym__parse_amount(all, value) : r;
}

static bool find_there(const struct mym__lines *lines, struct mym__keys *keys,
		       unsigned int i)
{
	const size_t at = keys->at[i];
	struct mym__text line = { lines->buffer + at, 0 };
	const char *end;

	if (at >= lines->end || (at > 0 && line.at[-1] != '\n'))
		return false;
	end = newline(lines, at);
	if (!end)
		return false;
	line.length = (size_t)(end - line.at);
	return mym__parse_this_key(keys, i, line);
}

/* The lines are where they were last, unless a number before them has more digits
 * by now, or fewer. */
static bool find_again(const struct mym__lines *lines, struct mym__keys *keys)
{
	for (unsigned int i = 0; i < keys->count; i++) {
		if (mym__parse_wants(keys, i) && !find_there(lines, keys, i))
			return false;
	}
	return true;
}

int mym__lines_keys(int fd, char *buffer, size_t size, struct mym__keys *keys)
{
	struct mym__lines lines;
	int r;

	mym__lines_init(&lines, fd, buffer, size);
	if (keys->at) {
		r = fill(&lines);
		if (r < 0)
			return r;
		if (find_again(&lines, keys))
			return 0;
		keys->seen = keys->broken = 0;
	}
	mym__parse_prepare(keys);
	return find(&lines, keys);
}
