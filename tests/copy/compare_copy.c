/*
 * compare_copy.c - COPY by our code and by a real server, of the same statements and bytes
 *
 *     compare_copy CONNINFO DIR COUNT
 *
 * DIR is a folder that the server can read and write. COUNT random statements load random data into
 * a table of three columns (text, text, int4 with a default): rows, or the error with all its texts
 * and its context, must be the same. What was loaded is then written by random statements, too.
 * Prints what differs, and fails when anything does.
 */
#include "common/base/base.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/copy/copy.h"
#include "server/net/net.h"
#include "server/parser/parser.h"
#include "tests/lib/plan_rig.h"
#include "tests/lib/seed.h"

#define COLUMNS   3
#define SHOW_MAX  10  /* differences */
#define LONG_TEXT 500 /* bytes: of longer messages no more is compared, nor is what follows */

/* What came of a statement. */
typedef struct Outcome {
    bool is_error;
    char sqlstate[6];
    const char *message, *detail, *hint, *context, *position;
    uint64_t rows;
    StrBuf data; /* the table's rows after COPY FROM, the file after COPY TO */
} Outcome;

static PGconn *conn;
static const char *dir;
static Seed seed;
static TupleDesc *desc;
static uint64_t differences, errors;

static bool chance(uint64_t percent)
{
    return seed_below(&seed, 100) < percent;
}

#define PICK(list) (list)[seed_below(&seed, ARRAY_LEN(list))]

/* ---- Random statements ---- */

static const char *const delimiters[] = {",", "|", "\t", " ",  "A",  "-",
                                         ";", "a", "ab", "\n", "\"", "."};
static const char *const nulls[] = {"", "\\N", "NULL", "x", "\\", "a\nb", ",", "\"", "\\.", "xx"};
static const char *const quotes[] = {"\"", "'", "|", "q", "\\", "''", ","};
static const char *const encodings[] = {"utf8",  "latin1",   "win1252",
                                        "UTF-8", "nonsense", "sql_ascii"};
static const char *const names[] = {"a", "b", "c", "d"};

static void add_literal(StrBuf *b, const char *text)
{
    strbuf_add(b, "E'");
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            strbuf_add(b, "\\n");
        else if (*text == '\t')
            strbuf_add(b, "\\t");
        else {
            if (*text == '\'' || *text == '\\')
                strbuf_add_char(b, '\\');
            strbuf_add_char(b, *text);
        }
    }
    strbuf_add(b, "'");
}

static void add_names(StrBuf *b)
{
    unsigned count = 1 + (unsigned)seed_below(&seed, chance(80) ? 1 : 3);

    strbuf_add(b, "(");
    for (unsigned i = 0; i < count; i++)
        strbuf_add_fmt(b, "%s%s", i > 0 ? ", " : "", names[seed_below(&seed, chance(90) ? 3 : 4)]);
    strbuf_add(b, ")");
}

/* An odd one is taken now and then only, so that most statements get to the data. */
static const char *mostly(const char *const *list, size_t good, size_t all)
{
    return list[seed_below(&seed, chance(97) ? good : all)];
}

