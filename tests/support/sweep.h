/* SPDX-License-Identifier: MIT */
/* What a test leaves that is killed. */
#ifndef SWEEP_H
#define SWEEP_H

/* Removes the directories of tests that a day ago or longer did not live to do so
 * themselves: those of this user. */
void sweep(void);

#endif
