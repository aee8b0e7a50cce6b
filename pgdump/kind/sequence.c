/* sequence.c - sequences: how they count, who owns them, where they are. */
#include "common/base/base.h"

#include <inttypes.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"

#define VALUES_TEXT_MAX 100000 /* bytes of one query for the values of sequences, about */

/* A row of pg_sequence. */
typedef struct SequenceRow {
    Oid oid;
    const char *type, *start, *increment, *max, *min, *cache;
    bool is_cycled;
} SequenceRow;

static void take(Dump *d, void *row);
static void add_counting(const SequenceRow *row, StrBuf *sql);
static void add_limits(const SequenceRow *row, StrBuf *sql);
static void print_owner(Dump *d, TableObject *t, const TableObject *table);

void sequence_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("seqrelid", OID, SequenceRow, oid),
        COLUMN("pg_catalog.format_type(seqtypid, NULL)", TEXT, SequenceRow, type),
        COLUMN("seqstart", TEXT, SequenceRow, start),
        COLUMN("seqincrement", TEXT, SequenceRow, increment),
        COLUMN("seqmax", TEXT, SequenceRow, max),
        COLUMN("seqmin", TEXT, SequenceRow, min),
        COLUMN("seqcache", TEXT, SequenceRow, cache),
        COLUMN("seqcycle", BOOL, SequenceRow, is_cycled),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_sequence",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(SequenceRow),
    };

    catalog_read(d, &query, NULL, take);
}

static void take(Dump *d, void *row)
{
    SequenceRow *read = row;
    TableObject *t = table_find(d, read->oid);

    if (t != NULL)
        t->sequence = read;
}

/* The place where each of the sequences stands, in few queries whatever their number. */
void sequence_read_values(Dump *d, Array *sequences)
{
    size_t next = 0;

    while (next < sequences->count) {
        size_t first = next;
        StrBuf sql;
        ClientResult *r;

        strbuf_init(&sql);
        for (; next < sequences->count && sql.len < VALUES_TEXT_MAX; next++)
            strbuf_add_fmt(
                &sql, "%sSELECT %zu, last_value, is_called FROM %s",
                sql.len == 0 ? "" : "\nUNION ALL ", next,
                entry_qualified(d, &(*(TableObject **)array_at(sequences, next))->object));
        r = catalog_exec(d, sql.text);
        if (client_row_count(r) != next - first)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = "query to get data of sequences returned too few rows");
        for (size_t i = 0; i < client_row_count(r); i++) {
            uint64_t at;

            if (!num_try_parse_u64(client_value(r, i, 0), &at) || at >= sequences->count)
                err_raise(SQLSTATE_PROTOCOL_VIOLATION, .message = "no number of a sequence");
            (*(TableObject **)array_at(sequences, at))->last_value =
                mem_strdup(client_value(r, i, 1));
            (*(TableObject **)array_at(sequences, at))->is_called = client_value(r, i, 2)[0] == 't';
        }
        client_result_free(r);
    }
}

void table_print_sequence(Dump *d, TableObject *t)
{
    DumpObject *o = &t->object;
    const char *name = entry_qualified(d, o);
    const TableObject *owner = t->owning_table == 0 ? NULL : table_find(d, t->owning_table);
    StrBuf sql;
    Definition def = {.type = "SEQUENCE", .name = name, .rights_word = "SEQUENCE"};

    strbuf_init(&sql);
    if (t->owning_kind == 'i') {
        const TableColumn *column = array_at(&owner->columns, (size_t)t->owning_column - 1);

        strbuf_add_fmt(&sql,
                       "ALTER TABLE %s ALTER COLUMN %s ADD GENERATED %s AS IDENTITY (\n"
                       "    SEQUENCE NAME %s\n",
                       entry_qualified(d, &owner->object), entry_name(d, column->name),
                       column->identity == 'a' ? "ALWAYS" : "BY DEFAULT", name);
        def.drop = "";
    } else {
        strbuf_add_fmt(&sql, "CREATE %sSEQUENCE %s\n", t->persistence == 'u' ? "UNLOGGED " : "",
                       name);
        if (!str_equal(t->sequence->type, "bigint"))
            strbuf_add_fmt(&sql, "    AS %s\n", t->sequence->type);
    }
    add_counting(t->sequence, &sql);
    strbuf_add(&sql, t->owning_kind == 'i' ? "\n);\n" : ";\n");
    def.create = sql.text;
    entry_add_definition(d, o, &def);
    if (t->owning_kind == 'a' && owner != NULL && object_wants(o, PART_DEFINITION))
        print_owner(d, t, owner);
    entry_add_extras(d, o, &def);
}

static void add_counting(const SequenceRow *row, StrBuf *sql)
{
    strbuf_add_fmt(sql, "    START WITH %s\n    INCREMENT BY %s\n", row->start, row->increment);
    add_limits(row, sql);
    strbuf_add_fmt(sql, "    CACHE %s%s", row->cache, row->is_cycled ? "\n    CYCLE" : "");
}

/* Limits that follow from type and direction are not spelled out. */
static void add_limits(const SequenceRow *row, StrBuf *sql)
{
    bool is_up = row->increment[0] != '-';
    const char *type_max = "9223372036854775807", *type_min = "-9223372036854775808";

    if (str_equal(row->type, "smallint")) {
        type_max = "32767";
        type_min = "-32768";
    } else if (str_equal(row->type, "integer")) {
        type_max = "2147483647";
        type_min = "-2147483648";
    }
    if (str_equal(row->min, is_up ? "1" : type_min))
        strbuf_add(sql, "    NO MINVALUE\n");
    else
        strbuf_add_fmt(sql, "    MINVALUE %s\n", row->min);
    if (str_equal(row->max, is_up ? type_max : "-1"))
        strbuf_add(sql, "    NO MAXVALUE\n");
    else
        strbuf_add_fmt(sql, "    MAXVALUE %s\n", row->max);
}

static void print_owner(Dump *d, TableObject *t, const TableObject *table)
{
    const TableColumn *column;

    if ((table->object.wanted & PART_DEFINITION) == 0)
        return;
    column = array_at(&table->columns, (size_t)t->owning_column - 1);
    entry_add_definition(
        d, &t->object,
        &(Definition){
            .type = "SEQUENCE OWNED BY",
            .is_extra = true,
            .create =
                mem_printf("ALTER SEQUENCE %s OWNED BY %s.%s;\n", entry_qualified(d, &t->object),
                           entry_qualified(d, &table->object), entry_name(d, column->name)),
            .drop = "",
        });
}

void sequence_set_print(Dump *d, DumpObject *o)
{
    const TableObject *t = ((const TableDataObject *)o)->table;
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add(&sql, "SELECT pg_catalog.setval(");
    entry_add_literal(d, &sql, entry_qualified(d, &t->object));
    strbuf_add_fmt(&sql, ", %s, %s);\n", t->last_value, t->is_called ? "true" : "false");
    entry_add_definition(d, o,
                         &(Definition){.type = "SEQUENCE SET", .create = sql.text, .drop = ""});
}
