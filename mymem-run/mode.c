/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mode.h"

/* As many as the kernel follows, BINPRM_MAX_RECURSION before Linux 5.9 and the
 * constant in exec_binprm() since. */
#define SCRIPTS 5

const char *const mode_names[] = { "auto", "preload", "trap", "mount",
				   "none" };

bool parse_mode(const char *name, enum mode *mode)
{
	for (size_t i = 0; i < sizeof(mode_names) / sizeof(mode_names[0]);
	     i++) {
		if (strcmp(name, mode_names[i]) == 0) {
			*mode = (enum mode)i;
			return true;
		}
	}
	return false;
}

/* The file in PATH that may be executed. */
static bool find(const char *name, char path[PATH_MAX])
{
	const char *at = getenv("PATH");
	size_t length;

	if (strchr(name, '/'))
		return snprintf(path, PATH_MAX, "%s", name) < PATH_MAX;
	/* What execvp(3) takes where there is none. */
	for (at = at ? at : "/bin:/usr/bin";; at += length + 1) {
		length = strcspn(at, ":");
		if (snprintf(path, PATH_MAX, "%.*s%s%s", (int)length, at,
			     length ? "/" : "", name) < PATH_MAX &&
		    access(path, X_OK) == 0)
			return true;
		if (!at[length])
			return false;
	}
}

/* Of a segment's header, for programs of both sizes. */
#define TYPE_OF(bits, text, i)                                                 \
	(((const Elf##bits##_Phdr *)(const void *)((text) + (i)))->p_type)

/* Of this program, as the linker has placed it. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

/* Both have the processor at the same place. */
static bool is_foreign(const Elf32_Ehdr *header)
{
	return header->e_ident[EI_CLASS] != __ehdr_start.e_ident[EI_CLASS] ||
	       header->e_ident[EI_DATA] != __ehdr_start.e_ident[EI_DATA] ||
	       header->e_machine != __ehdr_start.e_machine;
}

static enum linkage linkage_of_elf(const char *text, size_t length)
{
	const Elf64_Ehdr *e64 = (const void *)text;
	const Elf32_Ehdr *e32 = (const void *)text;
	const bool wide = text[EI_CLASS] == ELFCLASS64;
	const size_t size = wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	uint64_t at = wide ? e64->e_phoff : e32->e_phoff;
	const size_t count = wide ? e64->e_phnum : e32->e_phnum;

	if (is_foreign(e32))
		return LINKAGE_FOREIGN;
	for (size_t i = 0; i < count; i++, at += size) {
		if (at % 4 || at > length || length - at < size)
			return LINKAGE_UNKNOWN;
		if ((wide ? TYPE_OF(64, text, (size_t)at) :
			    TYPE_OF(32, text, (size_t)at)) ==
		    PT_INTERP)
			return LINKAGE_DYNAMIC;
	}
	return count ? LINKAGE_STATIC : LINKAGE_UNKNOWN;
}

enum linkage linkage_of(const char *name)
{
	_Alignas(8) char text[4096];
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	if (!find(name, path))
		return LINKAGE_UNKNOWN;
	for (int i = 0; i <= SCRIPTS; i++) {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0)
			return LINKAGE_UNKNOWN;
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
		if (n < (ssize_t)sizeof(Elf32_Ehdr) &&
		    (n < 3 || text[0] != '#'))
			return LINKAGE_UNKNOWN;
		text[n] = '\0';
		if (memcmp(text, ELFMAG, SELFMAG) == 0)
			return n < (ssize_t)sizeof(Elf64_Ehdr)
				       ? LINKAGE_UNKNOWN
				       : linkage_of_elf(text, (size_t)n);
		if (memcmp(text, "#!", 2) != 0)
			return LINKAGE_UNKNOWN;
		/* "#! /usr/bin/env sh" is as dynamic as env is. */
		name = text + 2 + strspn(text + 2, " \t");
		snprintf(path, sizeof(path), "%.*s",
			 (int)strcspn(name, " \t\n"), name);
	}
	return LINKAGE_UNKNOWN;
}
