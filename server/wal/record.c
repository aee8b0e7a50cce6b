/*
 * record.c - putting a record together from what was registered
 *
 * A record is: header, headers of the references, origin, top-level xid and main data, then the
 * bytes: by reference its image and its data, last the main data. Everything small is copied into
 * one place of fixed size (stage), so that most records become one piece, whose CRC is one run and
 * which goes into the log by one copy. What is large stays where it is, as a piece.
 *
 * Source: FORMATS, "Record".
 */
#include "common/base/base.h"

#include <string.h>
#include <strings.h>

#include "common/base/bytes.h"
#include "common/crypt/crc32c.h"
#include "common/err/err.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "common/walrec/record.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/wal/wal_int.h"

#define STAGE_SIZE       KIB(8)
#define STAGE_PART_MAX   512 /* bytes of a part that are copied; more would be copied twice */
#define RECORD_BYTES_MAX UINT32_C(0x3FFFFFFF)
#define REF_DATA_MAX     UINT16_MAX
#define PART_NONE        UINT32_MAX

/* Bytes of headers: fixed, image, hole length, relation, block. */
#define REF_HEADER_MAX  (4 + 5 + 2 + 12 + 4)
#define TAIL_HEADER_MAX (3 + 5 + 5) /* origin, top-level xid, main data */

STATIC_ASSERT(STAGE_SIZE >
              WAL_RECORD_HEADER_SIZE + WAL_BLOCK_REF_MAX * REF_HEADER_MAX + TAIL_HEADER_MAX);

enum { ID_TOP_XID = 252, ID_ORIGIN = 253, ID_MAIN_LONG = 254, ID_MAIN_SHORT = 255 };
enum { REF_IMAGE = 0x10, REF_DATA = 0x20, REF_INIT = 0x40, REF_SAME_REL = 0x80 };
enum { IMAGE_HOLE = 1, IMAGE_APPLY = 2, IMAGE_METHODS = 0x1C };

#define INFO_CHECK_IMAGES 0x02

typedef struct Part {
    WalPiece piece;
    uint32_t next; /* PART_NONE: the last */
} Part;

typedef struct PartList {
    uint32_t first, last; /* PART_NONE: empty */
    uint64_t len;         /* bytes of all */
} PartList;

typedef struct Ref {
    bool is_used;
    bool has_image;
    bool has_data; /* in the record */
    unsigned flags;
    BlockTag tag;
    const uint8_t *page;
    PartList data;
    WalImage image;
} Ref;

static struct {
    bool is_begun;
    unsigned flags;     /* WalInsertFlag */
    unsigned ref_count; /* the highest id in use, plus one */
    unsigned ref_room;
    Ref *refs;
    uint8_t *packed; /* a page for each of refs, to compress to; NULL while nothing is compressed */
    PartList main;
    uint32_t part_count, part_room;
    Part *parts;
    size_t piece_count;
    WalPiece *pieces;
    size_t stage_used;
    uint8_t stage[STAGE_SIZE];

    Xid xid, top_xid;
    uint16_t origin;
    bool checks[UINT8_MAX + 1]; /* wal_consistency_checking, by resource manager */
} record;

static void grow(unsigned ref_room, uint32_t part_room);
static void list_add(PartList *list, const void *bytes, size_t len);
static bool decide_image(const Ref *ref, Lsn redo, bool with_images, WalAssembled *out);
static uint8_t *put_ref(uint8_t *p, unsigned id, const Ref *ref, const Ref *before,
                        bool is_applied);
static uint8_t *put_tail(uint8_t *p);
static void add_piece(const uint8_t *bytes, size_t len);
static void add_parts(const PartList *list);
static void finish(WalAssembled *out, uint8_t rmgr, uint8_t info);
static void mark_checked(const char *name, size_t len);

/* ---- Registering ---- */

void wal_begin_insert(void)
{
    ASSERT(!record.is_begun);
    if (UNLIKELY(record.refs == NULL))
        grow(WAL_REFS_MIN, WAL_PARTS_MIN);
    if (UNLIKELY(setting.wal_compression != WAL_COMPRESSION_OFF && record.packed == NULL))
        record.packed = mem_alloc_in(wal_mem(), (size_t)record.ref_room * BLOCK_SIZE);
    if (UNLIKELY(!wal_is_started()))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = "cannot make new WAL entries during recovery");
    record.is_begun = true;
}

