/*
 * answer.h - result sets of replication commands: text columns and numbers, all sent as text
 *
 *     answer_begin(columns, ARRAY_LEN(columns));
 *     answer_row();
 *     answer_text(name);      one value after the other
 *     answer_row_end();
 *     answer_tag("SELECT");   where the command does not end with it
 */
#ifndef REPLICATION_ANSWER_H
#define REPLICATION_ANSWER_H

#include "common/base/base.h"

typedef enum AnswerType {
    ANSWER_TEXT = 25,
    ANSWER_INT4 = 23,
    ANSWER_INT8 = 20,
    ANSWER_OID = 26,
    ANSWER_INT8_UNSIZED = 20 | 0x10000, /* int8 whose length PostgreSQL does not tell */
} AnswerType;

typedef struct AnswerColumn {
    const char *name;
    AnswerType type;
} AnswerColumn;

void answer_begin(const AnswerColumn *columns, unsigned count);

/* The same with type modifiers of 0, as PostgreSQL has them in answers to BASE_BACKUP. */
void answer_begin_unmodified(const AnswerColumn *columns, unsigned count);

void answer_row(void);
void answer_text(const char *text); /* NULL: NULL */
void answer_number(int64_t number);
void answer_lsn(Lsn lsn);
void answer_bytes(const void *bytes, size_t len); /* as they are, in no encoding */
void answer_row_end(void);
void answer_tag(const char *tag); /* CommandComplete */

#endif
