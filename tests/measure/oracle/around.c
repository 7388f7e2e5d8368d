/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "around.h"
#include "file.h"
#include "group.h"
#include "memory.h"
#include "setting.h"
#include "units.h"

void around_nothing(struct stage *stage)
{
}

void around_unlimited(struct stage *stage)
{
	if (group_version())
		stage->own = group_make("own", 0);
}

void around_limit(struct stage *stage)
{
	around_unlimited(stage);
	if (stage->own)
		group_limit(stage->own, LIMIT);
}

void around_tiny(struct stage *stage)
{
	around_unlimited(stage);
	group_limit(stage->own, 8 * MIB);
}

void around_file(struct stage *stage)
{
	around_limit(stage);
	stage->file = file_big(FILE_SIZE);
}

void around_many(struct stage *stage)
{
	around_limit(stage);
	stage->many = file_many(MANY);
}

void around_parent(struct stage *stage)
{
	stage->parent = group_make("parent", LIMIT);
	stage->own = group_make("parent/own", 0);
}

/* The own limit is larger than that of the grandparent. */
void around_grandparent(struct stage *stage)
{
	group_make("grand", LIMIT);
	group_make("grand/parent", 0);
	stage->own = group_make("grand/parent/own", 2 * LIMIT);
}

/* Ten levels, and the limit is that of the first. */
void around_deep(struct stage *stage)
{
	char name[64] = "1";

	stage->own = group_make(name, LIMIT);
	for (int level = 2; level <= 10; level++) {
		snprintf(name + strlen(name), sizeof(name) - strlen(name), "/%d",
			 level);
		stage->own = group_make(name, 0);
	}
}

/* Without a hierarchy the limit of a parent is not for its children. */
void around_flat(struct stage *stage)
{
	group_make("parent", 100 * MIB);
	stage->own = group_make("parent/own", LIMIT);
}

static void use_40_anonymous(void)
{
	memory_anonymous(40 * MIB);
}

static void use_80_cache(void)
{
	memory_read(file_big(FILE_SIZE), 80 * MIB, 1);
}

void around_other(struct stage *stage, const char *group, void (*use)(void))
{
	stage->other_group = group;
	stage->other_use = use;
}

static const char *sibling(struct stage *stage, void (*use)(void))
{
	around_parent(stage);
	file_big(FILE_SIZE);
	around_other(stage, group_make("parent/sibling", 0), use);
	return stage->other_group;
}

void around_sibling_anonymous(struct stage *stage)
{
	sibling(stage, use_40_anonymous);
}

void around_sibling_cache(struct stage *stage)
{
	sibling(stage, use_80_cache);
}

void around_sibling_min(struct stage *stage)
{
	group_set(sibling(stage, use_80_cache), "memory.min", 60 * MIB);
}

void around_sibling_min_anonymous(struct stage *stage)
{
	group_set(sibling(stage, use_40_anonymous), "memory.min", 60 * MIB);
}

void around_sibling_low(struct stage *stage)
{
	group_set(sibling(stage, use_80_cache), "memory.low", 60 * MIB);
}

/* The group below the one that is protected. */
void around_nested_min(struct stage *stage)
{
	around_parent(stage);
	group_set(group_make("parent/sibling", 0), "memory.min", 60 * MIB);
	file_big(FILE_SIZE);
	around_other(stage, group_make("parent/sibling/nested", 0),
		     use_80_cache);
}

void around_nested_min_recursive(struct stage *stage)
{
	setting_mount("memory_recursiveprot");
	around_nested_min(stage);
}

/* It outgrows what protects its own cache ... */
void around_own_min(struct stage *stage)
{
	around_parent(stage);
	stage->file = file_big(FILE_SIZE);
	group_set(stage->own, "memory.min", 110 * MIB);
}

/* ... or never does. */
void around_own_min_above(struct stage *stage)
{
	around_own_min(stage);
	group_set(stage->own, "memory.min", 2 * LIMIT);
}

void around_high(struct stage *stage)
{
	around_limit(stage);
	group_set(stage->own, "memory.high", 100 * MIB);
	stage->throttles = true;
}

void around_high_file(struct stage *stage)
{
	around_high(stage);
	stage->file = file_big(FILE_SIZE);
}

void around_high_parent(struct stage *stage)
{
	const char *parent = group_make("parent", 0);

	group_set(parent, "memory.high", 100 * MIB);
	stage->own = group_make("parent/own", LIMIT);
	stage->throttles = true;
}

void around_high_grandparent(struct stage *stage)
{
	around_grandparent(stage);
	group_set(group_base(), "memory.high", 100 * MIB);
	stage->throttles = true;
}

void around_soft(struct stage *stage)
{
	around_limit(stage);
	group_set(stage->own, "memory.soft_limit_in_bytes", 40 * MIB);
}

/* It begins under a generous parent and is moved under a tight one. */
void around_move(struct stage *stage)
{
	group_make("wide", 2 * LIMIT);
	stage->own = group_make("wide/own", 0);
	group_make("tight", LIMIT);
	stage->later = group_make("tight/own", 0);
}

/* The tightest limit is above the root of the cgroup namespace. */
void around_hidden(struct stage *stage)
{
	group_make("hidden", 100 * MIB);
	stage->own = group_make("hidden/own", LIMIT);
}


/* Who is out of memory waits for ever. */
void around_no_killer(struct stage *stage)
{
	around_limit(stage);
	group_set(stage->own, "memory.oom_control", 1);
	stage->throttles = true;
}

static void use_120_cache(void)
{
	memory_read(file_big(FILE_SIZE), FILE_SIZE, 1);
}

/* The cache that it uses is charged elsewhere. */
void around_foreign(struct stage *stage)
{
	around_file(stage);
	around_other(stage, group_make("beside", 0), use_120_cache);
}

/* A group for whom the subject starts beside it. */
void around_beside(struct stage *stage)
{
	around_file(stage);
	stage->beside = group_make("beside", 0);
}

void around_deleted(struct stage *stage)
{
	around_limit(stage);
	stage->file = file_path("deleted");
	file_make(stage->file, FILE_SIZE, 0644);
}
