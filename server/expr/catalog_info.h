/*
 * catalog_info.h - what expressions and plans ask of catalogs while they are made ready
 *
 * One table of functions, so that trees can be tried without a cluster. The default one asks the
 * caches (catalog_cache.c).
 */
#ifndef EXPR_CATALOG_INFO_H
#define EXPR_CATALOG_INFO_H

#include "common/base/base.h"

#include "server/access/common/tuple_desc.h"
#include "server/fmgr/array_value.h"
#include "server/node/node.h"

typedef struct TypeInfo {
    int16_t len;
    bool by_value;
    char align;
    char storage;
    char kind;   /* b c d e p r m, as pg_type.typtype */
    Oid element; /* of arrays; 0 */
    bool is_true_array;
    Oid base; /* of a domain; 0 */
    Oid input, output, io_param;
    Oid equal, less, compare; /* functions of the default orders; 0: none */
    Oid hash;
} TypeInfo;

typedef struct DomainCheck {
    const char *name; /* of the constraint */
    const Node *expr; /* over a CoerceToDomainValue */
} DomainCheck;

typedef struct DomainInfo {
    Oid base;
    int32_t typmod;
    bool is_not_null;
    const char *name, *schema;
    unsigned check_count;
    const DomainCheck
        *checks; /* of it and of the domains below, in the order that they are tested */
} DomainInfo;

typedef struct AggregateInfo {
    Oid transition, final, combine, serial, deserial; /* 0: none */
    Oid inverse_transition, moving_transition, moving_final;
    bool final_has_extra, moving_final_has_extra;
    char final_modify, moving_final_modify; /* r s w */
    char kind;                              /* n o h */
    unsigned direct_args;
    Oid transition_type, moving_transition_type;
    Oid sort_operator;
    const char *initial, *moving_initial; /* as text; NULL: NULL */
} AggregateInfo;

typedef struct CatalogInfo {
    void (*type)(Oid type, TypeInfo *out);
    void (*domain)(Oid type, DomainInfo *out); /* in the current context */
    void (*aggregate)(Oid function, AggregateInfo *out);
    Oid (*operator_function)(Oid operator);

    /* Raises 42501 unless the user may call it; NULL: everybody may. */
    void (*require_execute)(Oid function);

    /* A support function of a family; 0: none. */
    Oid (*support)(Oid family, Oid left_type, Oid right_type, int number);

    /* As messages name it. */
    const char *(*type_name)(Oid type);

    /* May values of one type be taken for values of another as they are? */
    bool (*is_binary)(Oid from, Oid to);

    /* The columns of a composite type, or of a record type with that number; NULL: not known. */
    const TupleDesc *(*row_desc)(Oid type, int32_t typmod);

    /* The columns that a function's OUT parameters name; NULL: it has not two or more of them. */
    const TupleDesc *(*function_row)(Oid function);

    /* Gives a desc of type record its number. */
    void (*register_row)(TupleDesc *desc);

    /* The btree order of an operator: its support function 1, and is it >? */
    bool (*order)(Oid operator, Oid * compare, bool *is_descending);
} CatalogInfo;

const CatalogInfo *catalog_info(void);

/* NULL: the default. */
void catalog_info_set(const CatalogInfo *info);

/* ---- Values that only upper rooms know; set by main ---- */

typedef struct SessionValues {
    Datum (*sql_value)(const SQLValueFunction *function, bool *is_null);
    int64_t (*next_value)(Oid sequence);
} SessionValues;
const SessionValues *session_values(void);
void session_values_set(const SessionValues *values);

/* Before a call of a function that the statement names, or an aggregate, is made ready. */
void catalog_require_execute(Oid function);

/* The shape of elements of that type. */
ArrayElement catalog_info_element(Oid type);

#endif
