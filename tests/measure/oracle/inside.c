/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "around.h"
#include "fail.h"
#include "file.h"
#include "group.h"
#include "inside.h"
#include "memory.h"
#include "units.h"

void inside_read(struct scene *scene)
{
	memory_read(scene->file, 120 * MIB, 1);
}

/* As much cache as any machine has that runs from a disk. */
void inside_read_little(struct scene *scene)
{
	memory_read(scene->file, 8 * MIB, 1);
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
	memory_inodes(scene->many, MANY);
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

void inside_secret(struct scene *scene)
{
	memory_secret(70 * MIB);
}

void inside_hugetlb(struct scene *scene)
{
	memory_hugetlb(40 * MIB);
}

/* One page of each huge page is still in use. */
void inside_split(struct scene *scene)
{
	const int64_t size = 110 * MIB;
	const size_t huge = 2 * MIB, page = (size_t)getpagesize();
	char *memory = memory_huge(size);

	for (size_t at = 0; at + huge <= (size_t)size; at += huge)
		must(madvise(memory + at + page, huge - page, MADV_DONTNEED),
		     "MADV_DONTNEED");
}

/* Huge pages would be touched whole. */
void inside_sparse(struct scene *scene)
{
	must(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0), "PR_SET_THP_DISABLE");
	scene->sparse = true;
}

void inside_deleted(struct scene *scene)
{
	memory_read(scene->file, FILE_SIZE, 1);
	must(unlink(scene->file), scene->file);
}

void inside_tcp(struct scene *scene)
{
	memory_tcp(32 * MIB);
}

void inside_idle(struct scene *scene)
{
	memory_idle_sockets(30000);
}

void inside_open(struct scene *scene)
{
	memory_open(scene->many, MANY);
}

void inside_splice(struct scene *scene)
{
	memory_splice(scene->file, 40 * MIB);
}

void inside_sendfile(struct scene *scene)
{
	memory_sendfile(scene->file, 40 * MIB);
}

/* What is swapped out stays in the swap cache until somebody wants memory: here
 * the group, where it can be told to. */
static void swap_out(struct scene *scene, int64_t bytes)
{
	memory_swapped(bytes);
	if (group_version() == 1)
		group_put(scene->own, "memory.force_empty", "0");
	else
		group_put_bytes(scene->own, "memory.reclaim", bytes);
}

void inside_swapped_60(struct scene *scene)
{
	swap_out(scene, 60 * MIB);
}

void inside_swapped_90(struct scene *scene)
{
	swap_out(scene, 90 * MIB);
	memory_anonymous(40 * MIB);
}

void inside_swapped_110(struct scene *scene)
{
	swap_out(scene, 110 * MIB);
	memory_anonymous(40 * MIB);
}
