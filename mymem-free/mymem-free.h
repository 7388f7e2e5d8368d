/* SPDX-License-Identifier: MIT */
/* mymem-free: what the tool's files share. */
#ifndef MYMEM_FREE_H
#define MYMEM_FREE_H

#include <stdbool.h>
#include <stdio.h>

#include <mymem.h>

#include "names.h"

struct report {
	struct mym_ctx *ctx;
	struct mym_snapshot snapshot;
};

/* How the table counts: a divisor, or human readable. */
struct unit {
	int64_t bytes;
	bool human;
};
/* Formats bytes; "-" where known is false. */
const char *amount(char *buffer, size_t size, const struct unit *unit,
		   bool known, int64_t bytes);

struct mym_constraint constraint_at(const struct report *report, uint64_t index);
const char *path_at(const struct report *report, uint64_t index);
/* How many bytes of UTF-8 stand here; 0 if it is none. */
size_t utf8_length(const unsigned char *s);
/* The control character that stands here, or 0. */
unsigned int control_at(const unsigned char *s);
/* A path or an argument as text that cannot play tricks on a terminal. */
void print_text(FILE *out, const char *text);

void print_table(const struct report *report, const struct unit *unit);
void print_json(const struct report *report);
void print_explanation(const struct report *report);

#endif
