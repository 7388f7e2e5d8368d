/* SPDX-License-Identifier: MIT */
/* What stays open between calls of one process, and is nothing to those that it
 * forks and executes. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"
#include "suite.h"

#define MOST 256
#define FORKS 1000
#define WARM 1000000
#define FRESH 20000
/* The lowest number that the library keeps. */
#define KEPT 64

/* The descriptors that are open, and which files they are. */
struct table {
	unsigned int count, kept;
	struct entry {
		int fd;
		dev_t dev;
		ino_t ino;
	} at[MOST];
};

static struct table open_table(void)
{
	struct table table = { 0 };
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;

	if (!dir)
		return table;
	while ((entry = readdir(dir)) && table.count < MOST) {
		struct entry *at = &table.at[table.count];
		struct stat st;

		at->fd = atoi(entry->d_name);
		if (entry->d_name[0] == '.' || at->fd == dirfd(dir) ||
		    fstat(at->fd, &st) < 0)
			continue;
		at->dev = st.st_dev;
		at->ino = st.st_ino;
		table.count++;
		table.kept += at->fd >= KEPT;
	}
	closedir(dir);
	return table;
}

static bool same(const struct table *a, const struct table *b)
{
	for (unsigned int i = 0; i < a->count && i < b->count; i++) {
		if (a->at[i].fd != b->at[i].fd || a->at[i].dev != b->at[i].dev ||
		    a->at[i].ino != b->at[i].ino)
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
static struct table begin(void)
{
	struct table table;

	ck_assert_int_eq(mym_set_max_age(0), 0);
	ck_assert(ask_all() && ask_all());
	table = open_table();
	ck_assert_uint_lt(table.count, MOST);
	/* Or nothing would be looked at. */
	ck_assert_uint_ge(table.kept, 3);
	return table;
}

/* Some of the fresh calls among the warm ones. */
START_TEST(many_calls)
{
	struct table before = begin(), now;

	for (int i = 0; i < FRESH; i++) {
		mym_set_max_age(0);
		ck_assert(ask(i));
		mym_set_max_age(INT64_MAX);
		for (int j = 0; j < WARM / FRESH; j++)
			ck_assert(ask(i + j));
		if (i % 1000 > 0)
			continue;
		now = open_table();
		ck_assert(same(&before, &now));
	}
	now = open_table();
	ck_assert(same(&before, &now));
}
END_TEST

/* A child's exit status tells what is wrong. */
enum { FINE, WRONG_ANSWER, TOO_MANY, TOO_FEW, ANOTHERS, DIFFER };

/* Whether a kept descriptor is a file of a process other than this one. */
static bool has_anothers(const struct table *table)
{
	char own[32];

	snprintf(own, sizeof(own), "/proc/%d/", getpid());
	for (unsigned int i = 0; i < table->count; i++) {
		char link[64], path[256];
		ssize_t length;

		snprintf(link, sizeof(link), "/proc/self/fd/%d",
			 table->at[i].fd);
		length = readlink(link, path, sizeof(path) - 1);
		path[length > 0 ? length : 0] = '\0';
		if (table->at[i].fd >= KEPT &&
		    strncmp(path, "/proc/", 6) == 0 &&
		    path[6] >= '0' && path[6] <= '9' &&
		    strncmp(path, own, strlen(own)) != 0)
			return true;
	}
	return false;
}

/* Of the parent's files those of the groups may be used on, those of its own
 * /proc may not: as many as the parent has, and no more.  One less where
 * inotify is not wanted. */
static int look(const struct table *parent, int64_t limit, unsigned int less)
{
	struct table first, again;

	if (mym_limit() != limit || !ask_all())
		return WRONG_ANSWER;
	first = open_table();
	if (first.count > parent->count)
		return TOO_MANY;
	if (first.count + less < parent->count)
		return TOO_FEW;
	if (has_anothers(&first))
		return ANOTHERS;
	if (!ask_all())
		return WRONG_ANSWER;
	again = open_table();
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
	struct table before = begin(), now;
	int64_t limit = mym_limit();

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
	now = open_table();
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
	struct table before = begin(), now;
	int64_t limit = mym_limit();
	pthread_t thread;

	ck_assert_int_eq(pthread_barrier_init(&asking, NULL, 2), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, ask_on, NULL), 0);
	/* A thread that begins allocates, and a fork would keep the lock of
	 * AddressSanitizer's allocator. */
	pthread_barrier_wait(&asking);
	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			struct table first;

			if (mym_limit() != limit || !ask_all())
				_exit(WRONG_ANSWER);
			first = open_table();
			if (first.count > 2 * before.count)
				_exit(TOO_MANY);
			if (has_anothers(&first))
				_exit(ANOTHERS);
			for (int call = 0; call < 8; call++)
				ask(call);
			now = open_table();
			_exit(same(&first, &now) ? FINE : DIFFER);
		}
		ck_assert_int_eq(end_of(pid), FINE);
	}
	atomic_store(&over, true);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	now = open_table();
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
	struct mym_ctx *ctx;
	pid_t pid;
	int fd;

	list_in_program(before, sizeof(before));
	begin();
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