static void add_options(StrBuf *b, bool is_from, bool *is_csv, bool *is_binary)
{
    size_t begin = b->len;
    const char *and = " (";

    *is_csv = chance(50);
    *is_binary = !*is_csv && chance(5);
    if (*is_csv || chance(10)) {
        strbuf_add_fmt(b, "%sformat %s", and, *is_csv ? "csv" : *is_binary ? "binary" : "text");
        *is_binary = *is_binary && b->len > begin;
        and = ", ";
    } else if (*is_binary) {
        strbuf_add_fmt(b, "%sformat binary", and);
        and = ", ";
    }
    if (chance(*is_binary ? 3 : 40)) {
        strbuf_add_fmt(b, "%sdelimiter ", and);
        add_literal(b, mostly(delimiters, *is_csv ? 7 : 7, ARRAY_LEN(delimiters)));
        and = ", ";
    }
    if (chance(*is_binary ? 3 : 30)) {
        strbuf_add_fmt(b, "%snull ", and);
        add_literal(b, mostly(nulls, 5, ARRAY_LEN(nulls)));
        and = ", ";
    }
    if (chance(*is_csv ? 30 : 1)) {
        strbuf_add_fmt(b, "%squote ", and);
        add_literal(b, mostly(quotes, 5, ARRAY_LEN(quotes)));
        and = ", ";
    }
    if (chance(*is_csv ? 30 : 1)) {
        strbuf_add_fmt(b, "%sescape ", and);
        add_literal(b, mostly(quotes, 5, ARRAY_LEN(quotes)));
        and = ", ";
    }
    if (chance(*is_binary ? 1 : 15)) {
        static const char *const values[] = {"", "true", "match", "off", "MATCH", "2", "1"};

        strbuf_add_fmt(b, "%sheader %s", and, PICK(values));
        and = ", ";
    }
    if (chance(*is_csv && is_from ? 15 : 1)) {
        strbuf_add_fmt(b, "%sforce_null ", and);
        add_names(b);
        and = ", ";
    }
    if (chance(*is_csv && is_from ? 15 : 1)) {
        strbuf_add_fmt(b, "%sforce_not_null ", and);
        add_names(b);
        and = ", ";
    }
    if (chance(*is_csv && !is_from ? 30 : 1)) {
        strbuf_add_fmt(b, "%sforce_quote ", and);
        if (chance(50))
            strbuf_add(b, "*");
        else
            add_names(b);
        and = ", ";
    }
    if (chance(20)) {
        strbuf_add_fmt(b, "%sencoding '%s'", and,
                       mostly(encodings, 4, ARRAY_LEN(encodings) - is_from));
        and = ", ";
    }
    if (chance(1)) {
        static const char *const odd[] = {"format csv",       "null ''",   "foo",
                                          "encoding",         "freeze 3",  "quote *",
                                          "delimiter (a, b)", "header 1.5"};

        strbuf_add_fmt(b, "%s%s", and, PICK(odd));
        and = ", ";
    }
    if (b->len > begin)
        strbuf_add(b, ")");
}

/* What the data should look like, for most of it. */
typedef struct Style {
    bool is_csv;
    const char *delimiter, *quote, *null, *end;
    unsigned columns;
} Style;

static const char *value_of_option(const char *statement, const char *name, const char *otherwise)
{
    const char *at = strstr(statement, name);
    char *out;

    if (at == NULL || (at = strchr(at, '\'')) == NULL || at[-1] != 'E')
        return otherwise;
    if (at[1] == '\\')
        at++;
    out = mem_strndup(at + 1, 1);
    if (*at == '\\' && at[1] == 't')
        *out = '\t';
    return *out == '\'' && at[0] != '\\' ? "" : out;
}

static void add_noise(StrBuf *b, const Style *style)
{
    static const char *const noise[] = {
        "a",     "b",    "x",          "1",        "23",           " ",    "\\",    "\\\\",
        "\\N",   "\\.",  ".",          "\"",       "\"\"",         "'",    "|",     ",",
        "\t",    "\\t",  "\\n",        "\\x41",    "\\x4",         "\\xg", "\\101", "\\1",
        "\\377", "\\0",  "\\xc3\\xa9", "\xC3\xA9", "\xE2\x82\xAC", "q",    "A",     "\r",
        "\n",    "\r\n", "\\\n",       "\\\r",     "NULL",         "xx",   "-7"};

    if (chance(20))
        strbuf_add(b, style->delimiter);
    else if (chance(10))
        strbuf_add(b, style->quote);
    else if (chance(5))
        strbuf_add(b, style->end);
    else if (chance(1) && chance(20))
        strbuf_add_char(b, (char)seed_below(&seed, 256));
    else
        strbuf_add(b, PICK(noise));
}

