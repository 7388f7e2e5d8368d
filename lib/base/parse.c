/* SPDX-License-Identifier: MIT */
/*
 * Turns kernel text into numbers.  Pure: calls nothing of libc but mem*(),
 * knows no locale, reads nothing outside (at, length), and refuses what it does
 * not understand.
 */
#include <errno.h>
#include <string.h>

#include "compiler.h"
#include "parse.h"
#include "saturate.h"
#include "text.h"

/* Asked of each character. */
MYM__INLINE bool is_blank(char c)
{
	return c <= ' ' && (c == ' ' || c == '\t' || c == '\r' || c == '\n');
}

bool mym__text_equal(struct mym__text a, struct mym__text b)
{
	return a.length == b.length &&
	       (a.length == 0 || (*a.at == *b.at &&
				  memcmp(a.at, b.at, a.length) == 0));
}

bool mym__text_is(struct mym__text text, const char *word)
{
	return mym__text_equal(text, (struct mym__text){ word, strlen(word) });
}

/* No name that the kernel gives contains a NUL, and none is empty. */
static bool has_nul(struct mym__text name)
{
	return memchr(name.at, '\0', name.length);
}

static struct mym__text cut(struct mym__text *rest, size_t length, size_t skip)
{
	struct mym__text front = { rest->at, length };

	rest->at += length + skip;
	rest->length -= length + skip;
	return front;
}

struct mym__text mym__parse_until(struct mym__text *rest, char separator)
{
	const char *end = NULL;

	if (rest->length > 0)
		end = memchr(rest->at, separator, rest->length);
	if (!end)
		return cut(rest, rest->length, 0);
	return cut(rest, (size_t)(end - rest->at), 1);
}

/* Mostly spaces, with which the kernel makes columns. */
MYM__INLINE void skip_blanks(struct mym__text *rest)
{
	const char *at = rest->at, *end = at + rest->length;

	while (at < end && *at == ' ')
		at++;
	while (at < end && is_blank(*at))
		at++;
	*rest = (struct mym__text){ at, (size_t)(end - at) };
}

struct mym__text mym__parse_word(struct mym__text *rest)
{
	const char *at, *end;

	skip_blanks(rest);
	at = rest->at;
	end = at + rest->length;
	while (at < end && !is_blank(*at))
		at++;
	return cut(rest, (size_t)(at - rest->at), 0);
}

/* Cuts decimal digits off the front of *rest: how many. */
static size_t cut_digits(struct mym__text *rest, int64_t *value)
{
	const char *begin = rest->at, *end = begin + rest->length;
	const char *at = begin, *first;
	uint64_t n = 0, digit;

	while (at < end && *at == '0')
		at++;
	first = at;
	for (; at < end && (digit = (uint64_t)*at - '0') <= 9; at++)
		n = n * 10 + digit;
	/* 19 digits do not overflow 64 bits. */
	*value = at - first > 19 || n > INT64_MAX ? INT64_MAX : (int64_t)n;
	*rest = (struct mym__text){ at, (size_t)(end - at) };
	return (size_t)(at - begin);
}

int mym__parse_number(struct mym__text word, int64_t *value)
{
	int64_t n;

	if (cut_digits(&word, &n) == 0 || word.length > 0)
		return -EBADMSG;
	*value = n;
	return 0;
}

