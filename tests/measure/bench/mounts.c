/* SPDX-License-Identifier: MIT */
/*
 * Finding the group, in a mount namespace of our own with so many mounts: as
 * the kernel lets us, and without statmount(2), by libmount and by our own
 * reader.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "context.h"
#include "fail.h"
#include "filter.h"
#include "mounts.h"
#include "row.h"
#include "stage.h"

/* Linux 6.8; the number of all architectures but Alpha. */
#ifndef SYS_statmount
#define SYS_statmount 457
#endif
#ifndef SYS_listmount
#define SYS_listmount 458
#endif

static char base[] = "/tmp/mymem-bench-XXXXXX";
static bool libmount_denied;

void mounts_begin(void)
{
	if (!mkdtemp(base))
		base[0] = '\0';
}

void mounts_end(void)
{
	if (base[0])
		rmdir(base);
}

/* In front of libc's: how the library loads libmount. */
__attribute__((visibility("default"))) void *dlopen(const char *name, int flags)
{
	static void *(*next)(const char *name, int flags);

	if (libmount_denied)
		return NULL;
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "dlopen");
	return next(name, flags);
}

static long long read_mountinfo(void)
{
	static char buffer[65536];
	int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	long long sum = 0;
	ssize_t length;

	while ((length = read(fd, buffer, sizeof(buffer))) > 0)
		sum += length;
	close(fd);
	return sum;
}

static int count(void)
{
	FILE *table = fopen("/proc/self/mountinfo", "r");
	int mounts = 0, c;

	while (table && (c = fgetc(table)) != EOF)
		mounts += c == '\n';
	if (table)
		fclose(table);
	return mounts;
}

static int add_mount(const char *path)
{
	return mkdir(path, 0700) < 0 || mount("mymem-bench", path, "tmpfs", 0,
					      "size=64k") < 0 ? -1 : 0;
}

const char *mounts_empty(const char **dir)
{
	*dir = base;
	if (geteuid() != 0)
		return "needs root to mount";
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("mymem-bench", base, "tmpfs", 0, NULL) < 0)
		return fail_why("mounts of our own");
	return NULL;
}

static const char *fill(int mounts)
{
	const char *dir, *wrong = mounts_empty(&dir);
	char path[64];

	if (wrong)
		return wrong;
	mounts -= count();
	for (int i = 0; i < mounts; i++) {
		snprintf(path, sizeof(path), "%s/%d", dir, i);
		if (add_mount(path) < 0)
			return fail_why("mounts of our own");
	}
	return NULL;
}

static const char *join(const struct situation *situation)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt",
		 stage_process(situation));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 || setns(fd, CLONE_NEWNS) < 0 ? fail_why(path) : NULL;
}

/* The first of the situations makes the mounts, and has statmount(2). */
const char *mounts_enter(const struct situation *situation)
{
	const struct denial denials[] = {
		{ SYS_statmount, ENOSYS },
		{ SYS_listmount, ENOSYS },
	};
	const char *wrong;

	wrong = situation->beside ? join(situation->beside)
				  : fill(situation->number);
	if (wrong || !situation->beside)
		return wrong;
	libmount_denied = situation->number == 0;
	return filter_install(denials, 2) < 0 ? fail_why("seccomp") : NULL;
}

BATCH(run_mountinfo, read_mountinfo())
BATCH(run_discover, context_discover(MYM_WANT_LIMIT))
BATCH(run_discover_available, context_discover(MYM_WANT_AVAILABLE))

const struct row statmount_rows[] = {
	ROW(NULL, "mym_open, limit", .run = run_discover),
	ROW(NULL, "mym_open, available", .run = run_discover_available),
	{ 0 }
};

const struct row mountinfo_rows[] = {
	ROW(NULL, "raw read of mountinfo", .run = run_mountinfo),
	ROW(NULL, "mym_open, limit", .run = run_discover),
	{ 0 }
};
