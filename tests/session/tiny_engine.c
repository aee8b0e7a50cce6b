/*
 * tiny_engine.c - a few statements, understood by their words
 *
 *     select ITEM [as NAME], ...   ITEM: number, 'text', null, $n, $n::int4, $n::text, true,
 *                                  generate_series(1,N), 1/0, pg_sleep(SECONDS)
 *     begin | commit | end | rollback | savepoint N | rollback to N | release N
 *     set N to V | show N | do NOTICE | empty
 *     vacuum t
 *     copy t from stdin | copy (select generate_series(1,N)) to stdout
 *
 * Anything else is a syntax error at its first word, or an unknown column.
 */
#include "common/base/base.h"

#include "tests/session/tiny_engine.h"

#include <ctype.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/config/guc.h"
#include "server/fmgr/varlena.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/net/copy.h"
#include "server/net/net.h"
#include "server/txn/txn.h"

#define OID_BOOL   16
#define OID_INT4   23
#define OID_TEXT   25
#define OID_VOID   2278
#define OID_INT4PL 177
#define ITEMS_MAX  10

typedef enum Kind {
    SELECT,
    BEGIN,
    COMMIT,
    ROLLBACK,
    SAVEPOINT,
    ROLLBACK_TO,
    RELEASE,
    SET,
    SHOW,
    NOTICE,
    COPY_IN,
    COPY_OUT,
    VACUUM,
} Kind;

typedef enum ItemKind { CONSTANT, PARAMETER, SERIES, ZERO, SLEEP } ItemKind;

typedef struct Item {
    ItemKind kind;
    char name[NAME_SIZE];
    Oid type;
    const char *text; /* NULL: NULL */
    int number;       /* of a parameter, of rows, of seconds */
} Item;

typedef struct Statement {
    Kind kind;
    const char *arg, *arg2;
    Item items[ITEMS_MAX];
    int item_count;
} Statement;

struct Prepared {
    Statement *s;
    TupleDesc *desc;
};

struct Run {
    Statement *s;
    TupleDesc *desc;
    ParamValue *params;
    int64_t done; /* rows given */
};

/* ---- Words ---- */

typedef struct Scan {
    const char *text, *at;
} Scan;

static void skip_blanks(Scan *s)
{
    for (;;) {
        s->at += strspn(s->at, " \t\r\n");
        if (!str_starts_with(s->at, "--"))
            return;
        s->at += strcspn(s->at, "\n");
    }
}

/* A word in lower case, a number, or one other character; "" at the end. */
static char *next_word(Scan *s)
{
    size_t len = 0;
    char *word;

    skip_blanks(s);
    while (isalnum((unsigned char)s->at[len]) || s->at[len] == '_' || (uint8_t)s->at[len] >= 0x80)
        len++;
    if (len == 0 && s->at[0] != '\0')
        len = 1;
    word = mem_strndup(s->at, len);
    for (char *p = word; *p != '\0'; p++)
        *p = (char)tolower((unsigned char)*p);
    s->at += len;
    return word;
}

/* What stands before the closing quote; *s moves behind that. */
static char *quoted_text(Scan *s)
{
    size_t len = strcspn(s->at, "'");
    char *text = mem_strndup(s->at, len);

    if (s->at[len] == '\0')
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("unterminated quoted string at or near \"'%s\"", text),
                  .position = (int)(s->at - s->text));
    s->at += len + 1;
    return text;
}

static bool try_word(Scan *s, const char *word)
{
    Scan ahead = *s;

    if (!str_equal(next_word(&ahead), word))
        return false;
    *s = ahead;
    return true;
}

static void raise_syntax(Scan *s)
{
    const char *where;
    char *word;

    skip_blanks(s);
    where = s->at;
    word = next_word(s);
    if (*word == '\0')
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = "syntax error at end of input",
                  .position = (int)(where - s->text) + 1);
    err_raise(SQLSTATE_SYNTAX_ERROR,
              .message = err_fmt("syntax error at or near \"%.*s\"", (int)strlen(word), where),
              .position = (int)(where - s->text) + 1);
}

