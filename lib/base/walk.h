/* SPDX-License-Identifier: MIT */
/* Path lookup one component at a time, for where openat2(2) cannot be used. */
#ifndef MYM_WALK_H
#define MYM_WALK_H

#pragma GCC visibility push(hidden)

/* Like openat2(RESOLVE_IN_ROOT): symlinks and ".." stay within dir. */
int mym__walk_in_root(int dir, const char *path, int flags);
/* Like openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS); ".." is refused. */
int mym__walk_beneath(int dir, const char *path, int flags);
/* Removes the last name from a path. */
void mym__walk_up(char *path);

#pragma GCC visibility pop

#endif
