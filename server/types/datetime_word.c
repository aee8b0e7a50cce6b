/* datetime_word.c - find words of dates and units of spans in their tables. */
#include "common/base/base.h"

#include <string.h>

#include "server/types/datetime.h"

#define LETTERS 10 /* that count */

typedef struct WordRow {
    const char *word;
    WordKind kind;
    int value;
} WordRow;

static const WordRow words[] = {
#define ROW(word, kind, value) {word, kind, value},
#include "server/types/datetime_word.def"
#undef ROW
};

static const WordRow units[] = {
#define ROW(word, kind, value) {word, kind, value},
#include "server/types/datetime_unit.def"
#undef ROW
};

static WordKind find(const WordRow *rows, size_t count, const char *word, int *value)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strncmp(word, rows[middle].word, LETTERS);

        if (order == 0) {
            *value = rows[middle].value;
            return rows[middle].kind;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    *value = 0;
    return WORD_UNKNOWN;
}

WordKind word_find(const char *word, int *value)
{
    return find(words, ARRAY_LEN(words), word, value);
}

WordKind word_find_unit(const char *word, int *value)
{
    return find(units, ARRAY_LEN(units), word, value);
}
