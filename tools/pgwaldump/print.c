/*
 * print.c - a record as a line of text or JSON.
 *
 * The text is pg_waldump's to the byte, so that scripts that read that read this. Whatever all
 * lines have is written by hand: with printf the program would spend most of its time there.
 */
#include "common/base/base.h"

#include "common/json/writer.h"
#include "common/walrec/describe.h"
#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "tools/pgwaldump/pgwaldump_int.h"

#define RMGR_WIDTH 11

static void put_head(StrBuf *out, const WalRecord *record);
static char *put_right(char *p, uint32_t v, size_t width);
static void put_kind(StrBuf *out, const WalRecord *record);
static void put_block(StrBuf *out, int id, const WalBlockRef *ref);
static void put_block_details(StrBuf *out, int id, const WalBlockRef *ref);
static void put_image_details(StrBuf *out, const WalBlockRef *ref);
static void json_block(JsonWriter *w, int id, const WalBlockRef *ref);
static void json_lsn(JsonWriter *w, const char *key, Lsn lsn);
static const char *fork_name(uint32_t fork);
static const char *method_name(WalImageMethod method);

const char *rmgr_text(uint8_t rmgr, char room[16])
{
    const char *name = walrec_rmgr_name(rmgr);

    if (LIKELY(name != NULL))
        return name;
    snprintf(room, 16, "custom%03u", rmgr);
    return room;
}

void print_record(StrBuf *out, const WalRecord *record, bool with_block_details)
{
    put_head(out, record);
    put_kind(out, record);
    walrec_describe(out, record);
    if (with_block_details)
        put_char(out, '\n');
    for (int id = 0; id <= record->ref_id_max; id++) {
        if (!record->refs[id].is_used)
            continue;
        if (with_block_details)
            put_block_details(out, id, &record->refs[id]);
        else
            put_block(out, id, &record->refs[id]);
    }
    if (!with_block_details)
        put_char(out, '\n');
}

/* rmgr: %-11s len (rec/tot): %6u/%6u, tx: %10u, lsn: %X/%08X, prev %X/%08X, */
static void put_head(StrBuf *out, const WalRecord *record)
{
    char room[16];
    const char *rmgr = rmgr_text(record->rmgr, room);
    size_t rmgr_len = strlen(rmgr);
    char *p = put_begin(out, 160);

    memcpy(p, "rmgr: ", 6);
    p += 6;
    memcpy(p, rmgr, rmgr_len);
    p += rmgr_len;
    for (; rmgr_len < RMGR_WIDTH; rmgr_len++)
        *p++ = ' ';
    memcpy(p, " len (rec/tot): ", 16);
    p = put_right(p + 16, record->total_len - record->images_len, 6);
    *p++ = '/';
    p = put_right(p, record->total_len, 6);
    memcpy(p, ", tx: ", 6);
    p = put_right(p + 6, record->xid, 10);
    memcpy(p, ", lsn: ", 7);
    p = put_hex_digits(p + 7, (uint32_t)(record->start >> 32), 1);
    *p++ = '/';
    p = put_hex_digits(p, (uint32_t)record->start, 8);
    memcpy(p, ", prev ", 7);
    p = put_hex_digits(p + 7, (uint32_t)(record->prev >> 32), 1);
    *p++ = '/';
    p = put_hex_digits(p, (uint32_t)record->prev, 8);
    memcpy(p, ", ", 2);
    put_end(out, p + 2);
}

/* The digits of v, with blanks before them up to width. */
static char *put_right(char *p, uint32_t v, size_t width)
{
    char digits[10];
    size_t len = (size_t)(put_digits(digits, v) - digits);

    for (size_t i = len; i < width; i++)
        *p++ = ' ';
    memcpy(p, digits, len);
    return p + len;
}

static void put_kind(StrBuf *out, const WalRecord *record)
{
    const char *kind = walrec_kind_name(record->version, record->rmgr, record->info);

    put_text(out, "desc: ");
    if (LIKELY(kind != NULL))
        put_bytes(out, kind, strlen(kind));
    else
        strbuf_add_fmt(out, "UNKNOWN (%x)", record->info & 0xF0);
    put_char(out, ' ');
}

static void put_block(StrBuf *out, int id, const WalBlockRef *ref)
{
    put_text(out, ", blkref #");
    put_u32(out, (uint32_t)id);
    put_text(out, ": rel ");
    put_rel(out, &ref->tag.rel);
    if (ref->tag.fork != FORK_MAIN) {
        put_text(out, " fork ");
        strbuf_add(out, fork_name(ref->tag.fork));
    }
    put_text(out, " blk ");
    put_u32(out, ref->tag.block);
    if (ref->has_image) {
        put_text(out, " FPW");
        if (!ref->apply_image)
            put_text(out, " for WAL verification");
    }
}

