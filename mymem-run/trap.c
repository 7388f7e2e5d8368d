/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call.h"
#include "filter.h"
#include "keeper.h"
#include "mount.h"
#include "trap.h"

#define PROC_MAGIC  0x9fa0
#define SYSFS_MAGIC 0x62656572

/* So many calls are answered before signals are looked at again. */
#define AT_ONCE 64

/* musl's ioctl() declares the number as an int. */
static int request(int listener, unsigned long number, void *argument)
{
	return (int)syscall(SYS_ioctl, listener, number, argument);
}

static int open_of(const struct trap *t, uint32_t pid, const char *name,
		   int flags)
{
	char path[64], process[16];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%u/%s", pid, name);
	fd = openat(t->proc, path, flags | O_CLOEXEC);
	if (fd >= 0 || (errno != EACCES && errno != EPERM))
		return fd;
	/* Root in a container may become another user, but may not look into a
	 * process of that user; so it does so as that user. */
	snprintf(process, sizeof(process), "%u", pid);
	if (fstatat(t->proc, process, &st, 0) < 0)
		return -1;
	setfsgid(st.st_gid);
	setfsuid(st.st_uid);
	fd = openat(t->proc, path, flags | O_CLOEXEC);
	setfsuid(geteuid());
	setfsgid(getegid());
	return fd;
}

static ptrdiff_t read_from(void *from, void *to, size_t size, uint64_t at)
{
	return pread(*(const int *)from, to, size, (off_t)at);
}

static ptrdiff_t link_of(const struct trap *t, const char *name,
			 char to[PATH_MAX])
{
	ssize_t n = readlinkat(t->proc, name, to, PATH_MAX - 1);

	to[n > 0 ? n : 0] = '\0';
	return n;
}

static ptrdiff_t path_of(const struct trap *t, int fd, char to[PATH_MAX])
{
	char name[32];

	snprintf(name, sizeof(name), "self/fd/%d", fd);
	return link_of(t, name, to);
}

/* Takes the descriptor. */
static bool path_of_root(const struct trap *t, int fd, char to[PATH_MAX])
{
	const bool known = fd >= 0 && path_of(t, fd, to) > 0;

	if (fd >= 0)
		close(fd);
	return known;
}

/* Whether it is the kernel's, or what others have put in its place here too. */
static bool is_genuine(int fd, const char *path)
{
	struct statfs fs;
	struct stat there, here;

	if (fstatfs(fd, &fs) == 0 && ((unsigned long)fs.f_type == PROC_MAGIC ||
				      (unsigned long)fs.f_type == SYSFS_MAGIC))
		return true;
	return fstat(fd, &there) == 0 && stat(path, &here) == 0 &&
	       there.st_dev == here.st_dev && there.st_ino == here.st_ino;
}

/* The name, from its root, of what the call would open, without links and dots.
 */
static bool find_file(const struct trap *t, uint32_t pid,
		      const struct call *call, char path[PATH_MAX])
{
	const bool absolute =
		call->path[0] == '/' && !(call->resolve & HOW_IN_ROOT);
	struct how how = {
		.flags = O_PATH | O_CLOEXEC |
			 (uint64_t)(call->flags & O_NOFOLLOW),
		.resolve = call->resolve,
	};
	const char *name = call->path;
	char at[64] = "root", root[PATH_MAX];
	int dir, fd = -1;
	size_t length;

	if (!absolute && call->dir == AT_FDCWD)
		strcpy(at, "cwd");
	else if (!absolute)
		snprintf(at, sizeof(at), "fd/%d", call->dir);
	else if (!call->resolve)
		name += strspn(name, "/");
	dir = open_of(t, pid, at, O_PATH);
	if (dir < 0)
		return false;
	if (call->resolve)
		fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
	else
		fd = openat(dir, name, (int)how.flags);
	close(dir);
	if (fd < 0)
		return false;
	if (path_of(t, fd, path) <= 0 ||
	    !path_of_root(t, open_of(t, pid, "root", O_PATH), root))
		path[0] = root[0] = '\0';
	length = root[0] && root[1] ? strlen(root) : 0;
	/* What is not below its root it cannot open. */
	if (strncmp(path, root, length) != 0)
		path[0] = '\0';
	else
		memmove(path, path + length, strlen(path + length) + 1);
	if (!shown_has(path) || !is_genuine(fd, path))
		path[0] = '\0';
	close(fd);
	return path[0];
}

