/*
 * node_text_fuzz.c - any bytes as the text of a stored tree
 *
 * What is read prints as text that reads to an equal tree, and prints the same again; copies are
 * equal, and walks come to an end.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/node/expr.h"
#include "server/node/text_read.h"
#include "server/node/text_write.h"
#include "server/node/tree.h"
#include "tests/fuzz/target.h"

void fuzz_take(const uint8_t *data, size_t size)
{
    char *text = mem_strndup((const char *)data, size);
    void *tree = node_read_text_exact(text);
    char *written = node_write_text(tree);
    void *again = node_read_text_exact(written);

    if (!node_equal(tree, again) || strcmp(written, node_write_text(again)) != 0)
        abort();
    if (!node_equal(tree, node_copy(tree)))
        abort();
    node_expr_location(tree);
    node_shift_levels(tree, 1, 0);
    node_text(tree);
}
