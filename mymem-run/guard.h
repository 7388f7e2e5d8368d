/* SPDX-License-Identifier: MIT */
/* Ends the command before the kernel has to. */
#ifndef MYMEM_RUN_GUARD_H
#define MYMEM_RUN_GUARD_H

#include "../mymem-free/threshold.h"
#include "child.h"
#include "tree.h"

/* What is asked for. */
struct guard_options {
	bool wanted;
	bool reserved; /* `reserve` was given */
	struct threshold reserve;
	int on_low, on_medium; /* signals, or 0 */
	int signal;	       /* with which it ends */
	int64_t kill_after;    /* in ns, SIGKILL follows */
	bool largest;	       /* only the largest process */
};

/* What there was when it ended something. */
struct shortage {
	int64_t available, limit; /* < 0: not known */
	uint64_t kind;		  /* MYM_KIND_* of the rule that binds */
	char *path;		  /* and where it is, or NULL */
	int64_t reserve;	  /* below which that is; 0: it was not */
	bool forced;		  /* SIGKILL was needed */
};

struct guard {
	const struct guard_options *options;
	const struct child *child;
	const char *command;
	struct report report;
	struct mym_watch *watch;
	struct tree tree;
	int64_t level;
	int64_t earlier, earlier_at; /* what was left, and when */
	int64_t young_until;	     /* the command has begun not long ago */
	bool acting, killing; /* something is to end; by SIGKILL */
	int64_t began;	      /* when it was sent the signal */
	int64_t enough;	      /* with less than that left SIGKILL comes at once */
	struct process victim;
	bool ends_all; /* the victim is the command, with all that it has started */
	bool acted;    /* something was ended */
	bool ended;    /* the command was */
	struct shortage shortage;
};

/* Before the command begins.  Returns 0, or the exit status: it has said why the
 * command cannot begin. */
int guard_begin(struct guard *guard, const struct guard_options *options);
/* Once it has begun: what is to be waited for. */
struct source guard_source(struct guard *guard, const struct child *child,
			   const char *command);
/* After the command's end.  Returns the exit status. */
int guard_end(struct guard *guard, int status);
/* What it has ended the command for. */
void guard_say(const struct guard *guard);
void guard_close(struct guard *guard);

#endif