static void let_it(const struct trap *t, uint64_t id)
{
	struct answer answer = { .id = id, .flags = ANSWER_CONTINUE };

	request(t->listener, NOTICE_ANSWER, &answer);
}

/*
 * Whether it was given.  To give and to answer at once (since Linux 5.14) is
 * one step less, and no descriptor is lost where a signal ends the wait between
 * the two; but who is killed meanwhile has answered, and has not given: open(2)
 * has returned 0.  So it is done where signals can end the wait.
 */
static bool give_file(const struct trap *t, uint64_t id, int fd, int flags)
{
	struct answer_fd give = {
		.id = id,
		.flags = t->killable ? 0 : ANSWER_FD_SENDS,
		.fd = (uint32_t)fd,
		.new_flags = (uint32_t)(flags & O_CLOEXEC),
	};
	struct answer answer = { .id = id };
	int r = request(t->listener, NOTICE_GIVE_FD, &give);

	if (r < 0 && errno == EINVAL && give.flags) {
		give.flags = 0;
		r = request(t->listener, NOTICE_GIVE_FD, &give);
	}
	if (r < 0 || give.flags)
		return r >= 0;
	answer.value = r;
	request(t->listener, NOTICE_ANSWER, &answer);
	return true;
}

static bool answer_open(struct trap *t, const struct notice *n,
			const struct call *call)
{
	char path[PATH_MAX];
	bool given;
	int fd;

	if (!find_file(t, n->pid, call, path))
		return false;
	fd = machine_open(&t->machine, path, call->flags);
	if (fd < 0)
		return false;
	given = give_file(t, n->id, fd, call->flags);
	close(fd);
	return given;
}

static bool answer_sysinfo(struct trap *t, const struct notice *n,
			   const struct call *call, int memory)
{
	unsigned char info[SYSINFO_MAX];
	struct answer answer = { .id = n->id };
	uint64_t id = n->id;
	int size = machine_sysinfo(&t->machine, call->narrow, info);

	/* The memory is that of who still waits. */
	if (size < 0 || request(t->listener, NOTICE_VALID, &id) < 0 ||
	    pwrite(memory, info, (size_t)size, (off_t)call->info) != size)
		return false;
	request(t->listener, NOTICE_ANSWER, &answer);
	return true;
}

/* What cannot be answered, for whatever reason, the kernel does as ever. */
static void answer(struct trap *t, const struct notice *n)
{
	const bool writes =
		n->data.nr >= 0 && arch_of(n->data.arch) &&
		call_kind(arch_of(n->data.arch), n->data.nr) == CALL_SYSINFO;
	int memory = open_of(t, n->pid, "mem", writes ? O_RDWR : O_RDONLY);
	bool answered = false;
	struct call call;

	if (memory >= 0 && call_read(&call, &n->data, read_from, &memory))
		answered = call.is_sysinfo ? answer_sysinfo(t, n, &call, memory)
					   : answer_open(t, n, &call);
	if (memory >= 0)
		close(memory);
	if (!answered)
		let_it(t, n->id);
}

/* False: there is no call that waits. */
static bool serve_one(struct trap *t)
{
	struct pollfd listener = { .fd = t->listener, .events = POLLIN };
	struct notice *n = &t->held->notice;

	if (poll(&listener, 1, 0) <= 0 || !(listener.revents & POLLIN))
		return false;
	/* The kernel takes it for received when it has written here, and not
	 * before: so none is lost when this process is killed. */
	if (request(t->listener, NOTICE_RECEIVE, n) == 0)
		answer(t, n);
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
		let_it(t, held->notice.id);
	} else if (held->notice.id) {
		held->tried = held->notice.id;
		answer(t, &held->notice);
	}
	memset(&held->notice, 0, sizeof(held->notice));
}

