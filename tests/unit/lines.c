/* SPDX-License-Identifier: MIT */
/* Files as lines, compared with a splitter that has them whole in memory. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/lines.h"
#include "base/parse.h"
#include "base/text.h"
#include "pread.h"
#include "random.h"
#include "suite.h"
#include "text.h"

/* The files of these tests give what they have bit by bit, and so are sockets,
 * which know no offset. */
static unsigned int reads;

static ssize_t after_pread(ssize_t n, int fd, void *buffer, size_t size)
{
	reads++;
	return n < 0 && errno == ESPIPE ? read(fd, buffer, size) : n;
}

static int file_of(struct mym__text content)
{
	int fd = memfd_create("lines", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content.at, content.length),
			 (int)content.length);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* Each read gives but one byte. */
static int trickle_of(struct mym__text content)
{
	int ends[2], most = 1 << 20;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &most, sizeof(most));
	for (size_t i = 0; i < content.length; i++)
		DEMAND(send(ends[1], content.at + i, 1, MSG_DONTWAIT) == 1,
		       "byte %zu", i);
	close(ends[1]);
	return ends[0];
}

/* Reads all lines and compares; NULL, or what is wrong. */
static const char *compare(int fd, size_t size, struct mym__text content)
{
	char *buffer = malloc(size);
	const char *wrong = NULL;
	struct mym__lines lines;
	struct mym__text line;

	mym__lines_init(&lines, fd, buffer, size);
	while (!wrong && content.length > 0) {
		struct mym__text want = mym__parse_until(&content, '\n');
		bool cut = want.length >= size;

		if (cut)
			want.length = size;
		if (mym__lines_next(&lines, &line) != 0)
			wrong = "too few lines";
		else if (!mym__text_equal(line, want))
			wrong = "another line";
		else if (lines.cut != cut)
			wrong = "not cut, or not said so";
		else if (line.length > 0)
			/* It is ours to change. */
			memset(buffer + (line.at - buffer), '\n', line.length);
	}
	for (int i = 0; !wrong && i < 2; i++) {
		if (mym__lines_next(&lines, &line) != 1)
			wrong = "too many lines";
	}
	free(buffer);
	return wrong;
}

START_TEST(shapes)
{
	static const struct mym__text contents[] = {
		T(""),
		T("\n"),
		T("\n\n\n"),
		T("a"),
		T("a\n"),
		T("a\n\nb"),
		T("\na"),
		T("a\r\nb\r\n"),
		T("a\0b\n\0\n"),
		T("\0"),
		T("a line longer than most of the buffers\n"),
		T("a line longer than most of the buffers"),
		T("short\na line longer than most of the buffers\nshort\n"),
		T("a line longer than most\nof the buffers, and another\n\n\n"),
		T("1234567\n12345678\n123456789\n"),
	};

	for (size_t i = 0; i < MYM__COUNT(contents); i++) {
		for (size_t size = 1; size < 80; size++) {
			int whole = file_of(contents[i]);
			int trickle = trickle_of(contents[i]);
			const char *wrong = compare(whole, size, contents[i]);

			ROW(!wrong, "\"%s\" through %zu: %s",
			    shown(contents[i]), size, wrong);
			wrong = compare(trickle, size, contents[i]);
			ROW(!wrong, "\"%s\" byte by byte through %zu: %s",
			    shown(contents[i]), size, wrong);
			close(whole);
			close(trickle);
		}
	}
	ROWS_DONE();
}
END_TEST

START_TEST(by_chance)
{
	struct chance chance = chance_new();
	static char content[5000];

	for (int i = 0; i < 3000; i++) {
		size_t length = chance_below(&chance, i % 10 ? 300 : 5000);
		size_t size = 1 + chance_below(&chance, i % 3 ? 40 : 4096);
		unsigned int end = 2 + chance_below(&chance, 60);
		struct mym__text text = { content, length };
		const char *wrong;
		int fd;

		for (size_t j = 0; j < length; j++)
			content[j] = chance_below(&chance, end) ?
				     (char)chance_next(&chance) : '\n';
		fd = i % 8 || length > 200 ? file_of(text) : trickle_of(text);
		wrong = compare(fd, size, text);
		DEMAND(!wrong, "seed %" PRIu64 ", file %d through %zu: %s",
		       chance.seed, i, size, wrong);
		close(fd);
	}
}
END_TEST