static void put_block_details(StrBuf *out, int id, const WalBlockRef *ref)
{
    put_text(out, "\tblkref #");
    put_u32(out, (uint32_t)id);
    put_text(out, ": rel ");
    put_rel(out, &ref->tag.rel);
    put_text(out, " fork ");
    strbuf_add(out, fork_name(ref->tag.fork));
    put_text(out, " blk ");
    put_u32(out, ref->tag.block);
    if (ref->has_image)
        put_image_details(out, ref);
    put_char(out, '\n');
}

static void put_image_details(StrBuf *out, const WalBlockRef *ref)
{
    put_text(out, " (FPW");
    if (!ref->apply_image)
        put_text(out, " for WAL verification");
    put_text(out, "); hole: offset: ");
    put_u32(out, ref->hole_offset);
    put_text(out, ", length: ");
    put_u32(out, ref->hole_len);
    if (ref->image_method != WAL_IMAGE_PLAIN)
        strbuf_add_fmt(out, ", compression saved: %d, method: %s",
                       BLOCK_SIZE - ref->hole_len - ref->image_len, method_name(ref->image_method));
}

/* ---- JSON ---- */

void print_record_json(StrBuf *out, const WalRecord *record)
{
    const char *kind = walrec_kind_name(record->version, record->rmgr, record->info);
    char room[16];
    StrBuf text;
    JsonWriter w;

    strbuf_init(&text);
    walrec_describe(&text, record);
    json_writer_init(&w, out, JSON_COMPACT);
    json_write_begin_object(&w);
    json_lsn(&w, "lsn", record->start);
    json_lsn(&w, "end", record->end);
    json_lsn(&w, "prev", record->prev);
    json_write_key(&w, "rmgr");
    json_write_string(&w, rmgr_text(record->rmgr, room));
    json_write_key(&w, "info");
    json_write_u64(&w, record->info);
    json_write_key(&w, "kind");
    if (kind != NULL)
        json_write_string(&w, kind);
    else
        json_write_null(&w);
    json_write_key(&w, "xid");
    json_write_u64(&w, record->xid);
    if (record->has_top_xid) {
        json_write_key(&w, "top_xid");
        json_write_u64(&w, record->top_xid);
    }
    if (record->origin != 0) {
        json_write_key(&w, "origin");
        json_write_u64(&w, record->origin);
    }
    json_write_key(&w, "record_length");
    json_write_u64(&w, record->total_len - record->images_len);
    json_write_key(&w, "total_length");
    json_write_u64(&w, record->total_len);
    json_write_key(&w, "description");
    json_write_string_lossy(&w, text.text);
    json_write_key(&w, "blocks");
    json_write_begin_array(&w);
    for (int id = 0; id <= record->ref_id_max; id++) {
        if (record->refs[id].is_used)
            json_block(&w, id, &record->refs[id]);
    }
    json_write_end_array(&w);
    json_write_end_object(&w);
    json_writer_finish(&w);
    put_char(out, '\n');
}

static void json_block(JsonWriter *w, int id, const WalBlockRef *ref)
{
    json_write_begin_object(w);
    json_write_key(w, "id");
    json_write_i64(w, id);
    json_write_key(w, "tablespace");
    json_write_u64(w, ref->tag.rel.tablespace);
    json_write_key(w, "database");
    json_write_u64(w, ref->tag.rel.database);
    json_write_key(w, "relation");
    json_write_u64(w, ref->tag.rel.rel);
    json_write_key(w, "fork");
    json_write_string(w, fork_name(ref->tag.fork));
    json_write_key(w, "block");
    json_write_u64(w, ref->tag.block);
    json_write_key(w, "will_init");
    json_write_bool(w, ref->will_init);
    json_write_key(w, "data_length");
    json_write_u64(w, ref->data_len);
    if (ref->has_image) {
        json_write_key(w, "image");
        json_write_begin_object(w);
        json_write_key(w, "apply");
        json_write_bool(w, ref->apply_image);
        json_write_key(w, "length");
        json_write_u64(w, ref->image_len);
        json_write_key(w, "hole_offset");
        json_write_u64(w, ref->hole_offset);
        json_write_key(w, "hole_length");
        json_write_u64(w, ref->hole_len);
        json_write_key(w, "compression");
        json_write_string(w, method_name(ref->image_method));
        json_write_end_object(w);
    }
    json_write_end_object(w);
}

static void json_lsn(JsonWriter *w, const char *key, Lsn lsn)
{
    char text[18];
    char *p = put_hex_digits(text, (uint32_t)(lsn >> 32), 1);

    *p++ = '/';
    p = put_hex_digits(p, (uint32_t)lsn, 1);
    json_write_key(w, key);
    json_write_string_len(w, text, (size_t)(p - text));
}

static const char *fork_name(uint32_t fork)
{
    static const char *const names[FORK_COUNT] = {"main", "fsm", "vm", "init"};

    return fork < FORK_COUNT ? names[fork] : "unknown";
}

static const char *method_name(WalImageMethod method)
{
    static const char *const names[] = {"none", "pglz", "lz4", "zstd"};

    return names[method];
}
