/* SPDX-License-Identifier: MIT */
/* Turns kernel text into numbers.  Pure: no I/O, no allocation, no errno. */
#ifndef MYM_PARSE_H
#define MYM_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

#pragma GCC visibility push(hidden)

/* Cuts the text before the separator off the front of *rest. */
struct mym__text mym__parse_until(struct mym__text *rest, char separator);
/* Cuts the next word off the front of *rest; words are divided by blanks. */
struct mym__text mym__parse_word(struct mym__text *rest);
/* v1's "unlimited" is the largest multiple of the page size below 2^63, so it
 * differs between page sizes; no machine has 2^62 bytes. */
#define MYM__UNLIMITED (INT64_C(1) << 62)
/* Whether a v1 limit means "unlimited"; 32-bit kernels write 2^31 - 1 pages. */
bool mym__parse_unlimited(int64_t value);
/* No machine has this much of anything: a larger number counts as unknown. */
#define MYM__PLAUSIBLE (INT64_C(1) << 50)
/* A whole word of decimal digits.  Saturates. */
int mym__parse_number(struct mym__text word, int64_t *value);
int mym__parse_hex(struct mym__text word, uint64_t *value);
/* The content of a file that holds one number: 0, 1 for "max", or < 0. */
int mym__parse_amount(struct mym__text content, int64_t *value);
bool mym__parse_has_token(struct mym__text list, const char *token);

/* Values from lines "key value" or "Key:  value kB", picked by name. */
struct mym__keys {
	const struct mym__name *names;
	bool kilobytes;     /* whether every number has the unit kB, or none */
	unsigned int count; /* at most 63 */
	uint64_t wanted;    /* bit i: names[i]; 0: all of them */
	uint64_t seen;      /* bit i: values[i] is there */
	uint64_t broken;    /* bit i: the line was there, but no valid number */
	uint64_t letters;   /* internal to parse.c; 0 at first */
	/* Where in the file the line of each was found last, or NULL. */
	uint16_t *at;
	int64_t *values;
};
/* Whether names[i] is looked for; an empty name never is. */
static inline bool mym__parse_wants(const struct mym__keys *keys, unsigned int i)
{
	return keys->names[i].length > 0 &&
	       (keys->wanted == 0 || (keys->wanted >> i & 1));
}

/* Finds out which keys are wanted, before the first line. */
void mym__parse_prepare(struct mym__keys *keys);
/* Takes the value from a line that may have that key. */
bool mym__parse_this_key(struct mym__keys *keys, unsigned int i,
			 struct mym__text line);
void mym__parse_some_key(struct mym__keys *keys, struct mym__text line);
/* The bit of a first letter: most lines begin with one that is not wanted. */
static inline uint64_t mym__parse_letter(char c)
{
	return UINT64_C(1) << (c & 63);
}
static inline void mym__parse_key(struct mym__keys *keys, struct mym__text line)
{
	if (line.length > 0 && (keys->letters == 0 ||
				(keys->letters & mym__parse_letter(*line.at))))
		mym__parse_some_key(keys, line);
}

/* A line of /proc/self/cgroup: hierarchy, controllers, path. */
struct mym__member {
	int64_t hierarchy;
	struct mym__text controllers;
	struct mym__text path;
};
int mym__parse_member(struct mym__text line, struct mym__member *member);

/* A line of the mount table. */
struct mym__mount {
	struct mym__text root;  /* of the mount within its file system */
	struct mym__text point; /* where it is mounted */
	struct mym__text type;
	struct mym__text options; /* of the super block; NULL: not known */
};
/* Decodes in place: the fields point into the line. */
int mym__parse_mount(char *line, size_t length, struct mym__mount *mount);

/* A line of a PSI file: avg10 in hundredths of a percent. */
int mym__parse_psi(struct mym__text line, bool *full, int64_t *avg10);
/* The total stalled time, in microseconds, which not all kernels show. */
int mym__parse_psi_total(struct mym__text line, int64_t *total);
/* The soft or hard limit in a line of /proc/self/limits: 0, 1 unlimited, < 0. */
int mym__parse_rlimit(struct mym__text line, struct mym__text name, bool hard,
		      int64_t *value);
/* Whether a kernel release, such as 4.19.0-27-amd64, is before major.minor. */
bool mym__parse_before(struct mym__text release, int64_t major, int64_t minor);

#pragma GCC visibility pop

#endif
