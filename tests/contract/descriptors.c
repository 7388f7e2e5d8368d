/* SPDX-License-Identifier: MIT */
/* What stays open between calls of one process, and is nothing to those that it
 * forks and executes. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mymem.h"
#include "suite.h"

#define MOST 128
#define NAME 256
#define FORKS 1000
#define WARM 1000000
#define FRESH 20000
/* The lowest number that the library keeps. */
#define KEPT 64

/*
 * The names of the files that are open, in order.  Neither the numbers nor the
 * inodes: when anybody mounts or unmounts something, the library looks for the
 * groups again and opens the same files under other numbers; and the kernel may
 * drop an inode of /proc and make a new one.
 */
struct table {
	unsigned int count, kept;
	char names[MOST][NAME];
};

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void open_table(struct table *table)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;

	table->count = table->kept = 0;
	if (!dir)
		return;
	while ((entry = readdir(dir)) && table->count < MOST) {
		char *name = table->names[table->count];
		int fd = atoi(entry->d_name);
		ssize_t length;

		if (entry->d_name[0] == '.' || fd == dirfd(dir))
			continue;
		length = readlinkat(dirfd(dir), entry->d_name, name, NAME - 1);
		if (length < 0)
			continue;
		name[length] = '\0';
		table->count++;
		table->kept += fd >= KEPT;
	}
	closedir(dir);
	qsort(table->names, table->count, NAME, by_name);
}

static bool same(const struct table *a, const struct table *b)
{
	for (unsigned int i = 0; i < a->count && i < b->count; i++) {
		if (strcmp(a->names[i], b->names[i]) != 0)
			return false;
	}
	return a->count == b->count;
}

static bool ask(int call)
{
	switch (call % 4) {
	case 0:
		return mym_limit() > 0;
	case 1:
		return mym_available() >= 0;
	case 2:
		return mym_workers(4096, 3) >= 0;
	default:
		return mym_pressure() >= 0;
	}
}

static bool ask_all(void)
{
	return ask(0) && ask(1) && ask(2) && ask(3);
}

/* The first call finds the group; what there is of PSI is open after all. */
static void begin(struct table *table)
{
	ck_assert_int_eq(mym_set_max_age(0), 0);
	ck_assert(ask_all() && ask_all());
	open_table(table);
	ck_assert_uint_lt(table->count, MOST);
	/* Or nothing would be looked at. */
	ck_assert_uint_ge(table->kept, 3);
}

/* Some of the fresh calls among the warm ones. */
START_TEST(many_calls)
{
	static struct table before, now;

	begin(&before);
	for (int i = 0; i < FRESH; i++) {
		mym_set_max_age(0);
		ck_assert(ask(i));
		mym_set_max_age(INT64_MAX);
		for (int j = 0; j < WARM / FRESH; j++)
			ck_assert(ask(i + j));
		if (i % 1000 > 0)
			continue;
		open_table(&now);
		ck_assert(same(&before, &now));
	}
	open_table(&now);
	ck_assert(same(&before, &now));
}
END_TEST

/* A child's exit status tells what is wrong. */
enum { FINE, WRONG_ANSWER, TOO_MANY, TOO_FEW, ANOTHERS, DIFFER };

/* How many are files of a process other than this one. */
static unsigned int anothers(const struct table *table)
{
	unsigned int count = 0;
	char own[32];

	snprintf(own, sizeof(own), "/proc/%d/", getpid());
	for (unsigned int i = 0; i < table->count; i++) {
		const char *name = table->names[i];

		count += strncmp(name, "/proc/", 6) == 0 && name[6] >= '0' &&
			 name[6] <= '9' &&
			 strncmp(name, own, strlen(own)) != 0;
	}
	return count;
}

/* Of the parent's files those of the groups may be used on, those of its own
 * /proc may not: as many as the parent has, and no more.  One less where
 * inotify is not wanted. */
static int look(const struct table *parent, int64_t limit, unsigned int less)
{
	static struct table first, again;

	if (mym_limit() != limit || !ask_all())
		return WRONG_ANSWER;
	open_table(&first);
	if (first.count > parent->count)
		return TOO_MANY;
	if (first.count + less < parent->count)
		return TOO_FEW;
	if (anothers(&first) > 0)
		return ANOTHERS;
	if (!ask_all())
		return WRONG_ANSWER;
	open_table(&again);
	return same(&first, &again) ? FINE : DIFFER;
}

