/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/filter.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "notify.h"

int notify_install(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	};
	struct sock_fprog program = { 1, code };
	int fd;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			  SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
	return fd < 0 ? -errno : fd;
}

/* A call that was interrupted, or whose thread has ended, is gone: ENOENT. */
void notify_serve(int listener, notify_answer *answer)
{
	for (;;) {
		struct seccomp_notif call;
		struct seccomp_notif_resp response;
		int64_t result = 0;

		memset(&call, 0, sizeof(call));
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0) {
			if (errno == EINTR || errno == ENOENT)
				continue;
			return;
		}
		response = (struct seccomp_notif_resp){ .id = call.id };
		if (!answer(&call.data, &result))
			response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		else if (result < 0)
			response.error = (int)result;
		else
			response.val = result;
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) < 0 &&
		    errno != ENOENT)
			return;
	}
}

bool fault_counts(long number)
{
	static const long never[] = {
		/* They have no errors. */
		SYS_getpid, SYS_gettid, SYS_getuid, SYS_geteuid, SYS_getgid,
		SYS_getegid, SYS_sched_yield, SYS_exit, SYS_exit_group,
		SYS_rt_sigreturn, SYS_restart_syscall, SYS_set_tid_address,
		/* Tells where memory ends, and never an error. */
		SYS_brk,
	};

	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		if (number == never[i])
			return false;
	}
	return true;
}

bool fault_hits(const struct fault *fault, unsigned int count,
		const struct seccomp_data *call)
{
	static struct seccomp_data last;
	bool repeated;

	if (fault->n == 0 || count < fault->n ||
	    (count > fault->n && !fault->persistent))
		return false;
	/* A signal interrupts a call, and then the next; not one for ever. */
	repeated = fault->error == EINTR && count > fault->n &&
		   last.nr == call->nr &&
		   memcmp(last.args, call->args, sizeof(last.args)) == 0;
	memset(&last, 0, sizeof(last));
	if (!repeated)
		last = *call;
	return !repeated;
}
