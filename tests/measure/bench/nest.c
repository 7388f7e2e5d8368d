/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "group.h"
#include "kernel-file.h"
#include "nest.h"
#include "units.h"

static char prefix[64];
static char made[8192];
static bool was_off; /* v2: the controller, below the root */

static const char *put(const char *file, const char *text)
{
	int r = group_put(made, file, text);

	errno = -r;
	return r < 0 ? fail_why(file) : NULL;
}

void nest_begin(void)
{
	char path[4200], text[1024];

	snprintf(prefix, sizeof(prefix), "mymem-bench-%d", getpid());
	if (group_version() != 2)
		return;
	snprintf(path, sizeof(path), "%s/cgroup.subtree_control",
		 group_mount());
	was_off = kernel_read(path, text, sizeof(text)) >= 0 &&
		  !strstr(text, "memory");
}

/* Goes down by one; v2: the groups below get the controller too. */
static const char *deeper(const char *name)
{
	size_t length = strlen(made);
	const char *wrong = NULL;

	if (group_version() == 2)
		wrong = put("cgroup.subtree_control", "+memory");
	if (wrong)
		return wrong;
	snprintf(made + length, sizeof(made) - length, "/%s", name);
	return mkdir(made, 0755) < 0 ? fail_why("a control group") : NULL;
}

const char *nest_make(const char *name, int depth, int64_t limit)
{
	const char *wrong = group_missing();
	char text[128];

	if (wrong)
		return wrong;
	snprintf(made, sizeof(made), "%s", group_mount());
	snprintf(text, sizeof(text), "%s-%s", prefix, name);
	wrong = deeper(text);
	if (wrong)
		return wrong;
	if (group_version() == 1) /* Linux < 5.11: not by itself */
		group_put(made, "memory.use_hierarchy", "1");
	group_limit(made, limit);
	while (--depth > 0 && !wrong)
		wrong = deeper("below");
	return wrong;
}

const char *nest_below(const char *name, const char *child)
{
	snprintf(made, sizeof(made), "%s/%s-%s", group_mount(), prefix, name);
	return deeper(child);
}

const char *nest_join(void)
{
	return put("cgroup.procs", "0");
}

int64_t nest_usual(void)
{
	int64_t quarter = (int64_t)sysconf(_SC_PHYS_PAGES) * getpagesize() / 4;

	return quarter < 512 * MIB ? quarter / MIB * MIB : 512 * MIB;
}

const char *nest_limit(int64_t limit)
{
	if (!*made)
		return "no group was made";
	group_limit(made, limit);
	return NULL;
}

int nest_usage(void)
{
	char path[sizeof(made) + 32];

	if (!*made)
		return -1;
	snprintf(path, sizeof(path), "%s/%s", made, group_file(GROUP_USAGE));
	return open(path, O_RDONLY | O_CLOEXEC);
}

void nest_end(void)
{
	if (!group_version() || geteuid() != 0)
		return;
	group_remove_below(group_mount(), prefix);
	if (was_off)
		group_put(group_mount(), "cgroup.subtree_control", "-memory");
}
