/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "preload.h"

#define OBJECT	   "libmymem-preload.so"
#define VARIABLE   "LD_PRELOAD"
#define SEPARATORS " :"

/* From where this program is: for a copy of both, for what is installed, also below
 * another root, and for what has just been built.  Otherwise where it was to be
 * installed. */
static const char *const places[] = { "", PRELOAD_BESIDE "/", "preload/" };

int preload_find(char path[PATH_MAX])
{
	const ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	const char *slash = n > 0 ? memrchr(path, '/', (size_t)n) : NULL;
	const size_t length = slash ? (size_t)(slash - path) + 1 : 0;

	for (size_t i = 0; slash && i < sizeof(places) / sizeof(places[0]); i++) {
		if (snprintf(path + length, PATH_MAX - length, "%s" OBJECT,
			     places[i]) < (int)(PATH_MAX - length) &&
		    access(path, R_OK) == 0)
			return 0;
	}
	strcpy(path, PRELOAD_DIR "/" OBJECT);
	return access(path, R_OK) == 0 ? 0 : -ENOENT;
}

static bool is_there(const char *list)
{
	size_t length;

	for (; *list; list += length) {
		list += strspn(list, SEPARATORS);
		length = strcspn(list, SEPARATORS);
		if (length >= sizeof(OBJECT) - 1 &&
		    strncmp(list + length - (sizeof(OBJECT) - 1), OBJECT,
			    sizeof(OBJECT) - 1) == 0)
			return true;
	}
	return false;
}

int preload_use(const char *path)
{
	const char *list = getenv(VARIABLE);
	size_t size;
	char *more;
	int r;

	if (list && is_there(list))
		return 1;
	if (strpbrk(path, SEPARATORS))
		return -EINVAL;
	if (!list || !*list)
		return setenv(VARIABLE, path, 1) < 0 ? -errno : 0;
	size = strlen(path) + strlen(list) + 2;
	more = malloc(size);
	if (!more)
		return -ENOMEM;
	snprintf(more, size, "%s:%s", path, list);
	r = setenv(VARIABLE, more, 1) < 0 ? -errno : 0;
	free(more);
	return r;
}
