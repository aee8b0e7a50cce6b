/*
 * oracle_tree.c - do our trees of expressions have the shape of libpg_query's?
 *
 *     oracle_tree SEED COUNT
 *
 * COUNT random expressions without parentheses, of all operators, are parsed by us and written
 * again with parentheses around everything. libpg_query must see the same tree in both texts (its
 * JSON but for locations): so it agrees with us on what binds what. What either refuses, both must
 * refuse.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pg_query.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/config/setting.h"
#include "server/parser/parser.h"

static uint64_t random_state;
static size_t accepted_count; /* by both */

static uint64_t random_below(uint64_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (random_state >> 33) % limit;
}

static void show(StrBuf *out, const void *node);

static void show_list(StrBuf *out, const List *list, const char *separator)
{
    for (int i = 0; i < list_count(list); i++) {
        strbuf_add(out, i == 0 ? "" : separator);
        show(out, list_at(list, i));
    }
}

static void show_infix(StrBuf *out, const void *left, const char *word, const void *right)
{
    show(out, left);
    strbuf_add_fmt(out, " %s ", word);
    show(out, right);
}

static const char *operator_text(const RawExpr *expr)
{
    return ((String *)list_last(expr->name))->value;
}

/* LIKE and its like: the pattern may be a call that holds the escape. */
static void show_match(StrBuf *out, const RawExpr *expr, const char *word)
{
    const FuncCall *call = (const FuncCall *)(const void *)expr->right;
    bool is_escaped = node_is(call, FuncCall) && list_count(call->name) == 2;

    show(out, expr->left);
    strbuf_add_fmt(out, " %s%s ", operator_text(expr)[0] == '!' ? "not " : "", word);
    if (!is_escaped) {
        show(out, expr->right);
        return;
    }
    show(out, list_at(call->args, 0));
    if (list_count(call->args) == 2) {
        strbuf_add(out, " escape ");
        show(out, list_at(call->args, 1));
    }
}

static void show_raw(StrBuf *out, const RawExpr *expr)
{
    const List *bounds = (const List *)(const void *)expr->right;

    switch (expr->kind) {
    case RAW_OP:
        if (expr->left != NULL)
            show(out, expr->left);
        strbuf_add_fmt(out, " %s ", operator_text(expr));
        show(out, expr->right);
        break;
    case RAW_DISTINCT:
        show_infix(out, expr->left, "is distinct from", expr->right);
        break;
    case RAW_NOT_DISTINCT:
        show_infix(out, expr->left, "is not distinct from", expr->right);
        break;
    case RAW_LIKE:
        show_match(out, expr, "like");
        break;
    case RAW_ILIKE:
        show_match(out, expr, "ilike");
        break;
    case RAW_SIMILAR:
        show_match(out, expr, "similar to");
        break;
    case RAW_IN:
        show(out, expr->left);
        strbuf_add(out, operator_text(expr)[0] == '=' ? " in (" : " not in (");
        show_list(out, bounds, ", ");
        strbuf_add(out, ")");
        break;
    case RAW_BETWEEN:
    case RAW_NOT_BETWEEN:
    case RAW_BETWEEN_SYM:
    case RAW_NOT_BETWEEN_SYM:
        /* The operator's name is the words. */
        show_infix(out, expr->left, operator_text(expr), list_at(bounds, 0));
        strbuf_add(out, " and ");
        show(out, list_at(bounds, 1));
        break;
    case RAW_OP_ANY:
    case RAW_OP_ALL:
        show_infix(out, expr->left, operator_text(expr), NULL);
        strbuf_add(out, expr->kind == RAW_OP_ANY ? "any (" : "all (");
        show(out, expr->right);
        strbuf_add(out, ")");
        break;
    case RAW_NULLIF:
        break;
    }
}

static void show_other(StrBuf *out, const Node *node)
{
    static const char *const tests[] = {"true",      "not true", "false",
                                        "not false", "unknown",  "not unknown"};
    const BoolExpr *boolean = (const BoolExpr *)(const void *)node;
    const NullTest *null = (const NullTest *)(const void *)node;
    const BooleanTest *test = (const BooleanTest *)(const void *)node;
    const TypeCast *cast = (const TypeCast *)(const void *)node;
    const TimeZoneExpr *zone = (const TimeZoneExpr *)(const void *)node;
    const CollateClause *collate = (const CollateClause *)(const void *)node;

    if (node_is(node, RawExpr)) {
        show_raw(out, (const RawExpr *)(const void *)node);
    } else if (node_is(node, BoolExpr)) {
        strbuf_add(out, boolean->kind == BOOL_NOT ? "not " : "");
        show_list(out, boolean->args, boolean->kind == BOOL_AND ? " and " : " or ");
    } else if (node_is(node, NullTest)) {
        show_infix(out, null->arg, null->is_not ? "is not null" : "is null", NULL);
    } else if (node_is(node, BooleanTest)) {
        show_infix(out, test->arg, "is", NULL);
        strbuf_add(out, tests[test->kind]);
    } else if (node_is(node, TypeCast)) {
        show_infix(out, cast->arg, "::text", NULL);
    } else if (node_is(node, TimeZoneExpr)) {
        show_infix(out, zone->arg, "at time zone", zone->zone);
    } else if (node_is(node, CollateClause)) {
        show_infix(out, collate->arg, "collate x", NULL);
    } else {
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("no text for %s", node_kind_name(node->tag)));
    }
}

