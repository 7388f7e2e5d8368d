/* SPDX-License-Identifier: MIT */
/* What the compiler is told, so that it can tell us. */
#ifndef MYM_COMPILER_H
#define MYM_COMPILER_H

/* The result says something that must not be missed. */
#define MYM__MUST_USE __attribute__((warn_unused_result))
/* No pointer argument may be NULL. */
#define MYM__NONNULL __attribute__((nonnull))

/* In a call that is to take nanoseconds, whatever is optimized for. */
#define MYM__INLINE static inline __attribute__((always_inline))

#define MYM__COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
