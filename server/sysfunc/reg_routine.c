/*
 * reg_routine.c - regproc and regoper, which have a name alone, regprocedure and regoperator, which
 * have the types of their arguments beside it; reg.h says how
 */
#include "common/base/base.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/name_list.h"
#include "server/sysfunc/reg.h"

/* ---- A name, and types in parentheses ---- */

typedef struct Signature {
    List *names;
    int count;
    Oid types[FMGR_ARGS_MAX]; /* 0: NONE */
} Signature;

static bool is_space(char c)
{
    return isspace((unsigned char)c) != 0;
}

static _Noreturn void raise_expected(const char *what)
{
    err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION, .message = err_fmt("expected a %s", what));
}

/* The first of stop outside of quotes and of parentheses that open after at; or the end. */
static char *find_outside(char *at, char stop)
{
    bool is_quoted = false;
    int depth = 0;

    for (; *at != '\0'; at++) {
        if (*at == '"')
            is_quoted = !is_quoted;
        if (is_quoted)
            continue;
        if (*at == stop && depth == 0)
            return at;
        if (*at == '(' || *at == '[')
            depth++;
        else if (*at == ')' || *at == ']')
            depth--;
    }
    return at;
}

/* Takes blanks off at both ends, in place. */
static char *trimmed(char *text)
{
    char *end;

    while (is_space(*text))
        text++;
    end = text + strlen(text);
    while (end > text && is_space(end[-1]))
        end--;
    *end = '\0';
    return text;
}

/* False: a type is not there, and is_missing_ok. */
static bool add_type(Signature *s, char *text, bool takes_none, bool is_missing_ok)
{
    Oid type = 0;
    int32_t typmod;

    if (!takes_none || strcasecmp(text, "none") != 0) {
        type = analyzer_type_of_text(text, is_missing_ok, &typmod);
        if (type == 0)
            return false;
    }
    if (s->count == FMGR_ARGS_MAX)
        err_raise(SQLSTATE_TOO_MANY_ARGUMENTS, .message = "too many arguments");
    s->types[s->count++] = type;
    return true;
}

static bool read_signature(const char *text, bool takes_none, bool is_missing_ok, Signature *s)
{
    char *raw = mem_strdup(text);
    char *open = find_outside(raw, '(');
    char *at, *end;

    s->count = 0;
    if (*open == '\0')
        raise_expected("left parenthesis");
    *open = '\0';
    s->names = name_list_of_text(raw);
    at = trimmed(open + 1);
    end = at + strlen(at);
    if (end == at || end[-1] != ')')
        raise_expected("right parenthesis");
    end[-1] = '\0';
    at = trimmed(at);
    for (bool is_first = true, is_last = false; !is_last; is_first = false) {
        char *stop = find_outside(at, ',');

        is_last = *stop == '\0';
        if (is_last && *trimmed(at) == '\0') {
            if (!is_first)
                raise_expected("type name");
            break;
        }
        *stop = '\0';
        if (!add_type(s, trimmed(at), takes_none, is_missing_ok))
            return false;
        at = stop + 1;
    }
    return true;
}

/* ---- Functions ---- */

static _Noreturn void raise_no_function(const char *text)
{
    err_raise(SQLSTATE_UNDEFINED_FUNCTION,
              .message = err_fmt("function \"%s\" does not exist", text));
}

static Oid find_function(const char *text, bool is_missing_ok)
{
    const FuncSearch search = {
        .names = name_list_of_text(text), .arg_count = -1, .is_missing_ok = is_missing_ok};
    const FuncCandidate *found = namespace_functions(&search);

    if (found != NULL && found->next == NULL)
        return found->oid;
    if (is_missing_ok)
        return 0;
    if (found == NULL)
        raise_no_function(text);
    err_raise(SQLSTATE_AMBIGUOUS_FUNCTION,
              .message = err_fmt("more than one function named \"%s\"", text));
}

