/*
 * copy_bench.c - how fast COPY reads rows, with and without a table that takes them
 *
 *     copy_bench [ROWS [FILE]]
 *
 * Three tables: integers; a branch of pgbench (integers and a text of 84 bytes); texts of CSV with
 * quotes. For each: lines to values and tuples alone; the same put into a table with its log, in
 * batches; and the way back. With FILE the data are written there, for another server to be
 * measured with; tests/bench/copy.sql has its statements.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/text/strbuf.h"
#include "server/access/heap/heap.h"
#include "server/catalog/builtin.h"
#include "server/config/setting.h"
#include "server/copy/copy.h"
#include "server/net/net.h"
#include "server/txn/txn.h"
#include "server/types/types.h"
#include "tests/lib/txn_rig.h"

#define ROWS_DEFAULT  1000000
#define BENCH_COLUMNS 4

typedef struct Table {
    const char *name;
    Oid types[BENCH_COLUMNS];
    unsigned count;
    CopyForm form;
    void (*row)(StrBuf *b, unsigned i);
} Table;

static void integers(StrBuf *b, unsigned i)
{
    strbuf_add_fmt(b, "%u\t%u\t%u\t%u\n", i, i % 1000, i * 7919, i / 10);
}

static void accounts(StrBuf *b, unsigned i)
{
    strbuf_add_fmt(b, "%u\t%u\t0\t%84s\n", i + 1, i / 100000 + 1, "");
}

static void quoted(StrBuf *b, unsigned i)
{
    strbuf_add_fmt(b, "%u,\"name, the %uth\",plain text %u,\"he said \"\"%u\"\"\"\n", i, i, i, i);
}

static const Table tables[] = {
    {"integers", {23, 23, 20, 23}, 4, COPY_AS_TEXT, integers},
    {"accounts", {23, 23, 23, 25}, 4, COPY_AS_TEXT, accounts},
    {"quoted", {23, 25, 25, 25}, 4, COPY_AS_CSV, quoted},
};

/* The data again and again from memory. */
typedef struct Memory {
    CopySource head;
    const StrBuf *data;
    size_t at;
} Memory;

static size_t read_memory(CopySource *source, uint8_t *room, size_t size)
{
    Memory *m = (Memory *)source;
    size_t len = m->data->len - m->at < size ? m->data->len - m->at : size;

    memcpy(room, m->data->text + m->at, len);
    m->at += len;
    return len;
}

#define KEPT_MAX   1000
#define KEPT_BYTES 65535

typedef struct Heap {
    CopyTarget head;
    HeapRel rel; /* smgr NULL: rows go nowhere */
    HeapBulk *bulk;
    const TupleDesc *desc;
    MemContext *mem; /* of rows that are kept */
    HeapTuple *rows[KEPT_MAX];
    size_t bytes;
} Heap;

static void flush(CopyTarget *target)
{
    Heap *h = (Heap *)target;

    if (h->rel.smgr != NULL && target->kept > 0)
        heap_insert_many(&h->rel, h->rows, target->kept, txn_command(true), 0, h->bulk);
    target->kept = 0;
    h->bytes = 0;
    mem_reset(h->mem);
}

static void add(CopyTarget *target)
{
    Heap *h = (Heap *)target;
    HeapTuple *tuple = NULL;

    MEM_SCOPE(h->mem) {
        tuple = heap_form(h->desc, target->row->values, target->row->nulls);
    }
    h->rows[target->kept++] = tuple;
    h->bytes += tuple->len;
    if (target->kept == KEPT_MAX || h->bytes > KEPT_BYTES)
        flush(target);
}

typedef struct Nowhere {
    CopySink head;
    uint64_t bytes;
} Nowhere;

static void forget(CopySink *sink, const void *bytes UNUSED, size_t len)
{
    ((Nowhere *)sink)->bytes += len;
}

static TupleDesc *desc_of(const Table *t)
{
    TupleDesc *desc = tuple_desc_new(t->count);

    for (unsigned i = 0; i < t->count; i++) {
        bool is_text = t->types[i] == 25;

        tuple_desc_set(desc, i + 1, "c", t->types[i],
                       is_text             ? -1
                       : t->types[i] == 20 ? 8
                                           : 4,
                       !is_text, t->types[i] == 20 ? 'd' : 'i');
        desc->columns[i].type_mod = -1;
    }
    return desc;
}

static void tell(const char *table, const char *what, unsigned rows, size_t bytes, uint64_t us)
{
    printf("%-9s %-7s %7.0f rows in a ms, %6.0f MB in a s, %5.0f ns a row\n", table, what,
           (double)rows / ((double)us / 1000), (double)bytes / (double)us,
           (double)us * 1000 / rows);
}

