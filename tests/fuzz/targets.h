/* SPDX-License-Identifier: MIT */
/* What is fuzzed: fuzz.c has the table. */
#ifndef TARGETS_H
#define TARGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mymem.h"

#include "base/text.h"
#include "read/pass.h"

struct target {
	const char *name;
	const char *seeds; /* files of the fixtures: patterns for find -path */
	/* Either a parser, */
	void (*parse)(struct mym__text text);
	/* or a file of a machine, and what reads it. */
	const char *path;
	void (*read)(struct mym__pass *pass);
};

/* parsers.c: text to numbers. */
void parse_amount(struct mym__text text);
void parse_words(struct mym__text text);
void parse_nodes(struct mym__text text);
void parse_binding(struct mym__text text);
void parse_groups(struct mym__text text);
void parse_zones(struct mym__text text);
void parse_psi(struct mym__text text);
void parse_limits(struct mym__text text);
void parse_base64(struct mym__text text);

/* called.c: what mymem-run is asked to answer. */
void parse_call(struct mym__text text);

/* keys.c: "key value". */
void parse_stat(struct mym__text text);
void parse_meminfo(struct mym__text text);
void parse_events(struct mym__text text);

/* lines.c: a file as lines. */
void parse_lines(struct mym__text text);

/* mounts.c: the mount table, by both readers. */
void parse_mounts(struct mym__text text);
/* Whether the kernel could have written it: then both read it alike. */
bool mounts_plain(struct mym__text table);
/* Whether libmount reads it for the library. */
extern bool mounts_by_libmount;

/* reader.c: one file among those of a machine that is always the same. */
void feed_file(const struct target *target, struct mym__text content);
void read_host(struct mym__pass *pass);
void read_swap(struct mym__pass *pass);
void read_pinned(struct mym__pass *pass);
void read_membership(struct mym__pass *pass);
void read_groups(struct mym__pass *pass);

/* tree.c: whole passes over the machine in the input; denied.c: while files
 * cannot be opened. */
void parse_tree(struct mym__text text);
void parse_denied(struct mym__text text);
/* Whether there is an answer; without one, what was in *s is left alone. */
bool tree_ask(struct mym_ctx *ctx, uint64_t want, struct mym_snapshot *s);

#endif