static void add_field(StrBuf *b, const Style *style, unsigned column)
{
    static const char *const plain[] = {"a",  "bc", "",  "hello world",
                                        "12", "-5", "x", "\xC3\xA9t\xC3\xA9"};
    bool is_quoted = style->is_csv && chance(25);

    if (chance(10)) {
        strbuf_add(b, style->null);
        return;
    }
    if (is_quoted)
        strbuf_add(b, style->quote);
    if (column == 2 && chance(93))
        strbuf_add_fmt(b, "%d", (int)seed_below(&seed, 1000));
    else
        for (uint64_t n = seed_below(&seed, 4); n > 0; n--)
            if (chance(85))
                strbuf_add(b, PICK(plain));
            else
                add_noise(b, style);
    if (column != 2 && chance(1) && chance(10))
        strbuf_add_chars(b, 'L', seed_below(&seed, 200000));
    if (is_quoted && chance(98))
        strbuf_add(b, style->quote);
}

static void make_data(StrBuf *b, const Style *style)
{
    uint64_t lines = seed_below(&seed, chance(5) ? 3000 : 8);

    for (uint64_t i = 0; i < lines; i++) {
        if (chance(1)) {
            add_noise(b, style);
            continue;
        }
        if (i == 0 && chance(20)) {
            strbuf_add_fmt(b, "a%sb%sc", style->delimiter, style->delimiter);
        } else {
            unsigned count = chance(99) ? style->columns : 1 + (unsigned)seed_below(&seed, 5);

            for (unsigned c = 0; c < count; c++) {
                if (c > 0)
                    strbuf_add(b, style->delimiter);
                add_field(b, style, c);
            }
        }
        if (i + 1 < lines || chance(80))
            strbuf_add(b, chance(99) || chance(90) ? style->end : "\n");
    }
    if (chance(10))
        strbuf_add_fmt(b, "\\.%s", chance(70) ? style->end : chance(50) ? "" : "x\n");
    if (chance(3))
        add_noise(b, style);
}

static void make_binary(StrBuf *b)
{
    strbuf_add_bytes(b, "PGCOPY\n\377\r\n", 11);
    strbuf_add_bytes(b, "\0\0\0\0\0\0\0\0", 8);
    for (uint64_t n = seed_below(&seed, 5); n > 0; n--) {
        strbuf_add_bytes(b, "\0\3\0\0\0\2hi\377\377\377\377\0\0\0\4\0\0\1\2", 20);
    }
    if (chance(80))
        strbuf_add_bytes(b, "\377\377", 2);
    if (chance(50)) {
        static const uint8_t odd[] = {0, 1, 2, 3, 255, 'a'};

        if (b->len > 0)
            b->text[seed_below(&seed, b->len)] = (char)PICK(odd);
    }
    if (chance(20))
        strbuf_cut(b, seed_below(&seed, b->len + 1));
}

/* ---- Theirs ---- */

static PGresult *answer_to(const char *sql, ExecStatusType expected)
{
    PGresult *r = PQexec(conn, sql);

    if (PQresultStatus(r) != expected)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("%s: %s", sql, PQerrorMessage(conn)));
    return r;
}

static void run(const char *sql)
{
    PQclear(answer_to(sql, PGRES_COMMAND_OK));
}

static const char *field_of(const PGresult *r, int code)
{
    const char *text = PQresultErrorField(r, code);

    return text == NULL ? NULL : mem_strdup(text);
}

static void ask(const char *statement, Outcome *out)
{
    PGresult *r;

    *out = (Outcome){0};
    strbuf_init(&out->data);
    r = PQexec(conn, statement);
    out->is_error = PQresultStatus(r) != PGRES_COMMAND_OK;
    if (out->is_error) {
        snprintf(out->sqlstate, sizeof out->sqlstate, "%s",
                 PQresultErrorField(r, PG_DIAG_SQLSTATE));
        out->message = field_of(r, PG_DIAG_MESSAGE_PRIMARY);
        out->detail = field_of(r, PG_DIAG_MESSAGE_DETAIL);
        out->hint = field_of(r, PG_DIAG_MESSAGE_HINT);
        out->context = field_of(r, PG_DIAG_CONTEXT);
        out->position = field_of(r, PG_DIAG_STATEMENT_POSITION);
    } else {
        out->rows = strtoull(PQcmdTuples(r), NULL, 10);
    }
    PQclear(r);
}

