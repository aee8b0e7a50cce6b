/*
 * text_put.h - digits of dates and times, put at a place with room; each returns the end
 */
#ifndef TYPES_TEXT_PUT_H
#define TYPES_TEXT_PUT_H

#include "common/base/base.h"

/* Two digits. */
static inline char *put_two(char *to, unsigned v)
{
    to[0] = (char)('0' + v / 10);
    to[1] = (char)('0' + v % 10);
    return to + 2;
}

/* Microseconds behind a point, without zeros at the end; nothing for 0. */
char *put_fraction(char *to, unsigned usec);

#endif
