/* SPDX-License-Identifier: MIT */
/*
 * witness: what a program sees of the machine's memory, now and again for each
 * line that it reads: the text of the files, opened anew and kept open,
 * sysinfo(2) and sysconf(3).  What fails is a line with "! " and its errno.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#define MEMINFO "/proc/meminfo"

static void fail(void)
{
	printf("! %d\n", errno);
}

static void say_text(const char *name, int fd)
{
	char text[8192];
	ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof(text), 0);

	printf("== %s\n", name);
	if (n < 0)
		fail();
	else
		printf("%.*s", (int)n, text);
}

static void say_opened(const char *name, const char *path)
{
	int fd = open(path, O_RDONLY);

	say_text(name, fd);
	if (fd >= 0)
		close(fd);
}

static void say_sysinfo(void)
{
	struct sysinfo info;

	printf("== sysinfo\n");
	if (sysinfo(&info) < 0) {
		fail();
		return;
	}
#define SAY(key, member)                                                       \
	printf(key ": %llu kB\n",                                              \
	       (unsigned long long)info.member *info.mem_unit / 1024)
	SAY("MemTotal", totalram);
	SAY("MemFree", freeram);
	SAY("Shmem", sharedram);
	SAY("SwapTotal", totalswap);
#undef SAY
}

static void say_pages(const char *key, int name)
{
	const long pages = sysconf(name), page = sysconf(_SC_PAGESIZE);

	if (pages < 0)
		fail();
	else
		printf("%s: %lld kB\n", key, (long long)pages * page / 1024);
}

int main(void)
{
	const int kept = open(MEMINFO, O_RDONLY);
	char line[16];

	do {
		say_opened("opened", MEMINFO);
		say_text("kept", kept);
		say_opened("swaps", "/proc/swaps");
		say_sysinfo();
		printf("== sysconf\n");
		say_pages("MemTotal", _SC_PHYS_PAGES);
		say_pages("MemFree", _SC_AVPHYS_PAGES);
		printf("== end\n");
		fflush(stdout);
	} while (fgets(line, sizeof(line), stdin));
	return 0;
}
