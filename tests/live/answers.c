/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answers.h"
#include "suite.h"

static int version;
static char mount_point[4096];
static char base[4200];

/* A reader of the mount table of its own: what is tested must not be trusted. */
static void find_mount(void)
{
	FILE *mounts = fopen("/proc/self/mounts", "r");
	char line[8192], device[4096], point[4096], type[256], options[4096];

	while (mounts && fgets(line, sizeof(line), mounts)) {
		bool v1;

		if (sscanf(line, "%4095s %4095s %255s %4095s", device, point, type,
			   options) != 4)
			continue;
		v1 = strcmp(type, "cgroup") == 0 && strstr(options, "memory");
		if (!v1 && (strcmp(type, "cgroup2") != 0 || version == 1))
			continue;
		version = v1 ? 1 : 2;
		snprintf(mount_point, sizeof(mount_point), "%s", point);
	}
	if (mounts)
		fclose(mounts);
}

int groups_version(void)
{
	return version;
}

const char *groups_mount(void)
{
	return mount_point;
}

static int write_file(const char *dir, const char *name, const char *text)
{
	char path[8192];
	int fd, r = 0;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		r = -errno;
	close(fd);
	return r;
}

const char *unavailable(void)
{
	char probe[4200], file[4300];
	bool limited;

	if (geteuid() != 0)
		return "needs root to make control groups";
	find_mount();
	if (!version)
		return "no memory control group is mounted";
	snprintf(probe, sizeof(probe), "%s/mymem-test-probe-%d", mount_point,
		 getpid());
	if (version == 2)
		write_file(mount_point, "cgroup.subtree_control", "+memory");
	if (mkdir(probe, 0755) < 0)
		return "cannot make a group below the memory mount";
	snprintf(file, sizeof(file), "%s/%s", probe,
		 version == 1 ? "memory.limit_in_bytes" : "memory.max");
	limited = access(file, F_OK) == 0;
	rmdir(probe);
	return limited ? NULL : "groups have no memory controller";
}

void groups_begin(void)
{
	snprintf(base, sizeof(base), "%s/mymem-test-%d", mount_point, getpid());
	if (mkdir(base, 0755) < 0 && errno != EEXIST) {
		fprintf(stderr, "%s: %s\n", base, strerror(errno));
		exit(1);
	}
	if (version == 2)
		write_file(base, "cgroup.subtree_control", "+memory");
}

/* A group goes when its last process is gone, which may take a moment. */
static void remove_directory(const char *dir)
{
	for (int tries = 0; tries < 200; tries++) {
		if (rmdir(dir) == 0 || errno != EBUSY)
			return;
		usleep(10000);
	}
	fprintf(stderr, "cannot remove %s\n", dir);
}

static void remove_tree(const char *dir)
{
	DIR *stream = opendir(dir);
	struct dirent *entry;

	while (stream && (entry = readdir(stream))) {
		char path[8192];

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		remove_tree(path);
	}
	if (stream)
		closedir(stream);
	remove_directory(dir);
}

void groups_end(void)
{
	remove_tree(base);
}

void group_set_limit(const char *dir, int64_t limit)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)limit);
	ck_assert_int_eq(write_file(dir, version == 1 ? "memory.limit_in_bytes" :
							"memory.max", text), 0);
}

void group_delegate(const char *dir)
{
	if (version == 2)
		ck_assert_int_eq(write_file(dir, "cgroup.subtree_control",
					    "+memory"), 0);
}

const char *group_make(const char *name, int64_t limit)
{
	static char paths[16][8192];
	static unsigned int used;
	char *path = paths[used++ % 16];

	snprintf(path, sizeof(paths[0]), "%s/%s", base, name);
	ck_assert_msg(mkdir(path, 0755) == 0, "%s: %s", path, strerror(errno));
	if (limit)
		group_set_limit(path, limit);
	return path;
}

void group_join(const char *dir, pid_t pid)
{
	char text[32];

	snprintf(text, sizeof(text), "%d", pid);
	ck_assert_int_eq(write_file(dir, "cgroup.procs", text), 0);
}

void group_join_thread(const char *dir)
{
	/* 0: whoever writes. */
	ck_assert_int_eq(write_file(dir, version == 1 ? "tasks" :
							"cgroup.threads", "0"),
			 0);
}

void group_make_threaded(const char *dir)
{
	ck_assert_int_eq(write_file(dir, "cgroup.type", "threaded"), 0);
}

void group_remove(const char *dir)
{
	remove_directory(dir);
}

struct answers *answers_new(void)
{
	struct answers *answers = mmap(NULL, sizeof(*answers),
				       PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(answers, MAP_FAILED);
	/* The shared pages are charged to who touches them first: us. */
	memset(answers, 0, sizeof(*answers));
	return answers;
}

void answers_take(struct mym_ctx *ctx, struct answers *a)
{
	unsigned int limit_by, available_by;

	a->result = mym_snapshot(ctx, MYM_WANT_ALL, &a->snapshot,
				 sizeof(a->snapshot));
	if (a->result < 0)
		return;
	limit_by = (unsigned int)a->snapshot.limit_by;
	available_by = (unsigned int)a->snapshot.available_by;
	mym_constraint(ctx, limit_by, &a->limit_by, sizeof(a->limit_by));
	mym_constraint(ctx, available_by, &a->available_by,
		       sizeof(a->available_by));
	snprintf(a->limit_path, sizeof(a->limit_path), "%s",
		 mym_constraint_path(ctx, limit_by));
	snprintf(a->available_path, sizeof(a->available_path), "%s",
		 mym_constraint_path(ctx, available_by));
	a->has_hidden = 0;
	for (unsigned int i = 0; i < a->snapshot.constraints; i++) {
		struct mym_constraint c;

		mym_constraint(ctx, i, &c, sizeof(c));
		a->has_hidden |= c.kind == MYM_KIND_CGROUP_HIDDEN;
	}
}

void ask_everything(struct answers *a, void *data)
{
	struct mym_ctx *ctx;

	(void)data;
	a->limit = mym_limit();
	a->available = mym_available();
	a->pressure = mym_pressure();
	a->result = mym_open(&ctx, NULL, 0);
	if (a->result < 0)
		return;
	answers_take(ctx, a);
	mym_close(ctx);
}

struct answers *in_group(const char *dir,
			 void (*run)(struct answers *answers, void *data),
			 void *data)
{
	struct answers *answers = answers_new();
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (dir)
			group_join(dir, getpid());
		/* What is true now. */
		mym_set_max_age(0);
		run(answers, data);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		      "the child ended with %#x", (unsigned int)status);
	return answers;
}

void use_memory(int64_t bytes)
{
	char *memory = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(memory, MAP_FAILED);
	memset(memory, 1, (size_t)bytes);
}

/* Locked memory cannot be swapped out, so that the kernel must kill. */
static void use_too_much(const char *dir)
{
	FILE *victim = fopen("/proc/self/oom_score_adj", "w");

	if (dir)
		group_join(dir, getpid());
	if (victim) {
		fputs("1000", victim);
		fclose(victim);
	}
	if (mlockall(MCL_CURRENT | MCL_FUTURE) < 0)
		_exit(1);
	use_memory(64 * MIB);
	_exit(0);
}

void be_killed(const char *dir)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		use_too_much(dir);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
