/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fail.h"
#include "tcp.h"

void tcp_pair(int ends[2])
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(listener, "socket");
	must(bind(listener, (struct sockaddr *)&address, length), "bind");
	must(listen(listener, 1), "listen");
	must(getsockname(listener, (struct sockaddr *)&address, &length),
	     "getsockname");
	ends[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(ends[0], "socket");
	must(connect(ends[0], (struct sockaddr *)&address, length), "connect");
	ends[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	must(ends[1], "accept");
	must(fcntl(ends[0], F_SETFL, O_NONBLOCK), "O_NONBLOCK");
	close(listener);
}
