/* database_text.c - the encoding of the database. */
#include "common/base/base.h"

#include "server/types/database_text.h"

static Encoding encoding = ENCODING_UTF8;

Encoding text_encoding(void)
{
    return encoding;
}

void text_set_encoding(Encoding e)
{
    encoding = e;
}
