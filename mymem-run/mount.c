/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel.h"
#include "mount.h"

static int put(const char *path, const char *text)
{
	int r, fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	r = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return r;
}

/* With privileges, or with those of a user namespace in which everybody is who
 * he was. */
static int leave_namespace(void)
{
	const unsigned int user = geteuid(), group = getegid();
	char map[64];
	int r;

	if (unshare(CLONE_NEWNS) == 0)
		return 0;
	if (errno != EPERM || unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return -errno;
	snprintf(map, sizeof(map), "%u %u 1", user, user);
	r = put("/proc/self/uid_map", map);
	if (r == 0)
		r = put("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "%u %u 1", group, group);
	return r == 0 ? put("/proc/self/gid_map", map) : r;
}

/* Makes an empty file in the file system that is at /proc now, and a mount of
 * it that is nowhere yet. */
static void make_file(size_t index, int *fd, int *tree)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u", (unsigned int)index);
	*fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	*tree = (int)syscall(SYS_open_tree, AT_FDCWD, path,
			     TREE_CLONE | O_CLOEXEC);
}

static int place(int tree, const char *path)
{
	/* What is mounted on a file of FUSE goes away when the kernel finds that
	 * nobody serves that any more. */
	while (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
		;
	if (syscall(SYS_move_mount, tree, "", AT_FDCWD, path, MOVE_FROM_FD) < 0)
		return -errno;
	/* What has it open to write goes on. */
	return mount(NULL, path, NULL,
		     MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV |
			     MS_NOEXEC,
		     NULL) < 0
		       ? -errno
		       : 0;
}

/* Takes the descriptors. */
static int show_file(struct machine *m, size_t index, int fd, int tree)
{
	int r = fd < 0 || tree < 0 ? -EPERM : machine_set(m, index, fd);

	if (r == 0)
		r = place(tree, m->file[index].path);
	if (r < 0)
		machine_unset(m, index);
	if (tree >= 0)
		close(tree);
	return r;
}

int mount_files(struct machine *m)
{
	int fd[MACHINE_FILES], tree[MACHINE_FILES];
	int first = 0, r = leave_namespace();

	/* What is mounted outside later is to be seen here, and not the
	 * reverse. */
	if (r < 0 || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return r < 0 ? r : -errno;
	/* For a moment, because its place is certainly there; what was made of
	 * it stays when it is gone. */
	if (mount("mymem", "/proc", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  "size=4m,mode=0755") < 0)
		return -errno;
	for (size_t i = 0; i < m->files; i++)
		make_file(i, &fd[i], &tree[i]);
	if (umount2("/proc", MNT_DETACH) < 0)
		return -errno;
	for (size_t i = 0; i < m->files; i++) {
		r = show_file(m, i, fd[i], tree[i]);
		if (i == 0)
			first = r;
	}
	return first;
}

const char *mount_missing(void)
{
	static struct machine machine;
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(-(machine_begin(&machine) < 0 ? -EIO
						    : mount_files(&machine)));
	if (pid < 0)
		return strerror(errno);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status == 0)
		return NULL;
	return WIFEXITED(status) && WEXITSTATUS(status) == EPERM
		       ? "mount namespaces are not allowed here"
	       : WIFEXITED(status) ? strerror(WEXITSTATUS(status))
				   : "it failed";
}
