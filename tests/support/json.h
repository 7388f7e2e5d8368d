/* SPDX-License-Identifier: MIT */
/* JSON on standard output, an object a line.  Our texts are plain; what is not
 * is replaced.  A key is NULL in a list. */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stdint.h>

void json_begin(void);
void json_end(void);

void json_text(const char *key, const char *value);
void json_number(const char *key, int64_t value);
/* null, unless it is known. */
void json_known(const char *key, int64_t value, bool known);
void json_real(const char *key, double value, int digits);

/* All until json_close() is in it. */
void json_list(const char *key);
void json_object(const char *key);
void json_close(void);

#endif
