/* SPDX-License-Identifier: MIT */
/* The subject's place: a group of ours, or a container that a command makes. */
#ifndef STAGE_H
#define STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "page.h"
#include "situation.h"

struct stage {
	const struct situation *situation;
	struct page *page;
	/* Makes, changes and ends a container; NULL: none. */
	const char *command;
	const char *files; /* the directory of the file to read */
	char group[8192];  /* the directory of the subject's group */
	char beside[8192]; /* of another one below the same limit, or "" */
	char stalls[8192]; /* its PSI file, or the machine's; "": none */
	bool own_stalls;
	int pidfd;
};

/* Until the subject is ready to begin. */
void stage_begin(struct stage *stage);
void stage_end(void);
/* Whether it has died; waits so long. */
bool stage_dead(const struct stage *stage, int ms);
/* Fatal if the subject said why it cannot go on. */
void stage_check(const struct stage *stage);
/* Another limit; gives when it was not there yet. */
int64_t stage_change_limit(const struct stage *stage, int64_t bytes);

#endif
