/*
 * copy_rows_test.c - COPY in pieces and in batches: what is hard to see from outside
 *
 * What lines and fields are is held against a real server by tests/copy.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/copy/copy.h"
#include "server/net/net.h"
#include "server/parser/parser.h"
#include "tests/lib/plan_rig.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

/* Bytes in pieces of random or of one size. */
typedef struct Pieces {
    CopySource head;
    const char *bytes;
    size_t len, at;
    size_t piece; /* 0: random */
    Seed *seed;
    bool is_asked_again; /* after it has said that there is no more */
    bool is_over;
} Pieces;

static size_t read_piece(CopySource *source, uint8_t *room, size_t size)
{
    Pieces *p = (Pieces *)source;
    size_t len = p->piece != 0 ? p->piece : 1 + (size_t)seed_below(p->seed, 40);

    p->is_asked_again |= p->is_over;
    len = len < p->len - p->at ? len : p->len - p->at;
    len = len < size ? len : size;
    memcpy(room, p->bytes + p->at, len);
    p->at += len;
    p->is_over = len == 0;
    return len;
}

#define KEPT_MAX 4 /* rows go on when there are as many, as to a table */

/* Rows as text, a line each; what raises at a row. */
typedef struct Shown {
    CopyTarget head;
    MemContext *mem;
    HeapTuple *kept[KEPT_MAX];
    StrBuf text;
    unsigned batches;
    int32_t checked_bad, inserted_bad; /* values of the first column; 0: none */
} Shown;

static TupleDesc *desc;

static void show_row(Shown *s, const Datum *values, const bool *nulls)
{
    for (unsigned i = 0; i < 3; i++) {
        if (nulls[i])
            strbuf_add(&s->text, "-");
        else if (i == 1)
            strbuf_add_fmt(&s->text, "%.*s", (int)varlena_len(datum_varlena(values[i])),
                           (const char *)varlena_bytes(datum_varlena(values[i])));
        else
            strbuf_add_fmt(&s->text, "%d", datum_i32(values[i]));
        strbuf_add(&s->text, i < 2 ? "|" : "\n");
    }
}

static void flush_kept(CopyTarget *target)
{
    Shown *s = (Shown *)target;

    s->batches++;
    target->is_flushing = true;
    for (target->flushing = 0; target->flushing < target->kept; target->flushing++) {
        Datum values[3];
        bool nulls[3];

        heap_deform(s->kept[target->flushing], desc, values, nulls);
        if (!nulls[0] && s->inserted_bad != 0 && datum_i32(values[0]) == s->inserted_bad)
            err_raise(SQLSTATE_UNIQUE_VIOLATION, .message = "bad key");
        show_row(s, values, nulls);
    }
    target->is_flushing = false;
    target->kept = 0;
    mem_reset(s->mem);
}

static void add_row(CopyTarget *target)
{
    Shown *s = (Shown *)target;
    bool is_null;
    int32_t first = datum_i32(slot_get(target->row, 1, &is_null));

    if (s->checked_bad != 0 && first == s->checked_bad)
        err_raise(SQLSTATE_CHECK_VIOLATION, .message = "bad row");
    MEM_SCOPE(s->mem) {
        s->kept[target->kept] = heap_form(desc, target->row->values, target->row->nulls);
    }
    if (++target->kept == KEPT_MAX)
        flush_kept(target);
}

static void begin(void)
{
    plan_rig_open();
    net_set_encodings(ENCODING_UTF8, ENCODING_UTF8);
    desc = tuple_desc_new(3);
    tuple_desc_set(desc, 1, "a", RIG_INT4, 4, true, 'i');
    tuple_desc_set(desc, 2, "b", RIG_TEXT, -1, false, 'i');
    tuple_desc_set(desc, 3, "c", RIG_INT4, 4, true, 'i');
    for (unsigned i = 0; i < 3; i++)
        desc->columns[i].type_mod = -1;
}

static void end(void)
{
    plan_rig_close();
}

/* What a test asks; options as in COPY t FROM STDIN <options>. */
typedef struct Try {
    const char *options, *columns, *data;
    size_t len; /* of data; 0: up to its NUL */
    Shown shown;
    Pieces pieces;
    const Node *defaults[3];
    const List *where;
    uint64_t rows;
    char error[400]; /* message and context; empty: none */
} Try;

