/*
 * deform_bench.c - how fast rows are taken apart, against the loop that anybody would write first
 *
 *     deform_bench
 *
 * 1000 rows of each kind, so that they stay in the processor's cache, are taken apart again and
 * again. Figures are nanoseconds a column, the best of ten rounds by processor time. The plain loop
 * checks for NULL, aligns and looks at lengths in the catalog's order, column by column, and trusts
 * the bytes; ours checks that they end in the row.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/format/heap_tuple.h"
#include "common/mem/mem.h"
#include "server/access/common/heap_form.h"
#include "server/fmgr/varlena.h"

#define ROWS    1000
#define ROUNDS  10
#define REPEATS 300
#define COLUMNS 100

typedef struct Kind {
    const char *name;
    const char *columns; /* i int4, l int8, s int2, b bool, t text, n int4 that is NULL */
} Kind;

static const Kind kinds[] = {
    {"4 int4", "iiii"},
    {"20 int4", "iiiiiiiiiiiiiiiiiiii"},
    {"pgbench_accounts: int4, int4, int4, text", "iiit"},
    {"10 of int2, int4, int8, bool", "silbisbbil"},
    {"int8, then 8 of text and int4", "ltitititi"},
    {"10 text", "tttttttttt"},
    {"10 int4 with NULLs from the third on", "iininiinni"},
    {"50 of all kinds, a NULL in ten", "iltsbiltsnilbsbiltisnbitliiltsbiltsnilbsbiltisnbi"},
};

typedef void (*Deform)(const HeapTuple *tuple, const TupleDesc *desc, Datum *values, bool *nulls);

static volatile Datum sink;

static void plain_loop(const HeapTuple *tuple, const TupleDesc *desc, Datum *values, bool *nulls)
{
    const HeapTupleHeader *header = (const HeapTupleHeader *)tuple->bytes;
    bool has_nulls = (header->infomask & HEAP_HAS_NULLS) != 0;
    const uint8_t *bits = &header->bits, *data = tuple->bytes + header->hoff;
    size_t offset = 0;

    for (unsigned i = 0; i < desc->count; i++) {
        const Column *column = &desc->columns[i];
        size_t align = column->align == 'i'   ? 4
                       : column->align == 'd' ? 8
                       : column->align == 's' ? 2
                                              : 1;

        nulls[i] = has_nulls && (bits[i >> 3] & 1 << (i & 7)) == 0;
        values[i] = 0;
        if (nulls[i])
            continue;
        if (column->len == -1) {
            if (data[offset] == 0)
                offset = size_align_up(offset, align);
            values[i] = datum_of_pointer(data + offset);
            offset += varlena_size(data + offset);
            continue;
        }
        offset = size_align_up(offset, align);
        if (!column->by_value)
            values[i] = datum_of_pointer(data + offset);
        else if (column->len == 1)
            values[i] = datum_of_char((char)data[offset]);
        else if (column->len == 2)
            values[i] = datum_of_i16((int16_t)load_u16(data + offset));
        else if (column->len == 4)
            values[i] = datum_of_i32((int32_t)load_u32(data + offset));
        else
            values[i] = load_u64(data + offset);
        offset += (size_t)column->len;
    }
}

static double now_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static TupleDesc *desc_of(const Kind *kind)
{
    TupleDesc *desc = tuple_desc_new((unsigned)strlen(kind->columns));

    for (unsigned i = 0; i < desc->count; i++) {
        switch (kind->columns[i]) {
        case 'l':
            tuple_desc_set(desc, i + 1, "c", 20, 8, true, 'd');
            break;
        case 's':
            tuple_desc_set(desc, i + 1, "c", 21, 2, true, 's');
            break;
        case 'b':
            tuple_desc_set(desc, i + 1, "c", 16, 1, true, 'c');
            break;
        case 't':
            tuple_desc_set(desc, i + 1, "c", 25, -1, false, 'i');
            break;
        default:
            tuple_desc_set(desc, i + 1, "c", 23, 4, true, 'i');
        }
    }
    return desc;
}

static HeapTuple *row_of(const Kind *kind, const TupleDesc *desc, unsigned number)
{
    Datum values[COLUMNS];
    bool nulls[COLUMNS];

    for (unsigned i = 0; i < desc->count; i++) {
        nulls[i] = kind->columns[i] == 'n';
        values[i] = number + i;
        if (kind->columns[i] == 't') {
            char *text = mem_printf("row %u column %u of some length", number, i);
            values[i] = datum_of_pointer(varlena_new(text, strlen(text) - number % 9));
        }
    }
    return heap_form(desc, values, nulls);
}

static double measure(Deform deform, HeapTuple **rows, const TupleDesc *desc)
{
    double best = 1e9;

    for (unsigned round = 0; round < ROUNDS; round++) {
        Datum values[COLUMNS];
        bool nulls[COLUMNS];
        double start = now_seconds(), spent;

        for (unsigned i = 0; i < REPEATS; i++) {
            for (unsigned row = 0; row < ROWS; row++) {
                deform(rows[row], desc, values, nulls);
                sink = values[desc->count - 1];
            }
        }
        spent = now_seconds() - start;
        best = spent < best ? spent : best;
    }
    return best * 1e9 / REPEATS / ROWS / desc->count;
}

int main(void)
{
    printf("%-45s %10s %10s\n", "ns a column", "ours", "plain loop");
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        TupleDesc *desc = desc_of(&kinds[i]);
        HeapTuple *rows[ROWS];

        for (unsigned row = 0; row < ROWS; row++)
            rows[row] = row_of(&kinds[i], desc, row);
        printf("%-45s %10.2f %10.2f\n", kinds[i].name, measure(heap_deform, rows, desc),
               measure(plain_loop, rows, desc));
    }
    return 0;
}
