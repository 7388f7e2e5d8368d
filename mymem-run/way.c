/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "mount.h"
#include "preload.h"
#include "way.h"

static void say(const char *about, const char *what, const char *why)
{
	fprintf(stderr, "%s: ", program);
	print_text(stderr, about);
	fprintf(stderr, ": %s%s\n", what, why);
}

/* Returns why it cannot be done, or NULL. */
static const char *preload(bool verbose)
{
	char path[PATH_MAX];
	int r = preload_find(path);

	if (r < 0)
		return "libmymem-preload.so is neither beside this program nor "
		       "where it is installed";
	r = preload_use(path);
	if (r == -EINVAL)
		return "LD_PRELOAD can name no path with blanks or colons, such as "
		       "that of libmymem-preload.so";
	if (r < 0)
		return strerror(-r);
	if (verbose)
		say(path, r ? "not needed: " : "preloaded",
		    r ? "LD_PRELOAD has one of its name already" : "");
	return NULL;
}

static const char *const linkages[] = {
	[LINKAGE_UNKNOWN] = "how the command is linked is not known",
	[LINKAGE_DYNAMIC] = "the command is linked dynamically",
	[LINKAGE_STATIC] = "the command is linked statically",
	[LINKAGE_FOREIGN] = "the command is for another processor or size of words",
};

/* What it starts may be another matter. */
static bool loads_objects(enum linkage linkage)
{
	return linkage != LINKAGE_STATIC && linkage != LINKAGE_FOREIGN;
}

/* Trying it takes a process, a namespace and a look at the memory. */
static const char *no_mounts(void)
{
	static const char *missing;
	static bool tried;

	if (!tried)
		missing = mount_missing();
	tried = true;
	return missing;
}

/* Files that are mounted cost nothing when they are opened. */
static enum mode without_object(void)
{
	return no_mounts() ? MODE_TRAP : MODE_MOUNT;
}

bool is_shown(const struct trap *trap)
{
	return trap->traps || trap->mounts;
}

static int trap_or_mount(const char *command, enum mode mode, struct trap *trap)
{
	const char *missing = trap_missing();
	int r;

	trap->traps = !missing;
	if (missing)
		say(command, "system calls cannot be trapped: ", missing);
	if (mode == MODE_MOUNT || missing) {
		missing = no_mounts();
		trap->mounts = !missing;
		if (missing)
			say(command, "files cannot be mounted: ", missing);
	}
	if (!is_shown(trap)) {
		say(command, "will see the memory of the machine", "");
		return 0;
	}
	if (!trap->traps)
		say(command, "sysinfo(2) is not answered, only files are shown",
		    "");
	r = trap_begin(trap);
	if (r < 0)
		say(command, "cannot be shown its memory: ", strerror(-r));
	return r < 0 ? OWN_FAILURE : 0;
}

int way_begin(const struct request *request, struct trap *trap)
{
	const char *command = request->command[0], *wrong;
	const enum linkage linkage = linkage_of(command);
	enum mode mode = request->mode;

	if (mode == MODE_AUTO)
		mode = loads_objects(linkage) ? MODE_PRELOAD : without_object();
	if (request->verbose)
		fprintf(stderr, "%s: mode %s: %s\n", program, mode_names[mode],
			request->mode == MODE_AUTO ? linkages[linkage] :
						     "it was asked for");
	if (mode == MODE_NONE)
		return 0;
	if (mode == MODE_PRELOAD) {
		wrong = preload(request->verbose);
		if (!wrong && !loads_objects(linkage))
			say(command, "will see the memory of the machine: ",
			    linkages[linkage]);
		if (!wrong)
			return 0;
		mode = without_object();
		say(command, "nothing can be preloaded: ", wrong);
	}
	return trap_or_mount(command, mode, trap);
}
