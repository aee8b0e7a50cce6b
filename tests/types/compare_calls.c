/*
 * compare_calls.c - call our functions and a real server's with the same values
 *
 *     compare_calls CONNINFO COUNT [PATTERN [LINES]]
 *
 * COUNT calls for each function and type; PATTERN is a LIKE for prosrc, or a type's name. LINES is
 * how many differences of a function are shown (3). Prints what was compared, by type of the first
 * argument, what differed, and how many calls were excused (is_excused). Fails when any differed.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "tests/types/compare.h"
#include "tests/types/values.h"

typedef struct Count {
    const char *name;
    uint64_t calls, errors, excused, differences;
} Count;

/* The default, C and POSIX, and some of ICU. */
typedef struct Collation {
    Oid oid;
    const char *name; /* NULL: the default */
} Collation;

static TestStyle style;
static Array collations;
static Array by_type; /* Count */
static uint64_t lines_max = 3;

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : str_equal(a, b);
}

/* b may have more lines: what the caller adds. */
static bool same_context(const char *a, const char *b)
{
    size_t len;

    if (a == NULL)
        return true;
    len = strlen(a);
    return b != NULL && strncmp(a, b, len) == 0 && (b[len] == '\0' || b[len] == '\n');
}

static bool same(const Answer *a, const Answer *b)
{
    if (a->is_error || b->is_error)
        return a->is_error == b->is_error && str_equal(a->sqlstate, b->sqlstate) &&
               same_text(a->message, b->message) && same_text(a->detail, b->detail) &&
               same_text(a->hint, b->hint) && same_context(a->context, b->context);
    if (a->is_null || b->is_null)
        return a->is_null == b->is_null;
    return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/*
 * A row that a client gets holds the value and some bytes more. A value to which memory just
 * suffices is one to us, who make no row of it.
 */
static bool is_excused(const Answer *ours, const Answer *theirs)
{
    const size_t text_bytes_max = 0x3fffffff, row_bytes_max = 64;

    return theirs->is_error && !ours->is_error && !ours->is_null &&
           str_equal(theirs->sqlstate, "54000") && theirs->detail != NULL &&
           str_starts_with(theirs->detail, "Cannot enlarge string buffer containing ") &&
           ours->len + row_bytes_max > text_bytes_max;
}

static void show_bytes(const uint8_t *bytes, size_t len, bool is_binary)
{
    if (len > 300)
        len = 300;
    for (size_t i = 0; i < len; i++) {
        if (is_binary)
            printf("%02x", bytes[i]);
        else
            putchar(bytes[i]);
    }
}

static void show(const char *who, const Answer *a, bool is_binary)
{
    printf("    %s ", who);
    if (a->is_error) {
        printf("%s %s", a->sqlstate, a->message);
        if (a->detail != NULL)
            printf(" / DETAIL %s", a->detail);
        if (a->hint != NULL)
            printf(" / HINT %s", a->hint);
        if (a->context != NULL)
            printf(" / CONTEXT %s", a->context);
    } else if (a->is_null) {
        printf("NULL");
    } else {
        printf("[");
        show_bytes(a->bytes, a->len, is_binary);
        printf("]");
    }
    printf("\n");
}

static void show_difference(const TestCall *call, const Answer *ours, const Answer *theirs)
{
    const Shape *s = call->shape;

    printf("%s = %s(", s->source, s->function == 0 ? "in and out" : s->name);
    for (int i = 0; i < s->arg_count; i++) {
        const CallValue *v = &call->args[i];

        printf("%s%s ", i > 0 ? ", " : "", s->args[i]->name);
        if (v->is_binary) {
            printf("\\x");
            show_bytes(v->bytes, v->len, true);
        } else {
            printf(v->text == NULL ? "NULL" : "'%s'", v->text);
        }
    }
    printf(")%s%s [%s; %s; %s]\n", call->collation_name == NULL ? "" : " collate ",
           call->collation_name == NULL ? "" : call->collation_name, style.date, style.interval,
           style.time_zone);
    show("ours  ", ours, call->wants_binary);
    show("theirs", theirs, call->wants_binary);
}

/* Bytes that are nearly right. */
static void damage(Seed *s, CallValue *v)
{
    uint8_t *copy = mem_alloc(v->len + 8);

    memcpy(copy, v->bytes, v->len);
    switch (seed_below(s, 3)) {
    case 0:
        v->len = seed_below(s, v->len + 1);
        break;
    case 1:
        seed_fill(s, copy + v->len, 8);
        v->len += seed_below(s, 8);
        break;
    default:
        if (v->len > 0)
            copy[seed_below(s, v->len)] = (uint8_t)seed_u64(s);
    }
    v->bytes = copy;
}

static CallValue make_value(Seed *s, const Shape *shape, int i)
{
    CallValue v = {.text = value_make(s, shape, i)};

    if (v.text == NULL || !value_chance(s, 30))
        return v;
    v.is_binary = called_to_binary(shape->args[i], v.text, &v.bytes, &v.len);
    if (v.is_binary && !value_is_chosen(shape, i) && value_chance(s, shape->function == 0 ? 30 : 3))
        damage(s, &v);
    return v;
}

static TestCall make_call(Seed *s, const Shape *shape)
{
    TestCall call = {.shape = shape};

    for (int i = 0; i < shape->arg_count; i++)
        call.args[i] = make_value(s, shape, i);
    if (shape->collated >= 0) {
        const Collation *c = array_at(&collations, seed_below(s, collations.count));

        call.collation = c->oid;
        call.collation_name = c->name;
    }
    call.wants_binary = called_can(shape->result->send) && value_chance(s, 30);
    return call;
}

/* Others of the settings, here and there. */
static void change_style(Seed *s)
{
    static const char *const intervals[] = {"postgres", "postgres_verbose", "sql_standard",
                                            "iso_8601"};
    uint64_t i = seed_below(s, ARRAY_LEN(intervals));

    style.date = VALUE_PICK(s, "ISO, MDY", "ISO, DMY", "ISO, YMD", "SQL, MDY", "SQL, DMY",
                            "German, DMY", "Postgres, MDY", "Postgres, DMY", "Postgres, YMD");
    style.interval = intervals[i];
    style.interval_number = (int)i;
    style.time_zone =
        VALUE_PICK(s, "GMT", "UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata",
                   "Australia/Lord_Howe", "America/St_Johns", "Pacific/Kiritimati", "Europe/Moscow",
                   "America/Sao_Paulo", "Africa/Casablanca", "Europe/Dublin");
    asked_run(mem_printf("SET DateStyle = %s; SET IntervalStyle = %s; SET TimeZone = '%s'",
                         style.date, style.interval, style.time_zone));
    called_set_style(&style);
    called_set_time();
}

static Count *count_of(const char *name)
{
    Count *c;

    array_foreach(Count, known, &by_type) {
        if (str_equal(known->name, name))
            return known;
    }
    c = array_push(&by_type);
    c->name = name;
    return c;
}

static void compare_shape(const Shape *shape, Seed *s, uint64_t calls, MemContext *scratch)
{
    Count *count = count_of(shape->arg_count > 0 ? shape->args[0]->name : "none");
    uint64_t shown = 0;

    for (uint64_t i = 0; i < calls; i++) {
        MEM_SCOPE(scratch) {
            TestCall call;
            Answer theirs, ours;

            if (i % 16 == 0)
                change_style(s);
            call = make_call(s, shape);
            theirs = asked_answer(&call);
            ours = called_answer(&call, s);

            count->calls++;
            count->errors += theirs.is_error;
            if (is_excused(&ours, &theirs)) {
                count->excused++;
            } else if (!same(&ours, &theirs)) {
                count->differences++;
                if (shown++ < lines_max)
                    show_difference(&call, &ours, &theirs);
            }
        }
        mem_reset(scratch);
    }
    if (shown > 0)
        printf("  %s: %" PRIu64 " of %" PRIu64 " differ\n", shape->source, shown, calls);
}

static void load_collations(void)
{
    Rows r;

    asked_run("CREATE COLLATION pg_temp.no_case (PROVIDER = icu, "
              "LOCALE = 'und-u-ks-level2', DETERMINISTIC = false)");
    r = asked_rows("SELECT oid, collname FROM pg_collation WHERE collname IN ('C', 'POSIX', "
                   "'und-x-icu', 'sv-x-icu', 'tr-x-icu', 'no_case') ORDER BY collname");

    array_init(&collations, sizeof(Collation));
    array_push(&collations);
    for (size_t i = 0; i < r.rows; i++)
        *(Collation *)array_push(&collations) = (Collation){
            .oid = (Oid)strtoul(rows_at(&r, i, 0), NULL, 10), .name = rows_at(&r, i, 1)};
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const Count *)a)->name, ((const Count *)b)->name);
}

