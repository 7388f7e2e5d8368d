/* SPDX-License-Identifier: MIT */
/*
 * What the subject and its parent share: a file in memory, made and touched
 * first by the parent, so that none of it is charged to the subject.
 */
#ifndef PAGE_H
#define PAGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "mymem.h"

#define SEEN_MAX 2048

/* An event, and when the subject had it. */
struct seen {
	int64_t at;
	struct mym_event event;
};

struct page {
	/* For the subject: what to do, how long, and with which file. */
	char situation[32];
	int seconds;
	int score; /* oom_score_adj */
	char file[4200], copy[4200];
	/* By the parent. */
	_Atomic bool go;
	/* By the subject. */
	_Atomic bool ready, done;
	char failed[256];
	_Atomic int64_t began, touched, touched_at;
	/* Of its watch. */
	uint64_t sources;
	unsigned int descriptors[2]; /* with the watch, at first and at last */
	/* While nothing was done, for so long. */
	int64_t relaxed;
	unsigned int relaxed_wakes;
	_Atomic unsigned int wakes, count;
	struct seen seen[SEEN_MAX];
};

struct page *page_make(void);
const char *page_path(void);
void page_remove(void);
/* In the subject. */
struct page *page_open(const char *name);

#endif
