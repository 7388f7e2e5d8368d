/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "mymem-free.h"
#include "sentence.h"
#include "size.h"

#define LAST_COLUMN 80

/* Where the paragraph ends; 0: it has not begun. */
static size_t column;

static size_t print_fact(FILE *out, char which, const struct facts *f)
{
	const int64_t value = which == 'a' ? f->a : which == 'b' ? f->b : f->n;
	char number[SIZE_TEXT];
	const char *text = "?";
	size_t columns = 0;

	if (which == 's') {
		text = f->word;
	} else if (which == 'w') {
		text = f->dir;
		if (f->file) {
			columns = print_text(out, text) + print_text(out, "/");
			text = f->file;
		}
	} else if (value >= 0) {
		text = human_size(number, value);
		if (which == 'n')
			snprintf(number, sizeof(number), "%" PRId64, value);
	}
	return columns + print_text(out, text);
}

static size_t print_word(FILE *out, const char *word, size_t length,
			 const struct facts *facts)
{
	size_t columns = 0;

	for (size_t i = 0; i < length; i++) {
		if (word[i] == '%')
			columns += print_fact(out, word[++i], facts);
		else
			columns += print_text_of(out, word + i, 1);
	}
	return columns;
}

static void begin_line(size_t indent)
{
	printf("\n%*s", (int)indent, "");
	column = indent;
}

void say(size_t indent, const char *text, const struct facts *facts)
{
	while (*text) {
		const size_t length = strcspn(text, " \n");
		const size_t columns = print_word(NULL, text, length, facts);

		if (column > indent && column + 1 + columns > LAST_COLUMN)
			begin_line(indent);
		/* Up to the indent after the first words, then one. */
		if (column > 0 && column != indent)
			column += (size_t)printf(
				"%*s",
				column < indent ? (int)(indent - column) : 1,
				"");
		column += print_word(stdout, text, length, facts);
		text += length;
		if (*text == '\n')
			begin_line(indent);
		text += *text != '\0';
	}
}

void end_paragraph(void)
{
	putchar('\n');
	column = 0;
}
