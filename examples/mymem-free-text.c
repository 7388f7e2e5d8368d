/* SPDX-License-Identifier: MIT */
/* Names are bytes that anybody may have chosen. */
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

void print_path(FILE *out, const char *path)
{
	const unsigned char *s = (const unsigned char *)path;

	while (*s) {
		size_t length = utf8_length(s);
		/* C0, DEL and, as U+0080 to U+009F, C1. */
		bool control = *s < 0x20 || *s == 0x7f ||
			       (*s == 0xc2 && s[1] < 0xa0);

		if (length == 0 || control) {
			fprintf(out, "\\x%02x", *s++);
			continue;
		}
		fprintf(out, "%.*s", (int)length, (const char *)s);
		s += length;
	}
}