void wal_reset_insert(void)
{
    for (unsigned id = 0; id < record.ref_count; id++)
        record.refs[id].is_used = false;
    record.ref_count = 0;
    record.part_count = 0;
    record.main = (PartList){.first = PART_NONE, .last = PART_NONE};
    record.flags = 0;
    record.is_begun = false;
}

void wal_ensure_room(unsigned ref_id_max, unsigned data_part_count)
{
    unsigned ref_room = ref_id_max + 1;

    if (ref_room > WAL_BLOCK_REF_MAX)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = "maximum number of WAL record block references exceeded");
    if (record.refs == NULL || ref_room > record.ref_room || data_part_count > record.part_room)
        grow(ref_room, data_part_count);
}

void wal_set_insert_flags(unsigned flags)
{
    ASSERT(record.is_begun);
    record.flags |= flags;
}

void wal_register_data(const void *bytes, size_t len)
{
    ASSERT(record.is_begun);
    list_add(&record.main, bytes, len);
}

void wal_register_page(unsigned ref_id, const BlockTag *tag, const uint8_t *page, unsigned flags)
{
    Ref *ref;

    ASSERT(record.is_begun);
    if (UNLIKELY(ref_id >= record.ref_room))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "too many registered buffers");
    ref = &record.refs[ref_id];
    ASSERT(!ref->is_used);
    ref->is_used = true;
    ref->flags = flags;
    ref->tag = *tag;
    ref->page = page;
    ref->data = (PartList){.first = PART_NONE, .last = PART_NONE};
    if (ref_id >= record.ref_count)
        record.ref_count = ref_id + 1;
}

void wal_register_page_data(unsigned ref_id, const void *bytes, size_t len)
{
    Ref *ref;

    ASSERT(record.is_begun);
    if (UNLIKELY(ref_id >= record.ref_room || !record.refs[ref_id].is_used))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("no block with id %u registered with WAL insertion", ref_id));
    ref = &record.refs[ref_id];
    list_add(&ref->data, bytes, len);
    if (UNLIKELY(ref->data.len > REF_DATA_MAX))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "too much WAL data",
                  .detail = err_fmt("Data of one block are %" PRIu64 " bytes, at most %u can be.",
                                    ref->data.len, REF_DATA_MAX));
}

void wal_set_xid(Xid xid, Xid top_xid_to_log)
{
    record.xid = xid;
    record.top_xid = top_xid_to_log;
}

bool wal_top_xid_is_logged(void)
{
    return record.top_xid == XID_NONE;
}

void wal_set_origin(uint16_t origin)
{
    record.origin = origin;
}

/* ---- Putting it together ---- */

void wal_assemble(WalAssembled *out, uint8_t rmgr, uint8_t info, Lsn redo, bool with_images)
{
    uint8_t *p = record.stage + WAL_RECORD_HEADER_SIZE;
    const bool with_checks = record.checks[rmgr];
    const Ref *before = NULL;

    *out = (WalAssembled){.is_important = (record.flags & WAL_INSERT_UNIMPORTANT) == 0};
    for (unsigned id = 0; id < record.ref_count; id++) {
        Ref *ref = &record.refs[id];
        bool is_applied;

        if (!ref->is_used)
            continue;
        is_applied = decide_image(ref, redo, with_images, out);
        ref->has_image = is_applied || with_checks;
        ref->has_data = ref->data.len > 0 && (!is_applied || (ref->flags & WAL_REF_KEEP_DATA) != 0);
        if (ref->has_image) {
            uint8_t *room = setting.wal_compression == WAL_COMPRESSION_OFF || record.packed == NULL
                                ? NULL
                                : record.packed + (size_t)id * BLOCK_SIZE;

            wal_image_make(&ref->image, ref->page, (ref->flags & WAL_REF_STANDARD) != 0, room);
            out->image_count++;
        }
        p = put_ref(p, id, ref, before, is_applied);
        before = ref;
    }
    p = put_tail(p);

    record.stage_used = (size_t)(p - record.stage);
    record.pieces[0] = (WalPiece){.bytes = record.stage, .len = record.stage_used};
    record.piece_count = 1;
    for (unsigned id = 0; id < record.ref_count; id++) {
        const Ref *ref = &record.refs[id];

        if (!ref->is_used)
            continue;
        if (ref->has_image)
            for (unsigned i = 0; i < ARRAY_LEN(ref->image.pieces); i++)
                add_piece(ref->image.pieces[i].bytes, ref->image.pieces[i].len);
        if (ref->has_data)
            add_parts(&ref->data);
    }
    add_parts(&record.main);
    finish(out, rmgr, with_checks ? info | INFO_CHECK_IMAGES : info);
}

