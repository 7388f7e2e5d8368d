/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "memory.h"
#include "text.h"

static char block[65536];

static void touch(char *memory, int64_t bytes)
{
	for (int64_t i = 0; i < bytes; i += getpagesize())
		memory[i] = 1;
}

char *memory_anonymous(int64_t bytes)
{
	char *memory = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(memory == MAP_FAILED ? -1 : 0, "anonymous memory");
	touch(memory, bytes);
	return memory;
}

static void fill(int fd, const char *what, int64_t bytes)
{
	must(fd, what);
	for (int64_t done = 0; done < bytes; done += (int64_t)sizeof(block)) {
		if (write(fd, block, sizeof(block)) != (ssize_t)sizeof(block))
			must(-1, what);
	}
}

void memory_memfd(int64_t bytes)
{
	fill(memfd_create("oracle", MFD_CLOEXEC), "memfd", bytes);
}

void memory_tmpfs(int64_t bytes)
{
	fill(open("/dev/shm", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600),
	     "/dev/shm", bytes);
}

void memory_read(const char *path, int64_t bytes, int times)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	must(fd, path);
	while (times-- > 0) {
		int64_t done = 0;

		must((int)lseek(fd, 0, SEEK_SET), path);
		while (done < bytes) {
			ssize_t r = read(fd, block, sizeof(block));

			must((int)r, path);
			if (r == 0)
				fail("the file is too short");
			done += r;
		}
	}
}

char *memory_map(const char *path, int64_t bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	volatile char *memory;

	must(fd, path);
	memory = mmap(NULL, (size_t)bytes, PROT_READ, MAP_SHARED, fd, 0);
	must(memory == MAP_FAILED ? -1 : 0, path);
	for (int64_t i = 0; i < bytes; i += getpagesize())
		(void)memory[i];
	return (char *)memory;
}

void memory_write(const char *path, int64_t bytes)
{
	fill(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), path,
	     bytes);
}

void memory_pipes(int64_t bytes)
{
	while (bytes > 0) {
		int ends[2], size;

		must(pipe2(ends, O_CLOEXEC | O_NONBLOCK), "pipe");
		size = fcntl(ends[1], F_SETPIPE_SZ, MIB);
		must(size, "F_SETPIPE_SZ");
		while (write(ends[1], block, sizeof(block)) > 0)
			;
		bytes -= size;
	}
}

void memory_sockets(int64_t bytes)
{
	const int each = 4 << 20;

	while (bytes > 0) {
		int ends[2];
		int64_t sent = 0;

		must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
				SOCK_NONBLOCK, 0, ends), "socketpair");
		must(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUFFORCE, &each,
				sizeof(each)), "SO_SNDBUFFORCE");
		while (sent < each) {
			ssize_t r = write(ends[0], block, sizeof(block));

			if (r < 0 && errno == EAGAIN)
				break;
			must((int)r, "socket");
			sent += r;
		}
		if (sent == 0)
			fail("sockets take nothing");
		bytes -= sent;
	}
}

void memory_inodes(const char *dir, int count)
{
	char path[4400];
	struct stat st;

	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%d", dir, i);
		must(stat(path, &st), path);
	}
}

void memory_names(const char *dir, int count)
{
	char path[4400];
	struct stat st;

	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/there-is-no-such-%d", dir, i);
		if (stat(path, &st) == 0 || errno != ENOENT)
			fail("a name that should not be there");
	}
}
