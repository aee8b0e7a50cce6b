/*
 * snapshot_func.c - the type pg_snapshot: which transactions a snapshot sees, with full ids
 *
 * As stored: the length word, how many ids run, xmin, xmax, then these ids, ascending and none
 * twice. As a text: "xmin:xmax:xid,xid". The older txid_snapshot is the same value.
 */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/value.h"
#include "server/txn/snapshot.h"
#include "server/txn/xid.h"
#include "server/types/wire.h"

#define XIDS_MAX UINT32_C(0x3FFFFFF)

typedef struct Stored {
    uint32_t length_word;
    uint32_t count;
    uint64_t xmin, xmax;
    uint64_t xids[];
} Stored;
STATIC_ASSERT(offsetof(Stored, xids) == 24);

/* Being made; grows. */
typedef struct Making {
    Stored *value;
    size_t room;
} Making;

static void begin(Making *m, uint64_t xmin, uint64_t xmax)
{
    m->room = 16;
    m->value = mem_alloc(sizeof(Stored) + m->room * sizeof(uint64_t));
    m->value->count = 0;
    m->value->xmin = xmin;
    m->value->xmax = xmax;
}

/* One that is there already is left out. */
static void add(Making *m, uint64_t xid)
{
    Stored *v = m->value;

    if (v->count > 0 && v->xids[v->count - 1] == xid)
        return;
    if (v->count == m->room) {
        m->room *= 2;
        v = m->value = mem_realloc(v, sizeof(Stored) + size_mul(m->room, sizeof(uint64_t)));
    }
    v->xids[v->count++] = xid;
}

static Datum finish(Making *m)
{
    varlena_set_size((uint8_t *)m->value,
                     sizeof(Stored) + m->value->count * sizeof(uint64_t));
    return datum_of_pointer(m->value);
}

static const Stored *stored_argument(const FmgrCall *call, int n)
{
    return (const Stored *)(const void *)varlena_plain(datum_varlena(fmgr_arg(call, n)));
}

/* ---- Text and bytes ---- */

_Noreturn static void raise_syntax(const char *text)
{
    err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION,
              .message = err_fmt("invalid input syntax for type %s: \"%s\"", "pg_snapshot", text));
}

static uint64_t read_number(const char **at)
{
    char *end;
    uint64_t number = strtoull(*at, &end, 10);

    *at = end;
    return number;
}

Datum pg_snapshot_in(FmgrCall *call)
{
    const char *text = fmgr_cstring(call, 0), *at = text;
    uint64_t xmin = read_number(&at), xmax, last = 0;
    Making m;

    if (*at++ != ':')
        raise_syntax(text);
    xmax = read_number(&at);
    if (*at++ != ':' || xmin == 0 || xmax == 0 || xmax < xmin)
        raise_syntax(text);
    begin(&m, xmin, xmax);
    while (*at != '\0') {
        uint64_t xid = read_number(&at);

        if (xid < xmin || xid >= xmax || xid < last)
            raise_syntax(text);
        add(&m, xid);
        last = xid;
        if (*at == ',')
            at++;
        else if (*at != '\0')
            raise_syntax(text);
    }
    return finish(&m);
}

Datum pg_snapshot_out(FmgrCall *call)
{
    const Stored *v = stored_argument(call, 0);
    StrBuf out;

    strbuf_init(&out);
    strbuf_add_fmt(&out, "%llu:%llu:", (unsigned long long)v->xmin, (unsigned long long)v->xmax);
    for (uint32_t i = 0; i < v->count; i++)
        strbuf_add_fmt(&out, "%s%llu", i > 0 ? "," : "", (unsigned long long)v->xids[i]);
    return datum_of_pointer(out.text);
}

Datum pg_snapshot_recv(FmgrCall *call)
{
    ByteReader *r = wire_message(call);
    uint32_t count = wire_u32(r);
    uint64_t xmin = 0, xmax = 0, last = 0;
    bool is_good = count <= XIDS_MAX;
    Making m;

    if (is_good) {
        xmin = wire_u64(r);
        xmax = wire_u64(r);
        is_good = xmin != 0 && xmax != 0 && xmin <= xmax && xmax <= INT64_MAX;
    }
    begin(&m, xmin, xmax);
    for (uint32_t i = 0; is_good && i < count; i++) {
        uint64_t xid = wire_u64(r);

        is_good = xid >= last && xid >= xmin && xid <= xmax;
        add(&m, xid);
        last = xid;
    }
    if (!is_good)
        err_raise(SQLSTATE_INVALID_BINARY_REPRESENTATION,
                  .message = "invalid external pg_snapshot data");
    return finish(&m);
}

Datum pg_snapshot_send(FmgrCall *call)
{
    const Stored *v = stored_argument(call, 0);
    size_t len = 20 + (size_t)v->count * 8;
    uint8_t *bytes = mem_alloc(len);

    store_be32(bytes, v->count);
    store_be64(bytes + 4, v->xmin);
    store_be64(bytes + 12, v->xmax);
    for (uint32_t i = 0; i < v->count; i++)
        store_be64(bytes + 20 + (size_t)i * 8, v->xids[i]);
    return datum_of_pointer(varlena_new(bytes, len));
}

/* ---- The one of the statement ---- */

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

Datum pg_current_snapshot(FmgrCall *call UNUSED)
{
    const Snapshot *s = snapshot_active();
    uint64_t *xids = mem_new_array(uint64_t, s->xid_count + 1);
    Making m;

    for (uint32_t i = 0; i < s->xid_count; i++)
        xids[i] = xid_widen(s->xids[i]);
    qsort(xids, s->xid_count, sizeof *xids, compare);
    begin(&m, xid_widen(s->xmin), xid_widen(s->xmax));
    for (uint32_t i = 0; i < s->xid_count; i++)
        add(&m, xids[i]);
    mem_free(xids);
    return finish(&m);
}

/* ---- What it says ---- */

Datum pg_snapshot_xmin(FmgrCall *call)
{
    return datum_of_i64((int64_t)stored_argument(call, 0)->xmin);
}

Datum pg_snapshot_xmax(FmgrCall *call)
{
    return datum_of_i64((int64_t)stored_argument(call, 0)->xmax);
}

typedef struct XidWalk {
    Stored *value;
    uint32_t next;
} XidWalk;

Datum pg_snapshot_xip(FmgrCall *call)
{
    XidWalk *walk = set_state(call);

    if (walk == NULL) {
        const Stored *v = stored_argument(call, 0);
        size_t size = sizeof(Stored) + (size_t)v->count * sizeof(uint64_t);

        walk = set_begin(call, sizeof *walk);
        walk->value = mem_alloc_in(set_mem(call), size);
        memcpy(walk->value, v, size);
    }
    if (walk->next == walk->value->count)
        return set_end(call);
    return set_row(call, datum_of_i64((int64_t)walk->value->xids[walk->next++]));
}

Datum pg_visible_in_snapshot(FmgrCall *call)
{
    uint64_t xid = (uint64_t)fmgr_i64(call, 0);
    const Stored *v = stored_argument(call, 1);

    if (xid < v->xmin)
        return datum_of_bool(true);
    if (xid >= v->xmax)
        return datum_of_bool(false);
    return datum_of_bool(bsearch(&xid, v->xids, v->count, sizeof xid, compare) == NULL);
}
