/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "around.h"
#include "file.h"
#include "group.h"
#include "memory.h"
#include "setting.h"
#include "units.h"

void around_nothing(struct scene *scene)
{
}

void around_unlimited(struct scene *scene)
{
	if (group_version())
		scene->own = group_make("own", 0);
}

void around_limit(struct scene *scene)
{
	around_unlimited(scene);
	if (scene->own)
		group_limit(scene->own, LIMIT);
}

void around_tiny(struct scene *scene)
{
	around_unlimited(scene);
	group_limit(scene->own, 8 * MIB);
}

void around_file(struct scene *scene)
{
	around_limit(scene);
	scene->file = file_big(FILE_SIZE);
}

void around_many(struct scene *scene)
{
	around_limit(scene);
	scene->many = file_many(MANY);
}

void around_parent(struct scene *scene)
{
	scene->parent = group_make("parent", LIMIT);
	scene->own = group_make("parent/own", 0);
}

/* The own limit is larger than that of the grandparent. */
void around_grandparent(struct scene *scene)
{
	group_make("grand", LIMIT);
	group_make("grand/parent", 0);
	scene->own = group_make("grand/parent/own", 2 * LIMIT);
}

/* Ten levels, and the limit is that of the first. */
void around_deep(struct scene *scene)
{
	char name[64] = "1";

	scene->own = group_make(name, LIMIT);
	for (int level = 2; level <= 10; level++) {
		snprintf(name + strlen(name), sizeof(name) - strlen(name), "/%d",
			 level);
		scene->own = group_make(name, 0);
	}
}

/* Without a hierarchy the limit of a parent is not for its children. */
void around_flat(struct scene *scene)
{
	group_make("parent", 100 * MIB);
	scene->own = group_make("parent/own", LIMIT);
}

static void use_40_anonymous(void)
{
	memory_anonymous(40 * MIB);
}

static void use_80_cache(void)
{
	memory_read(file_big(FILE_SIZE), 80 * MIB, 1);
}

void around_other(struct scene *scene, const char *group, void (*use)(void))
{
	scene->other_group = group;
	scene->other_use = use;
}

static const char *sibling(struct scene *scene, void (*use)(void))
{
	around_parent(scene);
	file_big(FILE_SIZE);
	around_other(scene, group_make("parent/sibling", 0), use);
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
	group_set(sibling(scene, use_80_cache), "memory.min", 60 * MIB);
}

void around_sibling_min_anonymous(struct scene *scene)
{
	group_set(sibling(scene, use_40_anonymous), "memory.min", 60 * MIB);
}

void around_sibling_low(struct scene *scene)
{
	group_set(sibling(scene, use_80_cache), "memory.low", 60 * MIB);
}

/* The group below the one that is protected. */
void around_nested_min(struct scene *scene)
{
	around_parent(scene);
	group_set(group_make("parent/sibling", 0), "memory.min", 60 * MIB);
	file_big(FILE_SIZE);
	around_other(scene, group_make("parent/sibling/nested", 0), use_80_cache);
}

void around_nested_min_recursive(struct scene *scene)
{
	setting_mount("memory_recursiveprot");
	around_nested_min(scene);
}

/* It outgrows what protects its own cache ... */
void around_own_min(struct scene *scene)
{
	around_parent(scene);
	scene->file = file_big(FILE_SIZE);
	group_set(scene->own, "memory.min", 110 * MIB);
}

/* ... or never does. */
void around_own_min_above(struct scene *scene)
{
	around_own_min(scene);
	group_set(scene->own, "memory.min", 2 * LIMIT);
}

void around_high(struct scene *scene)
{
	around_limit(scene);
	group_set(scene->own, "memory.high", 100 * MIB);
	scene->throttles = true;
}

void around_high_file(struct scene *scene)
{
	around_high(scene);
	scene->file = file_big(FILE_SIZE);
}

void around_high_parent(struct scene *scene)
{
	const char *parent = group_make("parent", 0);

	group_set(parent, "memory.high", 100 * MIB);
	scene->own = group_make("parent/own", LIMIT);
	scene->throttles = true;
}

void around_high_grandparent(struct scene *scene)
{
	around_grandparent(scene);
	group_set(group_base(), "memory.high", 100 * MIB);
	scene->throttles = true;
}

void around_soft(struct scene *scene)
{
	around_limit(scene);
	group_set(scene->own, "memory.soft_limit_in_bytes", 40 * MIB);
}

/* It begins under a generous parent and is moved under a tight one. */
void around_move(struct scene *scene)
{
	group_make("wide", 2 * LIMIT);
	scene->own = group_make("wide/own", 0);
	group_make("tight", LIMIT);
	scene->later = group_make("tight/own", 0);
}

/* The tightest limit is above the root of the cgroup namespace. */
void around_hidden(struct scene *scene)
{
	group_make("hidden", 100 * MIB);
	scene->own = group_make("hidden/own", LIMIT);
}


/* Who is out of memory waits for ever. */
void around_no_killer(struct scene *scene)
{
	around_limit(scene);
	group_set(scene->own, "memory.oom_control", 1);
	scene->throttles = true;
}

static void use_120_cache(void)
{
	memory_read(file_big(FILE_SIZE), FILE_SIZE, 1);
}

/* The cache that it uses is charged elsewhere. */
void around_foreign(struct scene *scene)
{
	around_file(scene);
	around_other(scene, group_make("beside", 0), use_120_cache);
}

/* A group for whom the subject starts beside it. */
void around_beside(struct scene *scene)
{
	around_file(scene);
	scene->beside = group_make("beside", 0);
}

void around_deleted(struct scene *scene)
{
	around_limit(scene);
	scene->file = file_path("deleted");
	file_make(scene->file, FILE_SIZE, 0644);
}
