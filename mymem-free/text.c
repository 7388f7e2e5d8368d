/* SPDX-License-Identifier: MIT */
/* Names and arguments are bytes that anybody may have chosen. */
#include <string.h>

#include "mymem-free.h"

size_t utf8_length(const unsigned char *s)
{
	size_t length = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 :
			s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	/* Not the shortest form, a surrogate, or beyond Unicode. */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] >= 0xa0) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] >= 0x90))
		return 0;
	return length;
}

unsigned int control_at(const unsigned char *s)
{
	size_t length = utf8_length(s);
	unsigned int code = length == 1 ? s[0] :
			    length == 2 ? (s[0] & 0x1fU) << 6 | (s[1] & 0x3fU) :
			    length == 3 ? (s[0] & 0x0fU) << 12 |
					  (s[1] & 0x3fU) << 6 | (s[2] & 0x3fU) :
			    0;

	/* C0, DEL and C1; marks of direction, ends of lines, embeddings,
	 * overrides and isolates. */
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c ||
	       code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) ? code : 0;
}

/* Steps over the character that stands here.  Returns how many columns it takes. */
static size_t print_character(FILE *out, const unsigned char **s,
			      const char *escape)
{
	size_t bytes = utf8_length(*s), columns = 0;
	const bool plain = bytes > 0 && control_at(*s) == 0;

	if (bytes == 0)
		bytes = 1;
	for (; bytes > 0; bytes--, (*s)++) {
		columns += plain ? (**s & 0xc0) != 0x80 : strlen(escape) + 3;
		if (!out)
			continue;
		if (plain)
			fputc(**s, out);
		else
			fprintf(out, "%sx%02x", escape, **s);
	}
	return columns;
}

size_t print_text_of(FILE *out, const char *text, size_t length)
{
	const unsigned char *s = (const unsigned char *)text, *end = s + length;
	size_t columns = 0;

	while (s < end)
		columns += print_character(out, &s, "\\");
	return columns;
}

size_t print_text(FILE *out, const char *text)
{
	return print_text_of(out, text, strlen(text));
}

void print_quoted(FILE *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	fputc('"', out);
	while (*s) {
		if (*s == '"' || *s == '\\')
			fputc('\\', out);
		print_character(out, &s, "\\\\");
	}
	fputc('"', out);
}

/* Group names are bytes: what is not UTF-8 becomes U+FFFD. */
void print_json_text(FILE *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	if (!text) {
		fprintf(out, "null");
		return;
	}
	fputc('"', out);
	while (*s) {
		size_t length = utf8_length(s);

		if (length == 0) {
			fprintf(out, "\\ufffd");
			length = 1;
		} else if (*s == '"' || *s == '\\') {
			fprintf(out, "\\%c", *s);
		} else if (control_at(s)) {
			fprintf(out, "\\u%04x", control_at(s));
		} else {
			fprintf(out, "%.*s", (int)length, (const char *)s);
		}
		s += length;
	}
	fputc('"', out);
}
