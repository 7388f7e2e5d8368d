/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "source.h"

/* More than the parts of this program that wait for something. */
#define SOURCES 4

void sources_wait(struct source *sources, size_t count, int fd)
{
	struct pollfd fds[SOURCES + 1] = { { .fd = fd, .events = POLLIN } };
	int timeout = -1;

	for (size_t i = 0; i < count; i++) {
		const struct source *s = &sources[i];

		fds[i + 1] = (struct pollfd){
			.fd = s->fd, .events = s->events,
		};
		if (s->timeout >= 0 && (timeout < 0 || s->timeout < timeout))
			timeout = s->timeout;
	}
	if (poll(fds, (nfds_t)count + 1, timeout) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		sources[i].timeout = sources[i].ready(sources[i].data,
						      fds[i + 1].revents);
		/* It has been closed. */
		if (fds[i + 1].revents & POLLNVAL)
			sources[i].fd = -1;
	}
}