/* Longer than the buffer of a context, many times. */
START_TEST(megabytes)
{
	static char content[3 << 20], buffer[MYM__LINES_SIZE];
	struct mym__text text = { content, sizeof(content) };
	struct mym__lines lines;
	struct mym__text line;
	int fd;

	memset(content, 'x', sizeof(content));
	memcpy(content + sizeof(content) - 6, "\nlast\n", 6);
	fd = file_of(text);
	mym__lines_init(&lines, fd, buffer, sizeof(buffer));
	lines.most = sizeof(content) + 1;
	ck_assert_int_eq(mym__lines_next(&lines, &line), 0);
	ck_assert_uint_eq(line.length, sizeof(buffer));
	ck_assert(lines.cut);
	ck_assert_int_eq(mym__lines_next(&lines, &line), 0);
	ck_assert(mym__text_equal(line, MYM__TEXT("last")));
	ck_assert(!lines.cut);
	ck_assert_int_eq(mym__lines_next(&lines, &line), 1);
	close(fd);
}
END_TEST

/* No more than that is read; what was read before counts. */
START_TEST(too_long)
{
	const struct mym__name name = N("a");
	int64_t value = 0;
	struct mym__keys keys = { .names = &name, .count = 1, .values = &value };
	int fd = memfd_create("hole", MFD_CLOEXEC), rows = 0, r;
	static char buffer[MYM__LINES_SIZE];
	struct mym__lines lines;
	struct mym__text line;

	ck_assert_int_eq(ftruncate(fd, INT64_C(1) << 40), 0);
	mym__lines_init(&lines, fd, buffer, sizeof(buffer));
	ck_assert_int_eq(mym__lines_next(&lines, &line), 0);
	ck_assert(lines.cut);
	ck_assert_int_eq(mym__lines_next(&lines, &line), -EFBIG);
	ck_assert_int_eq(lines.offset, MYM__FILE_MOST);
	ck_assert_int_eq(mym__lines_keys(fd, buffer, sizeof(buffer), &keys),
			 -EFBIG);
	ck_assert_uint_eq(keys.seen, 0);
	close(fd);
	fd = file_of(MYM__TEXT("a\nb\nc\nd\n"));
	mym__lines_init(&lines, fd, buffer, 2);
	lines.most = 6;
	while ((r = mym__lines_next(&lines, &line)) == 0)
		rows++;
	ck_assert_int_eq(r, -EFBIG);
	ck_assert_int_eq(rows, 3);
	close(fd);
}
END_TEST

/* A pipe that has no more for now: a read that fails. */
static int failing_after(const char *content)
{
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
	ck_assert_int_eq(write(ends[1], content, strlen(content)),
			 (int)strlen(content));
	return ends[0];
}

START_TEST(errors)
{
	char buffer[4];
	struct mym__lines lines;
	struct mym__text line;

	mym__lines_init(&lines, failing_after(""), buffer, sizeof(buffer));
	ck_assert_int_eq(mym__lines_next(&lines, &line), -EAGAIN);
	mym__lines_init(&lines, failing_after("a\nbc"), buffer, sizeof(buffer));
	ck_assert_int_eq(mym__lines_next(&lines, &line), 0);
	ck_assert_int_eq(mym__lines_next(&lines, &line), -EAGAIN);
	mym__lines_init(&lines, -1, buffer, sizeof(buffer));
	ck_assert_int_eq(mym__lines_next(&lines, &line), -EBADF);
}
END_TEST

/* An error is forwarded as it is, in the rest of a long line too. */
START_TEST(errors_in_long_lines)
{
	char buffer[4];
	struct mym__lines lines;
	struct mym__text line;

	mym__lines_init(&lines, failing_after("abcdefgh"), buffer,
			sizeof(buffer));
	ck_assert_int_eq(mym__lines_next(&lines, &line), 0);
	ck_assert(lines.cut);
	ck_assert_int_eq(mym__lines_next(&lines, &line), -EAGAIN);
}
END_TEST

START_TEST(whole_files)
{
	static const struct {
		struct mym__text content;
		struct mym__text slowly; /* to the end of a line */
		int result;
	} rows[] = {
		{ T(""), T(""), 0 },
		{ T("1"), T("1"), 0 },
		{ T("12\n"), T("12\n"), 0 },
		{ T("1234567"), T("1234567"), 0 },
		{ T("12\n4\n\0\n"), T("12\n"), 0 },
		{ T("123456789"), T(""), -EBADMSG },
		{ T("1234567890123456789012345678901234567890"), T(""),
		  -EBADMSG },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		int fds[] = { file_of(rows[i].content),
			      trickle_of(rows[i].content) };

		for (size_t j = 0; j < MYM__COUNT(fds); j++) {
			struct mym__text want = j ? rows[i].slowly :
						    rows[i].content;
			struct mym__text all = { NULL, 99 };
			char *buffer = malloc(8);
			int r = mym__lines_all(fds[j], buffer, 8, &all);

			ROW(r == rows[i].result &&
			    (r < 0 ? all.length == 99 :
				     mym__text_equal(all, want)),
			    "row %zu: %d", i, r);
			free(buffer);
			close(fds[j]);
		}
	}
	ROWS_DONE();
}
END_TEST

