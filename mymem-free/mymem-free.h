/* SPDX-License-Identifier: MIT */
/* mymem-free: what the tool's files share. */
#ifndef MYMEM_FREE_H
#define MYMEM_FREE_H

#include <stdbool.h>
#include <stdio.h>

#include <mymem.h>

#include "names.h"

/* The exit status, where it is no other program's. */
enum { OK, FAILED, USAGE, NOT_LIMITED, TIMED_OUT = 124 };

/* The machine that is reported on, and what was found out about it. */
struct report {
	const char *sysroot; /* NULL: this one */
	int64_t pid;         /* of another process, or 0 */
	struct mym_ctx *ctx;
	struct mym_snapshot snapshot;
};

/* What the program is called, in its messages. */
extern const char *program;

struct mym_constraint constraint_at(const struct report *report, uint64_t index);
const char *path_at(const struct report *report, uint64_t index);
/* What a group's limit is called. */
const char *limit_file(const struct report *report);
/* How many bytes of UTF-8 stand here; 0 if it is none. */
size_t utf8_length(const unsigned char *s);
/* The control character that stands here, or 0. */
unsigned int control_at(const unsigned char *s);
/* A path or an argument as text that cannot play tricks on a terminal.  Returns how
 * many columns it takes; nothing is printed to NULL. */
size_t print_text(FILE *out, const char *text);
/* No more than the first bytes of it. */
size_t print_text_of(FILE *out, const char *text, size_t length);
/* The same between quotes, where quotes and backslashes are escaped as well. */
void print_quoted(FILE *out, const char *text);
/* As a string of JSON, or null where there is no text. */
void print_json_text(FILE *out, const char *text);

void print_json(const struct report *report, bool line);
void print_explanation(const struct report *report);

#endif
