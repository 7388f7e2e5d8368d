/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "suite.h"
#include "sweep.h"

#ifdef NDEBUG
#error "tests are about assertions"
#endif

/* Test programs that cannot run everywhere say why. */
#pragma weak unavailable

char **arguments;

int main(int argc, char **argv)
{
	const char *why = unavailable ? unavailable() : NULL;
	SRunner *runner;
	int failed, run;

	(void)argc;
	arguments = argv;
	if (why) {
		printf("1..0 # SKIP %s\n", why);
		return 0;
	}
	sweep();
	runner = srunner_create(suite());

	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	run = srunner_ntests_run(runner);
	srunner_free(runner);
	/* A run of no tests has tested nothing. */
	return failed > 0 || run == 0;
}