static void want_word(Scan *s, const char *word)
{
    if (!try_word(s, word))
        raise_syntax(s);
}

/* ---- Parsing ---- */

static void parse_item(Scan *s, Item *item)
{
    Scan ahead = *s;
    char *word = next_word(&ahead);

    *item = (Item){.kind = CONSTANT, .name = "?column?", .type = OID_TEXT};
    if (*word == '\'') {
        item->text = quoted_text(&ahead);
    } else if (*word == '$') {
        item->kind = PARAMETER;
        item->number = (int)strtol(next_word(&ahead), NULL, 10);
        item->type = 0;
        if (try_word(&ahead, ":")) {
            want_word(&ahead, ":");
            item->type = str_equal(next_word(&ahead), "int4") ? OID_INT4 : OID_TEXT;
            snprintf(item->name, sizeof item->name, "%s", item->type == OID_INT4 ? "int4" : "text");
        }
    } else if (str_is_digits(word)) {
        item->type = OID_INT4;
        item->text = word;
        if (try_word(&ahead, "/")) {
            item->kind = ZERO;
            (void)next_word(&ahead);
        }
    } else if (str_equal(word, "null")) {
        item->text = NULL;
    } else if (str_equal(word, "true")) {
        item->type = OID_BOOL;
        item->text = "t";
    } else if (str_equal(word, "generate_series") || str_equal(word, "pg_sleep")) {
        bool is_series = word[0] == 'g';

        want_word(&ahead, "(");
        if (is_series) {
            want_word(&ahead, "1");
            want_word(&ahead, ",");
        }
        item->kind = is_series ? SERIES : SLEEP;
        item->type = is_series ? OID_INT4 : OID_VOID;
        item->number = (int)strtol(next_word(&ahead), NULL, 10);
        want_word(&ahead, ")");
        snprintf(item->name, sizeof item->name, "%s", word);
    } else if (isalpha((unsigned char)*word)) {
        skip_blanks(s);
        item->kind = CONSTANT;
        item->number = (int)(s->at - s->text) + 1; /* an unknown column: analysis says so */
        item->type = 0;
        item->text = word;
    } else {
        raise_syntax(s);
    }
    *s = ahead;
    if (try_word(s, "as"))
        snprintf(item->name, sizeof item->name, "%s", next_word(s));
}

static const struct {
    const char *words[2];
    Kind kind;
    bool has_arg;
} simple[] = {
    {{"begin", NULL}, BEGIN, false},         {{"commit", NULL}, COMMIT, false},
    {{"end", NULL}, COMMIT, false},          {{"savepoint", NULL}, SAVEPOINT, true},
    {{"rollback", "to"}, ROLLBACK_TO, true}, {{"rollback", NULL}, ROLLBACK, false},
    {{"release", NULL}, RELEASE, true},
};

/* copy t from stdin, copy (select generate_series(1,N)) to stdout */
static void parse_copy(Scan *s, Statement *st)
{
    if (try_word(s, "(")) {
        st->kind = COPY_OUT;
        want_word(s, "select");
        parse_item(s, &st->items[0]);
        want_word(s, ")");
        want_word(s, "to");
        want_word(s, "stdout");
    } else {
        st->kind = COPY_IN;
        want_word(s, "t");
        want_word(s, "from");
        want_word(s, "stdin");
    }
}

