/*
 * replication_fuzz.c - any bytes as a message of a replication connection
 *
 * What is taken is written again and must be the same bytes, as far as there is a writer.
 */
#include "common/base/base.h"

#include "common/proto/backup_stream.h"
#include "common/proto/repl_message.h"
#include "tests/fuzz/target.h"

static void read_from_server(const uint8_t *data, size_t size)
{
    ReplFromServer m = repl_parse_from_server(data, size);
    uint8_t out[REPL_WAL_HEAD_SIZE];
    size_t len;

    if (m.kind == REPL_WAL)
        len = repl_write_wal_head(out, &m);
    else
        len = repl_write_keepalive(out, &m);
    /* Any byte but 0 asks for a reply. */
    if (memcmp(out, data, len - (m.kind == REPL_KEEPALIVE)) != 0)
        abort();
    if (m.kind == REPL_WAL && m.bytes + m.len != data + size)
        abort();
}

static void read_from_client(const uint8_t *data, size_t size)
{
    ReplFromClient m = repl_parse_from_client(data, size);
    uint8_t out[REPL_STATUS_SIZE];
    size_t len;

    if (m.kind == REPL_STATUS)
        len = repl_write_status(out, &m) - 1;
    else
        len = repl_write_feedback(out, &m);
    if (memcmp(out, data, len) != 0)
        abort();
}

static void read_backup(const uint8_t *data, size_t size)
{
    BackupMessage m = backup_message_parse(data, size);

    if (m.kind == BACKUP_ARCHIVE && strlen(m.archive) + strlen(m.location) + 3 != size)
        abort();
    if (m.kind == BACKUP_DATA && m.len + 1 != size)
        abort();
}

void fuzz_take(const uint8_t *data, size_t size)
{
    if (size == 0)
        return;
    switch (data[0]) {
    case REPL_WAL:
    case REPL_KEEPALIVE:
        read_from_server(data, size);
        break;
    case REPL_STATUS:
    case REPL_FEEDBACK:
        read_from_client(data, size);
        break;
    default:
        read_backup(data, size);
    }
}
