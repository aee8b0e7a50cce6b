/*
 * lock_status.c - the rows of pg_locks: who holds a lock, or waits for one
 *
 * What is locked stands in the columns that its kind has use for; the others are NULL.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/access/common/heap_form.h"
#include "server/lock/lock.h"
#include "server/sysfunc/builtin.h"

typedef enum LockColumn {
    C_LOCKTYPE,
    C_DATABASE,
    C_RELATION,
    C_PAGE,
    C_TUPLE,
    C_VIRTUALXID,
    C_TRANSACTIONID,
    C_CLASSID,
    C_OBJID,
    C_OBJSUBID,
    C_VIRTUALTRANSACTION,
    C_PID,
    C_MODE,
    C_GRANTED,
    C_FASTPATH,
    C_WAITSTART,
    C_COUNT,
} LockColumn;

/* The rows that are left, in FmgrSite.extra. */
typedef struct LockStatus {
    MemContext *mem;
    Array rows; /* LockRow */
    size_t next;
    TupleDesc *desc;
} LockStatus;

static LockStatus *begin(FmgrCall *call);
static TupleDesc *make_desc(void);
static void fill(const LockRow *row, Datum *values, bool *nulls);
static void fill_tag(const LockTag *tag, Datum *values, bool *nulls);

Datum pg_lock_status(FmgrCall *call)
{
    LockStatus *status = call->site->extra;
    Datum values[C_COUNT];
    bool nulls[C_COUNT];

    if (call->result == NULL || (call->result->allowed_modes & FMGR_SET_STEPS) == 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "set-valued function called in context that cannot accept a set");
    if (status == NULL)
        status = begin(call);
    call->result->mode = FMGR_SET_STEPS;
    if (status->next == status->rows.count) {
        call->site->extra = NULL;
        mem_delete(status->mem);
        call->result->step = FMGR_STEP_END;
        return fmgr_null(call);
    }
    call->result->step = FMGR_STEP_ROW;
    fill(array_at(&status->rows, status->next++), values, nulls);
    return heap_to_record(heap_form(status->desc, values, nulls), status->desc);
}

/* All at once, so that they are of one moment as far as can be. */
static LockStatus *begin(FmgrCall *call)
{
    MemContext *mem = mem_context_new(call->site->mem, "rows of pg_locks");
    LockStatus *status = mem_alloc_in(mem, sizeof *status);

    MEM_SCOPE(mem) {
        status->mem = mem;
        status->desc = make_desc();
        status->next = 0;
        lock_list(&status->rows);
    }
    call->site->extra = status;
    return status;
}

static TupleDesc *make_desc(void)
{
    static const struct {
        const char *name;
        Oid type;
        int16_t len;
        char align;
    } columns[C_COUNT] = {
        [C_LOCKTYPE] = {"locktype", 25, -1, 'i'},
        [C_DATABASE] = {"database", 26, 4, 'i'},
        [C_RELATION] = {"relation", 26, 4, 'i'},
        [C_PAGE] = {"page", 23, 4, 'i'},
        [C_TUPLE] = {"tuple", 21, 2, 's'},
        [C_VIRTUALXID] = {"virtualxid", 25, -1, 'i'},
        [C_TRANSACTIONID] = {"transactionid", 28, 4, 'i'},
        [C_CLASSID] = {"classid", 26, 4, 'i'},
        [C_OBJID] = {"objid", 26, 4, 'i'},
        [C_OBJSUBID] = {"objsubid", 21, 2, 's'},
        [C_VIRTUALTRANSACTION] = {"virtualtransaction", 25, -1, 'i'},
        [C_PID] = {"pid", 23, 4, 'i'},
        [C_MODE] = {"mode", 25, -1, 'i'},
        [C_GRANTED] = {"granted", 16, 1, 'c'},
        [C_FASTPATH] = {"fastpath", 16, 1, 'c'},
        [C_WAITSTART] = {"waitstart", 1184, 8, 'd'},
    };
    TupleDesc *desc = tuple_desc_new(C_COUNT);

    desc->row_type = 2249;
    desc->row_type_mod = -1;
    for (unsigned i = 0; i < C_COUNT; i++)
        tuple_desc_set(desc, i + 1, columns[i].name, columns[i].type, columns[i].len,
                       columns[i].len > 0, columns[i].align);
    return desc;
}

static Datum text_of(const char *text)
{
    return datum_of_pointer(varlena_new(text, strlen(text)));
}

static void put(LockColumn column, Datum value, Datum *values, bool *nulls)
{
    values[column] = value;
    nulls[column] = false;
}

static void fill(const LockRow *row, Datum *values, bool *nulls)
{
    for (unsigned i = 0; i < C_COUNT; i++) {
        values[i] = 0;
        nulls[i] = true;
    }
    fill_tag(&row->tag, values, nulls);
    put(C_VIRTUALTRANSACTION, text_of(mem_printf("%d/%u", row->backend, row->local)), values,
        nulls);
    if (row->pid != 0)
        put(C_PID, datum_of_i32(row->pid), values, nulls);
    put(C_MODE, text_of(lock_mode_name(row->mode)), values, nulls);
    put(C_GRANTED, datum_of_bool(row->is_granted), values, nulls);
    put(C_FASTPATH, datum_of_bool(row->is_fast_path), values, nulls);
    if (!row->is_granted && row->waits_since != 0)
        put(C_WAITSTART, datum_of_i64(row->waits_since), values, nulls);
}

static void put_relation(const LockTag *tag, Datum *values, bool *nulls)
{
    put(C_DATABASE, datum_of_u32(tag->a), values, nulls);
    put(C_RELATION, datum_of_u32(tag->b), values, nulls);
}

static void fill_tag(const LockTag *tag, Datum *values, bool *nulls)
{
    put(C_LOCKTYPE, text_of(lock_kind_name((LockKind)tag->kind)), values, nulls);
    switch ((LockKind)tag->kind) {
    case LOCK_KIND_RELATION:
    case LOCK_KIND_EXTEND:
        put_relation(tag, values, nulls);
        break;
    case LOCK_KIND_FROZENID:
        put(C_DATABASE, datum_of_u32(tag->a), values, nulls);
        break;
    case LOCK_KIND_PAGE:
        put_relation(tag, values, nulls);
        put(C_PAGE, datum_of_u32(tag->c), values, nulls);
        break;
    case LOCK_KIND_TUPLE:
        put_relation(tag, values, nulls);
        put(C_PAGE, datum_of_u32(tag->c), values, nulls);
        put(C_TUPLE, datum_of_i16((int16_t)tag->d), values, nulls);
        break;
    case LOCK_KIND_TRANSACTION:
        put(C_TRANSACTIONID, datum_of_u32(tag->a), values, nulls);
        break;
    case LOCK_KIND_VIRTUAL_XID:
        put(C_VIRTUALXID, text_of(mem_printf("%u/%u", tag->a, tag->b)), values, nulls);
        break;
    case LOCK_KIND_SPECULATIVE_TOKEN:
        put(C_TRANSACTIONID, datum_of_u32(tag->a), values, nulls);
        put(C_OBJID, datum_of_u32(tag->b), values, nulls);
        break;
    default:
        put(C_DATABASE, datum_of_u32(tag->a), values, nulls);
        put(C_CLASSID, datum_of_u32(tag->b), values, nulls);
        put(C_OBJID, datum_of_u32(tag->c), values, nulls);
        put(C_OBJSUBID, datum_of_i16((int16_t)tag->d), values, nulls);
        break;
    }
}