static void ask_rows(StrBuf *out)
{
    PGresult *r = answer_to("SELECT a, b, c FROM t", PGRES_TUPLES_OK);

    for (int i = 0; i < PQntuples(r); i++)
        for (int c = 0; c < COLUMNS; c++)
            strbuf_add_fmt(out, "%s%s", PQgetisnull(r, i, c) ? "<NULL>" : PQgetvalue(r, i, c),
                           c + 1 < COLUMNS ? "\x01" : "\x02\n");
    PQclear(r);
}

/* ---- Ours ---- */

/* The rows that COPY FROM gives are kept, for COPY TO. */
typedef struct Keeper {
    CopyTarget head;
    MemContext *mem;
    Array rows; /* HeapTuple * */
} Keeper;

static void keep(CopyTarget *target)
{
    Keeper *k = (Keeper *)target;

    MEM_SCOPE(k->mem) {
        *(HeapTuple **)array_push(&k->rows) =
            heap_form(desc, target->row->values, target->row->nulls);
    }
}

static void show_rows(const Keeper *k, StrBuf *out)
{
    array_foreach(HeapTuple *const, tuple, &k->rows) {
        Datum values[COLUMNS];
        bool row_nulls[COLUMNS];

        heap_deform(*tuple, desc, values, row_nulls);
        for (unsigned c = 0; c < COLUMNS; c++) {
            if (row_nulls[c])
                strbuf_add(out, "<NULL>");
            else if (c == 2)
                strbuf_add_fmt(out, "%d", datum_i32(values[c]));
            else
                strbuf_add_bytes(out, varlena_bytes(datum_varlena(values[c])),
                                 varlena_len(datum_varlena(values[c])));
            strbuf_add(out, c + 1 < COLUMNS ? "\x01" : "\x02\n");
        }
    }
}

static const CopyStmt *parse(const char *statement)
{
    const List *all = parser_parse(statement, PARSE_STATEMENTS, ENCODING_UTF8);

    return (const CopyStmt *)((const RawStmt *)list_at(all, 0))->stmt;
}

static void load(const char *statement, Keeper *k, uint64_t *rows)
{
    const CopyStmt *stmt = parse(statement);
    CopyOptions options;
    const Node *defaults[COLUMNS] = {NULL};
    CopyFromTask task = {.relation = "t", .desc = desc, .options = &options, .target = &k->head};
    int16_t *columns;
    bool has_c = false;

    task.column_count = copy_columns(desc, "t", stmt->columns, &columns);
    copy_options_read(stmt->options, COPY_IN, statement, &options);
    task.columns = columns;
    for (unsigned i = 0; i < task.column_count; i++)
        has_c |= columns[i] == 3;
    if (!has_c)
        defaults[2] = rig_int(7);
    task.defaults = defaults;
    task.source = copy_source_file(stmt->filename);
    *rows = copy_from(&task);
}

static void write_out(const char *statement, const Keeper *k, uint64_t *rows)
{
    const CopyStmt *stmt = parse(statement);
    CopyOptions options;
    CopyToTask task = {.relation = "t", .desc = desc, .options = &options};
    RowReceiver *receiver;
    int16_t *columns;

    task.column_count = copy_columns(desc, "t", stmt->columns, &columns);
    copy_options_read(stmt->options, COPY_OUT, statement, &options);
    task.columns = columns;
    task.sink = copy_sink_file(mem_printf("%s/ours", dir));
    receiver = copy_to_receiver(&task);
    receiver->begin(receiver, desc);
    array_foreach(HeapTuple *const, tuple, &k->rows) {
        Datum values[COLUMNS];
        bool row_nulls[COLUMNS];

        heap_deform(*tuple, desc, values, row_nulls);
        receiver->row(receiver, values, row_nulls);
        (*rows)++;
    }
    receiver->end(receiver);
}