START_TEST(keys_of_a_file)
{
	const struct mym__name names[] = { N("a"), N("b"), N("long") };
	int64_t values[3] = { 0 };
	struct mym__keys keys = { .names = names, .count = 3, .values = values };
	char buffer[16];
	int fd = file_of(MYM__TEXT("x 1\na 2\n"
				   "long 12345678901234567890\nb 3"));

	ck_assert_int_eq(mym__lines_keys(fd, buffer, sizeof(buffer), &keys), 0);
	close(fd);
	/* The front of a long line is not its number. */
	ck_assert_uint_eq(keys.seen, 1 << 0 | 1 << 1);
	ck_assert_int_eq(values[0], 2);
	ck_assert_int_eq(values[1], 3);
	fd = failing_after("a 2\n");
	ck_assert_int_eq(mym__lines_keys(fd, buffer, sizeof(buffer), &keys),
			 -EAGAIN);
	close(fd);
	/* Nothing behind the last wanted key is read. */
	keys = (struct mym__keys){ .names = names, .count = 2, .values = values };
	fd = failing_after("b 7\na 2\n");
	ck_assert_int_eq(mym__lines_keys(fd, buffer, sizeof(buffer), &keys), 0);
	ck_assert_uint_eq(keys.seen, 1 << 0 | 1 << 1);
	close(fd);
}
END_TEST

/* A file of so many lines before the wanted ones, of so many digits. */
static int stat_of(int lines, int digits, const char *rest)
{
	char text[8192], *at = text;

	for (int i = 0; i < lines; i++)
		at += sprintf(at, "other_%d %0*d\n", i, digits, i);
	at += sprintf(at, "%s", rest);
	return file_of((struct mym__text){ text, (size_t)(at - text) });
}

/* Where the line of a key begins in that file. */
static size_t place_of(char key, int lines, int digits, const char *rest)
{
	const char *at = rest;
	size_t front = 0;

	for (int i = 0; i < lines; i++)
		front += (size_t)snprintf(NULL, 0, "other_%d %0*d\n", i, digits, i);
	while (at[0] != key || at[1] != ' ')
		at = strchr(at, '\n') + 1;
	return front + (size_t)(at - rest);
}

/* The keys are looked for where they were the last time, and are found wherever
 * they are now. */
START_TEST(keys_where_they_were)
{
	static const struct {
		int lines, digits;
		const char *rest;
		uint64_t seen;
		int64_t a, b;
	} rows[] = {
		{ 40, 10, "a 1\nb 2\nc 3\n", 3, 1, 2 },
		{ 40, 10, "a 4\nb 5\nc 3\n", 3, 4, 5 },
		{ 40, 12, "x 1\na 6\nb 7\n", 3, 6, 7 },
		{ 40, 4, "a 8\nb 9\n", 3, 8, 9 },
		{ 100, 12, "b 11\nx 0\na 10", 3, 10, 11 },
		{ 2, 1, "a 12\nb 13\n", 3, 12, 13 },
		{ 0, 1, "a 14\nb 15\n", 3, 14, 15 },
		{ 60, 10, "b 16\n", 2, 0, 16 },
		{ 60, 10, "a 17\nb 18\n", 3, 17, 18 },
		{ 10, 10, "", 0, 0, 0 },
		/* One of the two before where the first was. */
		{ 60, 10, "a 19\nb 20\n", 3, 19, 20 },
		{ 15, 10, "a 23\nb 24\n", 3, 23, 24 },
		/* Nothing that only looks like them is where they were. */
		{ 15, 10, "a\nnoa 31\nb 26\na 25\n", 2, 0, 26 },
		{ 15, 10, "a 27\nb 28\n", 3, 27, 28 },
		{ 15, 10, "x 27\nb 28\n\n\n\na 29\n", 3, 29, 28 },
		{ 15, 10, "x 27\nab 8\n\n\n\na 29", 1, 29, 0 },
		{ 0, 1, "a 21\nother 1\nother 2\nother 3\nother 4\nother 5\n"
			"other 6\nother 7\nother 8\nother 9\nother 10\n"
			"other 1111111111111111111111111111111111111111111\n"
			"other 1111111111111111111111111111111111111111111\n"
			"other 1111111111111111111111111111111111111111111\n"
			"other 1111111111111111111111111111111111111111111\n"
			"other 1111111111111111111111111111111111111111111\n"
			"other 1111111111111111111111111111111111111111111\n"
			"other 1111111111111111111111111111111111111111111\n"
			"other 1111111111111111111111111111111111111111111\n"
			"other 1111111111111111111111111111111111111111111\n"
			"b 22\n", 3, 21, 22 },
	};
	static const size_t sizes[] = { 65536, 600, 70 };
	const struct mym__name names[] = { N("a"), N("b") };

	for (size_t s = 0; s < MYM__COUNT(sizes); s++) {
		uint16_t at[2] = { 0 };

		for (size_t i = 0; i < MYM__COUNT(rows); i++) {
			int64_t values[2] = { 0 };
			struct mym__keys keys = {
				.names = names,
				.count = 2,
				.values = values,
				.at = at,
			};
			static char buffer[65536];
			int fd = stat_of(rows[i].lines, rows[i].digits,
					 rows[i].rest);

			reads = 0;
			ck_assert_int_eq(mym__lines_keys(fd, buffer, sizes[s],
							 &keys), 0);
			close(fd);
			/* The second row is where the first was. */
			if (i == 1 && s == 0)
				ck_assert_uint_eq(reads, 1);
			ck_assert_uint_eq(keys.seen, rows[i].seen);
			for (unsigned int k = 0; k < 2; k++) {
				if (keys.seen >> k & 1)
					ck_assert_uint_eq(at[k], place_of(
						"ab"[k], rows[i].lines,
						rows[i].digits, rows[i].rest));
			}
			ck_assert_int_eq(values[0], rows[i].a);
			ck_assert_int_eq(values[1], rows[i].b);
		}
	}
}
END_TEST

