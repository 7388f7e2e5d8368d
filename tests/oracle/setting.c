/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/swap.h>
#include <unistd.h>

#include "fail.h"
#include "file.h"
#include "setting.h"
#include "text.h"

#define SETTINGS_MAX 8

static struct {
	char path[256];
	char text[256];
} settings[SETTINGS_MAX];
static int used;
static char swap[4096];

void setting_put(const char *path, const char *text)
{
	if (used == SETTINGS_MAX)
		fail("too many settings");
	must(text_read(path, settings[used].text, sizeof(settings[0].text)), path);
	snprintf(settings[used].path, sizeof(settings[0].path), "%s", path);
	used++;
	errno = -text_write(path, text);
	must(-errno, path);
}

/* As mkswap(8): struct swap_header of the kernel's linux/swap.h. */
static void write_header(const char *path, int64_t bytes)
{
	const uint32_t info[] = { 1, (uint32_t)(bytes / getpagesize() - 1), 0 };
	static const char magic[] = "SWAPSPACE2";
	size_t length = sizeof(magic) - 1;
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	must(fd, path);
	if (pwrite(fd, info, sizeof(info), 1024) != (ssize_t)sizeof(info) ||
	    pwrite(fd, magic, length, getpagesize() - (off_t)length) !=
		    (ssize_t)length)
		must(-1, path);
	must(fsync(fd), path);
	close(fd);
}

void setting_swap(const char *path, int64_t bytes)
{
	file_make(path, bytes, 0600);
	write_header(path, bytes);
	must(swapon(path, 0), "swapon");
	snprintf(swap, sizeof(swap), "%s", path);
}

void setting_restore(void)
{
	if (swap[0]) {
		if (swapoff(swap) < 0)
			fprintf(stderr, "%s: swapoff: %s\n",
				program_invocation_short_name, strerror(errno));
		unlink(swap);
		swap[0] = '\0';
	}
	while (used > 0) {
		used--;
		if (text_write(settings[used].path, settings[used].text) < 0)
			fprintf(stderr, "%s: cannot restore %s\n",
				program_invocation_short_name,
				settings[used].path);
	}
}
