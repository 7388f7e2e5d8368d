/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "memory.h"
#include "tcp.h"
#include "units.h"

static char block[65536];

static void open_pipe(int ends[2])
{
	must(pipe2(ends, O_CLOEXEC | O_NONBLOCK), "pipe");
	must(fcntl(ends[1], F_SETPIPE_SZ, MIB), "F_SETPIPE_SZ");
}

void memory_pipes(int64_t bytes)
{
	for (; bytes > 0; bytes -= MIB) {
		int ends[2];

		open_pipe(ends);
		while (write(ends[1], block, sizeof(block)) > 0)
			;
	}
}

void memory_splice(const char *path, int64_t bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t at = 0;

	must(fd, path);
	while (at < bytes) {
		const off_t before = at;
		int ends[2];

		open_pipe(ends);
		while (at < bytes &&
		       splice(fd, &at, ends[1], NULL, (size_t)(bytes - at),
			      SPLICE_F_NONBLOCK) > 0)
			;
		if (at == before)
			fail("pipes take nothing");
	}
}

/* Sends through more and more pairs of sockets, which nobody reads from, what
 * they take of it. */
static void send_all(void (*pair)(int ends[2]),
		     ssize_t (*send)(int to, int from, int64_t at, int64_t most),
		     int from, int64_t bytes)
{
	int64_t sent = 0;

	while (sent < bytes) {
		const int each = 4 << 20;
		const int64_t before = sent;
		int ends[2];

		pair(ends);
		must(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUFFORCE, &each,
				sizeof(each)), "SO_SNDBUFFORCE");
		must(setsockopt(ends[1], SOL_SOCKET, SO_RCVBUFFORCE, &each,
				sizeof(each)), "SO_RCVBUFFORCE");
		while (sent < bytes && sent - before < each) {
			ssize_t r = send(ends[0], from, sent, bytes - sent);

			if (r < 0 && errno == EAGAIN)
				break;
			must((int)r, "socket");
			sent += r;
		}
		if (sent == before)
			fail("sockets take nothing");
	}
}

static void local_pair(int ends[2])
{
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
			ends), "socketpair");
}

static ssize_t send_block(int to, int from, int64_t at, int64_t most)
{
	(void)from;
	(void)at;
	(void)most;
	return write(to, block, sizeof(block));
}

static ssize_t send_cache(int to, int from, int64_t at, int64_t most)
{
	off_t offset = (off_t)at;

	return sendfile(to, from, &offset, (size_t)most);
}

void memory_sockets(int64_t bytes)
{
	send_all(local_pair, send_block, -1, bytes);
}

void memory_tcp(int64_t bytes)
{
	send_all(tcp_pair, send_block, -1, bytes);
}

void memory_sendfile(const char *path, int64_t bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	must(fd, path);
	send_all(local_pair, send_cache, fd, bytes);
}

static void allow_descriptors(int count)
{
	const rlim_t most = (rlim_t)count + 64;
	const struct rlimit rlimit = { most, most };

	must(setrlimit(RLIMIT_NOFILE, &rlimit), "RLIMIT_NOFILE");
}

void memory_idle_sockets(int count)
{
	int ends[2];

	allow_descriptors(count);
	for (int i = 0; i < count; i += 2)
		local_pair(ends);
}

void memory_open(const char *dir, int count)
{
	char path[4400];

	allow_descriptors(count);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%d", dir, i);
		must(open(path, O_RDONLY | O_CLOEXEC), path);
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
