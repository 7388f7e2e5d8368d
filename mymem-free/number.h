/* SPDX-License-Identifier: MIT */
/* One number, for scripts. */
#ifndef MYMEM_FREE_NUMBER_H
#define MYMEM_FREE_NUMBER_H

#include "mymem-free.h"

enum number { OF_LIMIT, OF_AVAILABLE, OF_PRESSURE, OF_WORKERS };

struct number_request {
	enum number of;
	int64_t unit;    /* that the number is divided by */
	int64_t percent; /* of it */
	int64_t reserve; /* less than that */
	int64_t least;   /* but no less than this */
	/* Workers: the bytes of each; at most so many, 0: as many as there are
	 * processors; and how many fewer. */
	int64_t each, most, ignore;
};

/* What must be asked for in the report's snapshot. */
#define OF_NUMBER (MYM_WANT_LIMIT | MYM_WANT_AVAILABLE | MYM_WANT_PRESSURE)

/* Returns false where the number is not known. */
bool print_number(const struct number_request *request,
		  const struct report *report);

#endif