static Statement *parse_statement(Scan *s)
{
    Statement *st = mem_new(Statement);

    if (try_word(s, "select")) {
        st->kind = SELECT;
        do
            parse_item(s, &st->items[st->item_count++]);
        while (try_word(s, ","));
        return st;
    }
    for (size_t i = 0; i < ARRAY_LEN(simple); i++) {
        Scan ahead = *s;

        if (!try_word(&ahead, simple[i].words[0]) ||
            (simple[i].words[1] != NULL && !try_word(&ahead, simple[i].words[1])))
            continue;
        st->kind = simple[i].kind;
        if (simple[i].has_arg)
            st->arg = next_word(&ahead);
        *s = ahead;
        return st;
    }
    if (try_word(s, "set")) {
        st->kind = SET;
        st->arg = next_word(s);
        want_word(s, "to");
        st->arg2 = try_word(s, "'") ? quoted_text(s) : next_word(s);
        return st;
    }
    if (try_word(s, "show")) {
        st->kind = SHOW;
        st->arg = next_word(s);
        return st;
    }
    if (try_word(s, "vacuum")) {
        st->kind = VACUUM;
        want_word(s, "t");
        return st;
    }
    if (try_word(s, "copy")) {
        parse_copy(s, st);
        return st;
    }
    if (try_word(s, "do")) {
        st->kind = NOTICE;
        s->at += strcspn(s->at, ";");
        while (*s->at == ';' && strstr(s->at, "$$") != NULL)
            s->at += 1 + strcspn(s->at + 1, ";");
        return st;
    }
    raise_syntax(s);
    return NULL;
}

static void parse(const char *text, Array *out)
{
    Scan s = {.text = text, .at = text};

    for (;;) {
        RawStatement *raw;
        Statement *st;

        while (try_word(&s, ";"))
            continue;
        skip_blanks(&s);
        if (*s.at == '\0')
            return;
        st = parse_statement(&s);
        skip_blanks(&s);
        if (*s.at != '\0' && *s.at != ';')
            raise_syntax(&s);
        raw = array_push(out);
        raw->tree = st;
        raw->is_transaction_control = st->kind >= BEGIN && st->kind <= RELEASE;
        raw->ends_failed_block =
            st->kind == COMMIT || st->kind == ROLLBACK || st->kind == ROLLBACK_TO;
    }
}

/* ---- Analysis ---- */

static void set_column(TupleDesc *desc, unsigned number, const char *name, Oid type)
{
    bool is_text = type == OID_TEXT;

    tuple_desc_set(desc, number, name, type,
                   is_text || type == 0 ? -1
                   : type == OID_BOOL   ? 1
                                        : 4,
                   !is_text, 'i');
    desc->columns[number - 1].type_mod = -1;
}

static Oid resolve_param(const PrepareRequest *r, Item *item)
{
    Oid *known;

    if (r->param_types == NULL || item->number < 1)
        err_raise(SQLSTATE_UNDEFINED_PARAMETER,
                  .message = err_fmt("there is no parameter $%d", item->number),
                  .position = (int)(strchr(r->text, '$') - r->text) + 1);
    while (r->param_types->count < (size_t)item->number)
        array_push(r->param_types);
    known = array_at(r->param_types, (size_t)item->number - 1);
    if (*known == 0)
        *known = item->type != 0 ? item->type : OID_TEXT;
    return item->type != 0 ? item->type : *known;
}

static Prepared *prepare(const PrepareRequest *r)
{
    Prepared *p = mem_alloc_in(r->mem, sizeof *p);
    Statement *s = mem_dup(r->raw->tree, sizeof *s);

    MEM_SCOPE(r->mem) {
        s = mem_dup(s, sizeof *s);
        p->s = s;
        if (s->kind == SHOW) {
            if (guc_show(s->arg) == NULL)
                err_raise(SQLSTATE_UNDEFINED_OBJECT,
                          .message =
                              err_fmt("unrecognized configuration parameter \"%s\"", s->arg));
            p->desc = tuple_desc_new(1);
            set_column(p->desc, 1, s->arg, OID_TEXT);
        }
        if (s->kind == SELECT) {
            p->desc = tuple_desc_new((unsigned)s->item_count);
            for (int i = 0; i < s->item_count; i++) {
                Item *item = &s->items[i];

                if (item->kind == CONSTANT && item->type == 0)
                    err_raise(SQLSTATE_UNDEFINED_COLUMN,
                              .message = err_fmt("column \"%s\" does not exist", item->text),
                              .position = item->number);
                if (item->kind == PARAMETER)
                    item->type = resolve_param(r, item);
                set_column(p->desc, (unsigned)i + 1, item->name, item->type);
                if (item->type == OID_VOID)
                    p->desc->columns[i].len = 4;
            }
        }
    }
    for (size_t i = 0; r->param_types != NULL && i < r->param_types->count; i++)
        if (*(Oid *)array_at(r->param_types, i) == 0)
            err_raise(SQLSTATE_INDETERMINATE_DATATYPE,
                      .message = err_fmt("could not determine data type of parameter $%zu", i + 1));
    return p;
}

