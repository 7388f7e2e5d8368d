/* SPDX-License-Identifier: MIT */
/* Who killed a command, and for lack of whose memory.  Pure. */
#ifndef MYMEM_RUN_VERDICT_H
#define MYMEM_RUN_VERDICT_H

#include <stddef.h>
#include <stdint.h>

#include "log.h"

enum killer { KILLER_NOBODY, KILLER_UNKNOWN, KILLER_OTHER, KILLER_KERNEL,
	      KILLER_GUARD };

/* How it is known. */
enum proof { PROOF_NONE, PROOF_COUNTERS, PROOF_LOG };

/* What there was none of. */
enum cause {
	CAUSE_NONE,
	CAUSE_UNKNOWN,
	CAUSE_OWN,     /* the limit of the command's group */
	CAUSE_ABOVE,   /* that of a visible group above it */
	CAUSE_HIDDEN,  /* of another group, which the log names */
	CAUSE_OUTSIDE, /* of such a group, or the machine */
	CAUSE_NODES,   /* the nodes that it may use */
	CAUSE_MACHINE,
};

/* One visible group, the command's own first. */
struct place {
	const char *path;
	bool guilty; /* its limit has run out meanwhile */
};

struct evidence {
	bool by_signal; /* SIGKILL has ended it */
	bool by_shell;	/* it says so of another, as a shell does */
	bool by_guard;
	bool elsewhere; /* it was in another group: its own counters are silent */
	/* How many the kernel has killed meanwhile: in the command's group, below
	 * that, and on the machine.  < 0: not known. */
	int64_t here, below, machine;
	bool complete; /* the log was read, and nothing of it is missing */
	struct logged logged;
	const struct place *places;
	size_t count;
	bool hidden; /* there are groups above that cannot be seen */
};

struct verdict {
	enum killer killer;
	enum proof proof;
	enum cause cause;
	size_t place; /* CAUSE_OWN, CAUSE_ABOVE */
};

struct verdict verdict_of(const struct evidence *e);

#endif
