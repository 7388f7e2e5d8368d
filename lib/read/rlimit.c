/* SPDX-License-Identifier: MIT */
/*
 * The resource limits, compared with what the kernel counts for them: total_vm,
 * data_vm (may_expand_vm() in mm/mmap.c) and locked_vm, which /proc/self/status
 * shows as VmSize, VmData and VmLck; and the address space of a 32-bit process,
 * whose end is a limit, too.  RLIMIT_RSS has done nothing since Linux 2.4.30
 * and is no constraint.
 */
#include <errno.h>
#include <sys/auxv.h>
#include <sys/resource.h>

#include "../answer/merge.h"
#include "../base/compiler.h"
#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/root.h"
#include "../base/self.h"
#include "../base/sys.h"
#include "../base/text.h"
#include "pass.h"
#include "process.h"
#include "readers.h"

/* <linux/capability.h> */
#define CAP_IPC_LOCK 14

static const struct {
	unsigned int kind;
	int resource;
	struct mym__name name; /* in /proc/self/limits */
	enum mym__process_key usage;
} kinds[] = {
	{ MYM_KIND_RLIMIT_AS, RLIMIT_AS, MYM__NAME("Max address space"),
	  MYM__VM_SIZE },
	{ MYM_KIND_RLIMIT_DATA, RLIMIT_DATA, MYM__NAME("Max data size"),
	  MYM__VM_DATA },
};

/* RLIMIT_MEMLOCK is the one after those. */
#define LOCKS MYM__COUNT(kinds)

enum { SOFT, HARD, BOTH };

struct limits {
	struct mym__rlimit of[LOCKS + 1][BOTH];
};

static struct mym__text name_of(size_t i)
{
	if (i == LOCKS)
		return MYM__TEXT("Max locked memory");
	return mym__text_of(&kinds[i].name);
}

/* Read when it is first needed. */
struct process {
	bool read;
	struct mym__process is;
};

static const struct mym__process *ask(struct mym__pass *pass,
				      struct process *process)
{
	if (!process->read)
		mym__process_read(pass, &process->is);
	process->read = true;
	return &process->is;
}

static void read_line(struct mym__text line, struct limits *limits)
{
	for (size_t i = 0; i <= LOCKS; i++) {
		for (int which = SOFT; which < BOTH; which++) {
			struct mym__rlimit *limit = &limits->of[i][which];
			int r = mym__parse_rlimit(line, name_of(i),
						  which == HARD, &limit->value);

			if (r != -ENOENT)
				limit->result = r;
		}
	}
}

static void read_file(struct mym__pass *pass, struct limits *limits)
{
	struct mym__lines lines;
	struct mym__text line;
	struct mym__open open = mym__pass_once(pass, MYM__FILE_LIMITS);
	int r = open.fd;

	for (size_t i = 0; i <= LOCKS; i++)
		limits->of[i][SOFT].result = limits->of[i][HARD].result =
			-ENODATA;
	if (open.fd >= 0) {
		mym__lines_init(&lines, open.fd, pass->buffer, pass->size);
		while ((r = mym__lines_next(&lines, &line)) == 0)
			read_line(line, limits);
		mym__pass_put(pass, open, r);
	}
	for (size_t i = 0; r < 0 && i <= LOCKS; i++)
		limits->of[i][SOFT].result = limits->of[i][HARD].result = r;
}

/* This process is asked for by system call, which works without /proc. */
static void ask_kernel(struct mym__pass *pass, struct limits *limits)
{
	for (size_t i = 0; i <= LOCKS; i++)
		mym__sys_rlimit(pass->root,
				i == LOCKS ? RLIMIT_MEMLOCK : kinds[i].resource,
				&limits->of[i][SOFT], &limits->of[i][HARD]);
}

/* Since Linux 4.7 RLIMIT_DATA counts what mmap(2) gives, unless a parameter of
 * the kernel says that it does not. */
static bool is_ignored(struct mym__pass *pass)
{
	struct mym__open open = mym__pass_once(pass, MYM__FILE_RELEASE);

	if (mym__parse_before(mym__pass_word(pass, open), 4, 7))
		return true;
	open = mym__pass_once(pass, MYM__FILE_IGNORE_DATA);
	return mym__text_is(mym__pass_word(pass, open), "Y");
}

static void add(struct mym__pass *pass, unsigned int kind, const char *path,
		int64_t limit, enum mym__process_key usage,
		struct process *process)
{
	struct mym_constraint *c = mym__pass_add(pass, kind, path);

