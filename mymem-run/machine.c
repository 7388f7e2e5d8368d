/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#include "machine.h"

#define MS     INT64_C(1000000)
#define SECOND (1000 * MS)
/* As the simple calls of the library: a hundredth of a processor at most. */
#define AGE_MIN (10 * MS)
#define SHARE	100

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

static void add_file(struct machine *m, const char *path)
{
	struct machine_file *file = &m->file[m->files];

	if (m->files == MACHINE_FILES || access(path, R_OK) < 0)
		return;
	snprintf(file->path, sizeof(file->path), "%s", path);
	file->fd = -1;
	m->files++;
}

/* Numbers that are at most so old (in ns). */
static int look(struct machine *m, int64_t most)
{
	const int64_t begin = now();
	int r;

	if (m->looked && begin - m->looked < most)
		return 0;
	r = shown_look(&m->shown);
	if (r < 0)
		return r;
	m->looked = now();
	m->most = (m->looked - begin) * SHARE;
	if (m->most < AGE_MIN)
		m->most = AGE_MIN;
	if (m->most > SECOND)
		m->most = SECOND;
	return 0;
}

int machine_begin(struct machine *m)
{
	char path[48];

	m->shown.keep = true;
	add_file(m, "/proc/meminfo");
	add_file(m, "/proc/swaps");
	for (int node = 0; node < MACHINE_FILES - 2; node++) {
		snprintf(path, sizeof(path),
			 "/sys/devices/system/node/node%d/meminfo", node);
		add_file(m, path);
	}
	return look(m, 0);
}

/* So that it has the only descriptor that can write. */
static int reopen(int fd, int flags)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int machine_make_files(struct machine *m)
{
	for (size_t i = 0; i < m->files; i++) {
		struct machine_file *file = &m->file[i];
		int fd = memfd_create(file->path, MFD_CLOEXEC);

		if (fd < 0)
			return -errno;
		/* The kernel counts the writers only of what was opened. */
		file->fd = reopen(fd, O_RDWR);
		fchmod(fd, 0444);
		close(fd);
		if (file->fd < 0)
			return file->fd;
	}
	return 0;
}

static int write_file(struct machine *m, struct machine_file *file)
{
	ptrdiff_t length;

	if (file->written == m->looked)
		return 0;
	length = shown_write(&m->shown, file->path);
	if (length < 0)
		return (int)length;
	if (pwrite(file->fd, m->shown.text, (size_t)length, 0) != length ||
	    ftruncate(file->fd, length) < 0)
		return -EIO;
	file->written = m->looked;
	return 0;
}

int machine_set(struct machine *m, size_t index, int fd)
{
	struct machine_file *file = &m->file[index];

	file->fd = fd;
	file->always = true;
	file->written = 0;
	return write_file(m, file);
}

void machine_unset(struct machine *m, size_t index)
{
	struct machine_file *file = &m->file[index];

	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
	file->always = false;
	file->written = 0;
}

/*
 * A lease is given only where nobody else has the file open.  Who cannot have
 * any takes it for open.
 */
static bool is_open(const struct machine_file *file)
{
	if (file->always || fcntl(file->fd, F_SETLEASE, F_WRLCK) < 0)
		return true;
	fcntl(file->fd, F_SETLEASE, F_UNLCK);
	return false;
}

int machine_open(struct machine *m, const char *path, int flags)
{
	for (size_t i = 0; i < m->files; i++) {
		int r;

		if (strcmp(m->file[i].path, path) != 0)
			continue;
		r = look(m, m->most);
		if (r == 0)
			r = write_file(m, &m->file[i]);
		return r < 0 ? r
			     : reopen(m->file[i].fd,
				      O_RDONLY | (flags & O_NONBLOCK));
	}
	return -ENOENT;
}

int machine_refresh(struct machine *m)
{
	bool open = false;
	int64_t left = m->looked + SECOND - now();

	for (size_t i = 0; i < m->files; i++) {
		if (!m->file[i].written && !m->file[i].always)
			continue;
		/* To be asked once a second, as this is to be written. */
		if (left > 0)
			return (int)(left / MS) + 1;
		if (!is_open(&m->file[i])) {
			m->file[i].written = 0;
			continue;
		}
		open = true;
		if (look(m, SECOND) == 0)
			write_file(m, &m->file[i]);
	}
	return open ? 1000 : -1;
}

/* struct sysinfo of 32-bit processes, as all architectures have it. */
struct narrow_sysinfo {
	int32_t uptime;
	uint32_t loads[3];
	uint32_t ram[4]; /* total, free, shared, buffers */
	uint32_t swap[2];
	uint16_t procs, pad;
	uint32_t high[2];
	uint32_t unit;
	char space[8];
};

/* Of a 64-bit one. */
struct wide_sysinfo {
	int64_t uptime;
	uint64_t loads[3];
	uint64_t ram[4];
	uint64_t swap[2];
	uint16_t procs, pad[3];
	uint64_t high[2];
	uint32_t unit, end;
};

/* In how large pieces the kernel counts so that it fits. */
static unsigned int unit_of(uint64_t largest)
{
	unsigned int unit = 1;

	while (largest / unit > UINT32_MAX)
		unit *= 2;
	return unit;
}

int machine_sysinfo(struct machine *m, bool narrow,
		    unsigned char to[SYSINFO_MAX])
{
	const int r = look(m, m->most);
	struct sysinfo info;
	struct wide_sysinfo wide = { 0 };
	struct narrow_sysinfo less = { 0 };
	uint64_t largest = 0;
	unsigned int unit;

	if (r < 0 || sysinfo(&info) < 0)
		return r < 0 ? r : -errno;
	shown_sysinfo(&m->shown, &info);
	wide.uptime = (int64_t)info.uptime;
	wide.procs = info.procs;
	for (int i = 0; i < 3; i++)
		wide.loads[i] = info.loads[i];
	unit = info.mem_unit;
	wide.ram[0] = (uint64_t)info.totalram * unit;
	wide.ram[1] = (uint64_t)info.freeram * unit;
	wide.ram[2] = (uint64_t)info.sharedram * unit;
	wide.ram[3] = (uint64_t)info.bufferram * unit;
	wide.swap[0] = (uint64_t)info.totalswap * unit;
	wide.swap[1] = (uint64_t)info.freeswap * unit;
	wide.unit = 1;
	if (!narrow) {
		memcpy(to, &wide, sizeof(wide));
		return sizeof(wide);
	}
	largest = wide.ram[0] > wide.swap[0] ? wide.ram[0] : wide.swap[0];
	unit = unit_of(largest);
	less.uptime = (int32_t)wide.uptime;
	less.procs = wide.procs;
	for (int i = 0; i < 3; i++)
		less.loads[i] = (uint32_t)wide.loads[i];
	for (int i = 0; i < 4; i++)
		less.ram[i] = (uint32_t)(wide.ram[i] / unit);
	for (int i = 0; i < 2; i++)
		less.swap[i] = (uint32_t)(wide.swap[i] / unit);
	less.unit = unit;
	memcpy(to, &less, sizeof(less));
	return sizeof(less);
}
