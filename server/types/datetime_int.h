/*
 * datetime_int.h - what the readers of dates, times and intervals share: fields and numbers
 *
 * A text is split into fields first. What kind a field has depends on its first characters and the
 * punctuation in it; words are in lower case.
 */
#ifndef TYPES_DATETIME_INT_H
#define TYPES_DATETIME_INT_H

#include "common/base/base.h"

#include "server/types/datetime.h"

#define FIELDS_MAX 25
#define FIELD_TEXT 280 /* bytes of all fields with their ends */

typedef enum FieldKind {
    FIELD_NUMBER,
    FIELD_WORD,
    FIELD_DATE,
    FIELD_TIME,
    FIELD_ZONE,
    FIELD_SIGNED_WORD,
} FieldKind;

typedef struct Fields {
    int count;
    char *text[FIELDS_MAX];
    FieldKind kind[FIELDS_MAX];
    char room[FIELD_TEXT];
} Fields;

/* DATE_OK or DATE_BAD_FORMAT; room is how many bytes the fields may take with their ends. */
DateError fields_split(const char *text, size_t room, Fields *out);

/* A number with a sign, or none, which counts as 0; false when it is too large. *text is behind. */
bool read_i32(char **text, int *out);
bool read_i64(char **text, int64_t *out);

/* A fraction from its point to the end of the text; false when something else is there. */
bool read_fraction(const char *text, double *out);

/* hours:minutes[:seconds[.fraction]], hours as large as they come. */
typedef struct ClockRead {
    int64_t hour;
    int minute, second, usec;
} ClockRead;
DateError read_clock(char *text, int32_t range, ClockRead *out);

static inline bool is_digit_char(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_letter_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline char lower_char(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

#endif