static const CopyStmt *parse(const char *text)
{
    const List *all = parser_parse(text, PARSE_STATEMENTS, ENCODING_UTF8);

    return (const CopyStmt *)((const RawStmt *)list_at(all, 0))->stmt;
}

static void copy_it(Try *t)
{
    const char *text = mem_printf("COPY t%s FROM STDIN%s", t->columns == NULL ? "" : t->columns,
                                  t->options == NULL ? "" : t->options);
    const CopyStmt *stmt = parse(text);
    CopyOptions options;
    CopyFromTask task = {.relation = "t",
                         .desc = desc,
                         .options = &options,
                         .defaults = t->defaults,
                         .where = t->where,
                         .source = &t->pieces.head,
                         .target = &t->shown.head};
    int16_t *columns;

    task.column_count = copy_columns(desc, "t", stmt->columns, &columns);
    task.columns = columns;
    copy_options_read(stmt->options, COPY_IN, text, &options);
    t->rows = copy_from(&task);
}

static void try_it(Try *t)
{
    t->shown.head = (CopyTarget){.row = slot_new(desc), .add = add_row, .flush = flush_kept};
    t->shown.mem = mem_context_new(mem_current(), "kept rows");
    strbuf_init(&t->shown.text);
    t->pieces.head.read = read_piece;
    t->pieces.bytes = t->data;
    t->pieces.len = t->len != 0 ? t->len : strlen(t->data);
    if (t->pieces.seed == NULL && t->pieces.piece == 0)
        t->pieces.piece = SIZE_MAX;
    ERR_TRY() {
        copy_it(t);
    }
    ERR_CATCH() {
        const ErrReport *e = err_caught();

        snprintf(t->error, sizeof t->error, "%s / %s", e->message,
                 e->context == NULL ? "" : e->context);
    }
    ERR_END();
}

static void the_rows_of_text_are_read(void)
{
    Try t = {.data = "1\tone\t10\n\\N\ttab\\there\t-5\n3\t\t\\N\n"};

    begin();
    try_it(&t);
    CU_ASSERT_STRING_EQUAL(t.error, "");
    CU_ASSERT_EQUAL(t.rows, 3);
    CU_ASSERT_STRING_EQUAL(t.shown.text.text, "1|one|10\n-|tab\there|-5\n3||-\n");
    end();
}

/* The same bytes in pieces of any size: the same rows, or the same error. */
static void it_does_not_matter_how_data_are_cut(void)
{
    static const char *const words[] = {
        "1",  "22", ",",  ",",    "\n",       "\n",           "\"",   "a",
        "\\", ".",  "\r", "\r\n", "\xC3\xA9", "\xE2\x82\xAC", "\xFF", "\"\""};
    static const char *const options[] = {"",
                                          " (DELIMITER ',')",
                                          " CSV",
                                          " CSV HEADER",
                                          " (FORMAT csv, ESCAPE '\\')",
                                          " (DELIMITER ',', ENCODING 'latin1')"};
    Seed seed = seed_new("copy in pieces");

    begin();
    for (unsigned i = 0; i < 3000; i++) {
        MemContext *mem = mem_context_new(NULL, "try");

        MEM_SCOPE(mem) {
            Try whole = {.options = options[seed_below(&seed, ARRAY_LEN(options))]}, cut;
            StrBuf data;

            strbuf_init(&data);
            for (uint64_t n = seed_below(&seed, 5); n > 0; n--)
                strbuf_add_fmt(&data, "%u,x\\%cy,%s\n", i, (int)('a' + seed_below(&seed, 26)),
                               seed_below(&seed, 2) == 0 ? "\"3\"" : "4");
            for (uint64_t n = seed_below(&seed, 12); n > 0; n--)
                strbuf_add(&data, words[seed_below(&seed, ARRAY_LEN(words))]);
            whole.data = data.text;
            whole.pieces.head.must_be_read = seed_below(&seed, 2) == 0;
            cut = whole;
            cut.pieces.seed = &seed;
            try_it(&whole);
            try_it(&cut);
            CU_ASSERT_STRING_EQUAL(cut.error, whole.error);
            CU_ASSERT_STRING_EQUAL(cut.shown.text.text, whole.shown.text.text);
        }
        mem_delete(mem);
    }
    end();
}

