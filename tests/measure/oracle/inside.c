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

void inside_read(struct stage *stage)
{
	memory_read(stage->file, 120 * MIB, 1);
}

/* As much cache as any machine has that runs from a disk. */
void inside_read_little(struct stage *stage)
{
	memory_read(stage->file, 8 * MIB, 1);
}

void inside_reread(struct stage *stage)
{
	memory_read(stage->file, 100 * MIB, 3);
}

void inside_dirty(struct stage *stage)
{
	memory_write(file_path("dirty"), 60 * MIB);
}

void inside_map(struct stage *stage)
{
	memory_map(stage->file, 100 * MIB);
}

void inside_mlock(struct stage *stage)
{
	const int64_t size = 60 * MIB;

	must(mlock(memory_map(stage->file, size), (size_t)size), "mlock");
}

void inside_memfd(struct stage *stage)
{
	memory_memfd(70 * MIB);
}

void inside_tmpfs(struct stage *stage)
{
	memory_tmpfs(70 * MIB);
}

void inside_anonymous(struct stage *stage)
{
	memory_anonymous(80 * MIB);
}

void inside_freed(struct stage *stage)
{
	munmap(memory_anonymous(80 * MIB), 80 * MIB);
}

void inside_lazy(struct stage *stage)
{
	must(madvise(memory_anonymous(80 * MIB), 80 * MIB, MADV_FREE),
	     "MADV_FREE");
}

void inside_inodes(struct stage *stage)
{
	memory_inodes(stage->many, MANY);
}

void inside_names(struct stage *stage)
{
	memory_names(file_path("."), 150000);
}

void inside_pipes(struct stage *stage)
{
	memory_pipes(32 * MIB);
}

void inside_sockets(struct stage *stage)
{
	memory_sockets(32 * MIB);
}

void inside_secret(struct stage *stage)
{
	memory_secret(70 * MIB);
}

void inside_hugetlb(struct stage *stage)
{
	memory_hugetlb(40 * MIB);
}

/* One page of each huge page is still in use. */
void inside_split(struct stage *stage)
{
	const int64_t size = 110 * MIB;
	const size_t huge = 2 * MIB, page = (size_t)getpagesize();
	char *memory = memory_huge(size);

	for (size_t at = 0; at + huge <= (size_t)size; at += huge)
		must(madvise(memory + at + page, huge - page, MADV_DONTNEED),
		     "MADV_DONTNEED");
}

/* Huge pages would be touched whole. */
void inside_sparse(struct stage *stage)
{
	must(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0), "PR_SET_THP_DISABLE");
	stage->sparse = true;
}

void inside_deleted(struct stage *stage)
{
	memory_read(stage->file, FILE_SIZE, 1);
	must(unlink(stage->file), stage->file);
}

void inside_tcp(struct stage *stage)
{
	memory_tcp(32 * MIB);
}

void inside_idle(struct stage *stage)
{
	memory_idle_sockets(30000);
}

void inside_open(struct stage *stage)
{
	memory_open(stage->many, MANY);
}

void inside_splice(struct stage *stage)
{
	memory_splice(stage->file, 40 * MIB);
}

void inside_sendfile(struct stage *stage)
{
	memory_sendfile(stage->file, 40 * MIB);
}

/* What is swapped out stays in the swap cache until somebody wants memory: here
 * the group, where it can be told to. */
static void swap_out(struct stage *stage, int64_t bytes)
{
	memory_swapped(bytes);
	if (group_version() == 1)
		group_put(stage->own, "memory.force_empty", "0");
	else
		group_put_bytes(stage->own, "memory.reclaim", bytes);
}

void inside_swapped_60(struct stage *stage)
{
	swap_out(stage, 60 * MIB);
}

void inside_swapped_90(struct stage *stage)
{
	swap_out(stage, 90 * MIB);
	memory_anonymous(40 * MIB);
}

void inside_swapped_110(struct stage *stage)
{
	swap_out(stage, 110 * MIB);
	memory_anonymous(40 * MIB);
}
