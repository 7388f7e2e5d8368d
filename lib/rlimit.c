/* SPDX-License-Identifier: MIT */
/*
 * RLIMIT_AS and RLIMIT_DATA, the soft limits, against what the kernel counts
 * for them: total_vm and data_vm (may_expand_vm() in mm/mmap.c), which
 * /proc/self/status shows as VmSize and VmData.  RLIMIT_RSS has done nothing
 * since Linux 2.4.30 and is no constraint.
 */
#include <errno.h>
#include <sys/resource.h>

#include "internal.h"

static const struct {
	unsigned int kind;
	int resource;
	struct mym__text name; /* in /proc/self/limits */
	enum mym__process_key usage;
} kinds[] = {
	{ MYM_KIND_RLIMIT_AS, RLIMIT_AS, MYM__TEXT_INIT("Max address space"),
	  MYM__VM_SIZE },
	{ MYM_KIND_RLIMIT_DATA, RLIMIT_DATA, MYM__TEXT_INIT("Max data size"),
	  MYM__VM_DATA },
};

/* 0 a limit, 1 none, < 0 */
struct limits {
	int result[MYM__COUNT(kinds)];
	int64_t value[MYM__COUNT(kinds)];
};

static void read_file(struct mym__pass *pass, struct limits *limits)
{
	struct mym__lines lines;
	struct mym__text line;
	int fd = mym__root_get(pass->root, "/proc/self/limits", MYM__ROOT_FILE);
	int r = fd;

	if (fd >= 0) {
		mym__lines_init(&lines, fd, pass->buffer, pass->size);
		while ((r = mym__lines_next(&lines, &line)) == 0) {
			for (size_t i = 0; i < MYM__COUNT(kinds); i++) {
				int found = mym__parse_rlimit(line, kinds[i].name,
							      &limits->value[i]);

				if (found != -ENOENT)
					limits->result[i] = found;
			}
		}
		mym__root_drop(fd);
	}
	for (size_t i = 0; r < 0 && i < MYM__COUNT(kinds); i++)
		limits->result[i] = r;
}

static void read_usage(struct mym__pass *pass, struct mym_constraint *c,
		       enum mym__process_key key,
		       const struct mym__process *process)
{
	if (process->seen >> key & 1) {
		c->used = process->values[key];
		c->valid |= MYM_WANT_USED;
	} else {
		mym__pass_failed(pass, c, MYM_WANT_USED, -ENODATA);
	}
}

/* The running system is asked by system call, which works without /proc. */
static const char *source(const struct mym__pass *pass)
{
	return !pass->root->confined && pass->places->error == -ENOENT ?
	       "getrlimit(2)" : "/proc/self/limits";
}

void mym__rlimit_read(struct mym__pass *pass)
{
	struct mym__process process;
	bool have_process = false;
	struct limits limits;

	if (!mym__pass_wants(pass, MYM_WANT_LIMIT) ||
	    (mym__pass_without(pass, MYM_KIND_RLIMIT_AS) &&
	     mym__pass_without(pass, MYM_KIND_RLIMIT_DATA)))
		return;
	for (size_t i = 0; i < MYM__COUNT(kinds); i++)
		limits.result[i] = mym__root_rlimit(pass->root,
						    kinds[i].resource,
						    &limits.value[i]);
	if (pass->root->confined) {
		for (size_t i = 0; i < MYM__COUNT(kinds); i++)
			limits.result[i] = -ENODATA;
		read_file(pass, &limits);
	}
	for (size_t i = 0; i < MYM__COUNT(kinds); i++) {
		struct mym_constraint *c;

		if (limits.result[i] == 1)
			continue;
		if (limits.result[i] < 0) {
			mym__pass_failed(pass, NULL, 0, limits.result[i]);
			continue;
		}
		c = mym__pass_add(pass, kinds[i].kind, source(pass));
		c->limit = limits.value[i];
		c->valid = MYM_WANT_LIMIT;
		c->none = MYM_WANT_HIGH | MYM_WANT_SWAP_AVAILABLE;
		if (!mym__pass_wants(pass, MYM_WANT_AVAILABLE | MYM_WANT_USED))
			continue;
		if (!have_process)
			mym__process_read(pass, &process);
		have_process = true;
		read_usage(pass, c, kinds[i].usage, &process);
		mym__merge_headroom(c);
	}
}