static const char *keep_text(const char *text)
{
    return text == NULL ? NULL : mem_strdup(text);
}

static void run_ours(const char *statement, Keeper *k, bool is_from, Outcome *out)
{
    *out = (Outcome){0};
    strbuf_init(&out->data);
    ERR_TRY() {
        if (is_from)
            load(statement, k, &out->rows);
        else
            write_out(statement, k, &out->rows);
    }
    ERR_CATCH() {
        const ErrReport *e = err_caught();

        out->is_error = true;
        snprintf(out->sqlstate, sizeof out->sqlstate, "%s", err_sqlstate_text(e->sqlstate));
        out->message = keep_text(e->message);
        out->detail = keep_text(e->detail);
        out->hint = keep_text(e->hint);
        out->context = keep_text(e->context);
        out->position = e->position == 0 ? NULL : mem_printf("%d", e->position);
    }
    ERR_END();
}

/* ---- Compared ---- */

/* The room of a report is limited. */
static bool same_text(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return strlen(b) > LONG_TEXT ? strncmp(a, b, LONG_TEXT) == 0 : str_equal(a, b);
}

static bool same(const Outcome *a, const Outcome *b)
{
    if (a->is_error || b->is_error)
        return a->is_error == b->is_error && str_equal(a->sqlstate, b->sqlstate) &&
               same_text(a->message, b->message) && same_text(a->detail, b->detail) &&
               same_text(a->hint, b->hint) &&
               (strlen(b->message) > LONG_TEXT || same_text(a->context, b->context)) &&
               same_text(a->position, b->position);
    return a->rows == b->rows && a->data.len == b->data.len &&
           memcmp(a->data.text, b->data.text, a->data.len) == 0;
}

static void show_bytes(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len && i < 400; i++) {
        if ((uint8_t)bytes[i] < ' ' || (uint8_t)bytes[i] >= 0x7F)
            printf("\\x%02x", (uint8_t)bytes[i]);
        else
            putchar(bytes[i]);
    }
    printf(len > 400 ? "...\n" : "\n");
}

static void show(const char *who, const Outcome *o)
{
    printf("    %s ", who);
    if (o->is_error)
        printf("%s %s / %s / %s / %s / at %s\n", o->sqlstate, o->message,
               o->detail == NULL ? "" : o->detail, o->hint == NULL ? "" : o->hint,
               o->context == NULL ? "" : o->context, o->position == NULL ? "" : o->position);
    else {
        printf("%llu rows: ", (unsigned long long)o->rows);
        show_bytes(o->data.text, o->data.len);
    }
}

static void compare(const char *statement, const StrBuf *data, const Outcome *ours,
                    const Outcome *theirs)
{
    errors += theirs->is_error;
    if (same(ours, theirs) || differences++ >= SHOW_MAX)
        return;
    show_bytes(statement, strlen(statement));
    if (data != NULL) {
        printf("    data: ");
        show_bytes(data->text, data->len);
    }
    show("ours  ", ours);
    show("theirs", theirs);
}

static void read_file(const char *name, StrBuf *out)
{
    size_t len;
    char *bytes = os_file_read_all(mem_printf("%s/%s", dir, name), MIB(100), &len);

    strbuf_add_bytes(out, bytes, len);
}

static void try_out(const Keeper *k)
{
    StrBuf statement;
    Outcome ours, theirs;
    bool is_csv, is_binary;

    strbuf_init(&statement);
    strbuf_add(&statement, "copy t");
    if (chance(30))
        add_names(&statement);
    strbuf_add_fmt(&statement, " to '%s/theirs'", dir);
    add_options(&statement, false, &is_csv, &is_binary);
    run("SAVEPOINT s");
    ask(statement.text, &theirs);
    run_ours(statement.text, (Keeper *)(uintptr_t)k, false, &ours);
    if (theirs.is_error)
        run("ROLLBACK TO s");
    else
        read_file("theirs", &theirs.data);
    if (!ours.is_error)
        read_file("ours", &ours.data);
    compare(statement.text, NULL, &ours, &theirs);
}

