/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "answer.h"
#include "call.h"
#include "filter.h"

#define PROC_MAGIC  0x9fa0
#define SYSFS_MAGIC 0x62656572

/* musl's ioctl() declares the number as an int. */
int answer_request(int listener, unsigned long number, void *argument)
{
	return (int)syscall(SYS_ioctl, listener, number, argument);
}

int answer_open_of(const struct trap *t, uint32_t pid, const char *name,
		   int flags)
{
	char path[64], process[16];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%u/%s", pid, name);
	fd = openat(t->proc, path, flags | O_CLOEXEC);
	if (fd >= 0 || (errno != EACCES && errno != EPERM))
		return fd;
	/* Root in a container may become another user, but may not look into a
	 * process of that user; so it does so as that user. */
	snprintf(process, sizeof(process), "%u", pid);
	if (fstatat(t->proc, process, &st, 0) < 0)
		return -1;
	setfsgid(st.st_gid);
	setfsuid(st.st_uid);
	fd = openat(t->proc, path, flags | O_CLOEXEC);
	setfsuid(geteuid());
	setfsgid(getegid());
	return fd;
}

static ptrdiff_t read_from(void *from, void *to, size_t size, uint64_t at)
{
	return pread(*(const int *)from, to, size, (off_t)at);
}

static ptrdiff_t link_of(const struct trap *t, const char *name,
			 char to[PATH_MAX])
{
	ssize_t n = readlinkat(t->proc, name, to, PATH_MAX - 1);

	to[n > 0 ? n : 0] = '\0';
	return n;
}

static ptrdiff_t path_of(const struct trap *t, int fd, char to[PATH_MAX])
{
	char name[32];

	snprintf(name, sizeof(name), "self/fd/%d", fd);
	return link_of(t, name, to);
}

/* Takes the descriptor. */
static bool path_of_root(const struct trap *t, int fd, char to[PATH_MAX])
{
	const bool known = fd >= 0 && path_of(t, fd, to) > 0;

	if (fd >= 0)
		close(fd);
	return known;
}

/* Whether it is the kernel's, or what others have put in its place here too. */
static bool is_genuine(int fd, const char *path)
{
	struct statfs fs;
	struct stat there, here;

	if (fstatfs(fd, &fs) == 0 && ((unsigned long)fs.f_type == PROC_MAGIC ||
				      (unsigned long)fs.f_type == SYSFS_MAGIC))
		return true;
	/* FUSE without who serves it can only say that. */
	if (fstat(fd, &there) < 0)
		return errno == ENOTCONN && stat(path, &here) < 0 &&
		       errno == ENOTCONN;
	return stat(path, &here) == 0 && there.st_dev == here.st_dev &&
	       there.st_ino == here.st_ino;
}

/* The name, from its root, of what the call would open, without links and dots.
 */
static bool find_file(const struct trap *t, uint32_t pid,
		      const struct call *call, char path[PATH_MAX])
{
	const bool absolute =
		call->path[0] == '/' && !(call->resolve & HOW_IN_ROOT);
	struct how how = {
		.flags = O_PATH | O_CLOEXEC |
			 (uint64_t)(call->flags & O_NOFOLLOW),
		.resolve = call->resolve,
	};
	const char *name = call->path;
	char at[64] = "root", root[PATH_MAX];
	int dir, fd = -1;
	size_t length;

	if (!absolute && call->dir == AT_FDCWD)
		strcpy(at, "cwd");
	else if (!absolute)
		snprintf(at, sizeof(at), "fd/%d", call->dir);
	else if (!call->resolve)
		name += strspn(name, "/");
	dir = answer_open_of(t, pid, at, O_PATH);
	if (dir < 0)
		return false;
	if (call->resolve)
		fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
	else
		fd = openat(dir, name, (int)how.flags);
	close(dir);
	if (fd < 0)
		return false;
	if (path_of(t, fd, path) <= 0 ||
	    !path_of_root(t, answer_open_of(t, pid, "root", O_PATH), root))
		path[0] = root[0] = '\0';
	length = root[0] && root[1] ? strlen(root) : 0;
	/* What is not below its root it cannot open. */
	if (strncmp(path, root, length) != 0)
		path[0] = '\0';
	else
		memmove(path, path + length, strlen(path + length) + 1);
	if (!shown_has(path) || !is_genuine(fd, path))
		path[0] = '\0';
	close(fd);
	return path[0];
}

void answer_not(const struct trap *t, uint64_t id)
{
	struct answer answer = { .id = id, .flags = ANSWER_CONTINUE };

	answer_request(t->listener, NOTICE_ANSWER, &answer);
}

/*
 * Whether it was given.  To give and to answer at once (since Linux 5.14) is
 * one step less, and no descriptor is lost where a signal ends the wait between
 * the two; but who is killed meanwhile has answered, and has not given: open(2)
 * has returned 0.  So it is done where signals can end the wait.
 */
static bool give_file(const struct trap *t, uint64_t id, int fd, int flags)
{
	struct answer_fd give = {
		.id = id,
		.flags = t->killable ? 0 : ANSWER_FD_SENDS,
		.fd = (uint32_t)fd,
		.new_flags = (uint32_t)(flags & O_CLOEXEC),
	};
	struct answer answer = { .id = id };
	int r = answer_request(t->listener, NOTICE_GIVE_FD, &give);

	if (r < 0 && errno == EINVAL && give.flags) {
		give.flags = 0;
		r = answer_request(t->listener, NOTICE_GIVE_FD, &give);
	}
	if (r < 0 || give.flags)
		return r >= 0;
	answer.value = r;
	answer_request(t->listener, NOTICE_ANSWER, &answer);
	return true;
}

static bool answer_open(struct trap *t, const struct notice *n,
			const struct call *call)
{
	char path[PATH_MAX];
	bool given;
	int fd;

	if (!find_file(t, n->pid, call, path))
		return false;
	fd = machine_open(&t->machine, path, call->flags);
	if (fd < 0)
		return false;
	given = give_file(t, n->id, fd, call->flags);
	close(fd);
	return given;
}

static bool answer_sysinfo(struct trap *t, const struct notice *n,
			   const struct call *call, int memory)
{
	unsigned char info[SYSINFO_MAX];
	struct answer answer = { .id = n->id };
	uint64_t id = n->id;
	int size = machine_sysinfo(&t->machine, call->narrow, info);

	/* The memory is that of who still waits. */
	if (size < 0 || answer_request(t->listener, NOTICE_VALID, &id) < 0 ||
	    pwrite(memory, info, (size_t)size, (off_t)call->info) != size)
		return false;
	answer_request(t->listener, NOTICE_ANSWER, &answer);
	return true;
}

/* What cannot be answered, for whatever reason, the kernel does as ever. */
void answer_call(struct trap *t, const struct notice *n)
{
	const bool writes =
		n->data.nr >= 0 && arch_of(n->data.arch) &&
		call_kind(arch_of(n->data.arch), n->data.nr) == CALL_SYSINFO;
	int memory =
		answer_open_of(t, n->pid, "mem", writes ? O_RDWR : O_RDONLY);
	bool answered = false;
	struct call call;

	if (memory >= 0 && call_read(&call, &n->data, read_from, &memory))
		answered = call.is_sysinfo ? answer_sysinfo(t, n, &call, memory)
					   : answer_open(t, n, &call);
	if (memory >= 0)
		close(memory);
	if (!answered)
		answer_not(t, n->id);
}
