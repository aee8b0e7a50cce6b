/*
 * index_check.c - build the indexes of a real server anew, and compare them byte for byte
 *
 *     index_check < INDEXES
 *     index_check insert DIRECTORY < INDEXES
 *
 * The server is stopped, the current folder is its data directory. Its tables are vacuumed and
 * frozen, its indexes fresh from CREATE INDEX or REINDEX; for the second form, rows went into the
 * empty table, with its indexes, in the order of their first column. Each line of INDEXES, made by
 * list_indexes.sql, describes one; see read_index().
 *
 * Each row of the table is taken apart and put together again, which must give the row's bytes; its
 * columns go into a build, or into an index one by one (in a new cluster in DIRECTORY), whose pages
 * must be the index's, but for LSN and checksum. Prints a line for each index that differs, and
 * counts. Fails when one differs, or there was none.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/format/heap_tuple.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "server/access/btree/btree.h"
#include "server/access/common/heap_form.h"
#include "server/fmgr/fmgr.h"
#include "server/storage/buffer/buffer.h"
#include "tests/lib/btree_rig.h"
#include "tests/lib/storage_rig.h"

#define NUMERIC_CMP 1769

typedef struct Checked {
    MemContext *mem;
    char *name;
    char *heap_path, *index_path;
    unsigned fillfactor;
    TupleDesc *heap_desc;
    BtreeKeys keys;
    int columns[INDEX_COLUMNS_MAX]; /* of the table, by column of the index */
    Array pages;                    /* of the build: uint8_t *, by block */
    BtreeBuild *build;              /* NULL: rows are collected */
    Array rows;                     /* Row */
} Checked;

/* What is to be inserted. */
typedef struct Row {
    int32_t order;
    Tid tid;
    HeapTuple *tuple;
} Row;

typedef struct Counts {
    unsigned indexes, wrong_indexes;
    uint64_t pages, rows, wrong_rows;
} Counts;

static Counts counts;
static StorageRig rig;
static const char *insert_dir; /* NULL: build */

static uint8_t *read_file(const char *path, size_t *size);

/* ---- numeric: an order that is not built in ---- */

typedef struct Numeric {
    int sign; /* 0: zero, 2: NaN or infinite */
    int weight;
    unsigned digit_count;
    const uint8_t *digits; /* 2 bytes each */
} Numeric;

static Numeric numeric_open(const uint8_t *v)
{
    const uint8_t *bytes = varlena_bytes(v);
    size_t len = varlena_len(v), head = 2;
    uint16_t bits = load_u16(bytes);
    Numeric n = {.sign = 0};

    if ((bits & 0xC000) == 0xC000)
        return (Numeric){.sign = (bits & 0xF000) == 0xF000 ? -2 : 2};
    if ((bits & 0x8000) != 0) {
        n.weight = (bits & 0x3F) - ((bits & 0x40) != 0 ? 0x40 : 0);
        n.sign = (bits & 0x2000) != 0 ? -1 : 1;
    } else {
        head = 4;
        n.weight = (int16_t)load_u16(bytes + 2);
        n.sign = (bits & 0x4000) != 0 ? -1 : 1;
    }
    n.digits = bytes + head;
    n.digit_count = (unsigned)(len - head) / 2;
    if (n.digit_count == 0)
        n.sign = 0;
    return n;
}

static int numeric_digit(const Numeric *n, int weight)
{
    int i = n->weight - weight;

    return i < 0 || i >= (int)n->digit_count ? 0 : load_u16(n->digits + 2 * i);
}

static Datum numeric_cmp(FmgrCall *call)
{
    Numeric a = numeric_open(fmgr_packed(call, 0)), b = numeric_open(fmgr_packed(call, 1));
    int top = a.weight > b.weight ? a.weight : b.weight;
    int low_a = a.weight - (int)a.digit_count, low_b = b.weight - (int)b.digit_count;
    int low = low_a < low_b ? low_a : low_b;

    if (a.sign != b.sign)
        return datum_of_i32(a.sign < b.sign ? -1 : 1);
    if (a.sign == 0 || a.sign == 2)
        return datum_of_i32(0);
    for (int weight = top; weight > low; weight--) {
        int order = numeric_digit(&a, weight) - numeric_digit(&b, weight);

        if (order != 0)
            return datum_of_i32(order < 0 ? -a.sign : a.sign);
    }
    return datum_of_i32(0);
}

static const FmgrBuiltin functions[] = {
    {.oid = NUMERIC_CMP, .name = "numeric_cmp", .nargs = 2, .strict = true, .fn = numeric_cmp},
};

/* ---- Descriptions ---- */

static char *next_word(char **line)
{
    char *word = strsep(line, " \n");

    if (word == NULL)
        err_raise(SQLSTATE_USAGE, .message = "an index's line is too short");
    return word;
}

