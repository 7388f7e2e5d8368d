/* SPDX-License-Identifier: MIT */
/* Each advice has an id that stays, and a section of mymem-free(1) by that name. */
#include "advice.h"
#include "symptoms.h"

/* What is so, by which numbers, and on the next line what helps. */
static const struct {
	bool (*applies)(struct look *look);
	const char *text;
} advice[] = {
	{ was_killed,
	  "MYM001 The kernel killed %n processes of this group (oom_kill in "
	  "%w): exit status 137, which docker stop gives, too.\n"
	  "mymem-free --oom says whose limit it was." },
	{ is_committed,
	  "MYM002 malloc() fails while memory is free: %w is 2, and of %a "
	  "(CommitLimit) %b are promised (Committed_AS).\n"
	  "ps -eo vsz,comm shows to whom; set vm.overcommit_memory=0 or raise "
	  "vm.overcommit_ratio." },
	{ is_throttled,
	  "MYM003 Above %w (%a) the kernel kills nobody and makes all wait, "
	  "maybe for ever; it cannot take back %b.\n"
	  "Raise MemoryHigh=, or leave the end to memory.max." },
	{ may_not_swap,
	  "MYM004 The machine has swap, but %w leaves this group none.\n"
	  "Set docker run --memory-swap (the sum), MemorySwapMax= or the "
	  "kubelet's LimitedSwap." },
	{ is_reserved,
	  "MYM005 %w keeps %a for this group, but no limit ends its growth.\n"
	  "Set MemoryMax=, or docker run -m beside --memory-reservation." },
	{ is_tmpfs,
	  "MYM006 Of %b in use %a is tmpfs or shared memory (shmem in %w): it "
	  "stays until deleted.\n"
	  "Look into /dev/shm and /tmp; set --tmpfs /tmp:size=64m, an "
	  "emptyDir's sizeLimit." },
	{ is_small_shm,
	  "MYM007 /dev/shm has a limit of its own, %a (free: %b); beyond that "
	  "is SIGBUS.\n"
	  "Set docker run --shm-size=1g, or mount an emptyDir of medium Memory." },
	{ is_slab,
	  "MYM008 Of %b in use %a is slab: inodes, dentries, sockets (%w).\n"
	  "Close files and sockets; vm.vfs_cache_pressure=200 drops inodes "
	  "sooner." },
	{ keeps_slab,
	  "MYM009 %w is 0: inodes and dentries stay until processes are "
	  "killed.\n"
	  "Set vm.vfs_cache_pressure=100." },
	{ keeps_times,
	  "MYM010 With lazytime, inodes stay until their times are written, up "
	  "to %n s (%w).\n"
	  "Set vm.dirtytime_expire_seconds=3600, or mount with nolazytime." },
	{ is_rlimited,
	  "MYM011 Of a resource limit of this process, %a (%w), %b is used: "
	  "there malloc() fails.\n"
	  "Raise it by ulimit %s in a unit." },
	{ is_limited_above,
	  "MYM012 This group has no limit of its own: it shares %w (%a, used: "
	  "%b) with others.\n"
	  "Set MemoryMax=, docker run -m or resources.limits.memory." },
	{ is_blind,
	  "MYM013 The kernel tells of no stalls (PSI): there is no %w.\n"
	  "Boot with psi=1; the kernel needs CONFIG_PSI." },
	{ keeps_free,
	  "MYM014 %w keeps %a of %b from all processes.\n"
	  "Set vm.min_free_kbytes=65536." },
	{ wakes_early,
	  "MYM015 %w is %n: the kernel takes memory back %a earlier, which "
	  "lowers MemAvailable.\n"
	  "Set vm.watermark_scale_factor=10." },
	{ has_no_swap,
	  "MYM016 %a is available and there is no swap (SwapTotal in %w): a "
	  "kill is next.\n"
	  "Add swap (swapon, zram) or memory." },
	{ is_swapped,
	  "MYM017 Of %a swap %b is in use (%w): reading it again is slow "
	  "(vmstat 1: si, so).\n"
	  "Use less, or add memory." },
	{ is_zram,
	  "MYM018 Swap is zram (%w): what is swapped out stays in memory, "
	  "compressed.\n"
	  "Count on what is available, or swap to a disk." },
	{ has_swappiness_0,
	  "MYM019 There is swap, but %w is 0: it makes no room.\n"
	  "Write 60 there; docker run has --memory-swappiness." },
	{ kills_all,
	  "MYM020 %w is 1: a kill ends all %n processes of that group.\n"
	  "echo 0 >%w; OOMPolicy=continue, the kubelet's singleProcessOOMKill." },
	{ has_pool,
	  "MYM021 %a is set aside for huge pages (Hugetlb in %w): nobody else "
	  "can use it.\n"
	  "Set vm.nr_hugepages to what is used." },
	{ has_no_controller,
	  "MYM022 The memory controller is off (%w): nothing limits containers.\n"
	  "Boot with cgroup_enable=memory (Raspberry Pi: in "
	  "/boot/firmware/cmdline.txt)." },
	{ has_cma,
	  "MYM023 %a of MemTotal is CMA, free: %b (%w); the kernel's own pages "
	  "may not be there.\n"
	  "Boot with a smaller cma=." },
	{ is_set_aside,
	  "MYM024 Firmware, a GPU, a crash kernel or a balloon keeps %a, beside "
	  "the %b of MemTotal (present, managed in %w).\n"
	  "See dmesg | grep Memory:, gpu_mem=, crashkernel=." },
	{ never_kills,
	  "MYM025 At its limit this group hangs and nobody is killed "
	  "(oom_kill_disable in %w).\n"
	  "echo 0 >%w, or docker run without --oom-kill-disable." },
};

void print_advice(const struct report *report)
{
	bool none = true;

	for (size_t i = 0; i < sizeof(advice) / sizeof(advice[0]); i++) {
		struct look look = {
			.facts = { .a = -1, .b = -1, .n = -1 },
			.report = report,
		};

		if (!advice[i].applies(&look))
			continue;
		say(7, advice[i].text, &look.facts);
		end_paragraph();
		none = false;
	}
	if (none)
		puts("Nothing to advise.");
}
