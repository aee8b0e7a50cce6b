/* gin_list.c - read and write compressed lists of TIDs; format/gin_page.h has the form. */
#include "common/base/base.h"

#include "common/redo/gin_list.h"

#include <string.h>

#include "common/format/gin_page.h"
#include "common/redo/redo_int.h"

#define DELTA_BYTES_MAX 7 /* a TID has 43 bits */

/* Walks over the TIDs of a list. */
typedef struct ListCursor {
    ByteReader deltas;
    uint64_t tid;
    bool is_at_end;
} ListCursor;

typedef struct ListWriter {
    uint8_t *out;
    size_t room;
    size_t len; /* 0 before the first TID */
    uint64_t tid;
} ListWriter;

static ListCursor cursor_begin(const uint8_t *list);
static void cursor_next(ListCursor *c);
static void writer_add(ListWriter *w, uint64_t tid);

const uint8_t *gin_list_take(ByteReader *r, size_t *len)
{
    ByteReader ahead = *r;
    size_t size;

    byte_reader_take(&ahead, sizeof(Tid));
    size = GIN_LIST_HEADER_SIZE + (size_t)byte_reader_u16(&ahead);
    *len = size_align_up(size, 2);
    return byte_reader_take(r, *len);
}

size_t gin_list_merge(const uint8_t *old, const uint8_t *added, size_t count, uint8_t *out,
                      size_t room)
{
    ListCursor cursor = {.is_at_end = true};
    ListWriter writer = {.out = out, .room = room};
    size_t i = 0;

    if (old != NULL)
        cursor = cursor_begin(old);
    while (!cursor.is_at_end || i < count) {
        uint64_t next = UINT64_MAX;

        if (i < count) {
            Tid tid;

            memcpy(&tid, added + i * sizeof(Tid), sizeof(Tid));
            next = gin_tid_to_u64(tid);
        }
        if (cursor.is_at_end || next < cursor.tid) {
            writer_add(&writer, next);
            i++;
            continue;
        }
        i += next == cursor.tid;
        writer_add(&writer, cursor.tid);
        cursor_next(&cursor);
    }
    if (writer.len == 0)
        redo_misfit("a list of TIDs is empty");

    store_u16(out + sizeof(Tid), (uint16_t)(writer.len - GIN_LIST_HEADER_SIZE));
    if (writer.len % 2 != 0) {
        if (writer.len == room)
            redo_misfit("a list of TIDs does not fit the page");
        out[writer.len++] = 0;
    }
    return writer.len;
}

static ListCursor cursor_begin(const uint8_t *list)
{
    ListCursor c = {.deltas = byte_reader(list + GIN_LIST_HEADER_SIZE, load_u16(list + sizeof(Tid)),
                                          "list of TIDs")};
    Tid first;

    memcpy(&first, list, sizeof(first));
    c.tid = gin_tid_to_u64(first);
    return c;
}

static void cursor_next(ListCursor *c)
{
    uint64_t delta = 0;
    unsigned shift = 0;
    uint8_t byte;

    if (byte_reader_left(&c->deltas) == 0) {
        c->is_at_end = true;
        return;
    }
    do {
        byte = byte_reader_u8(&c->deltas);
        if (shift == 7 * DELTA_BYTES_MAX)
            redo_misfit("a list of TIDs has a number that is too long");
        delta |= (uint64_t)(byte & 0x7F) << shift;
        shift += 7;
    } while ((byte & 0x80) != 0);
    c->tid += delta;
}

static void writer_add(ListWriter *w, uint64_t tid)
{
    uint64_t delta = tid - w->tid;

    if (w->len == 0) {
        Tid first = gin_tid_from_u64(tid);

        if (w->room < GIN_LIST_HEADER_SIZE)
            redo_misfit("a list of TIDs does not fit the page");
        memcpy(w->out, &first, sizeof(first));
        w->len = GIN_LIST_HEADER_SIZE;
        w->tid = tid;
        return;
    }
    if (tid <= w->tid)
        redo_misfit("TIDs of a list do not ascend");
    do {
        if (w->len == w->room)
            redo_misfit("a list of TIDs does not fit the page");
        w->out[w->len++] = (uint8_t)((delta & 0x7F) | (delta > 0x7F ? 0x80 : 0));
        delta >>= 7;
    } while (delta > 0);
    w->tid = tid;
}
