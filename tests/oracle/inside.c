/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fail.h"
#include "file.h"
#include "group.h"
#include "inside.h"
#include "memory.h"
#include "subject.h"
#include "text.h"

void inside_read(struct scene *scene)
{
	memory_read(scene->file, 120 * MIB, 1);
}

void inside_reread(struct scene *scene)
{
	memory_read(scene->file, 100 * MIB, 3);
}

void inside_dirty(struct scene *scene)
{
	memory_write(file_path("dirty"), 60 * MIB);
}

void inside_map(struct scene *scene)
{
	memory_map(scene->file, 100 * MIB);
}

void inside_mlock(struct scene *scene)
{
	const int64_t size = 60 * MIB;

	must(mlock(memory_map(scene->file, size), (size_t)size), "mlock");
}

void inside_memfd(struct scene *scene)
{
	memory_memfd(70 * MIB);
}

void inside_tmpfs(struct scene *scene)
{
	memory_tmpfs(70 * MIB);
}

void inside_anonymous(struct scene *scene)
{
	memory_anonymous(80 * MIB);
}

void inside_freed(struct scene *scene)
{
	munmap(memory_anonymous(80 * MIB), 80 * MIB);
}

void inside_lazy(struct scene *scene)
{
	must(madvise(memory_anonymous(80 * MIB), 80 * MIB, MADV_FREE),
	     "MADV_FREE");
}

void inside_inodes(struct scene *scene)
{
	memory_inodes(scene->many, 15000);
}

void inside_names(struct scene *scene)
{
	memory_names(file_path("."), 150000);
}

void inside_pipes(struct scene *scene)
{
	memory_pipes(32 * MIB);
}

void inside_sockets(struct scene *scene)
{
	memory_sockets(32 * MIB);
}

/* Below what is used, by as much as there is cache to give back: for less, v1
 * refuses and v2 kills before anything can be asked. */
void inside_lower(struct scene *scene)
{
	memory_anonymous(50 * MIB);
	memory_read(scene->file, 80 * MIB, 1);
	group_limit(scene->own, 100 * MIB);
}

void inside_lower_high(struct scene *scene)
{
	memory_anonymous(100 * MIB);
	errno = -group_put_bytes(scene->own, "memory.high", 80 * MIB);
	must(-errno, "memory.high");
}

void inside_move(struct scene *scene)
{
	struct mym_snapshot before;

	memory_anonymous(40 * MIB);
	must(mym_open(&scene->ctx, NULL, 0), "mym_open");
	must(mym_snapshot(scene->ctx, MYM_WANT_ALL, &before, sizeof(before)),
	     "mym_snapshot");
	group_join(scene->later);
	scene->seen = scene->later;
}

/* A container: its group is the root of all that it sees. */
void inside_hide(struct scene *scene)
{
	const bool v1 = group_version() == 1;
	const char *point = group_mount();

	must(unshare(CLONE_NEWNS | CLONE_NEWCGROUP), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make private");
	must(umount2(point, MNT_DETACH), "umount");
	must(mount("cgroup", point, v1 ? "cgroup" : "cgroup2", 0,
		   v1 ? "memory" : NULL), "mount");
	scene->seen = point;
}

static void limit(int resource, int64_t bytes)
{
	const struct rlimit rlimit = { (rlim_t)bytes, (rlim_t)bytes };

	must(setrlimit(resource, &rlimit), "setrlimit");
}

void inside_rlimit_as(struct scene *scene)
{
	limit(RLIMIT_AS, 90 * MIB);
}

void inside_rlimit_data(struct scene *scene)
{
	limit(RLIMIT_DATA, 60 * MIB);
}

/* As if it had been started by one. */
void inside_ordinary(struct scene *scene)
{
	must(setgroups(0, NULL), "setgroups");
	must(setgid(65534), "setgid");
	must(setuid(65534), "setuid");
	must(prctl(PR_SET_DUMPABLE, 1), "prctl");
}
