/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/kernel.h"
#include "calls.h"

static const struct {
	const char *name;
	long number;
} calls[] = {
#define CALL(name) { #name, SYS_##name }
	CALL(brk),
	CALL(clock_getres),
	CALL(clock_gettime),
	CALL(close),
	CALL(connect),
	CALL(epoll_create1),
	CALL(epoll_ctl),
	CALL(epoll_pwait),
	CALL(exit),
	CALL(exit_group),
	CALL(faccessat),
	CALL(fcntl),
	CALL(fstatfs),
	CALL(futex),
	CALL(get_mempolicy),
	CALL(getdents64),
	CALL(geteuid),
	CALL(getpgid),
	CALL(getpid),
	CALL(getrandom),
	CALL(gettid),
	CALL(gettimeofday),
	CALL(getuid),
	CALL(inotify_add_watch),
	CALL(inotify_init1),
	CALL(ioctl),
	CALL(lseek),
	CALL(madvise),
	CALL(mprotect),
	CALL(mremap),
	CALL(munmap),
	CALL(nanosleep),
	CALL(openat),
	CALL(openat2),
	CALL(pidfd_open),
	CALL(ppoll),
	CALL(pread64),
	CALL(prlimit64),
	CALL(pselect6),
	CALL(read),
	CALL(readlinkat),
	CALL(rt_sigaction),
	CALL(rt_sigprocmask),
	CALL(rt_sigreturn),
	CALL(sched_yield),
	CALL(set_robust_list),
	CALL(socket),
	CALL(statfs),
	CALL(statmount),
	CALL(statx),
	CALL(sysinfo),
	CALL(timerfd_create),
	CALL(timerfd_settime),
	CALL(write),
	CALL(writev),
/* What only some architectures have. */
#ifdef SYS_access
	CALL(access),
#endif
#ifdef SYS_clock_getres_time64
	CALL(clock_getres_time64),
#endif
#ifdef SYS_clock_gettime64
	CALL(clock_gettime64),
#endif
#ifdef SYS_epoll_wait
	CALL(epoll_wait),
#endif
#ifdef SYS_fcntl64
	CALL(fcntl64),
#endif
#ifdef SYS_fstat
	CALL(fstat),
#endif
#ifdef SYS_fstat64
	CALL(fstat64),
#endif
#ifdef SYS_fstatat64
	CALL(fstatat64),
#endif
#ifdef SYS_fstatfs64
	CALL(fstatfs64),
#endif
#ifdef SYS_lstat
	CALL(lstat),
#endif
#ifdef SYS_mmap
	CALL(mmap),
#endif
#ifdef SYS_mmap2
	CALL(mmap2),
#endif
#ifdef SYS_newfstatat
	CALL(newfstatat),
#endif
#ifdef SYS_open
	CALL(open),
#endif
#ifdef SYS_poll
	CALL(poll),
#endif
#ifdef SYS_ppoll_time64
	CALL(ppoll_time64),
#endif
#ifdef SYS_readlink
	CALL(readlink),
#endif
#ifdef SYS_select
	CALL(select),
#endif
#ifdef SYS_stat
	CALL(stat),
#endif
#ifdef SYS_statfs64
	CALL(statfs64),
#endif
#ifdef SYS_time
	CALL(time),
#endif
#ifdef SYS_timerfd_settime64
	CALL(timerfd_settime64),
#endif
};

long call_number(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (strlen(calls[i].name) == length &&
		    strncmp(name, calls[i].name, length) == 0)
			return calls[i].number;
	}
	return -1;
}

const char *call_name(long number)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (calls[i].number == number)
			return calls[i].name;
	}
	return NULL;
}
