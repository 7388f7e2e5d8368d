/* SPDX-License-Identifier: MIT */
/* Minimal example of asking how much memory this process can get. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <mymem.h>

int main(void)
{
	int64_t limit = mym_limit();
	int64_t available = mym_available();

	if (limit < 0 || available < 0) {
		fprintf(stderr, "unknown: %s\n",
			strerror((int)-(limit < 0 ? limit : available)));
		return 1;
	}
	printf("%" PRId64 " of %" PRId64 " bytes\n", available, limit);
	return 0;
}
