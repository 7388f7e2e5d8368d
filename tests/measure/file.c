/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "fail.h"
#include "file.h"
#include "kernel-file.h"

#define TMPFS 0x01021994
#define RAMFS 0x858458f6
#define OVERLAY 0x794c7630

static char base[4096];

void file_begin(const char *where)
{
	snprintf(base, sizeof(base), "%s/mymem-%s-XXXXXX", where,
		 program_invocation_short_name);
	if (!mkdtemp(base)) {
		base[0] = '\0';
		must(-1, where);
	}
	must(chmod(base, 0755), base);
}

bool file_on_disk(void)
{
	struct statfs fs;
	unsigned int type;

	if (!base[0] || statfs(base, &fs) < 0)
		return false;
	type = (unsigned int)fs.f_type;
	return type != TMPFS && type != RAMFS && type != OVERLAY;
}

const char *file_path(const char *name)
{
	static char paths[4][4200];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", base, name);
	return path;
}

void file_make(const char *path, int64_t bytes, unsigned int mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	static char block[65536];

	must(fd, path);
	memset(block, 'x', sizeof(block));
	for (int64_t done = 0; done < bytes; done += (int64_t)sizeof(block)) {
		if (write(fd, block, sizeof(block)) != (ssize_t)sizeof(block))
			must(-1, path);
	}
	must(fsync(fd), path);
	close(fd);
}

const char *file_big(int64_t bytes)
{
	const char *path = file_path("big");
	struct stat st;

	if (stat(path, &st) < 0 || st.st_size < bytes)
		file_make(path, bytes, 0644);
	return path;
}

const char *file_many(int count)
{
	const char *dir = file_path("many");
	char path[4400];

	if (access(dir, F_OK) == 0)
		return dir;
	must(mkdir(dir, 0755), dir);
	for (int i = 0; i < count; i++) {
		int fd;

		snprintf(path, sizeof(path), "%s/%d", dir, i);
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		must(fd, path);
		close(fd);
	}
	return dir;
}

/* An inode is dropped only after its names and its pages. */
void file_forget(void)
{
	sync();
	for (int i = 0; i < 3; i++)
		kernel_write("/proc/sys/vm/drop_caches", "3");
}

static void remove_all(const char *dir)
{
	DIR *stream = opendir(dir);
	struct dirent *entry;
	char path[4600];

	while (stream && (entry = readdir(stream))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (entry->d_type == DT_DIR)
			remove_all(path);
		else
			unlink(path);
	}
	if (stream)
		closedir(stream);
	if (rmdir(dir) < 0)
		perror(dir);
}

void file_end(void)
{
	if (base[0])
		remove_all(base);
	base[0] = '\0';
}
