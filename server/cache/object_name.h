/*
 * object_name.h - what objects are called in messages and definitions: quoted where it is needed,
 * with their schema where the bare name would not find them
 *
 * Results are in the current context. An object that is not there raises XX000 unless said
 * otherwise.
 */
#ifndef CACHE_OBJECT_NAME_H
#define CACHE_OBJECT_NAME_H

#include "common/base/base.h"

/* As it must be written in SQL; the name itself when that is as it is. */
const char *name_quoted(const char *name);
char *name_qualified(const char *schema, const char *name); /* schema NULL: none */

/* Does a word need quotes though it is plain: is it a key word, other than an unreserved one? */
typedef bool (*NameIsKeyword)(const char *word);
void name_set_keyword_test(NameIsKeyword test);

/* ---- Types, as format_type() writes them ---- */

enum {
    TYPE_NAME_TYPMOD = 0x1,     /* the modifier is given, -1: it is not, but might be */
    TYPE_NAME_INVALID_OK = 0x2, /* "-" and "???" in place of raising */
    TYPE_NAME_QUALIFIED = 0x4,  /* always with its schema, where it has a name of its own */
};

char *type_name_extended(Oid type, int32_t typmod, unsigned flags);
char *type_shown(Oid type);                            /* "timestamp without time zone" */
char *type_name_with_typmod(Oid type, int32_t typmod); /* "numeric(10,2)" */
char *type_name_qualified(Oid type);

/* ---- Others ---- */

const char *relation_name(Oid relation); /* bare and unquoted; NULL: no such relation */
const char *schema_name(Oid schema);     /* NULL: none */
char *function_signature(const char *name, const Oid *types, int count); /* f(integer, text) */
char *function_shown(Oid function);        /* as regprocedure: s.f(integer,text); NULL: none */
char *operator_shown(Oid op);              /* as regoperator: +(integer,integer); NULL: none */
const char *collation_name(Oid collation); /* bare; NULL: none */
char *collation_shown(Oid collation);

#endif
