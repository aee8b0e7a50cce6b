/*
 * parser_bench.c - what it costs to parse a statement
 *
 *     parser_bench
 *
 * Microseconds for each of pgbench's statements and some others, the best of some rounds.
 * The last row gives nanoseconds a token, over a long list of values.
 */
#include "common/base/base.h"

#include <stdio.h>

#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/text/strbuf.h"
#include "server/config/setting.h"
#include "server/parser/parser.h"

#define ROUNDS      5
#define CALLS       20000
#define LONG_VALUES 10000

static const char *const statements[] = {
    "SELECT 1",
    "SELECT abalance FROM pgbench_accounts WHERE aid = 12345;",
    "UPDATE pgbench_accounts SET abalance = abalance + -3141 WHERE aid = 12345;",
    "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) "
    "VALUES (1, 2, 12345, -3141, CURRENT_TIMESTAMP);",
    "BEGIN;",
    "SELECT a.x, b.y, count(*) FROM a JOIN b ON a.id = b.id LEFT JOIN c USING (k) "
    "WHERE a.t BETWEEN '2020-01-01' AND $1 AND b.name LIKE 'x%' "
    "GROUP BY 1, 2 HAVING count(*) > 10 ORDER BY 3 DESC LIMIT 20",
};

/* Nanoseconds of one call, the best round. */
static double measure(MemContext *parse_mem, const char *text, unsigned calls)
{
    double best = 0;

    for (int round = 0; round < ROUNDS; round++) {
        uint64_t start = clock_monotonic_us();
        double ns;

        for (unsigned i = 0; i < calls; i++) {
            MEM_SCOPE(parse_mem) {
                parser_parse(text, PARSE_STATEMENTS, ENCODING_UTF8);
            }
            mem_reset(parse_mem);
        }
        ns = (double)(clock_monotonic_us() - start) * 1000 / calls;
        if (round == 0 || ns < best)
            best = ns;
    }
    return best;
}

int main(void)
{
    MemContext *parse_mem = mem_context_new(NULL, "parse");
    StrBuf text;

    setting.max_stack_depth = 2048;
    for (size_t i = 0; i < ARRAY_LEN(statements); i++)
        printf("%8.2f us  %.60s\n", measure(parse_mem, statements[i], CALLS) / 1000, statements[i]);

    strbuf_init(&text);
    strbuf_add(&text, "SELECT a");
    for (int i = 0; i < LONG_VALUES; i++)
        strbuf_add_fmt(&text, ", %d", i);
    printf("%8.1f ns a token of a list\n", measure(parse_mem, text.text, 20) / (2 * LONG_VALUES));
    return 0;
}
