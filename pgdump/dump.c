/* dump.c - the course of a dump: connect, read, order, print, write. */
#include "common/base/base.h"

#include "pgdump/dump.h"

#include "common/dump/plain.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/text/encoding.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "common/text/timestamp.h"
#include "common/text/timezone.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/order.h"
#include "pgdump/output.h"
#include "pgdump/select.h"
#include "pgdump/unknown.h"

#define SERVER_MIN 13
#define SERVER_MAX 18

static void begin(Dump *d, DumpOptions *o);
static void check_version(const Dump *d);
static void set_encoding(Dump *d, const char *encoding);
static void set_session(Dump *d);
static void set_transaction(Dump *d);
static void read_database(Dump *d);
static void read_objects(Dump *d);
static void print_objects(Dump *d);
static void write_script(Dump *d);

int dump_run(const Options *options)
{
    DumpOptions *o = options->values;
    Dump *d = mem_new(Dump);

    dump_options_check(options);
    d->options = o;
    d->quoting = o->quotes_all ? SQL_QUOTE_ALWAYS : SQL_QUOTE_NEEDED;
    begin(d, o);
    read_objects(d);
    print_objects(d);
    write_script(d);
    client_close(d->client);
    return 0;
}

static void begin(Dump *d, DumpOptions *o)
{
    d->client = client_connect(&o->connect, &(ClientConnect){.mode = CLIENT_SQL});
    d->major = client_server_version(d->client) / 10000;
    check_version(d);
    set_session(d);
    set_transaction(d);
    archive_init(&d->archive);
    d->archive.quoting = d->quoting;
    d->archive.encoding = client_parameter(d->client, "client_encoding");
    d->archive.has_standard_strings =
        str_equal(client_parameter(d->client, "standard_conforming_strings"), "on");
    d->archive.server_version = client_server_version_text(d->client);
    d->archive.program_version = SERVER_VERSION;
    read_database(d);
    catalog_read_roles(d);
}

static void check_version(const Dump *d)
{
    if (d->major < SERVER_MIN || d->major > SERVER_MAX)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "aborting because of server version mismatch",
                  .detail = err_fmt("server version: %s; pgdump knows %d to %d",
                                    client_server_version_text(d->client), SERVER_MIN, SERVER_MAX));
}

static void set_encoding(Dump *d, const char *encoding)
{
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add(&sql, "SET client_encoding = ");
    sql_add_literal(&sql, encoding);
    ERR_TRY() {
        client_result_free(client_exec(d->client, sql.text));
    }
    ERR_CATCH() {
        err_raise(err_caught()->sqlstate,
                  .message = err_fmt("invalid client encoding \"%s\" specified", encoding));
    }
    ERR_END();
}

/* Values are written so that they are read back the same, and nothing waits or times out. */
static void set_session(Dump *d)
{
    const DumpOptions *o = d->options;
    StrBuf sql;

    if (o->encoding != NULL)
        set_encoding(d, o->encoding);
    if (o->role != NULL)
        client_result_free(catalog_exec(d, mem_printf("SET ROLE %s", entry_name(d, o->role))));
    strbuf_init(&sql);
    strbuf_add_fmt(&sql,
                   "SET DATESTYLE = ISO; SET INTERVALSTYLE = POSTGRES; "
                   "SET extra_float_digits TO %d; SET synchronize_seqscans TO off; "
                   "SET statement_timeout = 0; SET lock_timeout = 0; "
                   "SET jit = off; " /* queries of catalogs are over before they are compiled */
                   "SET idle_in_transaction_session_timeout = 0; SET row_security = %s",
                   o->has_extra_float_digits ? (int)o->extra_float_digits : 3,
                   o->has_row_security ? "on" : "off");
    if (d->major >= 14)
        strbuf_add(&sql, "; SET idle_session_timeout = 0");
    if (d->major >= 17)
        strbuf_add(&sql, "; SET transaction_timeout = 0");
    if (o->quotes_all)
        strbuf_add(&sql, "; SET quote_all_identifiers = true");
    client_result_free(catalog_exec(d, sql.text));
}

static void set_transaction(Dump *d)
{
    const DumpOptions *o = d->options;

    client_result_free(catalog_exec(d, "BEGIN"));
    client_result_free(
        catalog_exec(d, o->is_deferrable && o->snapshot == NULL
                            ? "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE"
                            : "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"));
    if (o->snapshot != NULL) {
        StrBuf sql;

        strbuf_init(&sql);
        strbuf_add(&sql, "SET TRANSACTION SNAPSHOT ");
        sql_add_literal(&sql, o->snapshot);
        client_result_free(catalog_exec(d, sql.text));
    }
}

static void read_database(Dump *d)
{
    ClientResult *r = catalog_exec(d, "SELECT oid, datname FROM pg_catalog.pg_database"
                                      " WHERE datname = pg_catalog.current_database()");

    if (client_row_count(r) != 1)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "the database is not in pg_database");
    d->database = catalog_parse_oid(client_value(r, 0, 0));
    d->archive.database = mem_strdup(client_value(r, 0, 1));
    client_result_free(r);
}

static int compare_reading(const void *a, const void *b)
{
    return (*(const Kind *const *)a)->read_order - (*(const Kind *const *)b)->read_order;
}

static void read_objects(Dump *d)
{
    const Kind *kinds[KIND_COUNT];

    object_init(d);
    select_init(d);
    for (size_t i = 0; i < KIND_COUNT; i++)
        kinds[i] = &object_kinds[i];
    qsort(kinds, KIND_COUNT, sizeof kinds[0], compare_reading);
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (kinds[i]->read != NULL)
            kinds[i]->read(d);
    unknown_refuse(d);
    table_data_make(d);
    entry_read_initial_rights(d);
    entry_read_comments(d);
    entry_read_labels(d);
    order_read_dependencies(d);
    table_data_add_references(d);
    order_add_boundaries(d);
}

static void print_objects(Dump *d)
{
    DumpObject **sorted = order_sort(d);

    if (d->options->creates_database)
        database_print(d);
    for (size_t i = 0; i < d->objects.count; i++) {
        const Kind *kind = &object_kinds[sorted[i]->kind];

        if (kind->print != NULL && (sorted[i]->wanted & sorted[i]->parts) != 0)
            kind->print(d, sorted[i]);
    }
}

static const char *now_text(void)
{
    return time_format(time_from_unix(clock_unix_seconds()), TIME_LABEL, timezone_local());
}

static void write_script(Dump *d)
{
    const DumpOptions *o = d->options;
    Output *out = output_open(o->file, o->no_sync);
    PlainOptions plain = {
        .sections = o->sections,
        .is_data_only = o->is_data_only,
        .is_schema_only = o->is_schema_only,
        .drops = o->drops,
        .if_exists = o->if_exists,
        .creates_database = o->creates_database,
        .no_owner = o->no_owner,
        .no_rights = o->no_rights,
        .no_tablespaces = o->no_tablespaces,
        .no_access_methods = o->no_access_methods,
        .sets_session = o->sets_session,
        .disables_triggers = o->disables_triggers,
        .superuser = o->superuser,
        .has_row_security = o->has_row_security,
        .is_verbose = o->log.verbose > 0,
        .started = now_text(),
        .now = now_text,
        .restrict_key = o->restrict_key,
    };

    plain_write(&d->archive, &plain, output_sink(out));
    output_close(out);
}
