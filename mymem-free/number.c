/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "number.h"
#include "size.h"

/* How many processors this process may use.  A mask may be larger than any that
 * libc has a type for. */
static int64_t processors(void)
{
	for (size_t most = 1024; most <= 1 << 20; most *= 2) {
		const size_t size = CPU_ALLOC_SIZE(most);
		cpu_set_t *set = CPU_ALLOC(most);
		int count = 0;

		if (set && sched_getaffinity(0, size, set) == 0)
			count = CPU_COUNT_S(size, set);
		CPU_FREE(set);
		if (count > 0)
			return count;
	}
	return 1;
}

static int64_t share(const struct number_request *request, int64_t value)
{
	value = percent_of(value, request->percent) - request->reserve;
	return value > request->least ? value : request->least;
}

/* As nproc(1): never fewer than one, because somebody has to do the work. */
static int64_t workers(const struct number_request *request, int64_t available)
{
	int64_t most = request->most > 0 ? request->most : processors();
	int64_t count = share(request, available) / request->each;

	if (count > most)
		count = most;
	count -= request->ignore;
	return count > 1 ? count : 1;
}

bool print_number(const struct number_request *request,
		  const struct report *report)
{
	const struct mym_snapshot *s = &report->snapshot;
	int64_t number = 0;
	uint64_t bit = 0;

	switch (request->of) {
	case OF_LIMIT:
		bit = MYM_WANT_LIMIT;
		number = share(request, s->limit) / request->unit;
		break;
	case OF_AVAILABLE:
		bit = MYM_WANT_AVAILABLE;
		number = share(request, s->available) / request->unit;
		break;
	case OF_PRESSURE:
		bit = MYM_WANT_PRESSURE;
		number = s->pressure;
		break;
	case OF_WORKERS:
		bit = MYM_WANT_AVAILABLE;
		number = workers(request, s->available);
		break;
	}
	if (!(s->valid & bit))
		return false;
	printf("%" PRId64 "\n", number);
	return true;
}
