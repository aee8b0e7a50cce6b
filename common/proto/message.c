/* message.c - what message.def says of a letter. */
#include "common/base/base.h"

#include "common/proto/message.h"

typedef struct MessageRow {
    const char *name;
    char letter;
    MessageSender sender;
    size_t max;
} MessageRow;

static const MessageRow rows[] = {
#define ROW(name, letter, sender, limit) \
 {#name, letter, MESSAGE_BY_##sender, MESSAGE_##limit##_MAX},
#include "common/proto/message.def"
#undef ROW
};

static const MessageRow *find_row(MessageSender sender, int letter);

size_t message_client_max(int letter)
{
    const MessageRow *row = find_row(MESSAGE_BY_CLIENT, letter);

    return row == NULL ? 0 : row->max;
}

const char *message_name(MessageSender sender, int letter)
{
    const MessageRow *row = find_row(sender, letter);

    return row == NULL ? NULL : row->name;
}

static const MessageRow *find_row(MessageSender sender, int letter)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (rows[i].letter == letter &&
            (rows[i].sender == sender || rows[i].sender == MESSAGE_BY_BOTH))
            return &rows[i];
    return NULL;
}
