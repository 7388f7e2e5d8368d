/* SPDX-License-Identifier: MIT */
/* What the compiler is told, so that it can tell us. */
#ifndef MYM_COMPILER_H
#define MYM_COMPILER_H

/* The result says something that must not be missed. */
#define MYM__MUST_USE __attribute__((warn_unused_result))
/* No pointer argument may be NULL. */
#define MYM__NONNULL __attribute__((nonnull))

#define MYM__COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
