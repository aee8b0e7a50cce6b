/* parser.c - one call of the parser: its memory, its errors. */
#include "common/base/base.h"

#include "server/parser/parser.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/parser/parser_int.h"

List *parser_parse(const char *text, ParseMode mode, Encoding encoding)
{
    Parser p = {.text = text, .length = strlen(text), .mode = mode, .encoding = encoding};

    /* What the scanner takes is small, and goes with the context when something raises. */
    scan_begin(&p);
    if (grammar_parse(&p) != 0)
        err_raise(SQLSTATE_STATEMENT_TOO_COMPLEX, .message = "memory exhausted");
    scan_end(&p);
    return p.result;
}

int parser_position(const Parser *p, int location)
{
    if (location < 0)
        return 0;
    return (int)encoding_count(p->encoding, p->text, (size_t)location) + 1;
}

void parser_fail(Parser *p, const char *message)
{
    parser_fail_at(p, message, p->current.start, p->current.end);
}

void parser_fail_at(Parser *p, const char *message, int start, int end)
{
    int position = parser_position(p, start);

    if ((size_t)start >= p->length)
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = err_fmt("%s at end of input", message),
                  .position = position);
    err_raise(SQLSTATE_SYNTAX_ERROR,
              .message = err_fmt("%s at or near \"%.*s\"", message, end - start, p->text + start),
              .position = position);
}
