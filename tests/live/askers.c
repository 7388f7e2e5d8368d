/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "askers.h"
#include "clock.h"
#include "filter.h"
#include "group.h"
#include "mymem.h"
#include "suite.h"

/* max_user_instances and max_user_watches may be used up by others. */
static const struct refusal {
	const char *name;
	long number;
	int error;
} refusals[ASKERS / 2] = {
	{ "inotify", 0, 0 },
	{ "no instance", SYS_inotify_init1, EMFILE },
	{ "inotify forbidden", SYS_inotify_init1, EPERM },
	{ "no watch", SYS_inotify_add_watch, ENOSPC },
};

static struct asker {
	pid_t pid;
	int socket;
	int64_t cost; /* of the last question, in processor time */
	char name[64];
} askers[ASKERS];

struct reply {
	int64_t value, cost;
};

static int64_t call(enum question question)
{
	int64_t workers;

	switch (question) {
	case ASK_LIMIT:
		return mym_limit();
	case ASK_AVAILABLE:
		return mym_available();
	case ASK_WORKERS:
		workers = mym_workers(MIB, 1 << 30);
		return workers < 0 ? workers : workers * MIB;
	case ASK_PRESSURE:
		return mym_pressure();
	default:
		break;
	}
	for (int q = 0; q < ASK_ALL; q++) {
		int64_t r = call((enum question)q);

		if (r < 0)
			return r;
	}
	return 0;
}

/* A refusal that refuses nothing would be no other case. */
static void refuse(const struct refusal *refusal)
{
	const struct denial denial = { refusal->number, refusal->error };

	if (refusal->error == 0)
		return;
	if (filter_install(&denial, 1) < 0)
		_exit(2);
	errno = 0;
	if (syscall(refusal->number, -1, NULL, 0) != -1 ||
	    errno != refusal->error)
		_exit(3);
}

static void answer(int asker, int socket)
{
	enum question question;

	refuse(&refusals[asker / 2]);
	if (asker_is_fresh(asker) && mym_set_max_age(0) < 0)
		_exit(4);
	while (read(socket, &question, sizeof(question)) == sizeof(question)) {
		struct reply reply = { .cost = clock_ns(CLOCK_THREAD_CPUTIME_ID) };

		reply.value = call(question);
		reply.cost = clock_ns(CLOCK_THREAD_CPUTIME_ID) - reply.cost;
		if (write(socket, &reply, sizeof(reply)) != sizeof(reply))
			_exit(5);
	}
	_exit(0);
}

static void start(int asker, const char *dir)
{
	int ends[2];
	pid_t pid;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    ends), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		group_join(dir, 0);
		close(ends[0]);
		answer(asker, ends[1]);
	}
	close(ends[1]);
	askers[asker].pid = pid;
	askers[asker].socket = ends[0];
	snprintf(askers[asker].name, sizeof(askers[asker].name), "%s, %s",
		 asker_is_fresh(asker) ? "fresh" : "default age",
		 refusals[asker / 2].name);
}

void askers_start(const char *dir)
{
	fflush(NULL);
	for (int i = 0; i < ASKERS; i++)
		start(i, dir);
	for (int i = 0; i < ASKERS; i++)
		ck_assert_msg(asker_ask(i, ASK_ALL) == 0, "%s", askers[i].name);
	/* What finding the group cost is paid for, once. */
	askers_wait();
	for (int i = 0; i < ASKERS; i++)
		asker_ask(i, ASK_PRESSURE);
}

void askers_join(const char *dir)
{
	for (int i = 0; i < ASKERS; i++)
		group_join(dir, askers[i].pid);
}

pid_t asker_process(int asker)
{
	return askers[asker].pid;
}

const char *asker_name(int asker)
{
	return askers[asker].name;
}

int asker_is_fresh(int asker)
{
	return asker % 2 == 0;
}

int64_t asker_ask(int asker, enum question question)
{
	struct asker *a = &askers[asker];
	struct reply reply;

	ck_assert_int_eq(send(a->socket, &question, sizeof(question),
			      MSG_NOSIGNAL), sizeof(question));
	ck_assert_msg(read(a->socket, &reply, sizeof(reply)) == sizeof(reply),
		      "%s: has ended", a->name);
	a->cost = reply.cost;
	return reply.value;
}

void askers_wait(void)
{
	int64_t time = 100 * MS;
	struct timespec left;

	for (int i = 0; i < ASKERS; i++) {
		if (!asker_is_fresh(i) && 100 * askers[i].cost > time)
			time = 100 * askers[i].cost;
	}
	time += 10 * MS;
	left.tv_sec = (time_t)(time / (1000 * MS));
	left.tv_nsec = (long)(time % (1000 * MS));
	while (nanosleep(&left, &left) < 0)
		;
}
