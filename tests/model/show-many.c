/* SPDX-License-Identifier: MIT */
/*
 * random-show-many: reads names of sysroots, one a line, and writes for each
 * the length of the answer's text, a newline, and the text.
 */
#include <stdlib.h>
#include <string.h>

#include "show.h"

int main(void)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t length;

	while ((length = getline(&line, &room, stdin)) > 0) {
		char *text = NULL;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		if (!out)
			return 1;
		if (line[length - 1] == '\n')
			line[length - 1] = '\0';
		show(out, line);
		fclose(out);
		printf("%zu\n", size);
		fwrite(text, 1, size, stdout);
		fflush(stdout);
		free(text);
	}
	free(line);
	return 0;
}
