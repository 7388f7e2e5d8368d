/* SPDX-License-Identifier: MIT */
/*
 * Processes that ask the simple calls when they are told to: one for each age
 * of the answers, and each way in which inotify(7) may be refused.
 */
#ifndef ASKERS_H
#define ASKERS_H

#include <stdint.h>
#include <sys/types.h>

#define ASKERS 8

enum question {
	ASK_LIMIT,
	ASK_AVAILABLE,
	ASK_WORKERS, /* of 1 MiB, in bytes */
	ASK_PRESSURE,
	ASK_ALL
};

/* In this group; they have asked everything once.  They end with us. */
void askers_start(const char *dir);
void askers_join(const char *dir);
pid_t asker_process(int asker);
const char *asker_name(int asker);
/* Whether its answers are to be fresh each time. */
int asker_is_fresh(int asker);
/* Asks once. */
int64_t asker_ask(int asker, enum question question);
/* Until what is changed now must be seen: 100 ms, or, where a refresh takes more
 * than 1 ms of a CPU, until the last one of each is paid for. */
void askers_wait(void);

#endif
