/* SPDX-License-Identifier: MIT */
/*
 * What is used of the kernel's interface and is not in every C library's
 * headers: <linux/seccomp.h>, <linux/filter.h>, <linux/audit.h>,
 * <linux/mount.h>.  All of it is ABI and does not change.
 */
#ifndef MYMEM_RUN_KERNEL_H
#define MYMEM_RUN_KERNEL_H

#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

struct bpf {
	uint16_t code;
	uint8_t yes, no;
	uint32_t k;
};
struct bpf_program {
	uint16_t length;
	struct bpf *code;
};
#define BPF_LOAD  0x20 /* the word at k of struct call_data */
#define BPF_AND	  0x54
#define BPF_EQUAL 0x15
#define BPF_ANY	  0x45 /* any of the bits of k */
#define BPF_END	  0x06

#define RET_ALLOW  0x7fff0000u
#define RET_NOTIFY 0x7fc00000u

#define SET_FILTER    1 /* of seccomp(2) */
#define NEW_LISTENER  (1ul << 3)
#define WAIT_KILLABLE (1ul << 5) /* since Linux 5.19 */

/* struct seccomp_data */
struct call_data {
	int32_t nr;
	uint32_t arch;
	uint64_t instruction;
	uint64_t args[6];
};
/* struct seccomp_notif */
struct notice {
	uint64_t id;
	uint32_t pid;
	uint32_t flags;
	struct call_data data;
};
/* struct seccomp_notif_resp */
struct answer {
	uint64_t id;
	int64_t value;
	int32_t error;
	uint32_t flags;
};
#define ANSWER_CONTINUE 1u
/* struct seccomp_notif_addfd */
struct answer_fd {
	uint64_t id;
	uint32_t flags;
	uint32_t fd;
	uint32_t new_fd;
	uint32_t new_flags;
};
#define ANSWER_FD_SENDS 2u /* since Linux 5.14 */

#define NOTICE_RECEIVE	_IOWR('!', 0, struct notice)
#define NOTICE_ANSWER	_IOWR('!', 1, struct answer)
#define NOTICE_VALID	_IOW('!', 2, uint64_t)
#define NOTICE_GIVE_FD	_IOW('!', 3, struct answer_fd) /* since Linux 5.9 */
#define NOTICE_FLAGS	_IOW('!', 4, uint64_t)	       /* since Linux 6.6 */
#define NOTICE_SAME_CPU 1u

/* What libmymem writes where the kernel looks at nothing: it is to see the
 * machine as it is (lib/base/kernel.h). */
#define AS_IT_IS 0x6d796d31u

/* AUDIT_ARCH_* */
#define ARCH_X86_64  0xc000003eu
#define ARCH_I386    0x40000003u
#define ARCH_AARCH64 0xc00000b7u
#define ARCH_ARM     0x40000028u
#define ARCH_RISCV64 0xc00000f3u

/* struct open_how */
struct how {
	uint64_t flags;
	uint64_t mode;
	uint64_t resolve;
};
#define HOW_IN_ROOT 0x10u

/* With one number everywhere. */
#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif
#ifndef SYS_move_mount
#define SYS_move_mount 429
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#define TREE_CLONE   1u
#define MOVE_FROM_FD 0x04u
#define MOVE_TO_FD   0x40u

#endif