static long next_number(char **text, char end)
{
    char *after;
    long n = strtol(*text, &after, 10);

    if (after == *text || *after != end)
        err_raise(SQLSTATE_USAGE,
                  .message = err_fmt("expected a number and \"%c\": \"%s\"", end, *text));
    *text = after + 1;
    return n;
}

/* LENGTH:BYVALUE:ALIGN:STORAGE; numbers but for the last two, which are letters. */
static void read_column(TupleDesc *desc, unsigned number, char **text)
{
    int16_t len = (int16_t)next_number(text, ':');
    bool by_value = next_number(text, ':') != 0;
    char align = (*text)[0], storage = (*text)[2];

    tuple_desc_set(desc, number, "c", 0, len, by_value, align);
    desc->columns[number - 1].storage = storage;
    *text += 4;
}

/*
 * NAME HEAP-PATH INDEX-PATH UNIQUE NULLS-EQUAL EQUAL-IMAGE DEDUPLICATE FILLFACTOR KEY-COUNT
 * HEAP-COUNT HEAP-COLUMN... INDEX-COUNT INDEX-COLUMN..., where an index column is a column followed
 * by :TABLE-COLUMN:COMPARE-FUNCTION:COLLATION:OPTIONS; the last three are 0 for INCLUDE columns.
 */
static void read_index(Checked *c, char *line)
{
    bool flags[4];
    unsigned key_count, count;
    TupleDesc *desc;

    c->name = next_word(&line);
    c->heap_path = next_word(&line);
    c->index_path = next_word(&line);
    for (unsigned i = 0; i < ARRAY_LEN(flags); i++)
        flags[i] = next_word(&line)[0] == 't';
    c->fillfactor = (unsigned)strtoul(next_word(&line), NULL, 10);
    key_count = (unsigned)strtoul(next_word(&line), NULL, 10);

    count = (unsigned)strtoul(next_word(&line), NULL, 10);
    c->heap_desc = tuple_desc_new(count);
    for (unsigned i = 1; i <= count; i++) {
        char *word = next_word(&line);
        read_column(c->heap_desc, i, &word);
    }

    count = (unsigned)strtoul(next_word(&line), NULL, 10);
    desc = tuple_desc_new(count);
    btree_keys_init(&c->keys, desc, key_count);
    c->keys.index_name = c->name;
    c->keys.is_unique = flags[0];
    c->keys.nulls_are_equal = flags[1];
    c->keys.all_equal_image = flags[2];
    c->keys.may_deduplicate = flags[3];
    for (unsigned i = 1; i <= count; i++) {
        char *word = next_word(&line);
        Oid function, collation;

        read_column(desc, i, &word);
        c->columns[i - 1] = (int)next_number(&word, ':');
        function = (Oid)next_number(&word, ':');
        collation = (Oid)next_number(&word, ':');
        if (i <= key_count)
            btree_keys_set_order(&c->keys, i, function, collation,
                                 (int16_t)next_number(&word, '\0'));
    }
}

/* ---- Rows ---- */

static bool is_dead(const HeapTupleHeader *header)
{
    return header->xmax != 0 && (header->infomask & HEAP_XMAX_INVALID) == 0 &&
           !heap_xmax_is_lock_only(header->infomask);
}

static bool is_same_row(const HeapTuple *a, const HeapTuple *b)
{
    const HeapTupleHeader *x = (const HeapTupleHeader *)a->bytes;
    const HeapTupleHeader *y = (const HeapTupleHeader *)b->bytes;
    const unsigned mask = HEAP_HAS_NULLS | HEAP_HAS_VAR | HEAP_HAS_EXTERNAL;

    return a->len == b->len && x->hoff == y->hoff && ((x->infomask ^ y->infomask) & mask) == 0 &&
           memcmp(a->bytes + HEAP_TUPLE_HEADER_SIZE, b->bytes + HEAP_TUPLE_HEADER_SIZE,
                  a->len - HEAP_TUPLE_HEADER_SIZE) == 0;
}

static void take_keys(const Checked *c, const Datum *values, const bool *nulls, Datum *keys,
                      bool *key_nulls)
{
    for (unsigned i = 0; i < c->keys.desc->count; i++) {
        keys[i] = values[c->columns[i] - 1];
        key_nulls[i] = nulls[c->columns[i] - 1];
    }
}

