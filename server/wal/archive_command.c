/* archive_command.c - words put into commands; archive_command.h */
#include "common/base/base.h"

#include "server/wal/archive_command.h"

#include "common/text/strbuf.h"

static const char *word_of(char letter, const ArchiveWords *words)
{
    switch (letter) {
    case 'p':
        return words->path;
    case 'f':
        return words->name;
    case 'r':
        return words->restart != NULL ? words->restart() : NULL;
    case '%':
        return "%";
    default:
        return NULL;
    }
}

char *archive_command_fill(const char *command, const ArchiveWords *words)
{
    StrBuf out;

    strbuf_init(&out);
    for (const char *c = command; *c != '\0'; c++) {
        const char *word = *c == '%' ? word_of(c[1], words) : NULL;

        if (word == NULL) {
            strbuf_add_char(&out, *c);
            continue;
        }
        strbuf_add(&out, word);
        c++;
    }
    return out.text;
}
