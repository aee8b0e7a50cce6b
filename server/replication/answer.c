/* answer.c - result sets of replication commands; answer.h has the order of calls. */
#include "common/base/base.h"

#include "server/replication/answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/text/num.h"
#include "server/net/net.h"

#define NULL_LENGTH UINT32_MAX
#define NO_LENGTH   UINT16_MAX
#define TYPE_OID_MASK 0xFFFF
#define NO_TYPE_MOD UINT32_MAX

static struct {
    unsigned columns; /* of the rows to come */
} answer;

static void describe(const AnswerColumn *columns, unsigned count, uint32_t type_mod);
static uint16_t length_of(AnswerType type);

void answer_begin(const AnswerColumn *columns, unsigned count)
{
    describe(columns, count, NO_TYPE_MOD);
}

void answer_begin_unmodified(const AnswerColumn *columns, unsigned count)
{
    describe(columns, count, 0);
}

static void describe(const AnswerColumn *columns, unsigned count, uint32_t type_mod)
{
    answer.columns = count;
    net_begin(MESSAGE_ROW_DESCRIPTION);
    net_put_u16((uint16_t)count);
    for (unsigned i = 0; i < count; i++) {
        net_put_cstring(columns[i].name);
        net_put_u32(0);
        net_put_u16(0);
        net_put_u32(columns[i].type & TYPE_OID_MASK);
        net_put_u16(length_of(columns[i].type));
        net_put_u32(type_mod);
        net_put_u16(0);
    }
    net_end();
}

static uint16_t length_of(AnswerType type)
{
    switch (type) {
    case ANSWER_INT4:
    case ANSWER_OID:
        return 4;
    case ANSWER_INT8:
        return 8;
    default:
        return NO_LENGTH;
    }
}

void answer_row(void)
{
    net_begin(MESSAGE_DATA_ROW);
    net_put_u16((uint16_t)answer.columns);
}

void answer_text(const char *text)
{
    if (text == NULL)
        net_put_u32(NULL_LENGTH);
    else
        net_put_counted_text(text, strlen(text));
}

void answer_number(int64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, number);
    answer_text(text);
}

void answer_lsn(Lsn lsn)
{
    char text[24];

    snprintf(text, sizeof text, LSN_FMT, LSN_ARG(lsn));
    answer_text(text);
}

void answer_bytes(const void *bytes, size_t len)
{
    net_put_u32((uint32_t)len);
    net_put_bytes(bytes, len);
}

void answer_row_end(void)
{
    net_end();
}

void answer_tag(const char *tag)
{
    net_begin(MESSAGE_COMMAND_COMPLETE);
    net_put_cstring(tag);
    net_end();
}