static const TupleDesc *columns(Prepared *p)
{
    return p->desc;
}

static void origin(Prepared *p, unsigned column, Oid *table, int16_t *number)
{
    (void)p;
    (void)column;
    *table = 0;
    *number = 0;
}

/* ---- Running ---- */

static Run *open_run(const OpenRequest *r)
{
    Run *run = mem_alloc_in(r->mem, sizeof *run);

    run->s = r->prepared->s;
    run->desc = r->prepared->desc;
    run->params = r->param_count == 0
                      ? NULL
                      : memcpy(mem_alloc_in(r->mem, r->param_count * sizeof *run->params),
                               r->params, r->param_count * sizeof *run->params);
    /* Constants are folded when a plan is made. */
    for (int i = 0; i < run->s->item_count; i++)
        if (run->s->items[i].kind == ZERO)
            err_raise(SQLSTATE_DIVISION_BY_ZERO, .message = "division by zero");
    return run;
}

static int own_format(Run *run)
{
    (void)run;
    return FORMAT_TEXT;
}

static void sleep_for(int seconds)
{
    int64_t left = seconds * INT64_C(1000);

    while (left > 0) {
        int64_t step = left > 50 ? 50 : left;

        if ((latch_wait(LATCH_SET | LATCH_TIMEOUT, step, WAIT_EVENT_PG_SLEEP) & LATCH_SET) != 0)
            latch_reset(latch_own_one());
        check_interrupts();
        left -= step;
    }
}

static Datum constant_datum(const Item *item)
{
    if (item->type == OID_INT4)
        return datum_of_i32((int32_t)strtol(item->text, NULL, 10));
    if (item->type == OID_BOOL)
        return datum_of_bool(item->text[0] == 't');
    return datum_of_pointer(varlena_new(item->text, strlen(item->text)));
}

static void make_row(Run *run, Datum *values, bool *nulls)
{
    for (int i = 0; i < run->s->item_count; i++) {
        const Item *item = &run->s->items[i];
        const ParamValue *param = NULL;

        nulls[i] = false;
        values[i] = 0;
        switch (item->kind) {
        case CONSTANT:
            nulls[i] = item->text == NULL;
            if (!nulls[i])
                values[i] = constant_datum(item);
            break;
        case PARAMETER:
            param = &run->params[item->number - 1];
            nulls[i] = param->is_null;
            values[i] = param->value;
            break;
        case SERIES:
            values[i] = datum_of_i32((int32_t)run->done + 1);
            break;
        case SLEEP:
            sleep_for(item->number);
            break;
        case ZERO:
            break;
        }
    }
}

static int64_t row_count(const Run *run)
{
    for (int i = 0; i < run->s->item_count; i++)
        if (run->s->items[i].kind == SERIES)
            return run->s->items[i].number;
    return 1;
}

static void run_select(Run *run, uint64_t max_rows, RowReceiver *receiver, RunResult *result)
{
    Datum values[ITEMS_MAX];
    bool nulls[ITEMS_MAX];
    int64_t count = row_count(run);

    receiver->begin(receiver, run->desc);
    while (run->done < count && (max_rows == 0 || result->rows < max_rows)) {
        make_row(run, values, nulls);
        run->done++;
        result->rows++;
        if (!receiver->row(receiver, values, nulls))
            break;
    }
    receiver->end(receiver);
    result->tag = "SELECT";
    result->tag_form = TAG_ROWS;
    /* As PostgreSQL does: that there are no more is known when one more was asked for. */
    result->is_done = max_rows == 0 || result->rows < max_rows;
}

