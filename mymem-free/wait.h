/* SPDX-License-Identifier: MIT */
/* Waits until something is so. */
#ifndef MYMEM_FREE_WAIT_H
#define MYMEM_FREE_WAIT_H

#include "mymem-free.h"
#include "threshold.h"

enum fact { WAIT_AVAILABLE, WAIT_USED, WAIT_LIMIT, WAIT_PRESSURE };

struct condition {
	bool given;
	enum fact of;
	bool more;  /* ">" or ">=", else "<" or "<=" */
	bool equal; /* ">=" or "<=" */
	struct threshold bound;
};

/* Reads "available>=200M", "used<50%" or "pressure<medium". */
bool parse_condition(const char *text, struct condition *condition);

/* timeout: in ns, 0 for none.  Returns 1 when it is so, 0 if it was not until
 * then, or a negative errno; -ENODATA where it is not known. */
int wait_until(const struct condition *condition, int64_t timeout,
	       struct report *report);

#endif
