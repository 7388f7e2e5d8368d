/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include "filter.h"

#define LOAD(member) (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
	offsetof(struct seccomp_data, member))
#define RETURN(value) (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, value)
#define UNLESS(test, value, skip) (struct sock_filter)BPF_JUMP( \
	BPF_JMP | test | BPF_K, value, 0, skip)

/* The lower half of the flags of fstatat(2). */
#define FLAGS args[3]
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LOWER 4
#else
#define LOWER 0
#endif

static unsigned int action(int error)
{
	return error == 0 ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO |
		((unsigned int)error & SECCOMP_RET_DATA);
}

/* The architecture is not looked at: nothing here makes a call of another. */
static int install(const struct denial *rules, size_t count,
		   unsigned int otherwise)
{
	struct sock_filter code[5 * DENIALS_MAX + 2];
	struct sock_fprog program = { .filter = code };
	unsigned short n = 0;

	if (count > DENIALS_MAX)
		return -EINVAL;
	code[n++] = LOAD(nr);
	for (size_t i = 0; i < count; i++) {
		unsigned int nr = (unsigned int)rules[i].number;

		if (rules[i].error != FILTER_FD) {
			code[n++] = UNLESS(BPF_JEQ, nr, 1);
			code[n++] = RETURN(action(rules[i].error));
			continue;
		}
		code[n++] = UNLESS(BPF_JEQ, nr, 4);
		code[n++] = LOAD(FLAGS);
		code[n - 1].k += LOWER;
		code[n++] = UNLESS(BPF_JSET, AT_EMPTY_PATH, 1);
		code[n++] = RETURN(action(0));
		code[n++] = RETURN(action(EPERM));
	}
	code[n++] = RETURN(otherwise);
	program.len = n;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return -errno;
	return 0;
}

int filter_install(const struct denial *denials, size_t count)
{
	return install(denials, count, SECCOMP_RET_ALLOW);
}

int filter_only(const struct denial *rules, size_t count)
{
	return install(rules, count, SECCOMP_RET_KILL_PROCESS);
}
