/* shapes.c - the functions that can be compared, with the types of their arguments. */
#include "common/base/base.h"

#include <stdlib.h>

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/access/common/sort_support.h"
#include "tests/types/compare.h"
#include "tests/types/values.h"

static Array types; /* TestType */

static Oid oid_of(const char *text)
{
    return (Oid)strtoul(text, NULL, 10);
}

static void load_types(void)
{
    Rows r = asked_rows("SELECT oid, typname, typlen, typbyval, typalign, typdelim, typelem, "
                        "typarray, typinput::oid, typoutput::oid, typreceive::oid, typsend::oid, "
                        "typcollation "
                        "FROM pg_type WHERE oid < 10000 OR typname ~ '^_?compared_' ORDER BY oid");

    array_init(&types, sizeof(TestType));
    for (size_t i = 0; i < r.rows; i++) {
        TestType *t = array_push(&types);

        t->oid = oid_of(rows_at(&r, i, 0));
        t->name = rows_at(&r, i, 1);
        t->len = (int16_t)strtol(rows_at(&r, i, 2), NULL, 10);
        t->by_value = rows_at(&r, i, 3)[0] == 't';
        t->align = rows_at(&r, i, 4)[0];
        t->delimiter = rows_at(&r, i, 5)[0];
        t->element = oid_of(rows_at(&r, i, 6));
        t->array = oid_of(rows_at(&r, i, 7));
        t->io_param = t->element != 0 ? t->element : t->oid;
        t->in = oid_of(rows_at(&r, i, 8));
        t->out = oid_of(rows_at(&r, i, 9));
        t->recv = oid_of(rows_at(&r, i, 10));
        t->send = oid_of(rows_at(&r, i, 11));
        t->collation = oid_of(rows_at(&r, i, 12));
    }
}

const TestType *type_by_oid(Oid oid)
{
    array_foreach(TestType, t, &types) {
        if (t->oid == oid)
            return t;
    }
    return NULL;
}

const TestType *type_by_name(const char *name)
{
    array_foreach(TestType, t, &types) {
        if (str_equal(t->name, name))
            return t;
    }
    return NULL;
}

static bool can_be_made(const TestType *t)
{
    if (t == NULL || !called_can(t->in) || !called_can(t->out))
        return false;
    if (t->element != 0 && t->len == -1)
        return can_be_made(type_by_oid(t->element));
    return value_maker(t->name) != NULL;
}

/* Enter a shape whose types are all real ones; quietly not when no values of them are known. */
static void enter(Array *shapes, const Shape *like)
{
    Shape s = *like;

    if (s.is_set && s.result != NULL)
        s.result = type_by_oid(s.result->array);
    if (s.result == NULL || !called_can(s.result->out))
        return;

    /* What a record is made of only a session knows. */
    if (str_equal(s.result->name, "record") || str_equal(s.result->name, "_record"))
        return;
    s.collated = -1;
    for (int i = 0; i < s.arg_count; i++) {
        if (!can_be_made(s.args[i]))
            return;
        if (s.collated < 0 && s.args[i]->collation != 0)
            s.collated = i;

        /* Any other wins over the default. */
        if (s.collation == 0 || s.collation == COLLATION_DEFAULT)
            s.collation = s.args[i]->collation != 0 ? s.args[i]->collation : s.collation;
    }
    s.id = mem_printf("s%zu", shapes->count);
    *(Shape *)array_push(shapes) = s;
}

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(name, names[i]))
            return true;
    }
    return false;
}

static bool is_polymorphic(const TestType *t)
{
    static const char *const names[] = {"anyarray",           "anyelement",
                                        "anynonarray",        "anycompatible",
                                        "anycompatiblearray", "anycompatiblenonarray"};

    return t != NULL && is_one_of(t->name, names, ARRAY_LEN(names));
}

/* Types that each database has its own of. */
static const TestType *stand_in(const TestType *t)
{
    if (t == NULL || str_equal(t->name, "record"))
        return t == NULL ? NULL : type_by_name("compared_row");
    return str_equal(t->name, "anyenum") ? type_by_name("compared_enum") : t;
}

static const TestType *concrete(const TestType *t, const TestType *element)
{
    if (!is_polymorphic(t))
        return t;
    if (str_ends_with(t->name, "array") && !str_equal(t->name, "anynonarray") &&
        !str_equal(t->name, "anycompatiblenonarray"))
        return type_by_oid(element->array);
    return element;
}