static uint64_t run_from(const Table *t, const TupleDesc *desc, const StrBuf *data, Heap *heap)
{
    const CopyOptions options = {.form = t->form,
                                 .encoding = ENCODING_UTF8,
                                 .delimiter = t->form == COPY_AS_CSV ? ',' : '\t',
                                 .quote = '"',
                                 .escape = '"',
                                 .null_text = t->form == COPY_AS_CSV ? "" : "\\N",
                                 .null_len = t->form == COPY_AS_CSV ? 0 : 2};
    static const int16_t columns[] = {1, 2, 3, 4};
    Memory memory = {.head = {.read = read_memory}, .data = data};
    uint64_t start_us = clock_monotonic_us();

    heap->head = (CopyTarget){.row = slot_new(desc), .add = add, .flush = flush};
    heap->desc = desc;
    heap->mem = mem_context_new(mem_current(), "rows");
    (void)copy_from(&(CopyFromTask){.relation = t->name,
                                    .desc = desc,
                                    .columns = columns,
                                    .column_count = t->count,
                                    .options = &options,
                                    .source = &memory.head,
                                    .target = &heap->head});
    return clock_monotonic_us() - start_us;
}

static uint64_t run_to(const Table *t, const TupleDesc *desc, HeapRel *rel, uint64_t *bytes)
{
    const CopyOptions options = {.form = t->form,
                                 .encoding = ENCODING_UTF8,
                                 .delimiter = t->form == COPY_AS_CSV ? ',' : '\t',
                                 .quote = '"',
                                 .escape = '"',
                                 .null_text = "\\N",
                                 .null_len = 2};
    static const int16_t columns[] = {1, 2, 3, 4};
    Nowhere nowhere = {.head = {.write = forget}};
    RowReceiver *receiver = copy_to_receiver(&(CopyToTask){.desc = desc,
                                                           .columns = columns,
                                                           .column_count = t->count,
                                                           .relation = t->name,
                                                           .options = &options,
                                                           .sink = &nowhere.head});
    uint64_t start_us = clock_monotonic_us();
    HeapScan *scan = heap_scan_begin(rel, snapshot_latest());
    const HeapTuple *tuple;

    receiver->begin(receiver, desc);
    while ((tuple = heap_scan_next(scan, false)) != NULL) {
        Datum values[BENCH_COLUMNS];
        bool nulls[BENCH_COLUMNS];

        heap_deform(tuple, desc, values, nulls);
        receiver->row(receiver, values, nulls);
    }
    receiver->end(receiver);
    heap_scan_end(scan);
    *bytes = nowhere.bytes;
    return clock_monotonic_us() - start_us;
}

static void measure(const Table *t, unsigned rows, Oid number, const char *file)
{
    const RelTag tag = {
        .tablespace = TABLESPACE_DEFAULT, .database = TXN_RIG_DATABASE, .rel = number};
    TupleDesc *desc = desc_of(t);
    Heap heap = {.rel = {.smgr = NULL}};
    StrBuf data;
    uint64_t bytes, us;

    strbuf_init(&data);
    for (unsigned i = 0; i < rows; i++)
        t->row(&data, i);
    if (file != NULL) {
        OsFile *f = os_file_open_named(mem_printf("%s.%s", file, t->name), OS_WRITE);

        os_file_write(f, data.text, data.len);
        os_file_close(f);
    }
    txn_start_command();
    tell(t->name, "parse", rows, data.len, run_from(t, desc, &data, &heap));
    heap.rel = (HeapRel){.smgr = smgr_open(&tag, SMGR_PERMANENT),
                         .table = number,
                         .horizon = HORIZON_DATA,
                         .is_permanent = true};
    smgr_create(heap.rel.smgr, FORK_MAIN, false);
    smgr_set_owner(&heap.rel.smgr, heap.rel.smgr);
    heap.bulk = heap_bulk_begin();
    us = run_from(t, desc, &data, &heap);
    heap_bulk_end(heap.bulk);
    tell(t->name, "load", rows, data.len, us);
    txn_advance_command();
    us = run_to(t, desc, &heap.rel, &bytes);
    tell(t->name, "write", rows, bytes, us);
    txn_end_command();
    mem_free(data.text);
}

int main(int argc, char **argv)
{
    unsigned rows = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : ROWS_DEFAULT;
    char dir[] = "/tmp/copy_bench.XXXXXX";
    TxnRig rig;

    if (mkdtemp(dir) == NULL)
        return 1;
    setting.fsync = false;
    builtin_bind(types_builtins, types_builtin_count);
    net_set_encodings(ENCODING_UTF8, ENCODING_UTF8);
    txn_rig_open(&rig, &(TxnRigConfig){.dir = dir, .wal_segment_size = MIB(16), .buffers = 16384});
    for (unsigned i = 0; i < ARRAY_LEN(tables); i++)
        measure(&tables[i], rows, 16384 + i, argc > 2 ? argv[2] : NULL);
    txn_rig_close(&rig);
    os_dir_remove_tree(dir, false);
    return 0;
}