static void add_row(Checked *c, const HeapTuple *tuple, Tid tid)
{
    Datum values[COLUMNS_MAX], keys[INDEX_COLUMNS_MAX];
    bool nulls[COLUMNS_MAX], key_nulls[INDEX_COLUMNS_MAX];
    const HeapTupleHeader *header = (const HeapTupleHeader *)tuple->bytes;

    heap_deform(tuple, c->heap_desc, values, nulls);
    counts.rows++;
    if ((header->infomask2 & HEAP_ATTR_COUNT_MASK) == c->heap_desc->count &&
        !is_same_row(tuple, heap_form(c->heap_desc, values, nulls))) {
        printf("%s: row (%u,%u) has other bytes when it is formed anew\n", c->heap_path,
               tid_block(tid), tid.offset);
        counts.wrong_rows++;
    }
    if (c->build == NULL) {
        MEM_SCOPE(c->mem) {
            *(Row *)array_push(&c->rows) =
                (Row){.order = datum_i32(values[0]), .tid = tid, .tuple = heap_copy(tuple)};
        }
        return;
    }
    take_keys(c, values, nulls, keys, key_nulls);
    btree_build_add(c->build, keys, key_nulls, tid, true);
}

/* Where the chain of a row's versions begins on the page: what indexes lead to. */
static void find_roots(const uint8_t *page, OffsetNo *roots)
{
    OffsetNo count = page_item_count(page);

    memset(roots, 0, (HEAP_ITEM_MAX + 1) * sizeof(*roots));
    for (OffsetNo i = 1; i <= count; i++) {
        OffsetNo at = i;
        ItemId id = page_item_id(page, at);

        if (id.state == ITEM_REDIRECT)
            at = id.offset;
        else if (id.state != ITEM_NORMAL ||
                 (((const HeapTupleHeader *)page_get_item(page, at, NULL))->infomask2 &
                  HEAP_ONLY_TUPLE) != 0)
            continue;
        for (;;) {
            const HeapTupleHeader *header = (const HeapTupleHeader *)page_get_item(page, at, NULL);

            roots[at] = i;
            if ((header->infomask2 & HEAP_HOT_UPDATED) == 0)
                break;
            at = header->ctid.offset;
        }
    }
}

static void add_heap_page(Checked *c, const uint8_t *page, BlockNo block, MemContext *scratch)
{
    OffsetNo roots[HEAP_ITEM_MAX + 1];

    if (page_is_new(page))
        return;
    find_roots(page, roots);
    for (OffsetNo i = 1; i <= page_item_count(page); i++) {
        size_t len;
        HeapTuple tuple;

        if (page_item_id(page, i).state != ITEM_NORMAL)
            continue;
        tuple.bytes = (uint8_t *)(uintptr_t)page_get_item(page, i, &len);
        tuple.len = (uint32_t)len;
        tuple.self = tid_make(block, i);
        if (is_dead((const HeapTupleHeader *)tuple.bytes))
            continue;
        MEM_SCOPE(scratch) {
            add_row(c, &tuple, tid_make(block, roots[i]));
        }
        mem_reset(scratch);
    }
}

static void add_heap(Checked *c)
{
    MemContext *scratch = mem_context_new(mem_current(), "row");
    size_t size;
    uint8_t *bytes = read_file(c->heap_path, &size);

    for (size_t at = 0; at < size; at += BLOCK_SIZE)
        add_heap_page(c, bytes + at, (BlockNo)(at / BLOCK_SIZE), scratch);
}

/* ---- Pages ---- */

static void take_page(void *arg, BlockNo block, uint8_t *page)
{
    Checked *c = arg;

    while (c->pages.count <= block)
        array_push(&c->pages);
    *(uint8_t **)array_at(&c->pages, block) = mem_alloc_in(mem_root(), BLOCK_SIZE);
    memcpy(*(uint8_t **)array_at(&c->pages, block), page, BLOCK_SIZE);
}

static bool page_is_same(const uint8_t *real, const uint8_t *ours, size_t *at)
{
    for (*at = PAGE_AT_FLAGS; *at < BLOCK_SIZE; ++*at) {
        bool is_free = *at >= page_lower(ours) && *at < page_upper(ours);

        if (real[*at] != ours[*at] && !(is_free && insert_dir != NULL))
            return false;
    }
    return true;
}

/* False, and a line, when the pages are not those of the file. */
static bool compare_pages(Checked *c)
{
    size_t size, at;
    uint8_t *real = read_file(c->index_path, &size);

    counts.pages += c->pages.count;
    if (size != c->pages.count * BLOCK_SIZE) {
        printf("%s: %zu pages, ours has %zu\n", c->name, size / BLOCK_SIZE, c->pages.count);
        return false;
    }
    for (size_t i = 0; i < c->pages.count; i++) {
        const uint8_t *ours = *(uint8_t **)array_at(&c->pages, i);

        if (!page_is_same(real + i * BLOCK_SIZE, ours, &at)) {
            printf("%s: block %zu differs at byte %zu (lower %u, upper %u)\n", c->name, i, at,
                   page_lower(ours), page_upper(ours));
            return false;
        }
    }
    return true;
}

