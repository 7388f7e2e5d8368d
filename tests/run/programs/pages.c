/* SPDX-License-Identifier: MIT */
/* The machine's memory in bytes, by sysconf(3), and by a file that _FORTIFY_SOURCE
 * opens in a way of its own. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	/* The compiler must not know them. */
	int flags = argc > 1 ? atoi(argv[1]) : O_RDONLY;
	char text[4096] = "";
	int fd = open("/proc/meminfo", flags);
	long long pages = sysconf(_SC_PHYS_PAGES), kib = -1;

	if (fd >= 0 && read(fd, text, sizeof(text) - 1) > 0)
		kib = atoll(text + strcspn(text, " "));
	if (pages * (sysconf(_SC_PAGESIZE) / 1024) != kib)
		return 1;
	printf("%lld\n", kib * 1024);
	return 0;
}