static void run_show(Run *run, RowReceiver *receiver, RunResult *result)
{
    const char *text = guc_show(run->s->arg);
    Datum value = datum_of_pointer(varlena_new(text, strlen(text)));
    bool is_null = false;

    receiver->begin(receiver, run->desc);
    receiver->row(receiver, &value, &is_null);
    receiver->end(receiver);
    result->tag = "SHOW";
}

static void run_control(const Statement *s, RunResult *result)
{
    switch (s->kind) {
    case BEGIN:
        txn_begin_block();
        result->tag = "BEGIN";
        break;
    case COMMIT:
        result->tag = txn_commit_block(false) ? "COMMIT" : "ROLLBACK";
        break;
    case ROLLBACK:
        txn_abort_block(false);
        result->tag = "ROLLBACK";
        break;
    case SAVEPOINT:
        txn_require_block(true, "SAVEPOINT");
        txn_savepoint(s->arg);
        result->tag = "SAVEPOINT";
        break;
    case ROLLBACK_TO:
        txn_require_block(true, "ROLLBACK TO SAVEPOINT");
        txn_rollback_to(s->arg);
        result->tag = "ROLLBACK";
        break;
    case RELEASE:
        txn_require_block(true, "RELEASE SAVEPOINT");
        txn_release(s->arg);
        result->tag = "RELEASE";
        break;
    default:
        break;
    }
}

static const char *describe_line(void *arg)
{
    return arg;
}

/* A column of numbers, a line each; pieces are cut anywhere. */
static void run_copy_in(RunResult *result)
{
    ErrContext context = {.describe = describe_line};
    ByteReader data;
    StrBuf text;
    int64_t number;

    strbuf_init(&text);
    copy_in_begin(COPY_TEXT, 1);
    err_context_push(&context);
    context.arg = mem_strdup("COPY t, line 1");
    while (copy_in_next(&data)) {
        char *end;

        strbuf_add_bytes(&text, data.pos, byte_reader_left(&data));
        while ((end = strchr(text.text, '\n')) != NULL) {
            char *line = mem_strndup(text.text, (size_t)(end - text.text));
            char *rest = mem_strdup(end + 1);

            result->rows++;
            context.arg = mem_printf("COPY t, line %d, column a: \"%s\"", (int)result->rows, line);
            if (!num_try_parse_i64(line, &number))
                err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION,
                          .message =
                              err_fmt("invalid input syntax for type integer: \"%s\"", line));
            context.arg = mem_printf("COPY t, line %d", (int)result->rows + 1);
            strbuf_clear(&text);
            strbuf_add(&text, rest);
        }
    }
    err_context_pop(&context);
    result->tag = "COPY";
    result->tag_form = TAG_ROWS;
}

static void run_copy_out(const Statement *s, RunResult *result)
{
    copy_out_begin(COPY_TEXT, 1);
    for (int i = 1; i <= s->items[0].number; i++) {
        const char *line = mem_printf("%d\n", i);

        copy_out_piece();
        net_put_bytes(line, strlen(line));
        net_end();
        result->rows++;
    }
    copy_out_end();
    result->tag = "COPY";
    result->tag_form = TAG_ROWS;
}

static void run_it(Run *run, uint64_t max_rows, RowReceiver *receiver, RunResult *result)
{
    const Statement *s = run->s;

    result->is_done = true;
    switch (s->kind) {
    case SELECT:
        run_select(run, max_rows, receiver, result);
        break;
    case SHOW:
        run_show(run, receiver, result);
        break;
    case SET:
        guc_set(&(GucChange){.name = s->arg,
                             .value = s->arg2,
                             .as = GUC_SUSET,
                             .source = GUC_FROM_SESSION,
                             .action = GUC_SET,
                             .level = ERR_ERROR});
        result->tag = "SET";
        break;
    case NOTICE:
        err_log(ERR_NOTICE, .sqlstate = SQLSTATE_SUCCESSFUL_COMPLETION, .message = "hi",
                .context = "PL/pgSQL function inline_code_block line 1 at RAISE");
        result->tag = "DO";
        break;
    case VACUUM:
        txn_prevent_in_block(true, "VACUUM");
        result->tag = "VACUUM";
        break;
    case COPY_IN:
        run_copy_in(result);
        break;
    case COPY_OUT:
        run_copy_out(s, result);
        break;
    default:
        run_control(s, result);
    }
}