/* Guesses of any kind change nothing about what is found. */
START_TEST(keys_wherever_they_are_thought)
{
	static const char text[] = "a 1\nba 2\n\n b 3\nc 4 5\nd 6\n";
	const struct mym__name names[] = { N("a"), N("b"), N("c"), N("d") };
	int fd = file_of(MYM__TEXT(text));

	for (unsigned int guess = 0; guess < 5 * sizeof(text); guess++) {
		int64_t values[4] = { 0 };
		uint16_t at[4];
		struct mym__keys keys = {
			.names = names,
			.count = 4,
			.values = values,
			.at = at,
		};
		static char buffer[128];

		for (unsigned int i = 0; i < 4; i++)
			at[i] = (uint16_t)(guess < sizeof(text) ? guess :
					   guess * (7 + i) % (2 * sizeof(text)));
		ck_assert_int_eq(mym__lines_keys(fd, buffer, sizeof(buffer),
						 &keys), 0);
		ROW(keys.seen == 0xb && keys.broken == 0x4 && values[0] == 1 &&
		    values[1] == 3 && values[2] == 0 && values[3] == 6,
		    "%u: %#x, %#x", guess, (unsigned int)keys.seen,
		    (unsigned int)keys.broken);
	}
	close(fd);
	ROWS_DONE();
}
END_TEST

/* Behind a long line, too, they cost one read. */
START_TEST(keys_behind_a_long_line)
{
	const struct mym__name names[] = { N("a") };
	static char buffer[4096];
	uint16_t at = 0;
	char text[256];
	int fd;

	memset(text, 'x', 200);
	strcpy(text + 200, " 1\na 7\n");
	fd = file_of(string_text(text));
	for (int i = 0; i < 3; i++) {
		int64_t value = 0;
		struct mym__keys keys = {
			.names = names,
			.count = 1,
			.values = &value,
			.at = &at,
		};

		reads = 0;
		ck_assert_int_eq(mym__lines_keys(fd, buffer, sizeof(buffer),
						 &keys), 0);
		ck_assert_int_eq(value, 7);
		ck_assert_uint_eq(at, 203);
		ck_assert_uint_eq(reads, 1);
	}
	close(fd);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("lines");
	TCase *tc = tcase_create("all");

	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, shapes);
	tcase_add_test(tc, by_chance);
	tcase_add_test(tc, megabytes);
	tcase_add_test(tc, too_long);
	tcase_add_test(tc, errors);
	tcase_add_test(tc, errors_in_long_lines);
	tcase_add_test(tc, whole_files);
	tcase_add_test(tc, keys_of_a_file);
	tcase_add_test(tc, keys_where_they_were);
	tcase_add_test(tc, keys_wherever_they_are_thought);
	tcase_add_test(tc, keys_behind_a_long_line);
	suite_add_tcase(s, tc);
	return s;
}
