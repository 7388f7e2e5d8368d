/* SPDX-License-Identifier: MIT */
/* What a program does with the library, each as something during which anything
 * may go wrong. */
#ifndef SCENARIOS_H
#define SCENARIOS_H

#include <stdbool.h>
#include <stddef.h>

struct scenario {
	const char *name;
	const char *machine; /* of the fixture; NULL: the running system */
	void (*before)(void);
	/* During this something goes wrong ... */
	void (*during)(void);
	/* ... and this is so afterwards, when it does not any more. */
	void (*after)(void);
	bool known; /* there was an answer before */
	/* Goes on with what is there: nothing has to be given back. */
	bool lasting;
	bool fresh; /* in a process that has not asked before */
};
extern const struct scenario scenarios[];
extern const size_t scenario_count;

/* In a group of our own where there can be one, with memory in use. */
void scenario_prepare(const struct scenario *scenario);
/* During it error (a positive errno; 0: nothing that may be noticed) is what goes
 * wrong; go(true) and go(false) are called around it. */
void scenario_run(int error, void (*go)(bool on));
/* Once without a fault: what is true from now on. */
void scenario_learn(void (*go)(bool on));

#endif