/* Does redo get the page from the record? Notes the oldest page that it does not. */
static bool decide_image(const Ref *ref, Lsn redo, bool with_images, WalAssembled *out)
{
    Lsn lsn;

    if (ref->flags & WAL_REF_FORCE_IMAGE)
        return true;
    if ((ref->flags & WAL_REF_NO_IMAGE) || !with_images)
        return false;

    /* Whoever inserts has the page locked, so its LSN does not change under us. */
    lsn = page_lsn(ref->page);
    if (lsn <= redo)
        return true;
    if (out->lowest_without_image == LSN_NONE || lsn < out->lowest_without_image)
        out->lowest_without_image = lsn;
    return false;
}

static uint8_t *put_ref(uint8_t *p, unsigned id, const Ref *ref, const Ref *before, bool is_applied)
{
    const bool is_same_rel = before != NULL && rel_tag_equal(&before->tag.rel, &ref->tag.rel);
    uint8_t fork_flags = (uint8_t)ref->tag.fork;

    if (ref->has_image)
        fork_flags |= REF_IMAGE;
    if (ref->has_data)
        fork_flags |= REF_DATA;
    if ((ref->flags & WAL_REF_WILL_INIT) == WAL_REF_WILL_INIT)
        fork_flags |= REF_INIT;
    if (is_same_rel)
        fork_flags |= REF_SAME_REL;
    p[0] = (uint8_t)id;
    p[1] = fork_flags;
    store_u16(p + 2, ref->has_data ? (uint16_t)ref->data.len : 0);
    p += 4;
    if (ref->has_image) {
        const WalImage *image = &ref->image;

        store_u16(p, image->len);
        store_u16(p + 2, image->hole_offset);
        p[4] = is_applied ? image->info | IMAGE_APPLY : image->info;
        p += 5;
        if ((image->info & IMAGE_HOLE) && (image->info & IMAGE_METHODS)) {
            store_u16(p, image->hole_len);
            p += 2;
        }
    }
    if (!is_same_rel) {
        memcpy(p, &ref->tag.rel, sizeof ref->tag.rel);
        p += sizeof ref->tag.rel;
    }
    store_u32(p, ref->tag.block);
    return p + 4;
}

/* What follows the headers of references. */
static uint8_t *put_tail(uint8_t *p)
{
    if (UNLIKELY((record.flags & WAL_INSERT_ORIGIN) && record.origin != 0)) {
        *p = ID_ORIGIN;
        store_u16(p + 1, record.origin);
        p += 3;
    }
    if (UNLIKELY(record.top_xid != XID_NONE)) {
        *p = ID_TOP_XID;
        store_u32(p + 1, record.top_xid);
        p += 5;
    }
    if (record.main.len > UINT8_MAX) {
        *p = ID_MAIN_LONG;
        store_u32(p + 1, (uint32_t)record.main.len);
        p += 5;
    } else if (record.main.len > 0) {
        p[0] = ID_MAIN_SHORT;
        p[1] = (uint8_t)record.main.len;
        p += 2;
    }
    return p;
}

static void add_piece(const uint8_t *bytes, size_t len)
{
    WalPiece *last = &record.pieces[record.piece_count - 1];
    uint8_t *to = record.stage + record.stage_used;

    if (len == 0)
        return;
    if (len <= STAGE_PART_MAX && len <= STAGE_SIZE - record.stage_used) {
        memcpy(to, bytes, len);
        record.stage_used += len;
        if (last->bytes + last->len == to) {
            last->len += len;
            return;
        }
        bytes = to;
    }
    record.pieces[record.piece_count++] = (WalPiece){.bytes = bytes, .len = len};
}

static void add_parts(const PartList *list)
{
    for (uint32_t i = list->first; i != PART_NONE; i = record.parts[i].next)
        add_piece(record.parts[i].piece.bytes, record.parts[i].piece.len);
}

