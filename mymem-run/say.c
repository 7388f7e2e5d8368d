/* SPDX-License-Identifier: MIT */
/* How a command was killed, in one sentence. */
#include <inttypes.h>

#include "../mymem-free/size.h"
#include "killed.h"

static void print_amount(const char *before, int64_t bytes)
{
	char size[SIZE_TEXT];

	if (bytes >= 0)
		fprintf(stderr, "%s%s", before, human_size(size, bytes));
}

static void print_limit(const struct group *g)
{
	print_text(stderr, g->path);
	fprintf(stderr, "/%s", g->counted.file);
	if (g->counted.limit_bits & MYM_WANT_LIMIT)
		print_amount(" of ", g->counted.limit);
	print_amount(" (peak ", g->peak);
	print_amount(g->peak < 0 ? " (now " : ", now ", g->used);
	if (g->peak >= 0 || g->used >= 0)
		fputc(')', stderr);
}

static void print_cause(const struct killed *k)
{
	const struct verdict *v = &k->verdict;

	switch (v->cause) {
	case CAUSE_OWN:
		fputs("; its group reached its limit, ", stderr);
		print_limit(&k->groups[v->place]);
		break;
	case CAUSE_ABOVE:
		fputs("; a group above it reached its limit, ", stderr);
		print_limit(&k->groups[v->place]);
		print_amount(", of which its own group had at most ",
			     k->groups[0].peak);
		break;
	case CAUSE_HIDDEN:
		fputs("; the group ", stderr);
		print_text(stderr, k->evidence.logged.group);
		fputs(" reached its limit", stderr);
		break;
	case CAUSE_OUTSIDE:
		fputs("; no limit that can be seen was the reason: it was that of "
		      "a group above, or the machine had no memory left", stderr);
		break;
	case CAUSE_NODES:
		fputs("; the memory nodes that it may use had none left", stderr);
		break;
	case CAUSE_MACHINE:
		fputs("; no limit was the reason: the machine had none left",
		      stderr);
		break;
	case CAUSE_NONE:
	case CAUSE_UNKNOWN:
		break;
	}
}

static const char *processes(int64_t count)
{
	return count == 1 ? "process" : "processes";
}

static void print_kernel(const struct killed *k)
{
	const struct evidence *e = &k->evidence;
	const int64_t others = e->here - 1;

	if (k->verdict.proof == PROOF_LOG)
		fputs("killed by the kernel for lack of memory", stderr);
	else
		fprintf(stderr, "%s: the kernel killed %" PRId64 " %s of its group "
			"for lack of memory meanwhile",
			e->by_signal ? "killed by SIGKILL" :
				       "ended with status 137, as a shell does "
				       "whose command was killed",
			e->here, processes(e->here));
	print_cause(k);
	if (k->verdict.proof == PROOF_LOG && others > 0)
		fprintf(stderr, "; with %" PRId64 " other %s of its group", others,
			processes(others));
	if (k->count > 0 && k->groups[0].counted.whole_group > 0)
		fputs("; memory.oom.group ended all of the group at once", stderr);
}

static void print_other(const struct evidence *e)
{
	fputs("killed by a SIGKILL of somebody else: the kernel killed ", stderr);
	if (e->machine == 0)
		fputs("no process of this machine for lack of memory meanwhile",
		      stderr);
	else if (e->here == 0 && e->below == 0)
		fputs("no process of its group for lack of memory meanwhile",
		      stderr);
	else
		fputs("other processes for lack of memory meanwhile, but its log "
		      "does not name this one", stderr);
}

void killed_say(const struct killed *k, const struct child *child,
		const char *command)
{
	if (k->verdict.killer == KILLER_NOBODY ||
	    k->verdict.killer == KILLER_GUARD)
		return;
	fprintf(stderr, "%s: ", program);
	print_text(stderr, command);
	fputs(": ", stderr);
	if (k->verdict.killer == KILLER_KERNEL)
		print_kernel(k);
	else if (k->verdict.killer == KILLER_OTHER)
		print_other(&k->evidence);
	else
		fprintf(stderr, "killed by SIGKILL; whether by the kernel for lack of "
			"memory is not known, as %s",
			k->evidence.elsewhere ? "it ended in another group" :
						"its counters cannot be read");
	fputc('\n', stderr);
}