	c->limit = limit;
	c->valid = MYM_WANT_LIMIT;
	c->none = MYM_WANT_HIGH | MYM_WANT_SWAP_AVAILABLE;
	if (!mym__pass_wants(pass, MYM_WANT_AVAILABLE | MYM_WANT_USED))
		return;
	if (!(ask(pass, process)->seen >> usage & 1)) {
		mym__pass_failed(pass, c, MYM_WANT_USED, -ENODATA);
		mym__known_facts(pass, c, path);
	} else if (kind != MYM_KIND_ADDRESS_SPACE ||
		   process->is.values[usage] <= limit) {
		/* A larger one is the size of an emulator, such as qemu-arm. */
		c->used = process->is.values[usage];
		c->valid |= MYM_WANT_USED;
	}
	mym__merge_headroom(c);
}

static void add_limits(struct mym__pass *pass, const char *path,
		       const struct limits *limits, struct process *process)
{
	for (size_t i = 0; i < MYM__COUNT(kinds); i++) {
		bool data = kinds[i].kind == MYM_KIND_RLIMIT_DATA;
		/* With a soft RLIMIT_DATA of 0 the hard limit counts, for the
		 * sake of valgrind. */
		int which = data && limits->of[i][SOFT].result == 0 &&
					    limits->of[i][SOFT].value == 0
				    ? HARD
				    : SOFT;
		int r = limits->of[i][which].result;

		if (r < 0)
			mym__pass_failed(pass, NULL,
					 MYM__KIND(kinds[i].kind), r);
		else if (r == 0 && !(data && is_ignored(pass)))
			add(pass, kinds[i].kind, path,
			    limits->of[i][which].value, kinds[i].usage,
			    process);
	}
}

/* Where mlockall(2) has every new mapping locked, RLIMIT_MEMLOCK limits them
 * all.  Nothing tells that of another process, unless it has none locked. */
static void add_memlock(struct mym__pass *pass, const char *path,
			struct mym__rlimit limit, struct process *process)
{
	bool other = pass->root->other;

	if (limit.result == 0 &&
	    (other ? ask(pass, process)->values[MYM__VM_LOCKED] > 0 :
		     mym__sys_locks(pass->root, limit.value)) &&
	    !mym__process_may(pass, ask(pass, process), CAP_IPC_LOCK)) {
		if (!other)
			add(pass, MYM_KIND_RLIMIT_MEMLOCK, path, limit.value,
			    MYM__VM_LOCKED, process);
		else
			limit.result = -ENODATA;
	}
	if (limit.result < 0)
		mym__pass_failed(pass, NULL,
				 MYM__KIND(MYM_KIND_RLIMIT_MEMLOCK),
				 limit.result);
}

/* The address space ends a little above the first stack, on which the kernel
 * has put what AT_RANDOM points to: at 2, 2.75, 3 or 4 GiB, depending on the
 * architecture, the kernel's configuration and personality(2).  Emulators such
 * as qemu-arm put the stack further down; where their address space ends is
 * unknown.  Where another process has its stack only those are told who may trace
 * it; a thread of the kernel has neither. */
static void add_space(struct mym__pass *pass, struct process *process)
{
	const int64_t step = INT64_C(256) << 20;
	const char *path = "getauxval(3)";
	int64_t stack = 0;

	if (pass->root->other) {
		path = mym__root_name(pass->root, NULL);
		mym__self_stat(pass->root, pass->root->thread, pass->buffer,
			       MYM__SELF_STACK, &stack);
		if (stack == 0 && ask(pass, process)->seen)
			mym__pass_failed(pass, NULL,
					 MYM__KIND(MYM_KIND_ADDRESS_SPACE),
					 -EACCES);
	} else if (sizeof(void *) == 4) {
		stack = (int64_t)getauxval(AT_RANDOM);
	}
	if (stack >= INT32_MAX - step && stack <= UINT32_MAX)
		add(pass, MYM_KIND_ADDRESS_SPACE, path,
		    (stack / step + 1) * step, MYM__VM_SIZE, process);
}

void mym__rlimit_read(struct mym__pass *pass)
{
	const struct mym__root *root = pass->root;
	const char *path = mym__root_name(root, "/proc/self/limits");
	struct process process = { 0 };
	struct limits limits;

	if (root->confined || root->sealed || root->other)
		read_file(pass, &limits);
	else
		ask_kernel(pass, &limits);
	if (pass->places->error == -ENOENT && !root->confined && !root->other)
		path = "getrlimit(2)";
	add_limits(pass, path, &limits, &process);
	if (root->confined)
		return;
	add_memlock(pass, path, limits.of[LOCKS][SOFT], &process);
	add_space(pass, &process);
}
