/* SPDX-License-Identifier: MIT */
/*
 * The part of printf(3) that this program uses, for the static file that is
 * copied into images: what the C library has formats floating-point numbers and
 * wide characters as well, and takes ten times as much.
 *
 * The conversions %s, %c, %d, %u, %x and %%, for int, long and long long; the
 * flags - and 0, a width and, of text, a precision, both also as *.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct sink {
	FILE *file; /* or NULL: to the buffer */
	char *buffer;
	size_t size, length;
};

struct conversion {
	bool left, zeros;
	int width, precision, longs;
};

static void put(struct sink *sink, const char *text, size_t length)
{
	if (sink->file)
		fwrite(text, 1, length, sink->file);
	for (size_t i = 0; !sink->file && i < length; i++) {
		if (sink->length + i + 1 < sink->size)
			sink->buffer[sink->length + i] = text[i];
	}
	sink->length += length;
}

static void pad(struct sink *sink, char with, int columns)
{
	while (columns-- > 0)
		put(sink, &with, 1);
}

static void put_padded(struct sink *sink, const struct conversion *c,
		       const char *text, size_t length)
{
	const int columns = c->width - (int)length;

	if (!c->left && c->zeros && *text == '-') {
		put(sink, text++, 1);
		length--;
	}
	if (!c->left)
		pad(sink, c->zeros ? '0' : ' ', columns);
	put(sink, text, length);
	if (c->left)
		pad(sink, ' ', columns);
}

static void put_number(struct sink *sink, const struct conversion *c,
		       unsigned long long value, unsigned int base, bool minus)
{
	char text[24], *at = text + sizeof(text);

	if (minus)
		value = 0 - value;
	do {
		*--at = "0123456789abcdef"[value % base];
		value /= base;
	} while (value > 0);
	if (minus)
		*--at = '-';
	put_padded(sink, c, at, (size_t)(text + sizeof(text) - at));
}

static const char *parse_number(const char *at, int *value)
{
	while (*at >= '0' && *at <= '9')
		*value = *value * 10 + *at++ - '0';
	return at;
}

/* Nothing but the formats of this program comes here. */
static int format(struct sink *sink, const char *at, va_list args)
{
	for (; *at; at++) {
		struct conversion c = { .precision = -1 };
		size_t length = strcspn(at, "%");
		unsigned long long value;
		long long number;
		const char *text;
		char letter;

		put(sink, at, length);
		at += length;
		if (!*at)
			break;
		for (at++; *at == '-' || *at == '0'; at++)
			*(*at == '-' ? &c.left : &c.zeros) = true;
		if (*at == '*' && at++)
			c.width = va_arg(args, int);
		at = parse_number(at, &c.width);
		if (c.width < 0) {
			c.left = true;
			c.width = -c.width;
		}
		if (*at == '.') {
			c.precision = 0;
			if (*++at == '*' && at++)
				c.precision = va_arg(args, int);
			at = parse_number(at, &c.precision);
		}
		for (; *at == 'l'; at++)
			c.longs++;
		switch (*at) {
		case 's':
			text = va_arg(args, const char *);
			length = c.precision < 0
					 ? strlen(text)
					 : strnlen(text, (size_t)c.precision);
			put_padded(sink, &c, text, length);
			break;
		case 'c':
			letter = (char)va_arg(args, int);
			put_padded(sink, &c, &letter, 1);
			break;
		case 'd':
			number = c.longs > 1 ? va_arg(args, long long) :
				 c.longs ? va_arg(args, long) :
					   va_arg(args, int);
			put_number(sink, &c, (unsigned long long)number, 10,
				   number < 0);
			break;
		case 'u':
		case 'x':
			value = c.longs > 1 ? va_arg(args, unsigned long long)
				: c.longs   ? va_arg(args, unsigned long)
					    : va_arg(args, unsigned int);
			put_number(sink, &c, value, *at == 'u' ? 10 : 16,
				   false);
			break;
		case '%':
			put(sink, "%", 1);
			break;
		default:
			__builtin_trap();
		}
	}
	if (sink->size > 0)
		sink->buffer[sink->length < sink->size ? sink->length
						       : sink->size - 1] = '\0';
	return (int)sink->length;
}

int fprintf(FILE *restrict file, const char *restrict text, ...)
{
	struct sink sink = { .file = file };
	va_list args;
	int r;

	va_start(args, text);
	r = format(&sink, text, args);
	va_end(args);
	return r;
}

int printf(const char *restrict text, ...)
{
	struct sink sink = { .file = stdout };
	va_list args;
	int r;

	va_start(args, text);
	r = format(&sink, text, args);
	va_end(args);
	return r;
}

int snprintf(char *restrict buffer, size_t size, const char *restrict text, ...)
{
	struct sink sink = { .buffer = buffer, .size = size };
	va_list args;
	int r;

	va_start(args, text);
	r = format(&sink, text, args);
	va_end(args);
	return r;
}
