/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/swap.h>
#include <unistd.h>

#include "fail.h"
#include "file.h"
#include "group.h"
#include "kernel-file.h"
#include "setting.h"

#define SETTINGS_MAX 8

static struct {
	char path[4400];
	char text[256];
} settings[SETTINGS_MAX];
static int used;
static char swap[4096];
static bool swap_is_file;
/* What it was mounted with, if that was changed. */
static char mount_options[256];
static bool mount_changed;

void setting_put(const char *path, const char *text)
{
	if (used == SETTINGS_MAX)
		fail("too many settings");
	must(kernel_read(path, settings[used].text, sizeof(settings[0].text)), path);
	snprintf(settings[used].path, sizeof(settings[0].path), "%s", path);
	used++;
	must_do(kernel_write(path, text), path);
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

static void swap_to(const char *path, int64_t bytes)
{
	write_header(path, bytes);
	must(swapon(path, 0), "swapon");
	snprintf(swap, sizeof(swap), "%s", path);
}

void setting_swap(const char *path, int64_t bytes)
{
	swap_is_file = true;
	file_make(path, bytes, 0600);
	swap_to(path, bytes);
}

#define ZRAM "/sys/block/zram0/"

void setting_zram(int64_t bytes)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)bytes);
	swap_is_file = false;
	must_do(kernel_write(ZRAM "disksize", text), "the size of zram");
	swap_to("/dev/zram0", bytes);
}

/* Those that the kernel knows, without what every mount has. */
static void read_mount_options(void)
{
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	struct mntent *mount;

	must(mounts ? 0 : -1, "/proc/self/mounts");
	mount_options[0] = '\0';
	while ((mount = getmntent(mounts))) {
		char *option, *rest = mount->mnt_opts;

		if (strcmp(mount->mnt_dir, group_mount()) != 0)
			continue;
		mount_options[0] = '\0';
		while ((option = strsep(&rest, ","))) {
			if (strncmp(option, "memory_", 7) != 0 &&
			    strcmp(option, "nsdelegate") != 0)
				continue;
			strcat(mount_options, ",");
			strcat(mount_options, option);
		}
	}
	endmntent(mounts);
}

static int remount(const char *options)
{
	return mount(NULL, group_mount(), NULL, MS_REMOUNT, options);
}

void setting_mount(const char *option)
{
	char options[512];

	read_mount_options();
	snprintf(options, sizeof(options), "%s%s", option, mount_options);
	must(remount(options), option);
	mount_changed = true;
}

/* A group that is removed is in the way for a moment. */
static int put_back(const char *path, const char *text)
{
	int r = kernel_write(path, text);

	for (int tries = 0; r == -EBUSY && tries < 500; tries++) {
		usleep(10000);
		r = kernel_write(path, text);
	}
	return r;
}

void setting_restore(void)
{
	if (swap[0]) {
		if (swapoff(swap) < 0)
			fprintf(stderr, "%s: swapoff: %s\n",
				program_invocation_short_name, strerror(errno));
		if (swap_is_file)
			unlink(swap);
		else if (kernel_write(ZRAM "reset", "1") < 0)
			fprintf(stderr, "%s: cannot reset zram\n",
				program_invocation_short_name);
		swap[0] = '\0';
	}
	if (mount_changed && remount(mount_options) < 0)
		fprintf(stderr, "%s: remount: %s\n",
			program_invocation_short_name, strerror(errno));
	mount_changed = false;
	while (used > 0) {
		used--;
		if (put_back(settings[used].path, settings[used].text) < 0)
			fprintf(stderr, "%s: cannot restore %s\n",
				program_invocation_short_name,
				settings[used].path);
	}
}