static int end_of(pid_t pid)
{
	int status = -1;

	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Children that ask at once, that ask with the default age, that leave it to
 * a child of theirs. */
START_TEST(many_forks)
{
	static struct table before, now;
	int64_t limit;

	begin(&before);
	limit = mym_limit();
	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			if (i % 3 == 1)
				mym_set_max_age(10000000);
			if (i % 3 == 2) {
				pid = fork();
				if (pid > 0)
					_exit(end_of(pid));
			}
			_exit(look(&before, limit, i % 3 == 1));
		}
		ck_assert_int_eq(end_of(pid), FINE);
		ck_assert(ask(i));
	}
	open_table(&now);
	ck_assert(same(&before, &now));
}
END_TEST

static pthread_barrier_t asking;
static atomic_bool over;

static void *ask_on(void *data)
{
	ask_all();
	pthread_barrier_wait(&asking);
	while (!atomic_load(&over))
		ask_all();
	return data;
}

/* What a thread was in the middle of is lost to the child, but not to every
 * one of its calls: a descriptor, and those of the groups. */
START_TEST(forks_during_refreshes)
{
	static struct table before, now;
	pthread_t thread;
	int64_t limit;

	begin(&before);
	limit = mym_limit();
	ck_assert_int_eq(pthread_barrier_init(&asking, NULL, 2), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, ask_on, NULL), 0);
	/* A thread that begins allocates, and a fork would keep the lock of
	 * AddressSanitizer's allocator. */
	pthread_barrier_wait(&asking);
	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			static struct table first;

			if (mym_limit() != limit || !ask_all())
				_exit(WRONG_ANSWER);
			open_table(&first);
			if (first.count > 2 * before.count)
				_exit(TOO_MANY);
			if (anothers(&first) > 1)
				_exit(ANOTHERS);
			for (int call = 0; call < 8; call++)
				ask(call);
			open_table(&now);
			_exit(same(&first, &now) ? FINE : DIFFER);
		}
		ck_assert_int_eq(end_of(pid), FINE);
	}
	atomic_store(&over, true);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	open_table(&now);
	ck_assert(same(&before, &now));
}
END_TEST

/* What another program finds open. */
static void list_in_program(char *text, size_t size)
{
	ssize_t length, have = 0;
	int ends[2];
	pid_t pid;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], 1);
		execlp("ls", "ls", "/proc/self/fd", NULL);
		_exit(127);
	}
	close(ends[1]);
	while ((length = read(ends[0], text + have,
			      size - 1 - (size_t)have)) > 0)
		have += length;
	text[have] = '\0';
	close(ends[0]);
	ck_assert_int_eq(end_of(pid), 0);
}

/* A child that has asked executes it too. */
START_TEST(exec)
{
	char before[1024], after[1024], other[1024];
	struct mym_snapshot s;
	static struct table table;
	struct mym_ctx *ctx;
	pid_t pid;
	int fd;

	list_in_program(before, sizeof(before));
	begin(&table);
	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s)), 0);
	list_in_program(after, sizeof(after));
	ck_assert_str_eq(before, after);
	/* Or it would list nothing. */
	fd = fcntl(0, F_DUPFD, KEPT);
	ck_assert_int_ge(fd, KEPT);
	list_in_program(other, sizeof(other));
	ck_assert_str_ne(before, other);
	close(fd);
	mym_close(ctx);
	pid = fork();
	if (pid == 0) {
		if (!ask_all())
			_exit(1);
		list_in_program(after, sizeof(after));
		_exit(strcmp(before, after) != 0);
	}
	ck_assert_int_eq(end_of(pid), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("descriptors");
	TCase *tc = tcase_create("descriptors");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, many_calls);
	tcase_add_test(tc, many_forks);
	tcase_add_test(tc, forks_during_refreshes);
	tcase_add_test(tc, exec);
	suite_add_tcase(s, tc);
	return s;
}