static void a_client_is_heard_to_the_end(void)
{
    Try t = {.data = "1\tx\t2\n\\.\nmore\nand more\n", .pieces = {.piece = 3}};

    begin();
    t.pieces.head.must_be_read = true;
    try_it(&t);
    CU_ASSERT_STRING_EQUAL(t.error, "");
    CU_ASSERT_EQUAL(t.rows, 1);
    CU_ASSERT_EQUAL(t.pieces.at, t.pieces.len);
    CU_ASSERT_TRUE(t.pieces.is_over);
    end();
}

/* Lines are those of the file, of which a row of CSV may have several. */
static void errors_in_a_batch_tell_the_line_of_their_row(void)
{
    Try t = {.data = "1,x,1\n2,y,1\n3,z,1\n4,\"a\n\n\",1\n5,b,1\n", .options = " CSV"};

    begin();
    t.shown.inserted_bad = 5;
    try_it(&t);
    CU_ASSERT_STRING_EQUAL(t.error, "bad key / COPY t, line 7");
    CU_ASSERT_EQUAL(t.shown.batches, 2);
    CU_ASSERT_STRING_EQUAL(t.shown.text.text, "1|x|1\n2|y|1\n3|z|1\n4|a\n\n|1\n");
    end();
}

static void errors_of_the_row_that_was_read_tell_the_line_itself(void)
{
    Try t = {.data = "1,x,1\n2,y,1\n3,z,1\n", .options = " CSV"};

    begin();
    t.shown.checked_bad = 3;
    try_it(&t);
    CU_ASSERT_STRING_EQUAL(t.error, "bad row / COPY t, line 3: \"3,z,1\"");
    end();
}

static void rows_that_are_not_wanted_are_left_out(void)
{
    Try t = {.data = "1,x,1\n2,y,7\n3,z,1\n,z,1\n", .options = " CSV"};

    begin();
    t.where = list_of(rig_op(65, RIG_BOOL, rig_var(1, 3, RIG_INT4), rig_int(1)));
    try_it(&t);
    CU_ASSERT_STRING_EQUAL(t.error, "");
    CU_ASSERT_EQUAL(t.rows, 3);
    CU_ASSERT_STRING_EQUAL(t.shown.text.text, "1|x|1\n3|z|1\n-|z|1\n");
    end();
}

static void what_is_not_given_is_computed(void)
{
    Try t = {.data = "x,1\ny,2\n", .options = " CSV", .columns = "(b, a)"};

    begin();
    t.defaults[2] = rig_int(40);
    try_it(&t);
    CU_ASSERT_STRING_EQUAL(t.shown.text.text, "1|x|40\n2|y|40\n");
    end();
}

static void long_lines_and_many_rows_take_no_more_memory(void)
{
    Try t = {.options = " CSV"};
    StrBuf data;
    size_t before;

    begin();
    strbuf_init(&data);
    for (unsigned i = 0; i < 50000; i++)
        strbuf_add_fmt(&data, "%u,some text that is no longer than others,%u\n", i, i);
    strbuf_add(&data, "7,\"");
    strbuf_add_chars(&data, 'x', 300000);
    strbuf_add(&data, "\n\",8\n");
    t.data = data.text;
    before = mem_context_size(mem_current());
    try_it(&t);
    CU_ASSERT_STRING_EQUAL(t.error, "");
    CU_ASSERT_EQUAL(t.rows, 50001);
    CU_ASSERT_TRUE(t.shown.batches > 50);
    CU_ASSERT_TRUE(mem_context_size(mem_current()) - before < 2 * data.len + MIB(3));
    end();
}

UNIT_SUITE(copy_rows)
{
    UNIT_TEST(the_rows_of_text_are_read);
    UNIT_TEST(it_does_not_matter_how_data_are_cut);
    UNIT_TEST(a_client_is_heard_to_the_end);
    UNIT_TEST(errors_in_a_batch_tell_the_line_of_their_row);
    UNIT_TEST(errors_of_the_row_that_was_read_tell_the_line_itself);
    UNIT_TEST(rows_that_are_not_wanted_are_left_out);
    UNIT_TEST(what_is_not_given_is_computed);
    UNIT_TEST(long_lines_and_many_rows_take_no_more_memory);
}
