/* rows.c - rows made all at once, and given one by one; rows.h has the how. */
#include "common/base/base.h"

#include "server/sysfunc/rows.h"

#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "server/access/common/heap_form.h"
#include "server/catalog/catalog_oid.h"
#include "server/fmgr/array_value.h"

struct RowList {
    TupleDesc *desc;
    Array records; /* Datum */
    size_t next;
};

static RowList *begin(FmgrCall *call, const SetColumn *columns, unsigned count,
                      void (*fill)(RowList *rows, FmgrCall *call))
{
    RowList *rows = set_begin(call, sizeof *rows);

    MEM_SCOPE(set_mem(call)) {
        rows->desc = set_desc(columns, count);
        array_init(&rows->records, sizeof(Datum));
        fill(rows, call);
    }
    return rows;
}

Datum row_list_give(FmgrCall *call, const SetColumn *columns, unsigned count,
                    void (*fill)(RowList *rows, FmgrCall *call))
{
    RowList *rows = set_state(call);

    if (rows == NULL)
        rows = begin(call, columns, count, fill);
    if (rows->next == rows->records.count)
        return set_end(call);
    return set_row(call, *(const Datum *)array_at(&rows->records, rows->next++));
}

void row_list_add(RowList *rows, const Datum *values, const bool *nulls)
{
    *(Datum *)array_push(&rows->records) =
        heap_to_record(heap_form(rows->desc, values, nulls), rows->desc);
}

void row_set_text(Datum *values, bool *nulls, unsigned at, const char *text)
{
    nulls[at] = text == NULL;
    values[at] = text == NULL ? 0 : value_of_text(text);
}

void row_set_texts(Datum *values, bool *nulls, unsigned at, const char *const *texts, size_t count)
{
    static const ArrayElement element = {.type = TYPE_TEXT, .len = -1, .align = 'i'};
    Datum *items = mem_new_array(Datum, count + 1);

    for (size_t i = 0; i < count; i++)
        items[i] = value_of_text(texts[i]);
    nulls[at] = false;
    values[at] = datum_of_pointer(array_make_list(&element, items, NULL, count));
}
