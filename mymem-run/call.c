/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "call.h"
#include "filter.h"

/* The smallest page there is: what is read ends with one. */
#define PAGE 4096

static bool read_all(read_memory *read, void *from, void *to, size_t size,
		     uint64_t at)
{
	return read(from, to, size, at) == (ptrdiff_t)size;
}

/* A path up to its end, which may be that of the last page that is mapped. */
static bool read_path(read_memory *read, void *from, char path[PATH_MAX],
		      uint64_t at)
{
	size_t length = 0;

	while (length < PATH_MAX) {
		size_t size = PAGE - (size_t)((at + length) % PAGE);
		ptrdiff_t n;

		if (size > PATH_MAX - length)
			size = PATH_MAX - length;
		n = read(from, path + length, size, at + length);
		if (n <= 0 || (size_t)n > size)
			return false;
		if (memchr(path + length, '\0', (size_t)n))
			return true;
		/* Memory ends here. */
		if ((size_t)n < size)
			return false;
		length += size;
	}
	return false;
}

/* Before anything is looked up: nearly all others have another name. */
static bool may_be_shown(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	return strcmp(name, "meminfo") == 0 || strcmp(name, "swaps") == 0;
}

bool call_read(struct call *call, const struct call_data *data,
	       read_memory *read, void *from)
{
	const struct arch *arch = arch_of(data->arch);
	const int kind = arch ? call_kind(arch, data->nr) : -1;
	uint64_t args[4], path, flags;
	struct how how = { 0 };

	if (kind < 0)
		return false;
	for (int i = 0; i < 4; i++)
		args[i] =
			arch->narrow ? (uint32_t)data->args[i] : data->args[i];
	call->narrow = arch->narrow;
	call->is_sysinfo = kind == CALL_SYSINFO;
	call->info = args[0];
	call->resolve = 0;
	if (call->is_sysinfo)
		return true;
	call->dir = kind == CALL_OPEN ? -100 /* AT_FDCWD */
				      : (int)(uint32_t)args[0];
	path = kind == CALL_OPEN ? args[0] : args[1];
	flags = kind == CALL_OPEN ? args[1] : args[2];
	if (kind == CALL_OPENAT2) {
		/* A longer one asks for what nobody knows here. */
		if (args[3] != sizeof(how) ||
		    !read_all(read, from, &how, sizeof(how), args[2]))
			return false;
		flags = how.flags;
		call->resolve = how.resolve;
	}
	call->flags = (int)(uint32_t)flags;
	return !(flags & flags_to_allow(arch)) &&
	       read_path(read, from, call->path, path) &&
	       may_be_shown(call->path);
}
