/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/kernel.h"
#include "syscalls.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *name;
	long number;
} calls[] = {
#include "syscall-rows.h"
};

static const struct {
	const char *name;
	int number;
} errors[] = {
#define ERROR(name) { #name, name }
	ERROR(EPERM), ERROR(ENOENT), ERROR(EINTR), ERROR(EIO), ERROR(EAGAIN),
	ERROR(ENOMEM), ERROR(EACCES), ERROR(ENODEV), ERROR(ENOTDIR),
	ERROR(EINVAL), ERROR(ENFILE), ERROR(EMFILE), ERROR(ENOSPC),
	ERROR(ENOSYS), ERROR(ELOOP), ERROR(EOPNOTSUPP), ERROR(ESTALE),
};

long call_number(const char *name, size_t length)
{
	for (size_t i = 0; i < COUNT(calls); i++) {
		if (strlen(calls[i].name) == length &&
		    strncmp(name, calls[i].name, length) == 0)
			return calls[i].number;
	}
	return -1;
}

const char *call_name(long number)
{
	for (size_t i = 0; i < COUNT(calls); i++) {
		if (calls[i].number == number)
			return calls[i].name;
	}
	return "an unheard-of call";
}

int error_number(const char *name)
{
	for (size_t i = 0; i < COUNT(errors); i++) {
		if (strcmp(name, errors[i].name) == 0)
			return errors[i].number;
	}
	return 0;
}

const char *error_name(int error)
{
	for (size_t i = 0; i < COUNT(errors); i++) {
		if (errors[i].number == error)
			return errors[i].name;
	}
	return "an unheard-of error";
}
