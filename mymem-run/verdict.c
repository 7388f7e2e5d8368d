/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "verdict.h"

/* The kernel names a group from the root of its hierarchy, a place begins with
 * where that, or a part of it, is mounted: the longest common end decides. */
static size_t place_named(const struct evidence *e, const char *group)
{
	size_t found = e->count, best = 0;

	for (size_t i = 0; i < e->count; i++) {
		const size_t path = strlen(e->places[i].path);
		const size_t name = strlen(group);

		if (name > best && path > name && strcmp(group, "/") != 0 &&
		    strcmp(e->places[i].path + path - name, group) == 0) {
			best = name;
			found = i;
		}
	}
	return found;
}

static size_t place_guilty(const struct evidence *e)
{
	size_t i = 0;

	while (i < e->count && !e->places[i].guilty)
		i++;
	return i;
}

static void find_cause(const struct evidence *e, struct verdict *v)
{
	const enum lack lack = e->logged.lack;

	if (lack == LACK_MACHINE || lack == LACK_NODES) {
		v->cause = lack == LACK_NODES ? CAUSE_NODES : CAUSE_MACHINE;
		return;
	}
	v->place = lack == LACK_GROUP ? place_named(e, e->logged.group) :
					place_guilty(e);
	/* In a namespace of groups they have other names. */
	if (v->place == e->count && e->logged.own && e->hidden && e->here > 0)
		v->place = 0;
	if (v->place < e->count)
		v->cause = v->place > 0 ? CAUSE_ABOVE : CAUSE_OWN;
	else if (lack == LACK_GROUP)
		v->cause = CAUSE_HIDDEN;
	else if (e->count == 0 || e->elsewhere)
		v->cause = CAUSE_UNKNOWN;
	else
		v->cause = e->hidden ? CAUSE_OUTSIDE : CAUSE_MACHINE;
}

struct verdict verdict_of(const struct evidence *e)
{
	struct verdict v = { .killer = KILLER_UNKNOWN };

	if (e->logged.named) {
		v.killer = KILLER_KERNEL;
		v.proof = PROOF_LOG;
	} else if (e->by_guard) {
		v.killer = KILLER_GUARD;
	} else if (!e->by_signal && !(e->by_shell && e->here > 0)) {
		/* A shell's 137 alone is not more than a number. */
		v.killer = KILLER_NOBODY;
	} else if (e->by_shell) {
		v.killer = KILLER_KERNEL;
		v.proof = PROOF_COUNTERS;
	} else if (e->complete) {
		v.killer = KILLER_OTHER;
		v.proof = PROOF_LOG;
	} else if (e->machine == 0 ||
		   (e->here == 0 && e->below == 0 && !e->elsewhere)) {
		v.killer = KILLER_OTHER;
		v.proof = PROOF_COUNTERS;
	} else if (e->here > 0 && !e->elsewhere) {
		v.killer = KILLER_KERNEL;
		v.proof = PROOF_COUNTERS;
	}
	if (v.killer == KILLER_KERNEL)
		find_cause(e, &v);
	return v;
}