void trap_serve(struct trap *t)
{
	/* Where the kernel can: the answer is then sooner there. */
	request(t->listener, NOTICE_FLAGS, (void *)NOTICE_SAME_CPU);
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

/* Room for one descriptor beside a message. */
union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

/* What it is: a file of this index, or the listener. */
enum { INTERRUPTIBLE = 254, KILLABLE };

static int send_fd(int channel, int fd, uint8_t tag)
{
	union control control = { 0 };
	struct iovec text = { &tag, sizeof(tag) };
	struct msghdr message = {
		.msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	return sendmsg(channel, &message, 0) < 0 ? -errno : 0;
}

static int receive_fd(int channel, uint8_t *tag)
{
	union control control = { 0 };
	struct iovec text = { tag, sizeof(*tag) };
	struct msghdr message = {
		.msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int fd;

	if (recvmsg(channel, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) < 0)
		return -errno;
	if (message.msg_controllen < CMSG_LEN(sizeof(fd)) ||
	    control.header.cmsg_type != SCM_RIGHTS)
		return -EBADMSG;
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}

static int prepare_mounts(struct trap *t)
{
	struct machine *m = &t->machine;
	int r = mount_files(m);

	for (size_t i = 0; r == 0 && i < m->files; i++) {
		if (m->file[i].fd >= 0)
			r = send_fd(t->channel[1], m->file[i].fd, (uint8_t)i);
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
			    : send_fd(t->channel[1], listener,
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

	while ((fd = receive_fd(t->channel[0], &tag)) >= 0) {
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

/* In the place of a command, that would do nothing. */
static int try(int channel, int go)
{
	char byte;
	bool killable;
	int listener = filter_install(false, &killable);

	if (listener < 0 || send_fd(channel, listener, KILLABLE) < 0)
		return listener < 0 ? -listener : EIO;
	return read(go, &byte, 1) < 0 ? EIO : 0;
}

static const char *why(int error)
{
	switch (error) {
	case EBUSY:
		return "another program answers these calls already";
	case ENOSYS:
	case EINVAL:
		return "the kernel, or what stands in for it, cannot do it";
	default:
		return "it is not allowed here";
	}
}

/* The memory of a child can be read, and it can be given descriptors. */
static const char *try_out(const struct trap *t, int listener, pid_t child)
{
	struct answer_fd give = { .id = 1 };
	int fd;

	if (request(listener, NOTICE_GIVE_FD, &give) < 0 && errno != ENOENT)
		return "it needs Linux 5.9";
	fd = open_of(t, (uint32_t)child, "mem", O_RDWR);
	if (fd < 0)
		return "the memory of other processes cannot be read";
	close(fd);
	return NULL;
}

const char *trap_missing(void)
{
	struct trap t = { .proc = open("/proc",
				       O_PATH | O_DIRECTORY | O_CLOEXEC) };
	int channel[2], go[2], fd, status = 0;
	uint8_t tag;
	const char *missing = NULL;
	char self[PATH_MAX], own[16];
	pid_t pid;

	snprintf(own, sizeof(own), "%d", getpid());
	if (t.proc < 0 || link_of(&t, "self", self) < 0)
		return "there is no /proc";
	if (strcmp(self, own) != 0)
		return "/proc is that of other processes";
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) < 0 ||
	    pipe2(go, O_CLOEXEC) < 0 || (pid = fork()) < 0)
		return strerror(errno);
	if (pid == 0) {
		close(go[1]);
		_exit(try(channel[1], go[0]));
	}
	close(channel[1]);
	close(go[0]);
	/* It has sent one, or ended. */
	while (poll(&(struct pollfd){ channel[0], POLLIN, 0 }, 1, -1) < 0)
		;
	fd = receive_fd(channel[0], &tag);
	if (fd >= 0)
		missing = try_out(&t, fd, pid);
	close(go[1]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (fd < 0)
		missing = why(WEXITSTATUS(status));
	else
		close(fd);
	close(channel[0]);
	close(t.proc);
	return missing;
}
