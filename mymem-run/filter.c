/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "filter.h"

static const struct arch archs[] = {
#if defined(__x86_64__) || defined(__i386__)
	/* Those of x32 too, which have another bit. */
	{ ARCH_X86_64, { 2, 257, 437, 99 }, 0200000, false },
	{ ARCH_I386, { 5, 295, 437, 116 }, 0200000, true },
#elif defined(__aarch64__) || defined(__arm__)
	{ ARCH_AARCH64, { -1, 56, 437, 179 }, 040000, false },
	{ ARCH_ARM, { 5, 322, 437, 116 }, 040000, true },
#elif defined(__riscv) && __riscv_xlen == 64
	{ ARCH_RISCV64, { -1, 56, 437, 179 }, 0200000, false },
#else
	{ 0, { -1, -1, -1, -1 }, 0, false },
#endif
};
#define ARCHS (sizeof(archs) / sizeof(archs[0]))

#define X32_BIT 0x40000000

const struct arch *arch_of(uint32_t audit)
{
	for (size_t i = 0; i < ARCHS; i++) {
		if (archs[i].audit == audit && audit)
			return &archs[i];
	}
	return NULL;
}

static bool has_x32(const struct arch *arch)
{
	return arch->audit == ARCH_X86_64;
}

int call_kind(const struct arch *arch, int32_t number)
{
	if (has_x32(arch))
		number &= ~X32_BIT;
	for (int i = 0; i < CALLS; i++) {
		if (number >= 0 && arch->number[i] == number)
			return i;
	}
	return -1;
}

/* The same everywhere, but for O_DIRECTORY, which is a part of O_TMPFILE. */
uint32_t flags_to_allow(const struct arch *arch)
{
	return 01 | 02 | 0100 /* O_CREAT */ | 010000000 /* O_PATH */ |
	       arch->directory;
}

/* The lower half of an argument. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LOWER 4
#else
#define LOWER 0
#endif
#define AT(member) ((uint32_t)offsetof(struct call_data, member))

/* Which arguments tell that the kernel is to do it; -1: none. */
static const struct {
	int flags, mark;
} arguments[CALLS] = {
	[CALL_OPEN] = { 1, -1 },
	[CALL_OPENAT] = { 2, 3 },
	[CALL_OPENAT2] = { -1, -1 },
	[CALL_SYSINFO] = { -1, 1 },
};

/* No more words than these for each call, and for each architecture. */
#define CODE_MAX (ARCHS * (CALLS * 8 + 5) + 1)

static void add(struct bpf_program *p, uint16_t code, uint32_t k, uint8_t yes,
		uint8_t no)
{
	p->code[p->length++] = (struct bpf){ code, yes, no, k };
}

/* The kernel does it if the argument has any of these bits, or just them. */
static void allow(struct bpf_program *p, int argument, uint16_t code,
		  uint32_t k)
{
	if (argument < 0)
		return;
	add(p, BPF_LOAD, AT(args) + 8 * (uint32_t)argument + LOWER, 0, 0);
	add(p, code, k, 0, 1);
	add(p, BPF_END, RET_ALLOW, 0, 0);
}

/* Of the calls of this architecture, which is known to be the right one. */
static void add_calls(struct bpf_program *p, const struct arch *arch,
		      bool opens)
{
	add(p, BPF_LOAD, AT(nr), 0, 0);
	if (has_x32(arch))
		add(p, BPF_AND, ~(uint32_t)X32_BIT, 0, 0);
	for (int i = opens ? 0 : CALL_SYSINFO; i < CALLS; i++) {
		const uint16_t test = p->length;

		if (arch->number[i] < 0)
			continue;
		add(p, BPF_EQUAL, (uint32_t)arch->number[i], 0, 0);
		allow(p, arguments[i].flags, BPF_ANY, flags_to_allow(arch));
		allow(p, arguments[i].mark, BPF_EQUAL, AS_IT_IS);
		add(p, BPF_END, RET_NOTIFY, 0, 0);
		p->code[test].no = (uint8_t)(p->length - test - 1);
	}
	add(p, BPF_END, RET_ALLOW, 0, 0);
}

static long listen_by(const struct bpf_program *program, bool *killable)
{
	long fd = syscall(SYS_seccomp, SET_FILTER, NEW_LISTENER | WAIT_KILLABLE,
			  program);

	*killable = fd >= 0;
	/* Before Linux 5.19. */
	return fd < 0 && errno == EINVAL
		       ? syscall(SYS_seccomp, SET_FILTER, NEW_LISTENER, program)
		       : fd;
}

int filter_install(bool opens, bool *killable)
{
	struct bpf code[CODE_MAX];
	struct bpf_program program = { 0, code };
	long fd;

	for (size_t i = 0; i < ARCHS; i++) {
		uint16_t test;

		add(&program, BPF_LOAD, AT(arch), 0, 0);
		test = program.length;
		add(&program, BPF_EQUAL, archs[i].audit, 0, 0);
		add_calls(&program, &archs[i], opens);
		code[test].no = (uint8_t)(program.length - test - 1);
	}
	add(&program, BPF_END, RET_ALLOW, 0, 0);
	fd = listen_by(&program, killable);
	/* Without CAP_SYS_ADMIN there can be no privileges from here on. */
	if (fd < 0 && errno == EACCES &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		fd = listen_by(&program, killable);
	return fd < 0 ? -errno : (int)fd;
}