/* Functions that take any number of any type: one to three of some types, or an array of them. */
static void enter_any(Array *shapes, const Shape *s)
{
    static const char *const elements[] = {"int4", "text", "name", "float8", "int2", "_int4"};
    int first = s->arg_count - 1;

    for (size_t e = 0; e < ARRAY_LEN(elements); e++) {
        Shape made = *s;

        made.is_variadic = false;
        for (int more = 0; more < 3; more++) {
            made.args[first + more] = type_by_name(elements[(e + (size_t)more) % 6]);
            made.arg_count = first + more + 1;
            enter(shapes, &made);
        }
        made = *s;
        made.args[first] = type_by_oid(type_by_name(elements[e])->array);
        made.is_variadic = true;

        /* A random number as width would fill the memory. */
        if (made.args[first] != NULL && !str_equal(s->source, "text_format"))
            enter(shapes, &made);
    }
}

/* Polymorphic functions are asked for with several types. */
static void enter_all(Array *shapes, const Shape *s)
{
    static const char *const elements[] = {"int4", "text", "float8",      "bool",
                                           "name", "int8", "compared_row"};
    bool is_any = is_polymorphic(s->result);

    for (int i = 0; i < s->arg_count; i++)
        is_any |= is_polymorphic(s->args[i]);
    if (!is_any) {
        enter(shapes, s);
        return;
    }
    for (size_t e = 0; e < ARRAY_LEN(elements); e++) {
        const TestType *element = type_by_name(elements[e]);
        Shape made = *s;

        made.result = concrete(s->result, element);
        for (int i = 0; i < s->arg_count; i++)
            made.args[i] = concrete(s->args[i], element);
        enter(shapes, &made);
    }
}

static void enter_types(Array *shapes, const char *pattern)
{
    array_foreach(TestType, t, &types) {
        if (!can_be_made(t) || (!str_equal(pattern, "%") && !str_equal(pattern, t->name)))
            continue;
        enter(shapes, &(Shape){.name = t->name,
                               .source = t->name,
                               .arg_count = 1,
                               .args = {t},
                               .result = t,
                               .is_strict = true});
    }
}

void shapes_load(Array *shapes, const char *pattern)
{
    Rows r;

    asked_run("DO $$ BEGIN CREATE TYPE compared_enum AS ENUM ('b', 'a', 'C c'); "
              "EXCEPTION WHEN duplicate_object THEN NULL; END $$");
    asked_run("ALTER TYPE compared_enum ADD VALUE IF NOT EXISTS 'between' BEFORE 'a'");
    asked_run("DO $$ BEGIN CREATE TYPE compared_row AS (a int4, b text, c float8, "
              "d int4[], e compared_enum); "
              "EXCEPTION WHEN duplicate_object THEN NULL; END $$");
    load_types();
    array_init(shapes, sizeof(Shape));
    enter_types(shapes, pattern);
    r = asked_rows(mem_printf(
        "SELECT oid, proname, prosrc, pronargs, proargtypes, prorettype, proisstrict, provariadic, "
        "proretset "
        "FROM pg_proc WHERE prolang = 12 AND prokind = 'f' AND oid < 10000 "
        "AND provolatile <> 'v' AND NOT (pronargs = 0 AND provolatile = 's') "
        "AND prosrc NOT IN ('xid_age', 'mxid_age') "
        "AND prosrc LIKE '%s' ORDER BY prosrc, oid",
        pattern));
    for (size_t i = 0; i < r.rows; i++) {
        Shape s = {.function = oid_of(rows_at(&r, i, 0)),
                   .name = rows_at(&r, i, 1),
                   .source = rows_at(&r, i, 2),
                   .arg_count = (int)strtol(rows_at(&r, i, 3), NULL, 10),
                   .result = type_by_oid(oid_of(rows_at(&r, i, 5))),
                   .is_strict = rows_at(&r, i, 6)[0] == 't',
                   .is_variadic = !str_equal(rows_at(&r, i, 7), "0"),
                   .is_set = rows_at(&r, i, 8)[0] == 't'};
        const char *arg = rows_at(&r, i, 4);

        if (s.result != NULL && str_equal(s.result->name, "anyenum"))
            s.result = stand_in(s.result);
        if (!called_can(s.function) || s.arg_count > SHAPE_ARGS_MAX)
            continue;
        for (int n = 0; n < s.arg_count; n++) {
            char *end;

            s.args[n] = stand_in(type_by_oid((Oid)strtoul(arg, &end, 10)));
            arg = end;
        }
        if (s.arg_count > 0 && s.is_variadic && str_equal(s.args[s.arg_count - 1]->name, "any"))
            enter_any(shapes, &s);
        else
            enter_all(shapes, &s);
    }
}
