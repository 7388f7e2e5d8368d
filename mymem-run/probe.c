/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answer.h"
#include "filter.h"
#include "pass.h"

/* In the place of a command, that would do nothing. */
static int try(int channel, int go)
{
	char byte;
	bool killable;
	int listener = filter_install(false, &killable);

	if (listener < 0 || pass_send(channel, listener, KILLABLE) < 0)
		return listener < 0 ? -listener : EIO;
	return read(go, &byte, 1) < 0 ? EIO : 0;
}

static const char *why(int error)
{
	switch (error) {
	case EBUSY:
		return "another program answers these calls already";
	case ENOSYS:
	case EINVAL:
		return "the kernel, or what stands in for it, cannot do it";
	default:
		return "it is not allowed here";
	}
}

/* The memory of a child can be read, and it can be given descriptors. */
static const char *try_out(const struct trap *t, int listener, pid_t child)
{
	struct answer_fd give = { .id = 1 };
	int fd;

	if (answer_request(listener, NOTICE_GIVE_FD, &give) < 0 &&
	    errno != ENOENT)
		return "it needs Linux 5.9";
	fd = answer_open_of(t, (uint32_t)child, "mem", O_RDWR);
	if (fd < 0)
		return "the memory of other processes cannot be read";
	close(fd);
	return NULL;
}

const char *trap_missing(void)
{
	struct trap t = { .proc = open("/proc",
				       O_PATH | O_DIRECTORY | O_CLOEXEC) };
	int channel[2], go[2], fd, status = 0;
	uint8_t tag;
	const char *missing = NULL;
	char self[16], own[16];
	ssize_t n;
	pid_t pid;

	snprintf(own, sizeof(own), "%d", getpid());
	if (t.proc < 0)
		return "there is no /proc";
	n = readlinkat(t.proc, "self", self, sizeof(self) - 1);
	if (n < 0)
		return "there is no /proc";
	self[n] = '\0';
	if (strcmp(self, own) != 0)
		return "/proc is that of other processes";
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) < 0 ||
	    pipe2(go, O_CLOEXEC) < 0 || (pid = fork()) < 0)
		return strerror(errno);
	if (pid == 0) {
		close(go[1]);
		_exit(try(channel[1], go[0]));
	}
	close(channel[1]);
	close(go[0]);
	/* It has sent one, or ended. */
	while (poll(&(struct pollfd){ channel[0], POLLIN, 0 }, 1, -1) < 0)
		;
	fd = pass_receive(channel[0], &tag);
	if (fd >= 0)
		missing = try_out(&t, fd, pid);
	close(go[1]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (fd < 0)
		missing = why(WEXITSTATUS(status));
	else
		close(fd);
	close(channel[0]);
	close(t.proc);
	return missing;
}