int mym__parse_hex(struct mym__text word, uint64_t *value)
{
	uint64_t n = 0;
	size_t i;

	if (word.length == 0 || word.length > 16)
		return -EBADMSG;
	for (i = 0; i < word.length; i++) {
		char c = word.at[i];

		if (c >= '0' && c <= '9')
			n = n * 16 + (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			n = n * 16 + (uint64_t)(c - 'a' + 10);
		else
			return -EBADMSG;
	}
	*value = n;
	return 0;
}

bool mym__parse_unlimited(int64_t value)
{
	/* PAGE_COUNTER_MAX (include/linux/page_counter.h), for pages of 4 KiB
	 * to 64 KiB. */
	for (int64_t page = 4096; page <= 65536; page *= 2) {
		if (value == INT32_MAX * page)
			return true;
	}
	return value >= MYM__UNLIMITED;
}

int mym__parse_amount(struct mym__text content, int64_t *value)
{
	struct mym__text word;
	int64_t n;

	skip_blanks(&content);
	if (content.length == 0)
		return -ENODATA;
	if (cut_digits(&content, &n) == 0) {
		word = mym__parse_word(&content);
		if (!mym__text_is(word, "max") && !mym__text_is(word, "-1"))
			return -EBADMSG;
		n = INT64_MAX;
	}
	skip_blanks(&content);
	if (content.length > 0)
		return -EBADMSG;
	if (n >= MYM__UNLIMITED)
		return 1;
	*value = n;
	return 0;
}

bool mym__parse_has_token(struct mym__text list, const char *token)
{
	while (list.length > 0) {
		if (mym__text_is(mym__parse_until(&list, ','), token))
			return true;
	}
	return false;
}

/* The kernel writes no other unit. */
static bool cut_unit(struct mym__text *rest)
{
	if (rest->length < 2 || rest->at[0] != 'k' || rest->at[1] != 'B')
		return false;
	cut(rest, 2, 0);
	return rest->length == 0 || is_blank(*rest->at);
}

/* The number of a key, and its unit. */
static int parse_value(const struct mym__keys *keys, struct mym__text rest,
		       int64_t *value)
{
	int64_t n;

	skip_blanks(&rest);
	if (cut_digits(&rest, &n) == 0 ||
	    (rest.length > 0 && !is_blank(*rest.at)))
		return -EBADMSG;
	skip_blanks(&rest);
	/* A line without its unit was cut short, perhaps within the number. */
	if (keys->kilobytes ? !cut_unit(&rest) : rest.length > 0)
		return -EBADMSG;
	/* The kernel's kB are 1024 bytes. */
	if (keys->kilobytes)
		n = mym__multiply(n, 1024);
	*value = n;
	return 0;
}

void mym__parse_prepare(struct mym__keys *keys)
{
	uint64_t named = 0;

	keys->letters = mym__parse_letter(' ') | mym__parse_letter('\t') |
			mym__parse_letter('\r');
	for (unsigned int i = 0; i < keys->count; i++) {
		if (!mym__parse_wants(keys, i))
			continue;
		named |= UINT64_C(1) << i;
		keys->letters |= mym__parse_letter(keys->names[i].at[0]);
	}
	keys->wanted = named;
}

/* The end of the key is compared first: it tells most keys apart. */
MYM__INLINE bool has_key(struct mym__text line, const struct mym__name *key)
{
	const size_t length = key->length;

	return line.length >= length &&
	       line.at[length - 1] == key->at[length - 1] &&
	       (line.length == length || line.at[length] == ':' ||
		is_blank(line.at[length])) &&
	       memcmp(line.at, key->at, length) == 0;
}

bool mym__parse_this_key(struct mym__keys *keys, unsigned int i,
			 struct mym__text line)
{
	const uint64_t bit = UINT64_C(1) << i;
	const size_t length = keys->names[i].length;

	if (!has_key(line, &keys->names[i]))
		return false;
	cut(&line, length, length < line.length);
	if (parse_value(keys, line, &keys->values[i]) < 0)
		keys->broken |= bit;
	else
		keys->seen |= bit;
	return true;
}

void mym__parse_some_key(struct mym__keys *keys, struct mym__text line)
{
	uint64_t wanted;

	if (keys->letters == 0)
		mym__parse_prepare(keys);
	/* The kernel prints no key twice; the first one counts. */
	wanted = keys->wanted & ~(keys->seen | keys->broken);
	skip_blanks(&line);
	while (wanted != 0 &&
	       !mym__parse_this_key(keys, (unsigned int)__builtin_ctzll(wanted),
				    line))
		wanted &= wanted - 1;
}

int mym__parse_member(struct mym__text line, struct mym__member *member)
{
	struct mym__text rest = line;
	struct mym__text id = mym__parse_until(&rest, ':');
	struct mym__text controllers = mym__parse_until(&rest, ':');
	int r;

	/* A path may hold colons and starts with a slash; nothing in this file
	 * is escaped. */
	if (rest.length > 0 && rest.at[rest.length - 1] == '\r')
		rest.length--;
	if (rest.length == 0 || rest.at[0] != '/' || has_nul(rest))
		return -EBADMSG;
	r = mym__parse_number(id, &member->hierarchy);
	if (r < 0)
		return r;
	member->controllers = controllers;
	member->path = rest;
	return 0;
}

/* Undoes the kernel's escapes \040 \011 \012 \134 in place. */
static struct mym__text unescape(char *text, size_t length)
{
	size_t from, to = 0;

	for (from = 0; from < length; from++) {
		char c = text[from];

		if (c == '\\' && length - from > 3 &&
		    text[from + 1] >= '0' && text[from + 1] <= '3' &&
		    text[from + 2] >= '0' && text[from + 2] <= '7' &&
		    text[from + 3] >= '0' && text[from + 3] <= '7') {
			c = (char)((text[from + 1] - '0') << 6 |
				   (text[from + 2] - '0') << 3 |
				   (text[from + 3] - '0'));
			from += 3;
		}
		text[to++] = c;
	}
	return (struct mym__text){ text, to };
}

static bool is_id(struct mym__text word)
{
	int64_t n;

	return mym__parse_number(word, &n) == 0 && n <= INT32_MAX;
}

/*
 * 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
 *
 * Any number of optional fields stand before the " - ", and the source may be
 * empty.  Whatever follows a blank in the options is ignored: some file systems
 * forget to escape it.
 */
int mym__parse_mount(char *line, size_t length, struct mym__mount *mount)
{
	enum { ID, PARENT, DEVICE, ROOT, POINT, FLAGS, FIELDS };
	struct mym__text rest = { line, length };
	struct mym__text field[FIELDS], word, minor;

	for (size_t i = 0; i < FIELDS; i++) {
		field[i] = mym__parse_until(&rest, ' ');
		if (field[i].length == 0)
			return -EBADMSG;
	}
	minor = field[DEVICE];
	word = mym__parse_until(&minor, ':');
	if (!is_id(field[ID]) || !is_id(field[PARENT]) || !is_id(word) ||
	    !is_id(minor))
		return -EBADMSG;
	do {
		if (rest.length == 0)
			return -EBADMSG;
		word = mym__parse_until(&rest, ' ');
	} while (!mym__text_is(word, "-"));

	mount->type = mym__parse_until(&rest, ' ');
	mym__parse_until(&rest, ' '); /* the source */
	mount->options = mym__parse_word(&rest);
	if (mount->type.length == 0 || mount->options.length == 0)
		return -EBADMSG;
	mount->root = unescape(line + (field[ROOT].at - line),
			       field[ROOT].length);
	mount->point = unescape(line + (field[POINT].at - line),
				field[POINT].length);
	return has_nul(mount->root) || has_nul(mount->point) ? -EBADMSG : 0;
}

/* What stands behind "NAME=" in a line of words. */
static int find_value(struct mym__text line, const char *name,
		      struct mym__text *value)
{
	do {
		*value = mym__parse_word(&line);
		if (value->length == 0)
			return -EBADMSG;
	} while (!mym__text_is(mym__parse_until(value, '='), name));
	return 0;
}

int mym__parse_psi(struct mym__text line, bool *full, int64_t *avg10)
{
	struct mym__text kind = mym__parse_word(&line);
	struct mym__text word, whole;
	int64_t percent, hundredths;

	if (mym__text_is(kind, "full"))
		*full = true;
	else if (mym__text_is(kind, "some"))
		*full = false;
	else
		return -EBADMSG;
	if (find_value(line, "avg10", &word) < 0)
		return -EBADMSG;
	/* Always with two decimals: a "1" may be the front of a cut 12.34. */
	whole = mym__parse_until(&word, '.');
	if (mym__parse_number(whole, &percent) < 0 || word.length != 2 ||
	    mym__parse_number(word, &hundredths) < 0 || percent > 100 ||
	    percent * 100 + hundredths > 10000)
		return -EBADMSG;
	*avg10 = percent * 100 + hundredths;
	return 0;
}

int mym__parse_psi_total(struct mym__text line, int64_t *total)
{
	struct mym__text word;
	int r = find_value(line, "total", &word);

	return r < 0 ? r : mym__parse_number(word, total);
}

bool mym__parse_before(struct mym__text release, int64_t major, int64_t minor)
{
	struct mym__text first = mym__parse_until(&release, '.');
	int64_t is_major, is_minor;
	size_t digits = 0;

	while (digits < release.length && release.at[digits] >= '0' &&
	       release.at[digits] <= '9')
		digits++;
	release.length = digits;
	if (mym__parse_number(first, &is_major) < 0 ||
	    mym__parse_number(release, &is_minor) < 0)
		return false;
	return is_major < major || (is_major == major && is_minor < minor);
}

int mym__parse_rlimit(struct mym__text line, struct mym__text name, bool hard,
		      int64_t *value)
{
	struct mym__text word;
	int r;

	if (line.length <= name.length ||
	    memcmp(line.at, name.at, name.length) != 0 ||
	    !is_blank(line.at[name.length]))
		return -ENOENT;
	cut(&line, name.length, 0);
	word = mym__parse_word(&line);
	if (hard)
		word = mym__parse_word(&line);
	if (mym__text_is(word, "unlimited"))
		return 1;
	r = mym__parse_number(word, value);
	return r == 0 && *value >= MYM__UNLIMITED ? 1 : r;
}
