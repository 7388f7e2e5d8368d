/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "page.h"

static char path[64];

static struct page *map(int fd)
{
	struct page *page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE,
				 MAP_SHARED, fd, 0);

	must(page == MAP_FAILED ? -1 : 0, "the shared page");
	close(fd);
	return page;
}

struct page *page_make(void)
{
	struct page *page;
	int fd;

	strcpy(path, "/dev/shm/mymem-pressure-XXXXXX");
	fd = mkostemp(path, O_CLOEXEC);
	must(fd, path);
	/* The subject may be another user. */
	must(fchmod(fd, 0666), path);
	must(ftruncate(fd, sizeof(*page)), path);
	page = map(fd);
	memset(page, 0, sizeof(*page));
	return page;
}

const char *page_path(void)
{
	return path;
}

void page_remove(void)
{
	if (path[0])
		unlink(path);
	path[0] = '\0';
}

struct page *page_open(const char *name)
{
	int fd = open(name, O_RDWR | O_CLOEXEC);

	must(fd, name);
	return map(fd);
}
