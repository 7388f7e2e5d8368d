/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "uncached.h"

enum { MAX, SOFT, USAGE, FILES };

static const struct dialect {
	const char *line; /* of /proc/self/cgroup, before the path */
	const char *mount;
	const char *files[FILES];
} v1 = { ":memory:", "/sys/fs/cgroup/memory",
	 { "memory.limit_in_bytes", "memory.soft_limit_in_bytes",
	   "memory.usage_in_bytes" } },
  v2 = { "0::", "/sys/fs/cgroup",
	 { "memory.max", "memory.high", "memory.current" } };

static const char *slurp(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);

	text[length > 0 ? length : 0] = '\0';
	if (fd >= 0)
		close(fd);
	return text;
}

/* INT64_MAX: "max". */
static int64_t number(const struct dialect *dialect, const char *group, int file)
{
	char path[4200], text[64];

	snprintf(path, sizeof(path), "%s%.*s/%s", dialect->mount,
		 (int)strcspn(group, "\n"), group, dialect->files[file]);
	slurp(path, text, sizeof(text));
	return strncmp(text, "max", 3) == 0 ? INT64_MAX :
	       strtoll(text, NULL, 10);
}

static int64_t meminfo(const char *name)
{
	char text[4096];
	const char *found;

	found = strstr(slurp("/proc/meminfo", text, sizeof(text)), name);
	return found ? strtoll(found + strlen(name), NULL, 10) * 1024 : 0;
}

int64_t uncached_available(void)
{
	char text[1024];
	const char *group = slurp("/proc/self/cgroup", text, sizeof(text));
	const struct dialect *dialect =
		strncmp(group, v2.line, strlen(v2.line)) == 0 ? &v2 : &v1;
	int64_t max, soft, usage;

	group = strstr(group, dialect->line);
	if (!group)
		return meminfo("MemAvailable:");
	group += strlen(dialect->line);
	soft = number(dialect, group, SOFT);
	max = number(dialect, group, MAX);
	if (soft < max)
		max = soft;
	if (max > meminfo("MemTotal:"))
		return meminfo("MemAvailable:");
	usage = number(dialect, group, USAGE);
	return max > usage ? max - usage : 0;
}
