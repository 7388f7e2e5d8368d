/* SPDX-License-Identifier: MIT */
/* What was in use and had to be read again. */
#ifndef MYM_REFAULTS_H
#define MYM_REFAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "../answer/pressure.h"
#include "../base/file.h"

#pragma GCC visibility push(hidden)

#define MYM__REFAULTS_KEYS 6
struct mym__refaults {
	bool v1;
	bool was_read[MYM__AGAINS];
	int64_t read_at; /* 0: never */
	struct mym__file file[MYM__AGAINS];
	int64_t counts[MYM__AGAINS][MYM__REFAULTS_KEYS];
	struct mym__again window[MYM__AGAINS], again[MYM__AGAINS];
};

struct mym_watch;

void mym__refaults_arm(struct mym_watch *watch);
void mym__refaults_drop(struct mym_watch *watch);
/* Reads them every other second, and otherwise does nothing. */
void mym__refaults_read(struct mym_watch *watch, int64_t now);

#pragma GCC visibility pop

#endif
