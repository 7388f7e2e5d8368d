/* SPDX-License-Identifier: MIT */
/* Minimal example of sizing a cache and a pool of workers at start. */
#include <inttypes.h>
#include <stdio.h>

#include <mymem.h>

#define CACHE_PERCENT 25
#define CACHE_DEFAULT ((int64_t)64 << 20)
#define WORKER_BYTES ((int64_t)48 << 20)
#define WORKERS_MOST 16

int main(void)
{
	int64_t available = mym_available();
	int64_t cache = CACHE_DEFAULT;
	int workers;

	if (available >= 0)
		cache = available / 100 * CACHE_PERCENT;
	workers = mym_workers(WORKER_BYTES, WORKERS_MOST);
	if (workers < 1)
		workers = 1;
	printf("cache %" PRId64 " MiB, %d workers\n", cache >> 20, workers);
	return 0;
}
