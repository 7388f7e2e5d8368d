/* SPDX-License-Identifier: MIT */
/*
 * Which thread speaks for the process.
 *
 * Memory is charged to the group of the task that owns the address space
 * (get_mem_cgroup_from_mm() in mm/memcontrol.c).  That is the first thread, and
 * when it has left, the first of those that are still there
 * (mm_update_next_owner() in kernel/exit.c).  /proc/self goes on being about the
 * first thread: as long as others run, it stays, without memory and mounts, on v1
 * in the root group and on v2 in the group that it was in at its end.
 */
#include <errno.h>
#include <string.h>

#include "error.h"
#include "lines.h"
#include "parse.h"
#include "root.h"
#include "self.h"
#include "text.h"

/* <linux/sched.h> */
#define PF_EXITING 4

/* The words are behind the name, which may hold anything. */
int mym__self_stat(const struct mym__root *root, int thread, char *buffer,
		   enum mym__self_word which, int64_t *value)
{
	int fd = mym__root_of(root, thread, "/proc/self/stat", MYM__ROOT_FILE);
	struct mym__text all, word = { NULL, 0 };
	size_t name;
	int r;

	if (fd < 0)
		return fd;
	r = mym__lines_all(fd, buffer, MYM__SMALL_FILE, &all);
	mym__root_drop(fd);
	if (r < 0)
		return r;
	for (name = all.length; name > 0 && all.at[name - 1] != ')'; name--)
		;
	all.at += name;
	all.length -= name;
	for (unsigned int i = 0; i < which; i++)
		word = mym__parse_word(&all);
	return mym__parse_number(word, value);
}

/* 1 if it is there, 0 if it has left, or < 0.  v1 shows another group as soon as a
 * thread has PF_EXITING (proc_cgroup_show() in kernel/cgroup/cgroup.c), and nothing
 * else tells so soon. */
static int is_there(const struct mym__root *root, int thread, char *buffer)
{
	int64_t flags = 0;
	int r = mym__self_stat(root, thread, buffer, MYM__SELF_FLAGS, &flags);

	if (mym__error_transient(r))
		return r;
	return r == 0 && !(flags & PF_EXITING);
}

/* They are listed in the order in which they began. */
int mym__self_follow(struct mym__root *root, char *buffer, size_t size)
{
	struct mym__list list = { .buffer = buffer, .size = size / 2 };
	const char *name;
	int r = is_there(root, root->thread, buffer);

	if (r != 0)
		return r < 0 ? r : 0;
	list.fd = mym__root_of(root, 0, "/proc/self/task", MYM__ROOT_LIST);
	/* In the directory of a process that has ended the kernel finds nothing,
	 * with ESRCH; ENOENT is what is hidden (proc_pid_permission()). */
	if (mym__error_transient(list.fd) || (list.fd < 0 && root->other))
		return list.fd;
	while (list.fd >= 0 && r == 0 && mym__root_list(&list, &name) == 0) {
		int64_t thread = 0;

		mym__parse_number((struct mym__text){ name, strlen(name) },
				  &thread);
		r = is_there(root, (int)thread, buffer + list.size);
		if (r == 1)
			root->thread = (int)thread;
	}
	mym__root_drop(list.fd);
	if (r == 0)
		return root->other ? -ESRCH : 2;
	return r;
}

/* A thread has files like those of a process, but no signal: so the kernel tells
 * the first one from the others (thread_group_leader()). */
int mym__self_begin(struct mym__root *root, char *buffer, size_t size)
{
	int64_t signal;
	int r = mym__self_stat(root, 0, buffer, MYM__SELF_SIGNAL, &signal);

	if (r == -EBADMSG)
		return 1;
	if (r == 0 && root->other)
		r = mym__self_follow(root, buffer, size);
	return r < 0 ? r : 0;
}