/* The record's header, but for back link and CRC, and the CRC of all behind it. */
static void finish(WalAssembled *out, uint8_t rmgr, uint8_t info)
{
    uint64_t total = 0;
    uint32_t crc = crc32c_init();

    for (size_t i = 0; i < record.piece_count; i++) {
        const size_t skip = i == 0 ? WAL_RECORD_HEADER_SIZE : 0;

        crc = crc32c_update(crc, record.pieces[i].bytes + skip, record.pieces[i].len - skip);
        total += record.pieces[i].len;
    }
    if (UNLIKELY(total > RECORD_BYTES_MAX))
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, .message = "oversized WAL record",
                  .detail = err_fmt("WAL record would be %" PRIu64 " bytes, of maximum %u bytes.",
                                    total, RECORD_BYTES_MAX));
    store_u32(record.stage, (uint32_t)total);
    store_u32(record.stage + 4, record.xid);
    record.stage[16] = info;
    record.stage[17] = rmgr;
    store_u16(record.stage + 18, 0);
    out->head = record.stage;
    out->pieces = record.pieces;
    out->piece_count = record.piece_count;
    out->total_len = (uint32_t)total;
    out->crc = crc;
}

void wal_forget_room(void)
{
    record.refs = NULL;
    record.packed = NULL;
    record.parts = NULL;
    record.pieces = NULL;
    record.ref_room = record.part_room = record.ref_count = 0;
}

void wal_note_inserted(void)
{
    record.top_xid = XID_NONE;
    wal_reset_insert();
}

/* ---- Memory ---- */

static void grow(unsigned ref_room, uint32_t part_room)
{
    size_t piece_room;

    if (record.refs == NULL)
        wal_reset_insert();
    ref_room = ref_room < record.ref_room ? record.ref_room : ref_room;
    part_room = part_room < record.part_room ? record.part_room : part_room;

    /* Between two pieces by place there may be one of the stage, and one before and after. */
    piece_room = 2 * ((size_t)part_room + 2 * (size_t)ref_room) + 2;
    MEM_SCOPE(wal_mem()) {
        record.refs = mem_realloc(record.refs, size_mul(ref_room, sizeof(Ref)));
        record.parts = mem_realloc(record.parts, size_mul(part_room, sizeof(Part)));
        record.pieces = mem_realloc(record.pieces, size_mul(piece_room, sizeof(WalPiece)));
        mem_free(record.packed);
        record.packed = NULL;
        if (setting.wal_compression != WAL_COMPRESSION_OFF)
            record.packed = mem_alloc((size_t)ref_room * BLOCK_SIZE);
    }
    record.ref_room = ref_room;
    record.part_room = part_room;
}

static void list_add(PartList *list, const void *bytes, size_t len)
{
    uint32_t i = record.part_count;

    if (UNLIKELY(i >= record.part_room))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "too much WAL data",
                  .detail = err_fmt("There is room for %u parts.", record.part_room));
    record.part_count++;
    record.parts[i] = (Part){.piece = {.bytes = bytes, .len = len}, .next = PART_NONE};
    if (list->last == PART_NONE)
        list->first = i;
    else
        record.parts[list->last].next = i;
    list->last = i;
    list->len += len;
}

/* ---- wal_consistency_checking ---- */

/* A list of names, in any case: those of managers that have block images to check, or "all". */
void wal_assign_consistency_checking(GucValue value)
{
    const char *p = value.s == NULL ? "" : value.s;

    memset(record.checks, 0, sizeof record.checks);
    while (*p != '\0') {
        const size_t len = strcspn(p, ", \t\n\r\f\"");

        mark_checked(p, len);
        p += len;
        p += strspn(p, ", \t\n\r\f\"");
    }
}

/* Those that PostgreSQL can mask, so that their images can be compared. */
static void mark_checked(const char *name, size_t len)
{
    static const struct {
        uint8_t id;
        const char *name;
    } managers[] = {
        {RMGR_HEAP2, "heap2"},     {RMGR_HEAP, "heap"},     {RMGR_BTREE, "btree"},
        {RMGR_HASH, "hash"},       {RMGR_GIN, "gin"},       {RMGR_GIST, "gist"},
        {RMGR_SEQ, "sequence"},    {RMGR_SPGIST, "spgist"}, {RMGR_BRIN, "brin"},
        {RMGR_GENERIC, "generic"},
    };
    const bool is_all = len == 3 && strncasecmp(name, "all", len) == 0;

    for (size_t i = 0; i < ARRAY_LEN(managers); i++)
        if (is_all ||
            (strlen(managers[i].name) == len && strncasecmp(name, managers[i].name, len) == 0))
            record.checks[managers[i].id] = true;
}
