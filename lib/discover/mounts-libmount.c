/* SPDX-License-Identifier: MIT */
/*
 * The mount table read by libmount, which is loaded when it is first needed and
 * then kept: linking with it would add four libraries to every program start.
 */
#include <dlfcn.h>
#include <errno.h>
#include <libmount.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/root.h"
#include "../base/text.h"
#include "mounts.h"

#define SONAME "libmount.so.1"

/* Bytes of lines that libmount gets: it keeps all of them, and much more for
 * each. */
#define MOST (2 << 20)

/* The ELF note that tells packagers what is loaded at run time
 * (https://uapi-group.org/specifications/specs/elf_dlopen_metadata/). */
#define NOTE                                                                 \
	"[{\"feature\":\"libmount\",\"description\":\"Read the mount table " \
	"with libmount\",\"priority\":\"suggested\",\"soname\":[\"" SONAME "\"]}]"
#define NOTE_SIZE ((sizeof(NOTE) + 3) / 4 * 4)

__attribute__((used, section(".note.dlopen"), aligned(4)))
static const struct {
	uint32_t name_size, size, type;
	char name[4];
	char json[NOTE_SIZE];
} note = { 4, NOTE_SIZE, 0x407c0c0a, "FDO", NOTE };

#define FUNCTIONS(F)               \
	F(mnt_new_table)           \
	F(mnt_unref_table)         \
	F(mnt_new_iter)            \
	F(mnt_free_iter)           \
	F(mnt_table_parse_stream)  \
	F(mnt_table_next_fs)       \
	F(mnt_fs_get_root)         \
	F(mnt_fs_get_target)       \
	F(mnt_fs_get_fstype)       \
	F(mnt_fs_get_fs_options)

struct libmount {
#define MEMBER(function) __typeof__(&function) function;
	FUNCTIONS(MEMBER)
};

/* The handle while no thread uses it.  A thread takes it out, so that unload(),
 * in dlclose() of this library and in exit(), leaves it alone. */
static _Atomic(void *) loaded;

static void *take(void)
{
	void *handle = atomic_exchange(&loaded, NULL);

	return handle ? handle : dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
}

/* Another thread may have loaded it too: dlopen() counts references. */
static void give_back(void *handle)
{
	void *nobody = NULL;

	if (!atomic_compare_exchange_strong(&loaded, &nobody, handle))
		dlclose(handle);
}

/* Without this, dlclose(3) of this library would leave libmount behind. */
__attribute__((destructor)) static void unload(void)
{
	void *handle = atomic_exchange(&loaded, NULL);

	if (handle)
		dlclose(handle);
}

static bool resolve(struct libmount *lib, void *handle)
{
#define NAME(function) #function "\0"
	static const char names[] = FUNCTIONS(NAME);
	char *member = (char *)lib;

	for (const char *name = names; *name; name += strlen(name) + 1) {
		void *function = dlsym(handle, name);

		if (!function)
			return false;
		memcpy(member, &function, sizeof(function));
		member += sizeof(function);
	}
	return true;
}

static struct mym__text text(const char *string)
{
	return (struct mym__text){ string ? string : "",
				   string ? strlen(string) : 0 };
}

static int for_each(const struct libmount *lib, struct libmnt_table *table,
		    mym__mount_sink sink, void *data)
{
	struct libmnt_iter *iter = lib->mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	bool any = false;
	int r = iter ? 0 : -ENOMEM;

	while (r == 0 && lib->mnt_table_next_fs(table, iter, &fs) == 0) {
		const struct mym__mount mount = {
			.root = text(lib->mnt_fs_get_root(fs)),
			.point = text(lib->mnt_fs_get_target(fs)),
			.type = text(lib->mnt_fs_get_fstype(fs)),
			.options = text(lib->mnt_fs_get_fs_options(fs)),
		};

		if (mount.root.length == 0 || mount.point.length == 0)
			continue;
		any = true;
		r = sink(data, &mount);
	}
	lib->mnt_free_iter(iter);
	/* If the first line is not the kernel's, libmount takes the whole for
	 * an fstab. */
	return r == 0 && !any ? 1 : r;
}

/* The lines that pass the filter, as a stream for libmount. */
struct source {
	struct mym__lines lines;
	struct mym__filter *filter;
	struct mym__text rest; /* of the current line */
	size_t given;
	int error;
};

static ssize_t read_source(void *cookie, char *to, size_t size)
{
	struct source *source = cookie;
	struct mym__text *rest = &source->rest;

	if (rest->length == 0) {
		int r = mym__filter_next(source->filter, &source->lines, rest);

		if (r == 0 && source->given > MOST)
			r = -EFBIG;
		if (r != 0) {
			source->error = r < 0 ? r : 0;
			return r < 0 ? -1 : 0;
		}
		/* The line ended with a newline, or there is room for one. */
		((char *)(uintptr_t)rest->at)[rest->length++] = '\n';
		source->given += rest->length;
	}
	if (size > rest->length)
		size = rest->length;
	memcpy(to, rest->at, size);
	rest->at += size;
	rest->length -= size;
	return (ssize_t)size;
}

static int parse(const struct libmount *lib, struct source *source,
		 mym__mount_sink sink, void *data)
{
	const cookie_io_functions_t functions = { .read = read_source };
	struct libmnt_table *table = lib->mnt_new_table();
	FILE *stream = table ? fopencookie(source, "r", functions) : NULL;
	int r;

	if (!stream) {
		lib->mnt_unref_table(table);
		return -ENOMEM;
	}
	r = lib->mnt_table_parse_stream(table, stream, "/proc/self/mountinfo");
	if (source->error < 0 && source->error != -EFBIG)
		r = source->error;
	else if (source->given == 0)
		r = 0;
	else if (r != 0 || source->error < 0)
		r = 1; /* our own reader may do better */
	else
		r = for_each(lib, table, sink, data);
	lib->mnt_unref_table(table);
	fclose(stream);
	return r;
}

int mym__mounts_libmount(const struct mym__root *root, char *buffer,
			 size_t size, struct mym__filter *filter,
			 mym__mount_sink sink, void *data)
{
	struct source source = { .filter = filter };
	struct libmount lib;
	void *handle = take();
	int fd, r = 1;

	if (!handle)
		return 1;
	if (resolve(&lib, handle)) {
		r = fd = mym__root_get(root, "/proc/self/mountinfo",
				       MYM__ROOT_FILE);
		/* Leaves room for a newline. */
		mym__lines_init(&source.lines, fd, buffer, size - 1);
		source.lines.most = MYM__TABLE_MOST;
		if (fd >= 0)
			r = parse(&lib, &source, sink, data);
		mym__root_drop(fd);
	}
	give_back(handle);
	return r;
}
