/* SPDX-License-Identifier: MIT */
/* Which errors are transient, and which leave the library. */
#include <errno.h>

#include "error.h"

bool mym__error_transient(int error)
{
	return error == -EMFILE || error == -ENFILE || error == -ENOMEM;
}

int mym__error_public(int error)
{
	switch (error) {
	case -EINVAL:
	case -ENODATA:
	case -ERANGE:
	case -ENOMEM:
	case -EMFILE:
	case -ENFILE:
	case -ENOENT:
	case -ENOTDIR:
	case -EACCES:
	case -ECHILD:
		return error;
	case -EPERM:
		return -EACCES;
	default:
		return error < 0 ? -EIO : error;
	}
}
