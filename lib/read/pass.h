/* SPDX-License-Identifier: MIT */
/* One pass over the places: what its readers share. */
#ifndef MYM_PASS_H
#define MYM_PASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mymem.h"

#include "../answer/findings.h"
#include "../base/file.h"
#include "../base/parse.h"
#include "../base/root.h"
#include "../discover/places.h"
#include "group-dir.h"
#include "limit-watch.h"
#include "supply.h"

#pragma GCC visibility push(hidden)

/* How many files of a group may be kept, for how many groups, and how many in all:
 * so many in any case, and more only under the lower half of the numbers that the
 * process may have.  However many contexts there are, the program has the rest. */
#define MYM__GROUP_FILES 10
#define MYM__GROUPS_KEPT 64
#define MYM__GROUP_FILES_SPARED 80
#define MYM__GROUP_FILES_KEPT 480

/* What the groups below a place keep, and from when until when that is taken from
 * here. */
struct mym__scan {
	int64_t since, until, kept;
	bool any; /* one of them has a memory.min */
};

enum mym__pass_trouble {
	MYM__PASS_STALE = 1,   /* a place is gone: discover again */
	/* A kept descriptor was another file, or gave an error: read again. */
	MYM__PASS_FD_LOST = 2,
};

struct mym__pass {
	const struct mym__root *root;
	const struct mym__places *places;
	char *buffer;
	size_t size;
	uint64_t want; /* MYM_WANT_* bits: what is to be read */
	struct mym__findings *found;
	int error;	      /* transient: the pass is void */
	unsigned int trouble; /* enum mym__pass_trouble: why it does not hold */
	struct mym__file *files;  /* MYM__FILES, or NULL: keep nothing */
	struct mym__file *groups; /* MYM__GROUP_FILES for each place, or NULL */
	unsigned int *kept; /* how many of these are kept */
	struct mym__limit_watch *limits; /* begun by this pass, or NULL */
	bool sealed; /* the groups cannot be seen: nothing of them is opened */
	bool sealing; /* all of them is opened, because nothing will be later */
	bool left; /* sealed, and the process is in another group by now */
	const struct mym__findings *last; /* of the last good pass, or NULL */
	uint64_t lost; /* bit MYM_KIND_*: whether there is such a row is unknown */
	const struct mym__findings *known; /* by the last whole pass, or NULL */
	bool quiet; /* no limit has been written since then */
	enum mym__asked generations; /* internal to generations.c */
	uint64_t doubts; /* MYM_FLAG_* from before the pass */
	struct mym__scan *scans; /* of each place and the machine, or NULL */
	struct mym__group_mount mount; /* the one that was opened last */
	const char *host_path; /* where the machine's numbers come from, */
	struct mym_constraint host; /* whose row is added last */
	struct mym__supply supply; /* of the machine, */
	bool supplied; /* and whether it has all parts of MemAvailable */
};

static inline bool mym__pass_wants(const struct mym__pass *pass, uint64_t bits)
{
	return (pass->want & bits) != 0;
}
MYM__MUST_USE
struct mym_constraint *mym__pass_add(struct mym__pass *pass, uint64_t kind,
				     const char *path);
/* Notes that facts are unknown, and why: error < 0.  Without a constraint, the bits
 * are kinds, MYM__KIND(), of which there may be one or not. */
void mym__pass_failed(struct mym__pass *pass, struct mym_constraint *constraint,
		      uint64_t bits, int error);

/* The same for a file that need not be there: nothing is unknown where it is not. */
void mym__pass_missed(struct mym__pass *pass, uint64_t kinds, int r);

/* What was known of a row, or NULL; and takes over from it what failed. */
const struct mym_constraint *mym__known(const struct mym__pass *pass,
					uint64_t kind, const char *path);
void mym__known_facts(const struct mym__pass *pass, struct mym_constraint *row,
		      const char *path);

/* The same for a fact that can be done without: notes only an error that makes
 * the pass void. */
void mym__pass_error(struct mym__pass *pass, int r);
/* Notes what was met in a group's directory since the last call; true:
 * something is mounted over the file. */
bool mym__pass_met(struct mym__pass *pass, struct mym__group_dir *dir);

/* A file while it is read, kept or not; fd < 0: why it cannot be. */
struct mym__open {
	int fd;
	bool kept; /* before this pass */
	struct mym__file *file;
};
MYM__MUST_USE
struct mym__open mym__pass_get(struct mym__pass *pass, enum mym__files file);
/* The same, but looked for elsewhere. */
MYM__MUST_USE
struct mym__open mym__pass_get_at(struct mym__pass *pass, enum mym__files file,
				  const char *path);
/* One that stays open only while the context is sealed. */
MYM__MUST_USE
struct mym__open mym__pass_once(struct mym__pass *pass, enum mym__files file);
/* One that never stays open. */
MYM__MUST_USE
struct mym__open mym__pass_open(struct mym__pass *pass, const char *path);
/* r: what came of reading it.  What gives an error is opened anew, and read again
 * where it was kept. */
void mym__pass_put(struct mym__pass *pass, struct mym__open open, int r);
/* Reads a number from an open file, and gives the file back. */
int mym__pass_amount(struct mym__pass *pass, struct mym__open open,
		     int64_t *value);
/* Reads values by their keys, and gives the file back. */
int mym__pass_keys(struct mym__pass *pass, struct mym__open open,
		   struct mym__keys *keys);
/* The first word of a small file, which need not be there; empty: unknown. */
struct mym__text mym__pass_word(struct mym__pass *pass, struct mym__open open);
/* Makes unknown what no machine has, and what is more than its whole: key
 * wholes[i] is the whole of key i. */
void mym__pass_doubt(struct mym__pass *pass, struct mym__keys *keys,
		     const unsigned int *wholes);

#pragma GCC visibility pop

#endif
