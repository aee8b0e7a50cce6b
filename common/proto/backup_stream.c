/* backup_stream.c - messages inside the stream of a base backup; see backup_stream.h. */
#include "common/base/base.h"

#include "common/proto/backup_stream.h"

#include "common/base/bytes.h"
#include "common/err/err.h"

BackupMessage backup_message_parse(const void *bytes, size_t len)
{
    ByteReader r = byte_reader(bytes, len, "base backup message");
    BackupMessage m = {.kind = byte_reader_u8(&r)};

    switch (m.kind) {
    case BACKUP_ARCHIVE:
        m.archive = byte_reader_cstring(&r);
        m.location = byte_reader_cstring(&r);
        break;
    case BACKUP_MANIFEST:
        break;
    case BACKUP_DATA:
        m.len = byte_reader_left(&r);
        m.bytes = byte_reader_take(&r, m.len);
        break;
    case BACKUP_PROGRESS:
        m.done = byte_reader_be64(&r);
        break;
    default:
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("unrecognized base backup message type 0x%02X", m.kind));
    }
    if (byte_reader_left(&r) != 0)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("base backup message \"%c\" is %zu bytes too long", m.kind,
                                     byte_reader_left(&r)));
    return m;
}
