/*
 * tree_check.c - what we make of the trees of a real server, held against that server
 *
 *     tree_check trees FILE...         each tree reads and prints back as the same bytes, and so do
 *                                      its copies
 *     tree_check again FILE            trees, and what the server read and stored again of each
 *     tree_check columns ARRAYS FILE   views, and what the server says of their columns: what
 *                                      expressions yield
 *     tree_check speed FILE            how fast trees are read, copied, compared and written
 *
 * Records end with a NUL, as `psql -0` prints them, their fields are parted by \001. "trees" ends
 * with how often each kind that can be stored was seen, and fails when one never was.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "server/node/expr.h"
#include "server/node/node_kind.h"
#include "server/node/text_read.h"
#include "server/node/text_write.h"
#include "server/node/tree.h"

#define OID_MAX_TYPE 65536 /* types of a fresh cluster are below */

static struct {
    int failures;
    int trees;
    size_t bytes;
    int seen[NODE_TAG_COUNT];
    Oid arrays[OID_MAX_TYPE]; /* the array type of each type */
} check;

static void complain(const char *what, const char *text)
{
    if (++check.failures <= 10)
        printf("%s: %.3000s\n", what, text);
}

/* Take one record; its memory goes behind it. */
static void take_guarded(void (*take)(char *record), char *record)
{
    MemContext *mem = mem_context_new(NULL, "record");

    ERR_TRY() {
        MEM_SCOPE(mem) {
            take(record);
        }
    }
    ERR_CATCH() {
        complain(err_caught()->message, record);
        if (err_caught()->detail != NULL)
            printf("    %s\n", err_caught()->detail);
    }
    ERR_END();
    mem_delete(mem);
}

static void for_each_record(const char *path, void (*take)(char *record))
{
    size_t len;
    char *bytes = os_file_read_all(path, GIB(1), &len);

    for (char *record = bytes, *next; record < bytes + len; record = next) {
        next = record + strlen(record) + 1;
        take_guarded(take, record);
    }
}

/* The field behind the first one of a record, which is cut off. */
static char *next_field(char *record)
{
    char *end = strchr(record, '\1');

    if (end == NULL) {
        printf("a record without a second field: %.300s\n", record);
        exit(1);
    }
    *end = '\0';
    return end + 1;
}

/* ---- trees ---- */

static bool count_kinds(Node *node, void *arg)
{
    (void)arg;
    check.seen[node->tag]++;
    return node_walk(node, count_kinds, arg);
}

static void count_values(Node *root)
{
    if (root->tag > NODE_OidList)
        count_kinds(root, NULL);
    else
        node_walk(root, count_kinds, NULL);
}

static Node *change_nothing(Node *node, void *arg)
{
    return node_mutate(node, change_nothing, arg);
}

static void check_text(const void *tree, const char *text, const char *what)
{
    char *written = node_write_text(tree);
    size_t same = 0;

    if (strcmp(written, text) == 0)
        return;
    while (written[same] == text[same])
        same++;
    same = same < 60 ? 0 : same - 60;
    complain(what, mem_printf("\n    %.200s\n    %.200s", text + same, written + same));
}

static void take_tree(char *text)
{
    Node *tree = node_read_text_exact(text);
    Node *copy = node_copy(tree);
    Node *unplaced = node_read_text(text);
    void *mutated = node_mutate(tree, change_nothing, NULL);

    check.trees++;
    check.bytes += strlen(text);
    check_text(tree, text, "prints otherwise");
    check_text(copy, text, "its copy prints otherwise");
    check_text(mutated, text, "changed by nothing it prints otherwise");
    if (!node_equal(tree, copy) || !node_equal(tree, mutated) || !node_equal(unplaced, tree))
        complain("is not equal to its copy", text);
    /* There and back again. */
    node_shift_levels(copy, 1, 0);
    node_shift_levels(copy, -1, 1);
    check_text(copy, text, "is not the same after levels went up and down");
    if (tree != NULL)
        count_values(tree);
}

