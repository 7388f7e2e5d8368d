/* SPDX-License-Identifier: MIT */
/* Base64 to bytes (RFC 4648, section 4).  Pure. */
#include <errno.h>

#include "../base/text.h"
#include "base64.h"

static int value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int mym__base64(struct mym__text text, char *out, size_t size)
{
	size_t have = 0;

	if (text.length % 4 != 0)
		return -EBADMSG;
	for (size_t i = 0; i < text.length; i += 4) {
		const char *four = text.at + i;
		bool last = i + 4 == text.length;
		unsigned int bits = 0, bytes = 3;

		if (last && four[3] == '=')
			bytes = four[2] == '=' ? 1 : 2;
		for (unsigned int j = 0; j < 4; j++) {
			int six = j > bytes ? 0 : value(four[j]);

			if (six < 0)
				return -EBADMSG;
			bits = bits << 6 | (unsigned int)six;
		}
		/* The bits that padding cuts off must be 0. */
		if (bits & ((1U << (8 * (3 - bytes))) - 1))
			return -EBADMSG;
		if (size - have < bytes)
			return -ENOBUFS;
		for (unsigned int j = 0; j < bytes; j++)
			out[have++] = (char)(bits >> (16 - 8 * j) & 0xff);
	}
	return (int)have;
}
