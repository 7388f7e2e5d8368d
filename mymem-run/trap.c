/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answer.h"
#include "filter.h"
#include "keeper.h"
#include "mount.h"
#include "pass.h"
#include "trap.h"

/* So many calls are answered before signals are looked at again. */
#define AT_ONCE 64

/* False: there is no call that waits. */
static bool serve_one(struct trap *t)
{
	struct pollfd listener = { .fd = t->listener, .events = POLLIN };
	struct notice *n = &t->held->notice;

	if (poll(&listener, 1, 0) <= 0 || !(listener.revents & POLLIN))
		return false;
	/* The kernel takes it for received when it has written here, and not
	 * before: so none is lost when this process is killed. */
	if (answer_request(t->listener, NOTICE_RECEIVE, n) == 0)
		answer_call(t, n);
	memset(n, 0, sizeof(*n));
	return true;
}

static int serve(void *data, short events)
{
	struct trap *t = data;

	for (int i = 0; i < AT_ONCE && serve_one(t); i++)
		;
	/* All that could call have ended.  (POLLERR only tells that the kernel
	 * was in a hurry.) */
	if (events & POLLHUP) {
		t->sources[0].fd = -1;
		return -1;
	}
	return machine_refresh(&t->machine);
}

/* What the process that was killed had received. */
static void finish(struct trap *t)
{
	struct held *held = t->held;

	if (held->notice.id && held->tried == held->notice.id) {
		/* It has ended two of us. */
		answer_not(t, held->notice.id);
	} else if (held->notice.id) {
		held->tried = held->notice.id;
		answer_call(t, &held->notice);
	}
	memset(&held->notice, 0, sizeof(held->notice));
}

void trap_serve(struct trap *t)
{
	/* Where the kernel can: the answer is then sooner there. */
	answer_request(t->listener, NOTICE_FLAGS, (void *)NOTICE_SAME_CPU);
	finish(t);
	t->sources[0] = (struct source){
		.fd = t->listener,
		.events = POLLIN,
		.ready = serve,
		.timeout = machine_refresh(&t->machine),
		.data = t,
	};
	t->sources[1] = (struct source){
		.fd = t->keeper,
		.events = POLLIN,
		.ready = keeper_gone,
		.timeout = t->keeper < 0 ? 1000 : -1,
		.data = t,
	};
}

/*
 * Where only descendants may be looked into (Yama's ptrace_scope 1), those are
 * to remain some whose parents have ended.
 */
static void stay_ancestor(void)
{
	int fd = open("/proc/sys/kernel/yama/ptrace_scope",
		      O_RDONLY | O_CLOEXEC);
	char scope = '0';

	if (fd < 0)
		return;
	if (read(fd, &scope, 1) == 1 && scope != '0')
		prctl(PR_SET_CHILD_SUBREAPER, 1);
	close(fd);
}

int trap_begin(struct trap *t)
{
	int r;

	t->parent = getpid();
	t->keeper = t->listener = -1;
	stay_ancestor();
	t->proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	t->held = mmap(NULL, sizeof(*t->held), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t->proc < 0 || t->held == MAP_FAILED ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, t->channel) < 0)
		return -errno;
	r = machine_begin(&t->machine);
	if (r == 0 && !t->mounts)
		r = machine_make_files(&t->machine);
	return r;
}

static int prepare_mounts(struct trap *t)
{
	struct machine *m = &t->machine;
	int r = mount_files(m);

	for (size_t i = 0; r == 0 && i < m->files; i++) {
		if (m->file[i].fd >= 0)
			r = pass_send(t->channel[1], m->file[i].fd, (uint8_t)i);
	}
	return r;
}

static int prepare(struct trap *t)
{
	int listener, r = 0;

	/* Whoever kills this program kills the command, as if it were that. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != t->parent)
		return -ESRCH;
	if (t->mounts)
		r = prepare_mounts(t);
	if (r < 0 || !t->traps)
		return r;
	listener = filter_install(!t->mounts, &t->killable);
	return listener < 0 ? listener
			    : pass_send(t->channel[1], listener,
					t->killable ? KILLABLE : INTERRUPTIBLE);
}

int trap_prepare(void *data)
{
	int r = prepare(data);

	if (r < 0)
		fprintf(stderr, "%s: cannot show the command its memory: %s\n",
			program, strerror(-r));
	return r;
}

int trap_sources(struct trap *t, struct source sources[TRAP_SOURCES])
{
	uint8_t tag;
	int fd;

	while ((fd = pass_receive(t->channel[0], &tag)) >= 0) {
		if (tag < t->machine.files) {
			machine_set(&t->machine, tag, fd);
			continue;
		}
		t->listener = fd;
		t->killable = tag == KILLABLE;
	}
	close(t->channel[0]);
	close(t->channel[1]);
	if (t->traps && t->listener < 0)
		return fd;
	keeper_harden();
	if (t->traps)
		keeper_start(t);
	t->sources = sources;
	trap_serve(t);
	return TRAP_SOURCES;
}

void trap_end(struct trap *t)
{
	struct pollfd listener = { .fd = t->listener };

	/* It is a zombie for ever where nobody waits for orphans. */
	if (t->listener >= 0 && poll(&listener, 1, 0) > 0 && t->pid > 0)
		waitpid(t->pid, NULL, 0);
}
