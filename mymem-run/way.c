/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mount.h"
#include "mymem-run.h"
#include "way.h"

static void say(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s%s\n", program, what, why);
}

bool is_shown(const struct trap *trap)
{
	return trap->traps || trap->mounts;
}

int way_begin(struct trap *trap, enum mode mode)
{
	const char *missing;
	int r;

	if (mode != MODE_TRAP && mode != MODE_MOUNT)
		return 0;
	missing = trap_missing();
	trap->traps = !missing;
	if (missing)
		say("cannot trap system calls: ", missing);
	if (mode == MODE_MOUNT || missing) {
		missing = mount_missing();
		trap->mounts = !missing;
		if (missing)
			say("cannot mount files: ", missing);
	}
	if (!is_shown(trap))
		say("the command sees what it would see without this", "");
	else if (!trap->traps)
		say("sysinfo(2) is not answered, only files are shown", "");
	r = is_shown(trap) ? trap_begin(trap) : 0;
	if (r < 0)
		say("cannot show the command its memory: ", strerror(-r));
	return r < 0 ? OWN_FAILURE : 0;
}
