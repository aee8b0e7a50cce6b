/* foreign.c - foreign-data wrappers, servers and user mappings; foreign tables are tables. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

typedef struct ForeignObject {
    DumpObject object;
    const char *handler, *validator;      /* of a wrapper, as regproc; "-": none */
    const char *wrapper, *type, *version; /* of a server */
    const char *options;
} ForeignObject;

static void take_wrapper(Dump *d, void *row);
static void take_server(Dump *d, void *row);
static void add_options(const char *options, StrBuf *sql);
static void print_mappings(Dump *d, DumpObject *o);

void foreign_wrapper_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("x.oid", OID, ForeignObject, object.oid),
        COLUMN("x.fdwname", TEXT, ForeignObject, object.name),
        COLUMN("x.fdwowner", ROLE, ForeignObject, object.owner),
        COLUMNS_RIGHTS("x.fdwacl", "F", "x.fdwowner", ForeignObject, object.rights),
        COLUMN("x.fdwhandler::pg_catalog.regproc", TEXT, ForeignObject, handler),
        COLUMN("x.fdwvalidator::pg_catalog.regproc", TEXT, ForeignObject, validator),
        COLUMN(CATALOG_FOREIGN_OPTIONS("x.fdwoptions"), TEXT, ForeignObject, options),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_foreign_data_wrapper x",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(ForeignObject),
    };

    catalog_read(d, &query, NULL, take_wrapper);
}

void foreign_server_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("x.oid", OID, ForeignObject, object.oid),
        COLUMN("x.srvname", TEXT, ForeignObject, object.name),
        COLUMN("x.srvowner", ROLE, ForeignObject, object.owner),
        COLUMNS_RIGHTS("x.srvacl", "S", "x.srvowner", ForeignObject, object.rights),
        COLUMN("f.fdwname", TEXT, ForeignObject, wrapper),
        COLUMN("x.srvtype", TEXT, ForeignObject, type),
        COLUMN("x.srvversion", TEXT, ForeignObject, version),
        COLUMN(CATALOG_FOREIGN_OPTIONS("x.srvoptions"), TEXT, ForeignObject, options),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_foreign_server x"
                " JOIN pg_catalog.pg_foreign_data_wrapper f ON (f.oid = x.srvfdw)",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(ForeignObject),
    };

    catalog_read(d, &query, NULL, take_server);
}

static void take_wrapper(Dump *d, void *row)
{
    ForeignObject *wrapper = row;

    object_add(d, &wrapper->object, KIND_FOREIGN_WRAPPER);
    select_alone(d, &wrapper->object);
}

static void take_server(Dump *d, void *row)
{
    ForeignObject *server = row;

    object_add(d, &server->object, KIND_FOREIGN_SERVER);
    select_alone(d, &server->object);
    server->object.parts |= PART_MAPPING;
}

void foreign_wrapper_print(Dump *d, DumpObject *o)
{
    const ForeignObject *wrapper = (const ForeignObject *)o;
    const char *name = entry_name(d, o->name);
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE FOREIGN DATA WRAPPER %s", name);
    if (!str_equal(wrapper->handler, "-"))
        strbuf_add_fmt(&sql, " HANDLER %s", wrapper->handler);
    if (!str_equal(wrapper->validator, "-"))
        strbuf_add_fmt(&sql, " VALIDATOR %s", wrapper->validator);
    add_options(wrapper->options, &sql);
    strbuf_add(&sql, ";\n");
    entry_add(d, o,
              &(Definition){
                  .type = "FOREIGN DATA WRAPPER",
                  .name = name,
                  .create = sql.text,
                  .rights_word = "FOREIGN DATA WRAPPER",
                  .has_no_labels = true,
              });
}

void foreign_server_print(Dump *d, DumpObject *o)
{
    const ForeignObject *server = (const ForeignObject *)o;
    const char *name = entry_name(d, o->name);
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE SERVER %s", name);
    if (server->type != NULL && server->type[0] != '\0') {
        strbuf_add(&sql, " TYPE ");
        entry_add_literal(d, &sql, server->type);
    }
    if (server->version != NULL && server->version[0] != '\0') {
        strbuf_add(&sql, " VERSION ");
        entry_add_literal(d, &sql, server->version);
    }
    strbuf_add_fmt(&sql, " FOREIGN DATA WRAPPER %s", entry_name(d, server->wrapper));
    add_options(server->options, &sql);
    strbuf_add(&sql, ";\n");
    entry_add(d, o,
              &(Definition){
                  .type = "SERVER",
                  .name = name,
                  .create = sql.text,
                  .rights_word = "FOREIGN SERVER",
                  .has_no_labels = true,
              });
    if ((o->wanted & PART_MAPPING) != 0)
        print_mappings(d, o);
}

static void add_options(const char *options, StrBuf *sql)
{
    if (options != NULL && options[0] != '\0')
        strbuf_add_fmt(sql, " OPTIONS (\n    %s\n)", options);
}

/* Who is who there. Options may hold passwords: the view shows them to those who may see them. */
static void print_mappings(Dump *d, DumpObject *o)
{
    ClientResult *r =
        catalog_exec(d, mem_printf("SELECT usename, " CATALOG_FOREIGN_OPTIONS(
                                       "umoptions") "\nFROM pg_catalog.pg_user_mappings WHERE "
                                                    "srvid = '%u' ORDER BY usename",
                                   o->oid));

    for (size_t i = 0; i < client_row_count(r); i++) {
        const char *user = mem_strdup(client_value(r, i, 0));
        const char *on = mem_printf("USER MAPPING FOR %s SERVER %s", entry_name(d, user),
                                    entry_name(d, o->name));
        StrBuf sql;

        strbuf_init(&sql);
        strbuf_add_fmt(&sql, "CREATE %s", on);
        add_options(client_value(r, i, 1), &sql);
        strbuf_add(&sql, ";\n");
        entry_add_definition(d, o,
                             &(Definition){
                                 .type = "USER MAPPING",
                                 .is_extra = true,
                                 .tag = mem_printf("USER MAPPING %s SERVER %s", user, o->name),
                                 .create = sql.text,
                                 .drop = mem_printf("DROP %s;\n", on),
                             });
    }
    client_result_free(r);
}
