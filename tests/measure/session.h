/* SPDX-License-Identifier: MIT */
/*
 * What a program does that measures one situation after another: each in a
 * process of its own, so that all is undone, whatever fails.  Signals that ask
 * to end wait for the end of a situation.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stddef.h>

#define WORDS 4096

/* As root only.  where: a directory for files; world: the name of this kernel,
 * such as "6.1-v2", or "" to be told. */
void session_begin(const char *where, char world[64]);
/* The signal that asks to end, or 0. */
int session_stopped(void);
int session_end(void);

/* Whether it is among these, the last of which is NULL. */
bool session_names(char *const *names, const char *name);
/* Begins the JSON of what was measured: where, and of which situation. */
void session_record(const char *world, const char *situation);
/* All zero, for all processes to come. */
void *session_shared(size_t size);
/* Begins a process, in which it is true.  Why that fails will be in words,
 * which are shared. */
bool session_fork(char words[WORDS]);
/* Waits for that process: whether it has ended well. */
bool session_wait(void);

#endif