/* ---- Inserting ---- */

static int compare_rows(const void *x, const void *y)
{
    const Row *a = x, *b = y;

    return (a->order > b->order) - (a->order < b->order);
}

static BtreeRowState look_at_nothing(void *arg, const Tid *tid, Xid *waits_for, uint32_t *token)
{
    (void)arg;
    (void)tid;
    *waits_for = 0;
    *token = 0;
    return BTREE_ROW_ALIVE;
}

static void insert_rows(Checked *c, BtreeIndex *index)
{
    const BtreeTable table = {.look = look_at_nothing};
    MemContext *scratch = mem_context_new(c->mem, "insert");

    array_sort(&c->rows, compare_rows);
    array_foreach(Row, row, &c->rows) {
        MEM_SCOPE(scratch) {
            Datum values[COLUMNS_MAX], keys[INDEX_COLUMNS_MAX];
            bool nulls[COLUMNS_MAX], key_nulls[INDEX_COLUMNS_MAX];

            heap_deform(row->tuple, c->heap_desc, values, nulls);
            take_keys(c, values, nulls, keys, key_nulls);
            btree_insert(index, keys, key_nulls, row->tid,
                         c->keys.is_unique ? BTREE_UNIQUE_YES : BTREE_UNIQUE_NO, &table);
        }
        mem_reset(scratch);
    }
}

/* A cluster of its own for each index: logs and buffers are small. */
static void insert_all(Checked *c)
{
    const char *dir = mem_printf("%s/%u", insert_dir, counts.indexes);
    BtreeIndex index = {.keys = c->keys, .fillfactor = c->fillfactor};
    BlockNo count;

    array_init(&c->rows, sizeof(Row));
    add_heap(c);
    os_dir_make_all(dir);
    storage_rig_open(
        &rig, &(StorageRigConfig){.dir = dir, .buffers = 20000, .segment_blocks = SEGMENT_BLOCKS});
    btree_rig_create(&index, 16384);
    insert_rows(c, &index);
    count = smgr_block_count(index.rel, FORK_MAIN);
    for (BlockNo block = 0; block < count; block++) {
        Buffer b = buffer_read(index.rel, FORK_MAIN, block, BUFFER_NORMAL, NULL, true);

        take_page(c, block, buffer_page(b));
        buffer_unpin(b);
    }
    btree_rig_check(&index, NULL);
    storage_rig_close(&rig);
}

static void build_all(Checked *c)
{
    const BtreeBuildSpec spec = {.keys = &c->keys,
                                 .fillfactor = c->fillfactor,
                                 .memory_max = SIZE_MAX / 2,
                                 .write = take_page,
                                 .arg = c};

    c->build = btree_build_begin(&spec);
    add_heap(c);
    btree_build_finish(c->build);
}

static void check_index(char *line)
{
    Checked c = {.mem = mem_current()};

    read_index(&c, line);
    array_init(&c.pages, sizeof(uint8_t *));
    if (insert_dir == NULL)
        build_all(&c);
    else
        insert_all(&c);
    counts.indexes++;
    if (!compare_pages(&c))
        counts.wrong_indexes++;
    for (size_t i = 0; i < c.pages.count; i++)
        mem_free(*(uint8_t **)array_at(&c.pages, i));
}

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        err_raise(SQLSTATE_IO_ERROR, .message = err_fmt("could not open file \"%s\"", path));
    *size = (size_t)ftell(file);
    rewind(file);
    bytes = mem_alloc_aligned(*size + 1, 8);
    if (fread(bytes, 1, *size, file) != *size)
        err_raise(SQLSTATE_IO_ERROR, .message = err_fmt("could not read file \"%s\"", path));
    fclose(file);
    return bytes;
}

int main(int argc, char **argv)
{
    static char line[100000];
    MemContext *index_mem = mem_context_new(NULL, "index");

    err_set_program("index_check");
    if (argc == 3 && strcmp(argv[1], "insert") == 0)
        insert_dir = argv[2];
    else if (argc != 1)
        err_fatal(SQLSTATE_USAGE, .message = "usage: index_check [insert DIRECTORY] < INDEXES");
    fmgr_set_builtins(functions, ARRAY_LEN(functions));
    collation_set_default_is_c(true);
    while (fgets(line, sizeof(line), stdin) != NULL) {
        MEM_SCOPE(index_mem) {
            check_index(line);
        }
        mem_reset(index_mem);
    }
    printf("%u indexes, %llu pages, %llu rows: %u indexes and %llu rows differ\n", counts.indexes,
           (unsigned long long)counts.pages, (unsigned long long)counts.rows, counts.wrong_indexes,
           (unsigned long long)counts.wrong_rows);
    return counts.indexes == 0 || counts.wrong_indexes > 0 || counts.wrong_rows > 0;
}
