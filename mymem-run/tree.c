/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../mymem-free/size.h"
#include "keeper.h"
#include "tree.h"

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

/* Returns false where the process is gone. */
static bool read_of(pid_t pid, const char *file, char text[4096])
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, 4095);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* "1 (name) S 0 ...": a name may have anything in it. */
static bool read_process(pid_t pid, struct process *p)
{
	char text[4096], *at;
	int64_t parent;

	if (!read_of(pid, "stat", text))
		return false;
	at = strrchr(text, ')');
	/* What is dead has nothing any more. */
	if (!at || strlen(at) < 4 || strchr("ZXx", at[2]) ||
	    !parse_digits(at + 4, &parent))
		return false;
	*p = (struct process){
		.pid = pid, .parent = (pid_t)parent,
		.keeps = strstr(text, " (" KEEPER_NAME ") ") != NULL,
	};
	/* The state is the third field, the start the twenty-second. */
	for (int field = 2; field < 22 && at; field++)
		at = strchr(at + 1, ' ');
	return at && parse_digits(at + 1, &p->born);
}

static void add(struct tree *tree, const struct process *p)
{
	void *more;

	if (tree->count == tree->room) {
		more = realloc(tree->all,
			       (tree->room + 512) * sizeof(*tree->all));
		if (!more)
			return;
		tree->all = more;
		tree->room += 512;
	}
	tree->all[tree->count++] = *p;
}

static void read_all(struct tree *tree)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	struct process p;
	int64_t pid;

	tree->count = 0;
	while (dir && (entry = readdir(dir))) {
		if (parse_whole(entry->d_name, 1, INT32_MAX, &pid) &&
		    read_process((pid_t)pid, &p))
			add(tree, &p);
	}
	if (dir)
		closedir(dir);
}

static bool is_other(const struct tree *tree, pid_t pid)
{
	for (size_t i = 0; i < tree->other_count; i++) {
		if (tree->others[i] == pid)
			return true;
	}
	return false;
}

static bool parent_is_mine(const struct tree *tree, const struct process *p)
{
	for (size_t i = 0; i < tree->count; i++) {
		if (tree->all[i].mine && tree->all[i].pid == p->parent)
			return true;
	}
	return false;
}

void tree_begin(struct tree *tree)
{
	*tree = (struct tree){ .count = 0 };
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	read_all(tree);
	tree->others = calloc(tree->count + 1, sizeof(*tree->others));
	for (size_t i = 0; tree->others && i < tree->count; i++) {
		if (tree->all[i].parent == getpid())
			tree->others[tree->other_count++] = tree->all[i].pid;
	}
}

void tree_end(struct tree *tree)
{
	free(tree->others);
	free(tree->all);
}

size_t tree_look(struct tree *tree)
{
	size_t found = 0, before;

	read_all(tree);
	for (size_t i = 0; i < tree->count; i++) {
		struct process *p = &tree->all[i];

		p->mine = p->parent == getpid() && !p->keeps &&
			  !is_other(tree, p->pid);
		found += p->mine;
	}
	do {
		before = found;
		for (size_t i = 0; i < tree->count; i++) {
			struct process *p = &tree->all[i];

			if (!p->mine && parent_is_mine(tree, p)) {
				p->mine = true;
				found++;
			}
		}
	} while (found > before);
	return found;
}

bool process_signal(const struct process *p, int signal)
{
	int fd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	struct process now;
	bool sent;

	/* What has this id now, and while the descriptor is open. */
	if (!read_process(p->pid, &now) || now.born != p->born)
		sent = false;
	else if (fd >= 0)
		sent = syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0) == 0;
	else
		/* Before Linux 5.3, or denied. */
		sent = kill(p->pid, signal) == 0;
	if (fd >= 0)
		close(fd);
	return sent;
}

void tree_signal(const struct tree *tree, int signal)
{
	for (size_t i = 0; i < tree->count; i++) {
		if (tree->all[i].mine)
			process_signal(&tree->all[i], signal);
	}
}

static int64_t kib_after(const char *text, const char *key)
{
	const char *at = strstr(text, key);
	int64_t value;

	if (!at)
		return 0;
	at += strlen(key);
	at += strspn(at, " \t");
	return parse_digits(at, &value) ? value : 0;
}

/* As oom_badness() in the kernel has it: resident, swapped out, page tables. */
static int64_t size_of(const struct process *p)
{
	char text[4096];

	if (!read_of(p->pid, "status", text))
		return 0;
	return 1024 * (kib_after(text, "\nVmRSS:") +
		       kib_after(text, "\nVmSwap:") +
		       kib_after(text, "\nVmPTE:"));
}

const struct process *tree_largest(const struct tree *tree, int64_t *bytes)
{
	const struct process *largest = NULL;
	int64_t size;

	*bytes = 0;
	for (size_t i = 0; i < tree->count; i++) {
		if (!tree->all[i].mine)
			continue;
		size = size_of(&tree->all[i]);
		if (size > *bytes) {
			*bytes = size;
			largest = &tree->all[i];
		}
	}
	return largest;
}

bool process_name(const struct process *p, char name[64])
{
	char text[4096];

	if (!read_of(p->pid, "comm", text))
		return false;
	snprintf(name, 64, "%.*s", (int)strcspn(text, "\n"), text);
	return true;
}
