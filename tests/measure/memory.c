/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"
#include "kernel-file.h"
#include "memory.h"

static char block[65536];

static void touch(char *memory, int64_t bytes)
{
	for (int64_t i = 0; i < bytes; i += getpagesize())
		memory[i] = 1;
}

static char *map(int64_t bytes, int flags, int advice, const char *what)
{
	char *memory = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	must(memory == MAP_FAILED ? -1 : 0, what);
	if (advice)
		must(madvise(memory, (size_t)bytes, advice), what);
	touch(memory, bytes);
	return memory;
}

char *memory_anonymous(int64_t bytes)
{
	return map(bytes, 0, 0, "anonymous memory");
}

char *memory_huge(int64_t bytes)
{
	return map(bytes, 0, MADV_HUGEPAGE, "huge pages");
}

void memory_hugetlb(int64_t bytes)
{
	map(bytes, MAP_HUGETLB, 0, "MAP_HUGETLB");
}

/* Small pages; what has been written is freed only when it is found again. */
void memory_swapped(int64_t bytes)
{
	char *memory = map(bytes, 0, MADV_NOHUGEPAGE, "anonymous memory");

	for (int i = 0; i < 5; i++) {
		must(madvise(memory, (size_t)bytes, MADV_PAGEOUT), "MADV_PAGEOUT");
		usleep(100000);
	}
	if (kernel_key("/proc/self/status", "VmSwap") < bytes - bytes / 20)
		fail("it is not swapped out");
}

static void fill(int fd, const char *what, int64_t bytes)
{
	must(fd, what);
	for (int64_t done = 0; done < bytes; done += (int64_t)sizeof(block)) {
		if (write(fd, block, sizeof(block)) != (ssize_t)sizeof(block))
			must(-1, what);
	}
}

void memory_memfd(int64_t bytes)
{
	fill(memfd_create("oracle", MFD_CLOEXEC), "memfd", bytes);
}

static int secret(void)
{
	return (int)syscall(SYS_memfd_secret, 0);
}

bool memory_has_secret(void)
{
	int fd = secret();

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* It can be mapped, but not written to, and counts as locked, for root too. */
void memory_secret(int64_t bytes)
{
	const struct rlimit rlimit = { (rlim_t)bytes, (rlim_t)bytes };
	int fd = secret();
	char *memory;

	must(setrlimit(RLIMIT_MEMLOCK, &rlimit), "RLIMIT_MEMLOCK");
	must(fd, "memfd_secret");
	must(ftruncate(fd, (off_t)bytes), "memfd_secret");
	memory = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
		      fd, 0);
	must(memory == MAP_FAILED ? -1 : 0, "memfd_secret");
	touch(memory, bytes);
}

void memory_tmpfs(int64_t bytes)
{
	fill(open("/dev/shm", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600),
	     "/dev/shm", bytes);
}

void memory_read(const char *path, int64_t bytes, int times)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	must(fd, path);
	while (times-- > 0) {
		int64_t done = 0;

		must((int)lseek(fd, 0, SEEK_SET), path);
		while (done < bytes) {
			ssize_t r = read(fd, block, sizeof(block));

			must((int)r, path);
			if (r == 0)
				fail("the file is too short");
			done += r;
		}
	}
}

static char *map_file(const char *path, int64_t bytes, int protection)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	volatile char *memory;

	must(fd, path);
	memory = mmap(NULL, (size_t)bytes, protection, MAP_SHARED, fd, 0);
	must(memory == MAP_FAILED ? -1 : 0, path);
	for (int64_t i = 0; i < bytes; i += getpagesize())
		(void)memory[i];
	return (char *)memory;
}

char *memory_map(const char *path, int64_t bytes)
{
	return map_file(path, bytes, PROT_READ);
}

char *memory_text(const char *path, int64_t bytes)
{
	return map_file(path, bytes, PROT_READ | PROT_EXEC);
}

void memory_write(const char *path, int64_t bytes)
{
	fill(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), path,
	     bytes);
}
