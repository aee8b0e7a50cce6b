/*
 * banned.h - functions that this project does not use
 *
 * Each of them writes past its buffer, keeps hidden state or swallows errors. The poison makes any
 * use a compile error; the text after each says what to take instead.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * strcpy, strcat, sprintf, vsprintf: strbuf (common/text) or mem_printf (common/mem).
 * strtok: str_split (common/text). atoi, atol: num_try_parse_* (common/text).
 * gmtime, localtime, ctime, asctime: time_* (common/text/timestamp.h).
 */
#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol gmtime localtime ctime asctime

#endif
