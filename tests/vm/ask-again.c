/* SPDX-License-Identifier: MIT */
/*
 * ask-again - as mymem-free --json, once for each line of standard input and
 * always with the same context: what has changed meanwhile must be seen.  An
 * empty line ends each answer.
 */
#include "mymem-free/mymem-free.h"

int main(void)
{
	struct report report;
	char line[64];

	if (mym_open(&report.ctx, NULL, 0) < 0)
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		int r = mym_snapshot(report.ctx, MYM_WANT_ALL, &report.snapshot,
				     sizeof(report.snapshot));

		if (r == 0)
			print_json(&report, false);
		else
			printf("{\"error\":%d}\n", r);
		putchar('\n');
		fflush(stdout);
	}
	mym_close(report.ctx);
	return 0;
}
