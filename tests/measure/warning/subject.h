/* SPDX-License-Identifier: MIT */
/* The process that is squeezed, and watches. */
#ifndef SUBJECT_H
#define SUBJECT_H

/* path: of the shared page.  Does not return. */
_Noreturn void subject_run(const char *path);

#endif
