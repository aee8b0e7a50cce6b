/*
 * compare.h - what the files of the program share: types, shapes of calls, answers
 */
#ifndef TYPES_COMPARE_H
#define TYPES_COMPARE_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "server/fmgr/fmgr.h"
#include "tests/lib/seed.h"

#define SHAPE_ARGS_MAX 8

typedef struct TestType {
    Oid oid;
    const char *name; /* pg_type.typname */
    int16_t len;
    bool by_value;
    char align, delimiter;
    Oid element, array, io_param;
    Oid in, out, recv, send;
    Oid collation; /* 0: it has none */
} TestType;

/* A function with types that its arguments are given in. */
typedef struct Shape {
    const char *name;   /* pg_proc.proname */
    const char *source; /* prosrc */
    Oid function;       /* 0: none, the value goes in and out */
    int arg_count;
    const TestType *args[SHAPE_ARGS_MAX];
    const TestType *result; /* of a set: the array of its rows' type */
    bool is_strict, is_variadic, is_set;
    int collated;   /* the argument that a collation is given with; -1: none can be */
    Oid collation;  /* when none is given */
    const char *id; /* of the prepared statement */
} Shape;

/* One argument on its way to both. */
typedef struct CallValue {
    const char *text; /* NULL: NULL */
    const uint8_t *bytes;
    size_t len;
    bool is_binary;
} CallValue;

typedef struct TestCall {
    const Shape *shape;
    CallValue args[SHAPE_ARGS_MAX];
    Oid collation; /* 0: the default */
    const char *collation_name;
    bool wants_binary;
} TestCall;

typedef struct Answer {
    bool is_error, is_null;
    char sqlstate[6];
    const char *message, *detail, *hint, *context; /* NULL: none */
    const uint8_t *bytes;
    size_t len;
} Answer;

/* Settings that forms and answers depend on. */
typedef struct TestStyle {
    const char *date, *time_zone;
    const char *interval;
    int interval_number; /* of the setting's choice */
} TestStyle;

/* ---- shapes.c ---- */

void shapes_load(Array *shapes, const char *pattern); /* of Shape; pattern: a LIKE of prosrc */
const TestType *type_by_oid(Oid oid);                 /* NULL: not known */
const TestType *type_by_name(const char *name);

/* ---- asked.c ---- */

void asked_connect(const char *conninfo);
void asked_run(const char *sql);

/* Rows of a query, as text; a NULL is NULL. */
typedef struct Rows {
    size_t rows, columns;
    const char **values;
} Rows;
Rows asked_rows(const char *sql);
const char *rows_at(const Rows *r, size_t row, size_t column);
Answer asked_answer(const TestCall *call);

/* ---- called.c ---- */

void called_init(void);
void called_set_style(const TestStyle *style);
void called_set_time(void); /* when a transaction begins now */
Answer called_answer(const TestCall *call, Seed *seed);
bool called_can(Oid function);

/* A value's binary form by our functions; false when it cannot be made. */
bool called_to_binary(const TestType *type, const char *text, const uint8_t **bytes, size_t *len);

#endif