static void show(StrBuf *out, const void *node)
{
    const ColumnRef *column = node;
    const RawConst *constant = node;

    if (node == NULL)
        return;
    if (node_is(node, ColumnRef)) {
        strbuf_add(out, ((String *)list_at(column->fields, 0))->value);
    } else if (node_is(node, RawConst)) {
        strbuf_add_fmt(out, "(%d)", constant->number);
    } else {
        strbuf_add_char(out, '(');
        show_other(out, node);
        strbuf_add_char(out, ')');
    }
}

/* Operands with operators between, before and behind them. */
static char *expression_new(void)
{
    static const char *const operands[] = {"a", "b", "c", "1", "2"};
    static const char *const before[] = {"- ", "+ ", "not ", "@ ", "~ "};
    static const char *const behind[] = {
        " is null",    " is not null", " isnull",     " notnull",          " is true",
        " is unknown", "::text",       " collate x",  " is not false",     " in (a, b)",
        " not in (c)", " = any (a)",   " <> all (b)", " not like any (c)", " is not unknown",
    };
    static const char *const between[] = {
        "+",
        "-",
        "*",
        "/",
        "%",
        "^",
        "<",
        ">",
        "=",
        "<=",
        ">=",
        "<>",
        "||",
        "->",
        "and",
        "or",
        "and",
        "like",
        "not like",
        "ilike",
        "similar to",
        "not similar to",
        "is distinct from",
        "is not distinct from",
        "at time zone",
        "between a and",
        "not between 1 and",
        "between symmetric b + c and",
        "like a escape",
        "operator(pg_catalog.||)",
    };
    StrBuf out;

    strbuf_init(&out);
    for (uint64_t count = 2 + random_below(5); count > 0; count--) {
        if (random_below(4) == 0)
            strbuf_add(&out, before[random_below(ARRAY_LEN(before))]);
        strbuf_add(&out, operands[random_below(ARRAY_LEN(operands))]);
        if (random_below(4) == 0)
            strbuf_add(&out, behind[random_below(ARRAY_LEN(behind))]);
        if (count > 1)
            strbuf_add_fmt(&out, " %s ", between[random_below(ARRAY_LEN(between))]);
    }
    return out.text;
}

/* Our reading with all parentheses, NULL when it is refused. */
static char *parenthesized(const char *expression)
{
    StrBuf out;
    char *volatile text = NULL;

    strbuf_init(&out);
    ERR_TRY() {
        RawStmt *raw = list_at(parser_parse(expression, PARSE_EXPRESSION, ENCODING_UTF8), 0);

        show(&out, ((Target *)list_at(((SelectStmt *)(void *)raw->stmt)->targets, 0))->value);
        text = out.text;
    }
    ERR_CATCH() {
        if (err_caught()->sqlstate != SQLSTATE_SYNTAX_ERROR)
            err_raise_again();
    }
    ERR_END();
    return text;
}

/* libpg_query's tree without locations, NULL when it refuses. */
static char *their_tree(const char *expression)
{
    PgQueryParseResult result = pg_query_parse(mem_printf("select %s", expression));
    const char *at = result.parse_tree;
    char *tree = NULL;
    StrBuf out;

    if (result.error == NULL) {
        strbuf_init(&out);
        while (*at != '\0') {
            if (strncmp(at, "\"location\":", 11) == 0)
                at += 11 + strspn(at + 11, "-0123456789");
            /* Written operators of pg_catalog come back without their schema. */
            else if (strncmp(at, "{\"String\":{\"sval\":\"pg_catalog\"}},", 33) == 0)
                at += 33;
            else
                strbuf_add_char(&out, *at++);
        }
        tree = out.text;
    }
    pg_query_free_parse_result(result);
    return tree;
}

/* Did both see the same? */
static bool check(const char *expression)
{
    char *ours = parenthesized(expression);
    char *theirs = their_tree(expression);
    char *again;

    if (ours == NULL || theirs == NULL) {
        if ((ours == NULL) == (theirs == NULL))
            return true;
        printf("%s\n  %s\n", expression, ours == NULL ? "we refuse it" : "they refuse it");
        return false;
    }
    accepted_count++;
    again = their_tree(ours);
    if (again != NULL && strcmp(theirs, again) == 0)
        return true;
    printf("%s\n  we read %s\n", expression, ours);
    return false;
}

int main(int argc, char **argv)
{
    MemContext *text_mem = mem_context_new(NULL, "expression");
    size_t count, differences = 0;

    if (argc != 3) {
        fprintf(stderr, "usage: oracle_tree SEED COUNT\n");
        return 2;
    }
    random_state = strtoull(argv[1], NULL, 10) * 2 + 1;
    count = strtoull(argv[2], NULL, 10);
    setting.max_stack_depth = 2048;
    for (size_t i = 0; i < count && differences < 20; i++) {
        MEM_SCOPE(text_mem) {
            differences += !check(expression_new());
        }
        mem_reset(text_mem);
    }
    printf("%zu expressions, %zu accepted by both, %zu differences\n", count, accepted_count,
           differences);
    return differences > 0 || accepted_count == 0;
}
