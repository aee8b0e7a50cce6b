/* describe.c - which resource manager describes a record; describe.h has the interface. */
#include "common/base/base.h"

#include "common/walrec/describe.h"

#include "common/format/pg_version.h"
#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "common/walrec/walrec_int.h"

typedef struct Manager {
    const char *name;
    void (*describe)(StrBuf *out, const WalRecord *record);
} Manager;

static const Manager managers[RMGR_COUNT] = {
#define ROW(id, symbol, name, prefix, from, to, has_redo) [id] = {name, prefix##_describe},
#include "common/walrec/rmgr.def"
#undef ROW
};

/* Managers whose main data are known for 15 alone. */
static const bool is_known_for_15_only[RMGR_COUNT] = {
    [RMGR_BRIN] = true, [RMGR_BTREE] = true, [RMGR_GIN] = true,
    [RMGR_GIST] = true, [RMGR_HASH] = true,  [RMGR_SPGIST] = true,
};

/* One number for manager, opcode and version, so that the table can be the cases of a switch. */
#define KEY(manager, opcode, version) (((manager)*16 + ((opcode) >> 4)) * 8 + ((version)-13))

const char *walrec_kind_name(unsigned version, uint8_t rmgr, uint8_t info)
{
    unsigned opcode = info & 0xF0;

    if (rmgr == RMGR_XACT)
        opcode &= ~(unsigned)WAL_XACT_HAS_XINFO;
    else if (rmgr == RMGR_GENERIC)
        opcode = WAL_GENERIC_GENERIC;
    if (version < PG_VERSION_MIN || version > PG_VERSION_MAX)
        return NULL;

    switch (KEY(rmgr, opcode, version)) {
#define ROW(symbol, manager, code, name, from, to)                      \
 case KEY(RMGR_##manager, code, from)... KEY(RMGR_##manager, code, to): \
  return name;
#include "common/walrec/opcode.def"
#undef ROW
    default:
        return NULL;
    }
}

const char *walrec_rmgr_name(uint8_t rmgr)
{
    return rmgr < RMGR_COUNT ? managers[rmgr].name : NULL;
}

void walrec_describe(StrBuf *out, const WalRecord *record)
{
    if (UNLIKELY(record->rmgr >= RMGR_COUNT)) {
        strbuf_add_fmt(out, "rmid: %u", record->rmgr);
        return;
    }
    if (UNLIKELY(record->version != 15 && is_known_for_15_only[record->rmgr])) {
        strbuf_add_fmt(out, "(%u bytes of main data)", record->main_len);
        return;
    }
    managers[record->rmgr].describe(out, record);
}

ByteReader wal_main_reader(const WalRecord *record)
{
    return byte_reader(record->main_len > 0 ? record->main : (const uint8_t *)"", record->main_len,
                       "WAL record");
}

ByteReader wal_data_reader(const WalBlockRef *ref)
{
    return byte_reader(ref->has_data ? ref->data : (const uint8_t *)"", ref->data_len,
                       "block data of a WAL record");
}

const uint8_t *wal_main(const WalRecord *record, uint32_t len)
{
    if (UNLIKELY(record->main_len < len))
        bytes_raise_short("WAL record", len, record->main_len);
    return record->main;
}

void describe_xids(StrBuf *out, const WalList *xids)
{
    for (uint32_t i = 0; i < xids->count; i++) {
        put_char(out, ' ');
        put_u32(out, walrec_list_xid(xids, i));
    }
}

void describe_infobits(StrBuf *out, uint8_t infobits)
{
    if ((infobits & 0x01) != 0)
        put_text(out, "IS_MULTI ");
    if ((infobits & 0x02) != 0)
        put_text(out, "LOCK_ONLY ");
    if ((infobits & 0x04) != 0)
        put_text(out, "EXCL_LOCK ");
    if ((infobits & 0x08) != 0)
        put_text(out, "KEYSHR_LOCK ");
    if ((infobits & 0x10) != 0)
        put_text(out, "KEYS_UPDATED ");
}

void describe_invalidate(StrBuf *out, const WalInvalidate *invalidate)
{
    /* An init file never goes alone. */
    if (invalidate->messages.count == 0)
        return;
    if (invalidate->drops_init_files)
        strbuf_add_fmt(out, "; relcache init file inval dbid %u tsid %u", invalidate->database,
                       invalidate->tablespace);
    put_text(out, "; inval msgs:");
    for (uint32_t i = 0; i < invalidate->messages.count; i++) {
        WalMessage message = walrec_list_message(&invalidate->messages, i);

        if (message.kind >= 0)
            strbuf_add_fmt(out, " catcache %d", message.kind);
        else if (message.kind == -1)
            strbuf_add_fmt(out, " catalog %u", message.value);
        else if (message.kind == -2)
            strbuf_add_fmt(out, " relcache %u", message.value);
        else if (message.kind == -3)
            put_text(out, " smgr");
        else if (message.kind == -4)
            strbuf_add_fmt(out, " relmap db %u", message.database);
        else if (message.kind == -5)
            strbuf_add_fmt(out, " snapshot %u", message.value);
        else
            strbuf_add_fmt(out, " unrecognized id %d", message.kind);
    }
}

bool describe_image_instead(StrBuf *out, const WalRecord *record)
{
    const WalBlockRef *ref = wal_record_ref(record, 0);

    if (ref == NULL || !ref->has_image)
        return false;
    if (ref->apply_image)
        put_text(out, " (full page image)");
    else
        put_text(out, " (full page image, for WAL verification)");
    return true;
}
