/* operator.c - operators. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

typedef struct OperatorObject {
    DumpObject object;
    const char *left, *right;         /* types as SQL; NULL: it stands in front */
    const char *left_key, *right_key; /* schema and name of the types, for the order */
    const char *function, *restriction, *join;
    const char *commutator, *negator; /* NULL: none */
    bool can_merge, can_hash;
    char form; /* as pg_operator has it */
} OperatorObject;

static void take(Dump *d, void *row);
static const char *without_arguments(const char *function);

#define OPERATOR_NAME(column)                                                                \
 "(SELECT 'OPERATOR(' || pg_catalog.quote_ident(n.nspname) || '.' || x.oprname || ')'"       \
 " FROM pg_catalog.pg_operator x JOIN pg_catalog.pg_namespace n ON (n.oid = x.oprnamespace)" \
 " WHERE x.oid = " column ")"
#define TYPE_KEY(column)                                                \
 "(SELECT n.nspname || E'\\x01' || t.typname FROM pg_catalog.pg_type t" \
 " JOIN pg_catalog.pg_namespace n ON (n.oid = t.typnamespace) WHERE t.oid = " column ")"

void operator_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("o.oid", OID, OperatorObject, object.oid),
        COLUMN("o.oprname", TEXT, OperatorObject, object.name),
        COLUMN("o.oprnamespace", SCHEMA, OperatorObject, object.schema),
        COLUMN("o.oprowner", ROLE, OperatorObject, object.owner),
        COLUMN("o.oprkind", CHAR, OperatorObject, form),
        COLUMN("CASE WHEN o.oprleft <> 0 THEN pg_catalog.format_type(o.oprleft, NULL) END", TEXT,
               OperatorObject, left),
        COLUMN("CASE WHEN o.oprright <> 0 THEN pg_catalog.format_type(o.oprright, NULL) END", TEXT,
               OperatorObject, right),
        COLUMN(TYPE_KEY("o.oprleft"), TEXT, OperatorObject, left_key),
        COLUMN(TYPE_KEY("o.oprright"), TEXT, OperatorObject, right_key),
        COLUMN("o.oprcode::pg_catalog.oid::pg_catalog.regprocedure", TEXT, OperatorObject,
               function),
        COLUMN("o.oprrest::pg_catalog.oid::pg_catalog.regprocedure", TEXT, OperatorObject,
               restriction),
        COLUMN("o.oprjoin::pg_catalog.oid::pg_catalog.regprocedure", TEXT, OperatorObject, join),
        COLUMN(OPERATOR_NAME("o.oprcom"), TEXT, OperatorObject, commutator),
        COLUMN(OPERATOR_NAME("o.oprnegate"), TEXT, OperatorObject, negator),
        COLUMN("o.oprcanmerge", BOOL, OperatorObject, can_merge),
        COLUMN("o.oprcanhash", BOOL, OperatorObject, can_hash),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_operator o",
        .where = "o.oid >= 16384",
        .order = "o.oid",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(OperatorObject),
    };

    catalog_read(d, &query, NULL, take);
}

static void take(Dump *d, void *row)
{
    OperatorObject *op = row;

    object_add(d, &op->object, KIND_OPERATOR);
    select_in_schema(d, &op->object);
}

void operator_print(Dump *d, DumpObject *o)
{
    const OperatorObject *op = (const OperatorObject *)o;
    const char *schema = entry_name(d, o->schema->object.name);
    const char *arguments = mem_printf("%s (%s, %s)", o->name, op->left != NULL ? op->left : "NONE",
                                       op->right != NULL ? op->right : "NONE");
    StrBuf sql;

    /* One that was only named by another, and never made. */
    if (op->function[0] == '-' || op->function[0] == '0')
        return;
    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE OPERATOR %s.%s (\n    FUNCTION = %s", schema, o->name,
                   without_arguments(op->function));
    if (op->left != NULL)
        strbuf_add_fmt(&sql, ",\n    LEFTARG = %s", op->left);
    if (op->right != NULL)
        strbuf_add_fmt(&sql, ",\n    RIGHTARG = %s", op->right);
    if (op->commutator != NULL)
        strbuf_add_fmt(&sql, ",\n    COMMUTATOR = %s", op->commutator);
    if (op->negator != NULL)
        strbuf_add_fmt(&sql, ",\n    NEGATOR = %s", op->negator);
    strbuf_add(&sql, op->can_merge ? ",\n    MERGES" : "");
    strbuf_add(&sql, op->can_hash ? ",\n    HASHES" : "");
    if (op->restriction[0] != '-' && op->restriction[0] != '0')
        strbuf_add_fmt(&sql, ",\n    RESTRICT = %s", without_arguments(op->restriction));
    if (op->join[0] != '-' && op->join[0] != '0')
        strbuf_add_fmt(&sql, ",\n    JOIN = %s", without_arguments(op->join));
    strbuf_add(&sql, "\n);\n");
    entry_add(d, o,
              &(Definition){
                  .type = "OPERATOR",
                  .name = mem_printf("%s.%s", schema, arguments),
                  .create = sql.text,
                  .extras_tag = arguments,
                  .has_no_labels = true,
              });
}

/* The name of a function without its types; quotes may hold a parenthesis. */
static const char *without_arguments(const char *function)
{
    bool is_quoted = false;
    size_t len = 0;

    while (function[len] != '\0' && (is_quoted || function[len] != '(')) {
        if (function[len] == '"')
            is_quoted = !is_quoted;
        len++;
    }
    return mem_strndup(function, len);
}

static int compare_keys(const char *a, const char *b)
{
    return strcmp(a == NULL ? "" : a, b == NULL ? "" : b);
}

int operator_compare(const DumpObject *a, const DumpObject *b)
{
    const OperatorObject *left = (const OperatorObject *)a, *right = (const OperatorObject *)b;
    int order = right->form - left->form;

    if (order == 0)
        order = compare_keys(left->left_key, right->left_key);
    if (order == 0)
        order = compare_keys(left->right_key, right->right_key);
    return order;
}