static uint64_t report(size_t shape_count)
{
    Count all = {.name = "all"};

    array_sort(&by_type, by_name);
    array_foreach(Count, c, &by_type) {
        printf("%-16s %8" PRIu64 " calls, %7" PRIu64 " errors, %" PRIu64 " differences\n", c->name,
               c->calls, c->errors, c->differences);
        all.excused += c->excused;
        all.calls += c->calls;
        all.errors += c->errors;
        all.differences += c->differences;
    }
    printf("%zu functions and types, %" PRIu64 " calls, %" PRIu64 " errors, %" PRIu64
           " excused, %" PRIu64 " differences\n",
           shape_count, all.calls, all.errors, all.excused, all.differences);
    return all.differences;
}

int main(int argc, char **argv)
{
    MemContext *scratch = mem_context_new(NULL, "call");
    Array shapes;
    Seed seed;
    uint64_t differences;

    if (argc < 3) {
        fprintf(stderr, "compare_calls CONNINFO COUNT [PATTERN [LINES]]\n");
        return 2;
    }
    if (argc > 4)
        lines_max = strtoull(argv[4], NULL, 10);
    seed = seed_new("compare_calls");
    asked_connect(argv[1]);
    called_init();
    load_collations();
    array_init(&by_type, sizeof(Count));
    shapes_load(&shapes, argc > 3 ? argv[3] : "%");
    array_foreach(Shape, s, &shapes)
        compare_shape(s, &seed, strtoull(argv[2], NULL, 10), scratch);
    differences = report(shapes.count);
    return differences > 0 || shapes.count == 0;
}
