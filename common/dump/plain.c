/* plain.c - an archive as a script of SQL; plain.h has the promise. */
#include "common/base/base.h"

#include "common/dump/plain.h"

#include <stdarg.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/sql.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"

/* What of an entry is to be written. */
enum { WANT_STATEMENTS = 1, WANT_DATA = 2 };

typedef struct Plain {
    const Archive *archive;
    const PlainOptions *options;
    const ByteSink *out;
    /* What the statements before have set; NULL: nothing yet. */
    const char *user;
    const char *tablespace;
    const char *access_method;
    bool is_data_only; /* whatever the reason */
} Plain;

static void put(const Plain *p, const char *text);
static void put_fmt(const Plain *p, const char *format, ...) PRINTF_LIKE(2, 3);
static void put_head(const Plain *p);
static void put_settings(const Plain *p);
static bool is_database(const ArchiveEntry *entry);
static unsigned wanted(const Plain *p, const ArchiveEntry *entry);
static bool has_definitions(const Plain *p);
static void put_drops(Plain *p);
static void put_pass(Plain *p, ArchivePass pass);
static void put_entry(Plain *p, const ArchiveEntry *entry);
static void put_definition(Plain *p, const ArchiveEntry *entry, const char *prefix);
static void put_comment(const Plain *p, const ArchiveEntry *entry, const char *prefix);
static void put_statements(Plain *p, const ArchiveEntry *entry);
static bool is_there_already(const ArchiveEntry *entry);
static void put_data(Plain *p, const ArchiveEntry *entry);
static void put_triggers(Plain *p, const ArchiveEntry *entry, const char *state);
static void put_connect(Plain *p, const char *database);
static void select_user(Plain *p, const char *user);
static void select_owner(Plain *p, const ArchiveEntry *entry);
static void select_tablespace(Plain *p, const char *tablespace);
static void select_access_method(Plain *p, const char *method);
static const char *one_line(const char *name);
static bool is_same(const char *a, const char *b);

void plain_write(const Archive *a, const PlainOptions *options, const ByteSink *out)
{
    Plain p = {.archive = a, .options = options, .out = out};

    p.is_data_only = options->is_data_only || !has_definitions(&p);
    put_head(&p);
    put_settings(&p);
    if (options->drops)
        put_drops(&p);
    for (ArchivePass pass = ARCHIVE_PASS_MAIN; pass < ARCHIVE_PASS_COUNT; pass++)
        put_pass(&p, pass);
    if (options->is_verbose)
        put_fmt(&p, "-- Completed on %s\n\n", options->now());
    put(&p, "--\n-- PostgreSQL database dump complete\n--\n\n");
    put_fmt(&p, "\\unrestrict %s\n\n", options->restrict_key);
}

const char *plain_drop_if_exists(const ArchiveEntry *entry)
{
    const char *drop = entry->drop, *after;
    const char *word = mem_printf("DROP %s", entry->type);
    const char *prefix = "";

    if (str_equal(entry->type, "BLOB"))
        return mem_printf("SELECT pg_catalog.lo_unlink(oid) FROM "
                          "pg_catalog.pg_largeobject_metadata WHERE oid = '%s';\n",
                          entry->tag);
    if (str_starts_with(drop, "ALTER TABLE")) {
        prefix = "ALTER TABLE IF EXISTS";
        drop += strlen("ALTER TABLE");
    }
    /* A default cannot be missing, a database's settings are no thing, a view is replaced. */
    if (str_equal(entry->type, "DEFAULT") || str_equal(entry->type, "DATABASE PROPERTIES") ||
        str_starts_with(drop, "CREATE OR REPLACE VIEW"))
        return mem_printf("%s%s", prefix, drop);
    if (str_ends_with(entry->type, "CONSTRAINT"))
        word = "DROP CONSTRAINT";
    after = strstr(drop, word);
    if (after == NULL)
        return mem_printf("%s%s", prefix, drop);
    after += strlen(word);
    return mem_printf("%s%s IF EXISTS%s", prefix, mem_strndup(drop, (size_t)(after - drop)), after);
}

static void put(const Plain *p, const char *text)
{
    byte_sink_write(p->out, text, strlen(text));
}

static void put_fmt(const Plain *p, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = mem_vprintf(format, args);
    va_end(args);
    put(p, text);
    mem_free(text);
}

static void put_head(const Plain *p)
{
    put(p, "--\n-- PostgreSQL database dump\n--\n\n");
    put_fmt(p, "\\restrict %s\n\n", p->options->restrict_key);
    put_fmt(p, "-- Dumped from database version %s\n", p->archive->server_version);
    put_fmt(p, "-- Dumped by pg_dump version %s\n\n", p->archive->program_version);
    if (p->options->is_verbose)
        put_fmt(p, "-- Started on %s\n\n", p->options->started);
}

