/* session_rows.c - the rows of pg_cursors and pg_prepared_statements; current_query() */
#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/fmgr/array_value.h"
#include "server/session/session.h"
#include "server/sql/builtin.h"
#include "server/sql/sql_int.h"
#include "server/sysfunc/rows.h"

/* ---- Cursors ---- */

enum { C_NAME, C_STATEMENT, C_IS_HOLDABLE, C_IS_BINARY, C_IS_SCROLLABLE, C_CREATION_TIME, C_COUNT };

static const SetColumn cursor_columns[] = {
    [C_NAME] = {"name", TYPE_TEXT},
    [C_STATEMENT] = {"statement", TYPE_TEXT},
    [C_IS_HOLDABLE] = {"is_holdable", TYPE_BOOL},
    [C_IS_BINARY] = {"is_binary", TYPE_BOOL},
    [C_IS_SCROLLABLE] = {"is_scrollable", TYPE_BOOL},
    [C_CREATION_TIME] = {"creation_time", TYPE_TIMESTAMPTZ},
};

static void fill_cursors(RowList *rows, FmgrCall *call UNUSED)
{
    Array list;

    portal_list(&list);
    array_foreach(const PortalRow, row, &list) {
        Datum values[C_COUNT] = {0};
        bool nulls[C_COUNT] = {false};
        int options = row->run == NULL ? 0 : row->run->cursor_options;

        row_set_text(values, nulls, C_NAME, row->name);
        row_set_text(values, nulls, C_STATEMENT, row->text);
        values[C_IS_HOLDABLE] = datum_of_bool(row->is_hold);
        values[C_IS_BINARY] = datum_of_bool(row->is_binary);
        values[C_IS_SCROLLABLE] = datum_of_bool((options & CURSOR_SCROLL) != 0);
        values[C_CREATION_TIME] = datum_of_i64(row->made_at);
        row_list_add(rows, values, nulls);
    }
}

Datum pg_cursor(FmgrCall *call)
{
    return row_list_give(call, cursor_columns, C_COUNT, fill_cursors);
}

/* ---- Prepared statements ---- */

enum {
    P_NAME,
    P_STATEMENT,
    P_PREPARE_TIME,
    P_PARAMETER_TYPES,
    P_FROM_SQL,
    P_GENERIC_PLANS,
    P_CUSTOM_PLANS,
    P_COUNT,
};

static const SetColumn statement_columns[] = {
    [P_NAME] = {"name", TYPE_TEXT},
    [P_STATEMENT] = {"statement", TYPE_TEXT},
    [P_PREPARE_TIME] = {"prepare_time", TYPE_TIMESTAMPTZ},
    [P_PARAMETER_TYPES] = {"parameter_types", TYPE_REGTYPE_ARRAY},
    [P_FROM_SQL] = {"from_sql", TYPE_BOOL},
    [P_GENERIC_PLANS] = {"generic_plans", TYPE_INT8},
    [P_CUSTOM_PLANS] = {"custom_plans", TYPE_INT8},
};

static Datum type_array(const Array *types)
{
    static const ArrayElement element = {
        .type = TYPE_REGTYPE, .len = 4, .by_value = true, .align = 'i'};
    Datum *items = mem_new_array(Datum, types->count + 1);
    size_t count = 0;

    array_foreach(const Oid, type, types)
        items[count++] = datum_of_u32(*type);
    return datum_of_pointer(array_make_list(&element, items, NULL, count));
}

static void fill_statements(RowList *rows, FmgrCall *call UNUSED)
{
    Array list;

    prepared_list(&list);
    array_foreach(const PreparedRow, row, &list) {
        const SqlQuery *query = row->prepared == NULL ? NULL : &row->prepared->query;
        Datum values[P_COUNT] = {0};
        bool nulls[P_COUNT] = {false};

        row_set_text(values, nulls, P_NAME, row->name);
        row_set_text(values, nulls, P_STATEMENT, row->text);
        values[P_PREPARE_TIME] = datum_of_i64(row->made_at);
        values[P_PARAMETER_TYPES] = type_array(row->param_types);
        values[P_FROM_SQL] = datum_of_bool(row->is_from_sql);
        values[P_GENERIC_PLANS] =
            datum_of_i64(query == NULL ? 0 : (int64_t)query->generic_count);
        values[P_CUSTOM_PLANS] = datum_of_i64(query == NULL ? 0 : query->custom_count);
        row_list_add(rows, values, nulls);
    }
}

Datum pg_prepared_statement(FmgrCall *call)
{
    return row_list_give(call, statement_columns, P_COUNT, fill_statements);
}

/* ---- The statement that runs, as the client sent it ---- */

Datum current_query(FmgrCall *call UNUSED)
{
    return value_of_text(session_query_text());
}
