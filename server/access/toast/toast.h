/*
 * toast.h - values that are too long for a row: compressed in it, or stored out of line, cut into
 * chunks, in a table of their own
 *
 * What becomes of a row's values is PostgreSQL 15's decision to the byte, since tables are to fill
 * alike. A toast table has the columns chunk_id (oid), chunk_seq (int4), chunk_data (bytea), and a
 * unique index on the first two.
 */
#ifndef TOAST_TOAST_H
#define TOAST_TOAST_H

#include "common/base/base.h"

#include "server/access/btree/btree.h"
#include "server/access/heap/heap.h"
#include "server/fmgr/varlena.h"

#define TOAST_ROW_TARGET  2032 /* bytes: rows are made as short, if they can (toast_tuple_target) */
#define TOAST_INDEXES_MAX 4

/* A toast table, as whoever knows catalogs opens it. */
typedef struct ToastRel {
    HeapRel *heap;
    BtreeIndex *indexes[TOAST_INDEXES_MAX]; /* chunks are looked up in the first */
    bool is_unique[TOAST_INDEXES_MAX];      /* not so while one is built beside it */
    unsigned index_count;
    const char *name; /* "pg_toast_16384", for messages */
} ToastRel;

/* What a table's rows are made shorter by. */
typedef struct ToastPlan {
    const TupleDesc *desc;
    ToastRel *toast;    /* NULL: no value can be stored out of line */
    size_t target;      /* 0: TOAST_ROW_TARGET */
    Cid command;        /* that chunks are written by */
    unsigned flags;     /* HeapInsertFlag, of an insert */
    ToastMethod method; /* default_toast_compression, for columns that name none */

    /*
     * 0: the toast table's OID; else the one that it will have: values that are in that one now
     * keep their numbers.
     */
    Oid pointer_rel;
} ToastPlan;

/*
 * row as it is to be stored: itself, or a new tuple in the current context, with the same header.
 * old (NULL: none): the version that it replaces, whose values that are out of line are used again
 * where row has them too, and deleted where it has not.
 */
HeapTuple *toast_shorten(const ToastPlan *plan, HeapTuple *row, const HeapTuple *old);

/* Is it worth calling? */
static inline bool toast_is_due(const HeapTuple *row)
{
    return row->len > HEAP_TUPLE_TOAST_MIN || heap_has_external(row);
}

/* The form of HeapUpdate.shorten; arg is the ToastPlan. */
HeapTuple *toast_shorten_update(void *arg, HeapTuple *row, const HeapTuple *old);

/*
 * Delete the values of a row that are out of line; takes_back: of a speculative insert.
 */
void toast_delete_row(ToastRel *toast, const TupleDesc *desc, const HeapTuple *row, Cid command,
                      bool takes_back);

/* ---- Single values ---- */

/*
 * Store a plain, short or compressed value: a pointer to it, in the current context. origin: the
 * pointer to it that there was; NULL: none.
 */
uint8_t *toast_store(const ToastPlan *plan, const uint8_t *value, const uint8_t *origin);
void toast_delete(ToastRel *toast, const ToastPointer *pointer, Cid command, bool takes_back);

/* How toast tables are found for reading; set by main. close may be NULL. */
typedef struct ToastOpener {
    ToastRel *(*open)(Oid toast_table);
    void (*close)(ToastRel *toast);
} ToastOpener;
void toast_set_opener(const ToastOpener *opener);

/* The stored value, plain or compressed, in the current context: for varlena_set_fetch(). */
uint8_t *toast_fetch(const ToastPointer *pointer);

/*
 * Bytes of a value in any form, from offset (in plain bytes) on, len at most (negative: to the
 * end): a new plain value. Of a value that is out of line and not compressed, no other chunks are
 * read.
 */
uint8_t *toast_slice(const uint8_t *value, int32_t offset, int32_t len);

#endif