/* The settings that everything after is written for. */
static void put_settings(const Plain *p)
{
    const Archive *a = p->archive;
    StrBuf encoding;

    strbuf_init(&encoding);
    sql_add_literal(&encoding, a->encoding);
    put(p, "SET statement_timeout = 0;\nSET lock_timeout = 0;\n"
           "SET idle_in_transaction_session_timeout = 0;\n");
    put_fmt(p, "SET client_encoding = %s;\n", encoding.text);
    put_fmt(p, "SET standard_conforming_strings = %s;\n", a->has_standard_strings ? "on" : "off");
    put(p, "SELECT pg_catalog.set_config('search_path', '', false);\n"
           "SET check_function_bodies = false;\nSET xmloption = content;\n"
           "SET client_min_messages = warning;\n");
    if (!a->has_standard_strings)
        put(p, "SET escape_string_warning = off;\n");
    put_fmt(p, "SET row_security = %s;\n\n", p->options->has_row_security ? "on" : "off");
}

static bool is_database(const ArchiveEntry *entry)
{
    return str_equal(entry->type, "DATABASE") || str_equal(entry->type, "DATABASE PROPERTIES");
}

static unsigned wanted(const Plain *p, const ArchiveEntry *entry)
{
    const PlainOptions *o = p->options;
    bool is_statement_data = str_equal(entry->type, "SEQUENCE SET");
    unsigned want;

    /* The database has to be there for all sections. */
    if (is_database(entry))
        return o->creates_database ? WANT_STATEMENTS : 0;
    if ((o->sections & entry->section) == 0)
        return 0;
    if (o->no_rights && archive_pass(entry) == ARCHIVE_PASS_RIGHTS)
        return 0;
    want = entry->write != NULL ? WANT_DATA : WANT_STATEMENTS;
    if (o->is_schema_only && (is_statement_data || want == WANT_DATA))
        return 0;
    if (o->is_data_only && !is_statement_data && want != WANT_DATA)
        return 0;
    return want;
}

/* Is there anything but data to be written? */
static bool has_definitions(const Plain *p)
{
    array_foreach(const ArchiveEntry, entry, &p->archive->entries)
        if (wanted(p, entry) == WANT_STATEMENTS && !str_equal(entry->type, "SEQUENCE SET"))
            return true;
    return false;
}

/* Everything is dropped, the last first; with -C only the database. */
static void put_drops(Plain *p)
{
    const Array *entries = &p->archive->entries;

    for (size_t i = entries->count; i-- > 0;) {
        const ArchiveEntry *entry = array_at(entries, i);

        if (wanted(p, entry) == 0 || entry->drop[0] == '\0')
            continue;
        if (p->options->creates_database && !is_database(entry))
            continue;
        select_owner(p, entry);
        put(p, p->options->if_exists ? plain_drop_if_exists(entry) : entry->drop);
    }
}

static void put_pass(Plain *p, ArchivePass pass)
{
    array_foreach(const ArchiveEntry, entry, &p->archive->entries)
        if (archive_pass(entry) == pass)
            put_entry(p, entry);
}

static void put_entry(Plain *p, const ArchiveEntry *entry)
{
    unsigned want = wanted(p, entry);

    if (want & WANT_STATEMENTS)
        put_definition(p, entry, "");
    if (want & WANT_DATA)
        put_data(p, entry);
    if (want != 0 && is_database(entry))
        put_connect(p, str_equal(entry->type, "DATABASE") ? entry->tag : p->archive->database);
}

static void put_definition(Plain *p, const ArchiveEntry *entry, const char *prefix)
{
    select_owner(p, entry);
    select_tablespace(p, entry->tablespace);
    select_access_method(p, entry->access_method);
    put_comment(p, entry, prefix);
    put_statements(p, entry);
}

static void put_comment(const Plain *p, const ArchiveEntry *entry, const char *prefix)
{
    put(p, "--\n");
    if (p->options->is_verbose) {
        put_fmt(p, "-- TOC entry %u (class %u OID %u)\n", entry->id, entry->catalog, entry->oid);
        for (size_t i = 0; i < entry->depend_count; i++)
            put_fmt(p, "%s %u", i == 0 ? "-- Dependencies:" : "", entry->depends[i]);
        if (entry->depend_count > 0)
            put(p, "\n");
    }
    put_fmt(p, "-- %sName: %s; Type: %s; Schema: %s; Owner: %s", prefix, one_line(entry->tag),
            entry->type, entry->schema == NULL ? "-" : one_line(entry->schema),
            p->options->no_owner || entry->owner == NULL ? "-" : one_line(entry->owner));
    if (entry->tablespace != NULL && entry->tablespace[0] != '\0' && !p->options->no_tablespaces)
        put_fmt(p, "; Tablespace: %s", one_line(entry->tablespace));
    put(p, "\n--\n\n");
}

