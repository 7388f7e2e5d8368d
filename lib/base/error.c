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
	return mym__error_transient(error) || error == -ENODATA ||
	       error == -ECHILD ? error : -EIO;
}

int mym__error_sysroot(int error)
{
	if (error == -EPERM)
		error = -EACCES;
	return error == -ENOENT || error == -ENOTDIR || error == -EACCES ?
	       error : mym__error_public(error);
}

/* What is hidden does not seem to exist. */
int mym__error_process(int error)
{
	if (error == -EPERM || error == -ENOENT)
		error = -EACCES;
	return error == -ESRCH || error == -EACCES ? error :
						     mym__error_public(error);
}