/* For all to read. */
static void write_data(const char *path, const StrBuf *data)
{
    OsFile *file = os_file_open_named(path, OS_WRITE);

    os_file_write(file, data->text, data->len);
    os_file_close(file);
}

static void try_one(void)
{
    static const char *const ends[] = {"\n", "\n", "\n", "\r\n", "\r"};
    Style style = {.columns = 3};
    StrBuf statement, data;
    Outcome ours, theirs;
    Keeper k = {.head = {.row = slot_new(desc), .add = keep}, .mem = mem_current()};
    const char *file = mem_printf("%s/data", dir);
    bool is_binary;

    array_init(&k.rows, sizeof(HeapTuple *));
    strbuf_init(&statement);
    strbuf_add(&statement, "copy t");
    if (chance(20))
        strbuf_add(&statement, chance(50)   ? "(b, a)"
                               : chance(50) ? "(a)"
                               : chance(95) ? "(c)"
                                            : "(d)");
    if (strchr(statement.text, '(') != NULL)
        style.columns = strchr(statement.text, ',') != NULL ? 2 : 1;
    strbuf_add_fmt(&statement, " from '%s'", file);
    add_options(&statement, true, &style.is_csv, &is_binary);
    style.delimiter = value_of_option(statement.text, "delimiter", style.is_csv ? "," : "\t");
    style.quote = value_of_option(statement.text, "quote", style.is_csv ? "\"" : "q");
    style.null = value_of_option(statement.text, "null", style.is_csv ? "" : "\\N");
    style.end = PICK(ends);
    strbuf_init(&data);
    if (is_binary)
        make_binary(&data);
    else
        make_data(&data, &style);
    write_data(file, &data);

    run("BEGIN; TRUNCATE t");
    ask(statement.text, &theirs);
    run_ours(statement.text, &k, true, &ours);
    if (!theirs.is_error)
        ask_rows(&theirs.data);
    if (!ours.is_error)
        show_rows(&k, &ours.data);
    compare(statement.text, &data, &ours, &theirs);
    if (!ours.is_error && !theirs.is_error)
        try_out(&k);
    run("ROLLBACK");
}

static void ignore_notice(void *arg UNUSED, const char *message UNUSED)
{
}

int main(int argc, char **argv)
{
    uint64_t count;

    if (argc != 4)
        return 2;
    dir = argv[2];
    count = strtoull(argv[3], NULL, 10);
    conn = PQconnectdb(argv[1]);
    PQsetNoticeProcessor(conn, ignore_notice, NULL);
    run("SET client_encoding = 'UTF8'; SET synchronous_commit = off;"
        "CREATE TEMP TABLE t (a text, b text, c int4 DEFAULT 7)");
    seed = seed_new("compare_copy");
    plan_rig_open();
    net_set_encodings(ENCODING_UTF8, ENCODING_UTF8);
    desc = tuple_desc_new(COLUMNS);
    tuple_desc_set(desc, 1, "a", 25, -1, false, 'i');
    tuple_desc_set(desc, 2, "b", 25, -1, false, 'i');
    tuple_desc_set(desc, 3, "c", 23, 4, true, 'i');
    for (unsigned i = 0; i < COLUMNS; i++)
        desc->columns[i].type_mod = -1;
    for (uint64_t i = 0; i < count; i++) {
        MemContext *mem = mem_context_new(NULL, "try");

        MEM_SCOPE(mem)
            try_one();
        mem_delete(mem);
    }
    PQfinish(conn);
    printf("%llu statements, %llu errors, %llu differences\n", (unsigned long long)count,
           (unsigned long long)errors, (unsigned long long)differences);
    return differences == 0 ? 0 : 1;
}