static void report_kinds(void)
{
    for (int tag = NODE_OidList + 1; tag < NODE_TAG_COUNT; tag++) {
        const NodeKind *kind = &node_kinds[tag];

        if (kind->label == NULL)
            continue;
        printf("%8d  %s\n", check.seen[tag], kind->name);
        if (check.seen[tag] == 0)
            complain("no tree has this kind", kind->name);
    }
    printf("%d trees, %zu bytes\n", check.trees, check.bytes);
}

/* ---- again ---- */

static void take_again(char *text)
{
    char *again = next_field(text);

    check.trees++;
    check_text(node_read_text(text), again, "the server stores it otherwise");
}

/* ---- columns ---- */

static Oid array_type_of(Oid type)
{
    return type < OID_MAX_TYPE ? check.arrays[type] : 0;
}

static void take_arrays(char *record)
{
    char *array = next_field(record);

    check.arrays[strtoul(record, NULL, 10) % OID_MAX_TYPE] = (Oid)strtoul(array, NULL, 10);
}

/* name: number, name, type, typmod, collation of each column in a line of its own. */
static void take_view(char *text)
{
    char *name = next_field(text);
    char *expected = next_field(name);
    List *queries = node_read_text(text);
    const Query *query = list_at(queries, 0);
    StrBuf found;

    strbuf_init(&found);
    list_foreach(const TargetEntry *, target, query->targets) {
        if (!target->is_junk)
            strbuf_add_fmt(&found, "%d %s %u %d %u\n", target->number, target->name,
                           node_expr_type(target->expr), node_expr_typmod(target->expr),
                           node_expr_collation(target->expr));
    }
    check.trees++;
    if (strcmp(found.text, expected) != 0)
        complain(name, mem_printf("columns should be\n%sbut are\n%s", expected, found.text));
}

/* ---- speed ---- */

static void report_speed(const char *what, uint64_t began)
{
    uint64_t us = clock_monotonic_us() - began;

    printf("%-8s %7.1f MB/s\n", what, (double)check.bytes / (double)(us > 0 ? us : 1));
}

static void measure(const char *path)
{
    size_t len;
    char *bytes = os_file_read_all(path, GIB(1), &len);
    Node **trees = mem_new_array(Node *, len);
    Node **copies = mem_new_array(Node *, len);
    uint64_t began = clock_monotonic_us();

    for (char *text = bytes; text < bytes + len; text += strlen(text) + 1) {
        trees[check.trees++] = node_read_text(text);
        check.bytes += strlen(text);
    }
    printf("%d trees, %zu bytes, %zu of memory\n", check.trees, check.bytes,
           mem_context_size(mem_current()));
    report_speed("read", began);
    began = clock_monotonic_us();
    for (int i = 0; i < check.trees; i++)
        copies[i] = node_copy(trees[i]);
    report_speed("copy", began);
    began = clock_monotonic_us();
    for (int i = 0; i < check.trees; i++)
        check.failures += !node_equal(trees[i], copies[i]);
    report_speed("equal", began);
    began = clock_monotonic_us();
    for (int i = 0; i < check.trees; i++)
        mem_free(node_write_text(trees[i]));
    report_speed("write", began);
}

int main(int argc, char **argv)
{
    const char *mode = argc > 2 ? argv[1] : "";

    if (strcmp(mode, "trees") == 0) {
        for (int i = 2; i < argc; i++)
            for_each_record(argv[i], take_tree);
        report_kinds();
    } else if (strcmp(mode, "again") == 0) {
        for_each_record(argv[2], take_again);
        printf("%d trees were stored again\n", check.trees);
    } else if (strcmp(mode, "columns") == 0 && argc == 4) {
        node_expr_bind(array_type_of);
        for_each_record(argv[2], take_arrays);
        for_each_record(argv[3], take_view);
        printf("%d views\n", check.trees);
    } else if (strcmp(mode, "speed") == 0) {
        measure(argv[2]);
    } else {
        fputs("usage: tree_check trees FILE... | again FILE | columns ARRAYS FILE | speed FILE\n",
              stderr);
        return 2;
    }
    return check.failures > 0 || check.trees == 0;
}