static void put_statements(Plain *p, const ArchiveEntry *entry)
{
    const PlainOptions *o = p->options;
    const char *owned;

    if (entry->create[0] != '\0') {
        put(p, entry->create);
        put(p, "\n\n");
    }
    if (!o->no_owner && (!o->sets_session || is_there_already(entry)) && entry->owner != NULL &&
        entry->owner[0] != '\0' && entry->drop[0] != '\0' &&
        (owned = archive_owned_name(p->archive, entry)) != NULL)
        put_fmt(p, "ALTER %s OWNER TO %s;\n\n", owned,
                sql_identifier(entry->owner, p->archive->quoting));
    /* It may have set the session's user itself. */
    if (archive_pass(entry) == ARCHIVE_PASS_RIGHTS)
        p->user = NULL;
}

/* The schema public is not made, so whoever runs the script does not come to own it. */
static bool is_there_already(const ArchiveEntry *entry)
{
    return str_equal(entry->type, "SCHEMA") && str_starts_with(entry->create, "-- ");
}

static void put_data(Plain *p, const ArchiveEntry *entry)
{
    put_definition(p, entry, "Data for ");
    put_triggers(p, entry, "DISABLE");
    select_owner(p, entry);
    if (entry->copy != NULL)
        put(p, entry->copy);
    entry->write(entry->write_arg, p->out);
    put_triggers(p, entry, "ENABLE");
}

static void put_triggers(Plain *p, const ArchiveEntry *entry, const char *state)
{
    if (!p->is_data_only || !p->options->disables_triggers)
        return;
    select_user(p, p->options->superuser);
    put_fmt(p, "ALTER TABLE %s.%s %s TRIGGER ALL;\n\n",
            sql_identifier(entry->schema, p->archive->quoting),
            sql_identifier(entry->tag, p->archive->quoting), state);
}

/* psql goes into the new database, and begins anew. */
static void put_connect(Plain *p, const char *database)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
    StrBuf name;

    /* psql's commands end with the line: what stands behind would be one of its own. */
    if (strpbrk(database, "\r\n") != NULL)
        err_raise(SQLSTATE_INVALID_NAME,
                  .message = err_fmt("database name contains a newline or carriage return: \"%s\"",
                                     database));
    strbuf_init(&name);
    if (database[0] != '\0' && strspn(database, plain) == strlen(database)) {
        strbuf_add(&name, sql_identifier(database, p->archive->quoting));
    } else {
        /* As a setting dbname='x' in the quotes of psql's arguments. */
        StrBuf setting;

        strbuf_init(&setting);
        for (const char *c = database; *c != '\0'; c++) {
            if (*c == '\'' || *c == '\\')
                strbuf_add_char(&setting, '\\');
            strbuf_add_char(&setting, *c);
        }
        strbuf_add(&name, "-reuse-previous=on ");
        strbuf_add(&name,
                   sql_identifier(mem_printf("dbname='%s'", setting.text), SQL_QUOTE_ALWAYS));
    }
    put_fmt(p, "\\unrestrict %s\n", p->options->restrict_key);
    put_fmt(p, "\\connect %s\n", name.text);
    put_fmt(p, "\\restrict %s\n\n", p->options->restrict_key);
    p->user = p->tablespace = p->access_method = NULL;
    put_settings(p);
}

static void select_user(Plain *p, const char *user)
{
    StrBuf literal;

    if (user == NULL)
        user = "";
    if (is_same(p->user, user))
        return;
    p->user = user;
    if (user[0] == '\0') {
        put(p, "SET SESSION AUTHORIZATION DEFAULT;\n\n");
        return;
    }
    strbuf_init(&literal);
    sql_add_literal(&literal, user);
    put_fmt(p, "SET SESSION AUTHORIZATION %s;\n\n", literal.text);
}

static void select_owner(Plain *p, const ArchiveEntry *entry)
{
    if (!p->options->no_owner && p->options->sets_session)
        select_user(p, entry->owner);
}

static void select_tablespace(Plain *p, const char *tablespace)
{
    if (p->options->no_tablespaces || tablespace == NULL || is_same(p->tablespace, tablespace))
        return;
    p->tablespace = tablespace;
    put_fmt(p, "SET default_tablespace = %s;\n\n",
            tablespace[0] == '\0' ? "''" : sql_identifier(tablespace, p->archive->quoting));
}

static void select_access_method(Plain *p, const char *method)
{
    if (p->options->no_access_methods || method == NULL || is_same(p->access_method, method))
        return;
    p->access_method = method;
    put_fmt(p, "SET default_table_access_method = %s;\n\n",
            sql_identifier(method, p->archive->quoting));
}

/* A name that ends no comment line. */
static const char *one_line(const char *name)
{
    char *copy = mem_strdup(name);

    for (char *c = copy; *c != '\0'; c++)
        if (*c == '\n' || *c == '\r')
            *c = ' ';
    return copy;
}

static bool is_same(const char *a, const char *b)
{
    return a != NULL && str_equal(a, b);
}
