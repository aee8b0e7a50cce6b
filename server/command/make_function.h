/*
 * make_function.h - rows of pg_proc for functions and procedures
 */
#ifndef COMMAND_MAKE_FUNCTION_H
#define COMMAND_MAKE_FUNCTION_H

#include "common/base/base.h"

#include "server/command/object.h"
#include "server/fmgr/datum.h"
#include "server/node/node.h"

/* A parameter, as it counts. */
typedef struct FunctionParam {
    const char *name; /* "": none */
    Oid type;
    char mode;           /* i o b v t */
    Node *default_value; /* analyzed; NULL: none */
} FunctionParam;

typedef struct FunctionMake {
    const char *name;
    Oid schema, owner, language;
    bool is_replace;
    char kind; /* f p w */
    bool is_definer, is_leakproof, is_strict, returns_set;
    char volatility, parallel;
    double cost, rows;
    const FunctionParam *params;
    int param_count;
    Oid result;
    const char *source, *library; /* library NULL: none */
    bool has_config;
    Datum config;                 /* text[] of NAME=VALUE */
    const Node *body;             /* analyzed, of a standard body; NULL: source */
} FunctionMake;

/* How many of the parameters it is called with, and their types in their order. */
int function_input_types(const FunctionMake *make, Oid *types);

/* Make or replace it; its number. */
Oid function_make(const FunctionMake *make);

#endif