/* It holds nothing but memory of its portal. */
static void hand_run_on(Run *run)
{
    (void)run;
}

static void close_run(Run *run, bool is_abort)
{
    (void)run;
    (void)is_abort;
}

/* ---- Values ---- */

static int32_t read_int4(const WireValue *value)
{
    int64_t number;

    if (value->format == FORMAT_BINARY) {
        if (value->len != 4)
            err_raise(SQLSTATE_PROTOCOL_VIOLATION, .message = "insufficient data left in message");
        return (int32_t)load_be32(value->bytes);
    }
    if (!num_try_parse_i64(value->bytes, &number))
        err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION,
                  .message =
                      err_fmt("invalid input syntax for type integer: \"%s\"", value->bytes));
    return (int32_t)number;
}

static Datum read_value(Oid type, const WireValue *value)
{
    if (value->bytes == NULL)
        return 0;
    if (type == OID_INT4)
        return datum_of_i32(read_int4(value));
    /* The binary form of a text is in the client's encoding as well. */
    if (value->format == FORMAT_BINARY) {
        size_t len;
        const char *text = net_text_in(value->bytes, value->len, &len);

        return datum_of_pointer(varlena_new(text, len));
    }
    return datum_of_pointer(varlena_new(value->bytes, value->len));
}

static void write_int4(ValueWriter *self, Datum value)
{
    char *room = net_room(4 + 12);
    int len;

    (void)self;
    len = snprintf(room + 4, 12, "%d", datum_i32(value));
    store_be32(room, (uint32_t)len);
    net_take_room(4 + (size_t)len);
}

static void write_int4_binary(ValueWriter *self, Datum value)
{
    (void)self;
    net_put_u32(4);
    net_put_u32((uint32_t)datum_i32(value));
}

static void write_bool(ValueWriter *self, Datum value)
{
    (void)self;
    net_put_counted_text(datum_bool(value) ? "t" : "f", 1);
}

static void write_text(ValueWriter *self, Datum value)
{
    const uint8_t *v = datum_pointer(value);

    (void)self;
    net_put_counted_text((const char *)varlena_bytes(v), varlena_len(v));
}

static void write_void(ValueWriter *self, Datum value)
{
    (void)self;
    (void)value;
    net_put_u32(0);
}

static void writer(Oid type, int format, MemContext *mem, ValueWriter *out)
{
    (void)mem;
    *out = (ValueWriter){.write = write_text};
    if (type == OID_INT4)
        out->write = format == FORMAT_BINARY ? write_int4_binary : write_int4;
    else if (type == OID_BOOL)
        out->write = write_bool;
    else if (type == OID_VOID)
        out->write = write_void;
}

static void call(const EngineCall *c)
{
    if (c->function != OID_INT4PL)
        err_raise(SQLSTATE_UNDEFINED_FUNCTION,
                  .message = err_fmt("function with OID %u does not exist", c->function));
    if (c->arg_count != 2)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("function call message contains %zu arguments but function "
                                     "requires %d",
                                     c->arg_count, 2));
    if (c->args[0].bytes == NULL || c->args[1].bytes == NULL) {
        net_put_u32(UINT32_MAX);
        return;
    }
    (c->result_format == FORMAT_BINARY ? write_int4_binary : write_int4)(
        NULL, datum_of_i32(read_int4(&c->args[0]) + read_int4(&c->args[1])));
}

const SessionEngine tiny_engine = {
    .parse = parse,
    .prepare = prepare,
    .columns = columns,
    .open = open_run,
    .own_format = own_format,
    .run = run_it,
    .hand_on = hand_run_on,
    .close = close_run,
    .read_value = read_value,
    .writer = writer,
    .origin = origin,
    .call = call,
};
