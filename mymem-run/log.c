/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../mymem-free/size.h"
#include "log.h"

/* The first namespace of processes, PROC_PID_INIT_INO in the kernel; the log has
 * the numbers that processes have there. */
#define FIRST 0xeffffffcU

/* No record is longer, CONSOLE_EXT_LOG_MAX. */
#define RECORD 8192

/* The kernel writes the line after the signal: the command may be gone before. */
#define MOMENT 1000 /* ms */

static bool number_is(const char *text, pid_t pid)
{
	int64_t value;

	return parse_digits(text, &value) && value == pid;
}

static void take_last(struct logged *logged)
{
	logged->lack = logged->last.lack;
	strcpy(logged->group, logged->last.group);
}

/* "oom-kill:constraint=CONSTRAINT_MEMCG,...,oom_memcg=/a,task_memcg=/a/b,
 * task=name,pid=1,uid=0", of which names may be anything; since Linux 5.0. */
static void take_constraint(const char *text, pid_t pid, struct logged *logged)
{
	const char *group = strstr(text, ",oom_memcg="), *end, *at = text;
	const char *last = NULL;
	size_t length;
	bool own = false;

	logged->whole_group = false;
	logged->last.lack = LACK_UNKNOWN;
	logged->last.group[0] = '\0';
	while ((at = strstr(at, ",pid=")))
		last = at++;
	if (!last)
		return;
	if (strncmp(text, "CONSTRAINT_NONE", 15) == 0) {
		logged->last.lack = LACK_MACHINE;
	} else if (strncmp(text, "CONSTRAINT_MEMCG", 16) == 0 && group) {
		group += 11;
		end = strstr(group, ",task_memcg=");
		if (!end || (size_t)(end - group) >= sizeof(logged->group))
			return;
		logged->last.lack = LACK_GROUP;
		length = (size_t)(end - group);
		end += 12;
		own = strncmp(group, end, length) == 0 &&
		      strncmp(end + length, ",task=", 6) == 0;
		memcpy(logged->last.group, group, length);
		logged->last.group[length] = '\0';
	} else {
		/* CONSTRAINT_CPUSET, CONSTRAINT_MEMORY_POLICY */
		logged->last.lack = LACK_NODES;
	}
	if (number_is(last + 5, pid)) {
		take_last(logged);
		logged->own = own;
	}
}

void log_take(const char *record, pid_t pid, struct logged *logged)
{
	static const char constraint[] = ";oom-kill:constraint=";
	static const char tasks[] = ";Tasks in /";
	static const char whole[] =
		" are going to be killed due to memory.oom.group set";
	static const char killed[] = "illed process ";
	const char *at;
	int64_t priority;

	/* Facility 0 is the kernel; what others write there is of another. */
	if (!parse_digits(record, &priority) || priority >= 8)
		return;
	at = strstr(record, constraint);
	if (at)
		take_constraint(at + sizeof(constraint) - 1, pid, logged);
	if (strstr(record, tasks) && strstr(record, whole))
		logged->whole_group = true;
	at = strstr(record, killed);
	if (!at || !number_is(at + sizeof(killed) - 1, pid))
		return;
	logged->named = true;
	if (logged->lack == LACK_UNKNOWN && logged->whole_group)
		take_last(logged);
}

int log_open(void)
{
	struct stat is;
	int fd;

	if (stat("/proc/self/ns/pid", &is) < 0 || is.st_ino != FIRST)
		return -1;
	fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0 && lseek(fd, 0, SEEK_END) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

bool log_read(int fd, pid_t pid, bool wait, struct logged *logged)
{
	struct pollfd more = { .fd = fd, .events = POLLIN };
	char record[RECORD + 1];
	bool complete = true;
	ssize_t n;

	if (fd < 0)
		return false;
	for (;;) {
		n = read(fd, record, RECORD);
		if (n > 0) {
			record[n] = '\0';
			log_take(record, pid, logged);
		} else if (n < 0 && errno == EPIPE) {
			/* Overwritten. */
			complete = false;
		} else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
			return false;
		} else if (errno == EAGAIN &&
			   (!wait || logged->named ||
			    poll(&more, 1, MOMENT) <= 0)) {
			return complete;
		}
	}
}
