/* SPDX-License-Identifier: MIT */
/*
 * A system call that mymem-run is asked to answer.  The first bytes are its
 * architecture, its number, three of flags, where in a page memory begins, and where
 * in it the path and the struct of openat2(2) are; the rest is that memory.
 */
#include <string.h>

#include "base/compiler.h"
#include "call.h"
#include "check.h"
#include "filter.h"
#include "targets.h"

#define HEAD 8
#define PLACE UINT64_C(0x7f0000010000)

struct memory {
	uint64_t at;
	struct mym__text text;
	unsigned int reads;
};

/* As the kernel: less than what is asked for, where memory ends. */
static ptrdiff_t read_some(void *from, void *to, size_t size, uint64_t at)
{
	struct memory *m = from;
	uint64_t offset = at - m->at, left;

	/* A path, and the struct of openat2(2). */
	CHECK(++m->reads <= 3 && size <= PATH_MAX);
	if (at < m->at || offset >= m->text.length)
		return -1;
	left = m->text.length - offset;
	if (size > left)
		size = (size_t)left;
	memcpy(to, m->text.at + offset, size);
	return (ptrdiff_t)size;
}

static void check_path(const struct call *call, struct memory *m, uint64_t at)
{
	const char *slash = strrchr(call->path, '/');
	const size_t size = strnlen(call->path, PATH_MAX) + 1;

	CHECK(size <= PATH_MAX);
	CHECK(at >= m->at && at - m->at + size <= m->text.length);
	CHECK(memcmp(m->text.at + (at - m->at), call->path, size) == 0);
	slash = slash ? slash + 1 : call->path;
	CHECK(strcmp(slash, "meminfo") == 0 || strcmp(slash, "swaps") == 0);
}

void parse_call(struct mym__text text)
{
	static const uint32_t archs[] = { ARCH_X86_64, ARCH_I386, ARCH_AARCH64,
					  ARCH_ARM };
	static struct call call;
	const unsigned char *head = (const unsigned char *)text.at;
	struct memory m = { PLACE, { text.at + HEAD, text.length - HEAD }, 0 };
	struct call_data data = { 0 };
	const struct arch *arch;
	uint64_t path;
	int kind;

	if (text.length < HEAD)
		return;
	data.arch = head[0] < 4 ? archs[head[0]] : head[0] * 0x01010101u;
	arch = arch_of(data.arch);
	kind = head[1] % 8;
	data.nr = arch && kind < CALLS ? arch->number[kind] : head[1] - 4;
	if (head[1] & 0x80)
		data.nr |= 0x40000000;
	m.at += head[5] * 16;
	path = m.at + head[6];
	for (int i = 0; i < 6; i++)
		data.args[i] = path;
	/* The flags of open(2) and openat(2); openat2(2) has them in memory. */
	if (kind <= CALL_OPENAT)
		data.args[kind + 1] = head[2] | (uint64_t)head[3] << 8 |
				      (uint64_t)head[4] << 16;
	data.args[2] = kind > CALL_OPENAT ? m.at + head[7] : data.args[2];
	data.args[3] = 24;
	memset(&call, 0xa5, sizeof(call));
	if (!call_read(&call, &data, read_some, &m))
		return;
	CHECK(arch && call_kind(arch, data.nr) >= 0);
	CHECK(call.narrow == arch->narrow);
	if (call.is_sysinfo) {
		CHECK(m.reads == 0);
		CHECK(call.info == (arch->narrow ? (uint32_t)path : path));
		return;
	}
	CHECK(!((uint32_t)call.flags & flags_to_allow(arch)));
	/* A process of 32 bits has no memory there. */
	CHECK(!arch->narrow);
	check_path(&call, &m, path);
}
