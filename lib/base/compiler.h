/* SPDX-License-Identifier: MIT */
/* Attributes that make the compiler check calls, and the size of an array. */
#ifndef MYM_COMPILER_H
#define MYM_COMPILER_H

/* The result must not be ignored. */
#define MYM__MUST_USE __attribute__((warn_unused_result))
/* No pointer argument may be NULL. */
#define MYM__NONNULL __attribute__((nonnull))

/* For calls that must take nanoseconds, whatever the compiler optimizes for. */
#define MYM__INLINE static inline __attribute__((always_inline))

/* Holds always, though no analyser of a single file sees it. */
#define MYM__HOLDS(fact)                         \
	do {                                     \
		if (!(fact))                     \
			__builtin_unreachable(); \
	} while (0)

#define MYM__COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
