/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>

#include "around.h"
#include "fail.h"
#include "file.h"
#include "group.h"
#include "memory.h"
#include "setting.h"
#include "text.h"

#define FILE_SIZE (120 * MIB)
#define VM "/proc/sys/vm/"

static bool v1(void)
{
	return group_version() == 1;
}

static void put(const char *dir, const char *file, int64_t bytes)
{
	errno = -group_put_bytes(dir, file, bytes);
	must(-errno, file);
}

void around_nothing(struct scene *scene)
{
}

void around_unlimited(struct scene *scene)
{
	if (group_version())
		scene->own = group_make("own");
}

void around_limit(struct scene *scene)
{
	around_unlimited(scene);
	if (scene->own)
		group_limit(scene->own, LIMIT);
}

void around_file(struct scene *scene)
{
	around_limit(scene);
	scene->file = file_big(FILE_SIZE);
}

void around_many(struct scene *scene)
{
	around_limit(scene);
	scene->many = file_many(15000);
}

void around_parent(struct scene *scene)
{
	group_limit(group_make("parent"), LIMIT);
	scene->own = group_make("parent/own");
}

/* The own limit is larger than that of the grandparent. */
void around_grandparent(struct scene *scene)
{
	group_limit(group_make("grand"), LIMIT);
	group_make("grand/parent");
	scene->own = group_make("grand/parent/own");
	group_limit(scene->own, 2 * LIMIT);
}

static void use_40_anonymous(void)
{
	memory_anonymous(40 * MIB);
}

static void use_80_cache(void)
{
	memory_read(file_big(FILE_SIZE), 80 * MIB, 1);
}

static void other(struct scene *scene, const char *group, void (*use)(void))
{
	scene->other_group = group;
	scene->other_use = use;
}

static const char *sibling(struct scene *scene, void (*use)(void))
{
	around_parent(scene);
	file_big(FILE_SIZE);
	other(scene, group_make("parent/sibling"), use);
	return scene->other_group;
}

void around_sibling_anonymous(struct scene *scene)
{
	sibling(scene, use_40_anonymous);
}

void around_sibling_cache(struct scene *scene)
{
	sibling(scene, use_80_cache);
}

void around_sibling_min(struct scene *scene)
{
	put(sibling(scene, use_80_cache), "memory.min", 60 * MIB);
}

void around_sibling_min_anonymous(struct scene *scene)
{
	put(sibling(scene, use_40_anonymous), "memory.min", 60 * MIB);
}

void around_sibling_low(struct scene *scene)
{
	put(sibling(scene, use_80_cache), "memory.low", 60 * MIB);
}

void around_high(struct scene *scene)
{
	around_limit(scene);
	put(scene->own, "memory.high", 100 * MIB);
	scene->throttles = true;
}

void around_high_file(struct scene *scene)
{
	around_high(scene);
	scene->file = file_big(FILE_SIZE);
}

void around_high_parent(struct scene *scene)
{
	const char *parent = group_make("parent");

	put(parent, "memory.high", 100 * MIB);
	scene->own = group_make("parent/own");
	group_limit(scene->own, LIMIT);
	scene->throttles = true;
}

void around_soft(struct scene *scene)
{
	around_limit(scene);
	put(scene->own, "memory.soft_limit_in_bytes", 40 * MIB);
}

/* It begins under a generous parent and is moved under a tight one. */
void around_move(struct scene *scene)
{
	group_limit(group_make("wide"), 2 * LIMIT);
	scene->own = group_make("wide/own");
	group_limit(group_make("tight"), LIMIT);
	scene->later = group_make("tight/own");
}

/* The tightest limit is above the root of the cgroup namespace. */
void around_hidden(struct scene *scene)
{
	group_limit(group_make("hidden"), 100 * MIB);
	scene->own = group_make("hidden/own");
	group_limit(scene->own, LIMIT);
}

void around_swap(struct scene *scene)
{
	around_limit(scene);
	setting_swap(file_path("swap"), 96 * MIB);
}

static void limit_swap(const char *dir, int64_t limit, int64_t swap)
{
	if (v1())
		put(dir, "memory.memsw.limit_in_bytes", limit + swap);
	else
		put(dir, "memory.swap.max", swap);
}

void around_swap_limited(struct scene *scene)
{
	around_swap(scene);
	limit_swap(scene->own, LIMIT, 40 * MIB);
}

void around_swap_parent(struct scene *scene)
{
	around_parent(scene);
	group_limit(scene->own, LIMIT);
	setting_swap(file_path("swap"), 96 * MIB);
	limit_swap(scene->own, LIMIT, 64 * MIB);
}

void around_swap_off(struct scene *scene)
{
	around_swap(scene);
	limit_swap(scene->own, LIMIT, 0);
}

static void fill_swap(void)
{
	const int64_t size = 110 * MIB;
	char *memory = memory_anonymous(size);

	must(madvise(memory, (size_t)size, MADV_PAGEOUT), "MADV_PAGEOUT");
	if (text_key("/proc/meminfo", "SwapFree") > 2 * MIB)
		fail("the swap is not full");
}

void around_swap_full(struct scene *scene)
{
	around_swap(scene);
	other(scene, NULL, fill_swap);
}

/* A generous limit on a machine that has less. */
static void use_machine(void)
{
	int64_t available = text_key("/proc/meminfo", "MemAvailable");

	if (available < 300 * MIB)
		fail("the machine is too small");
	memory_anonymous(available - 200 * MIB);
}

void around_short(struct scene *scene)
{
	around_unlimited(scene);
	if (scene->own)
		group_limit(scene->own, 400 * MIB);
	other(scene, NULL, use_machine);
}

void around_short_file(struct scene *scene)
{
	scene->file = file_big(FILE_SIZE);
	around_short(scene);
}

void around_unlimited_file(struct scene *scene)
{
	around_unlimited(scene);
	scene->file = file_big(FILE_SIZE);
}

void around_hugetlb(struct scene *scene)
{
	around_unlimited(scene);
	setting_put(VM "nr_hugepages", "60");
	if (text_key("/proc/meminfo", "HugePages_Total") < 50)
		fail("no huge pages to be had");
}

void around_commit_ratio(struct scene *scene)
{
	around_unlimited(scene);
	setting_put(VM "overcommit_ratio", "40");
	setting_put(VM "overcommit_memory", "2");
}

void around_commit_kbytes(struct scene *scene)
{
	around_unlimited(scene);
	setting_put(VM "overcommit_kbytes", "204800");
	setting_put(VM "overcommit_memory", "2");
}

/* One of two nodes. */
void around_node(struct scene *scene)
{
	around_unlimited(scene);
	errno = -group_put(scene->own, "cpuset.mems", "1");
	must(-errno, "cpuset.mems");
}

void around_node_file(struct scene *scene)
{
	around_node(scene);
	scene->file = file_big(FILE_SIZE);
}
