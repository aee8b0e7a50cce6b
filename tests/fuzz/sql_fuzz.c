/*
 * sql_fuzz.c - any bytes as SQL, a type's name, an expression, a command for replication
 *
 * The first byte chooses. Statements lie within the text, and copies of trees are equal to them.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/node/node.h"
#include "server/parser/parser.h"
#include "server/replication/replication_int.h"
#include "tests/fuzz/target.h"

static void parse_sql(const char *text, ParseMode mode)
{
    const List *trees = parser_parse(text, mode, ENCODING_UTF8);

    list_foreach(const Node *, tree, trees) {
        if (!node_equal(tree, node_copy(tree)))
            abort();
        if (mode == PARSE_STATEMENTS) {
            const RawStmt *raw = (const RawStmt *)(const void *)tree;

            if (raw->loc < 0 || raw->length < 0 ||
                (size_t)raw->loc + (size_t)raw->length > strlen(text))
                abort();
        }
    }
}

static void parse_replication(const char *text)
{
    const ReplicationCommand *command = repl_find_command(text);
    ReplicationCall call = {.text = text};

    if (command != NULL)
        repl_parse(command, text, &call);
}

void fuzz_take(const uint8_t *data, size_t size)
{
    char *text;

    if (size == 0)
        return;
    text = mem_strndup((const char *)data + 1, size - 1);
    switch (data[0]) {
    case 't':
        parse_sql(text, PARSE_TYPE_NAME);
        break;
    case 'e':
        parse_sql(text, PARSE_EXPRESSION);
        break;
    case 'r':
        parse_replication(text);
        break;
    default:
        parse_sql(text, PARSE_STATEMENTS);
    }
}
