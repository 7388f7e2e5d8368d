/* SPDX-License-Identifier: MIT */
/* A watch in a child that is in a group, and what happens to it meanwhile. */
#ifndef WATCHING_H
#define WATCHING_H

#include <stdbool.h>

#include "answers.h"
#include "child.h"
#include "clock.h"
#include "fail.h"
#include "group.h"
#include "suite.h"

/* All rules but that of stalls, which may be other processes'. */
extern const struct mym_watch_options without_stalls;

struct mym_watch *opened(const struct mym_watch_options *options);
/* How often a watch was readable. */
extern unsigned int wakes;
/* The next event of a kind (0: any) within so many seconds; others are passed over,
 * but counted. */
bool waited(struct mym_watch *watch, uint64_t kind, int seconds,
	    struct mym_event *event, unsigned int *others);
void must_come(struct mym_watch *watch, uint64_t kind,
	       struct mym_event *event);

/* What a child is given, and a message that it gives. */
struct shared {
	const char *own, *other;
	struct mym_event events[4];
	int ready[2];
	/* By run_child(). */
	void (*child)(struct shared *shared), (*here)(struct shared *shared);
	uint64_t sources;
	int64_t longest; /* ns: the longest step that the child made */
};

void give(const int pipes[2]);
void take(const int pipes[2]);
/* Runs in a child of the group, and something else meanwhile here. */
struct shared *run_child(const struct shared *given,
			 void (*child)(struct shared *shared),
			 void (*here)(struct shared *shared));

#endif