/* Would the bare name lead to it, and to no other one? */
static bool is_only_function(Oid oid)
{
    const HeapTuple *row = syscache_peek(CACHE_PROCOID, datum_of_u32(oid));
    const char *name = mem_strdup(CACHE_ROW(PgProc, row)->proname);
    const FuncSearch search = {.names = list_of(node_string(name)), .arg_count = -1};
    const FuncCandidate *found = namespace_functions(&search);

    return found != NULL && found->next == NULL && found->oid == oid;
}

static char *name_function(Oid oid)
{
    static const RegNamed kind = {CACHE_PROCOID, offsetof(PgProc, proname),
                                  offsetof(PgProc, pronamespace), is_only_function};

    return reg_named(&kind, oid);
}

REG_TYPE(regproc, find_function, name_function, "-")
REG_TYPE_LOOKUP(regproc, find_function)

static Oid find_procedure(const char *text, bool is_missing_ok)
{
    Signature s;

    if (!read_signature(text, false, is_missing_ok, &s))
        return 0;
    for (const FuncCandidate *c = namespace_functions(
             &(FuncSearch){.names = s.names, .arg_count = s.count, .is_missing_ok = is_missing_ok});
         c != NULL; c = c->next)
        if (memcmp(c->args, s.types, (size_t)s.count * sizeof(Oid)) == 0)
            return c->oid;
    if (!is_missing_ok)
        raise_no_function(text);
    return 0;
}

REG_TYPE(regprocedure, find_procedure, function_shown, "-")
REG_TYPE_LOOKUP(regprocedure, find_procedure)

/* ---- Operators, whose names are never quoted ---- */

static _Noreturn void raise_no_operator(const char *text)
{
    err_raise(SQLSTATE_UNDEFINED_FUNCTION, .message = err_fmt("operator does not exist: %s", text));
}

static Oid find_named_operator(const char *text, bool is_missing_ok)
{
    const FuncCandidate *found = namespace_operators(name_list_of_text(text), OPERATOR_OF_ANY_KIND);

    if (found != NULL && found->next == NULL)
        return found->oid;
    if (is_missing_ok)
        return 0;
    if (found == NULL)
        raise_no_operator(text);
    err_raise(SQLSTATE_AMBIGUOUS_FUNCTION,
              .message = err_fmt("more than one operator named %s", text));
}

static char *name_named_operator(Oid oid)
{
    const HeapTuple *row = syscache_pin(CACHE_OPEROID, datum_of_u32(oid));
    const FuncCandidate *found;
    const PgOperator *op;
    char *text;

    if (row == NULL)
        return NULL;
    op = CACHE_ROW(PgOperator, row);
    found = namespace_operators(list_of(node_string(op->oprname)), OPERATOR_OF_ANY_KIND);
    if (found != NULL && found->next == NULL && found->oid == oid)
        text = mem_strdup(op->oprname);
    else
        text = mem_printf("%s.%s", name_quoted(schema_name(op->oprnamespace)), op->oprname);
    syscache_unpin(row);
    return text;
}

REG_TYPE(regoper, find_named_operator, name_named_operator, "0")
REG_TYPE_LOOKUP(regoper, find_named_operator)

static Oid find_operator(const char *text, bool is_missing_ok)
{
    Signature s;
    Oid oid;

    if (!read_signature(text, true, is_missing_ok, &s))
        return 0;
    if (s.count == 1)
        err_raise(SQLSTATE_UNDEFINED_PARAMETER, .message = "missing argument",
                  .hint = "Use NONE to denote the missing argument of a unary operator.");
    if (s.count != 2)
        err_raise(SQLSTATE_TOO_MANY_ARGUMENTS, .message = "too many arguments",
                  .hint = "Provide two argument types for operator.");
    oid = namespace_operator(s.names, s.types[0], s.types[1]);
    if (oid == 0 && !is_missing_ok)
        raise_no_operator(text);
    return oid;
}

REG_TYPE(regoperator, find_operator, operator_shown, "0")
REG_TYPE_LOOKUP(regoperator, find_operator)
