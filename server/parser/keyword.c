/* keyword.c - find key words: a hash table of keyword.def, made on first use. */
#include "common/base/base.h"

#include <string.h>

#include "server/parser/gram.h"
#include "server/parser/parser_int.h"

#define SLOTS                  2048 /* a power of two, several times the number of words */

#define CATEGORY_UNRESERVED    'U'
#define CATEGORY_COLUMN_NAME   'C'
#define CATEGORY_TYPE_FUNCTION 'T'
#define CATEGORY_RESERVED      'R'
#define LABEL_BARE             true
#define LABEL_AS               false

static const Keyword keywords[] = {
#define KEYWORD(word, token, category, label) {word, token, LABEL_##label, CATEGORY_##category},
#include "common/text/keyword.def"
#undef KEYWORD
};

STATIC_ASSERT(ARRAY_LEN(keywords) < SLOTS / 2);

/* The number of a word, counted from 1; never changed once is_filled. */
static struct {
    bool is_filled;
    uint16_t slots[SLOTS];
} table;

static void table_fill(void);

static uint32_t word_hash(const char *word, size_t length)
{
    uint32_t hash = (uint32_t)length;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)word[i]) * UINT32_C(0x01000193);
    return hash ^ hash >> 15;
}

const Keyword *keyword_find(const char *word, size_t length)
{
    if (UNLIKELY(!table.is_filled))
        table_fill();
    for (uint32_t i = word_hash(word, length); table.slots[i % SLOTS] != 0; i++) {
        const Keyword *keyword = &keywords[table.slots[i % SLOTS] - 1];

        if (strncmp(keyword->word, word, length) == 0 && keyword->word[length] == '\0')
            return keyword;
    }
    return NULL;
}

char parser_keyword_category(const char *word)
{
    const Keyword *keyword = keyword_find(word, strlen(word));

    return (char)(keyword == NULL ? 0 : keyword->category);
}

bool parser_keyword_at(int i, const char **word, char *category, bool *is_bare_label)
{
    if (i < 0 || (size_t)i >= ARRAY_LEN(keywords))
        return false;
    *word = keywords[i].word;
    *category = keywords[i].category;
    *is_bare_label = keywords[i].is_bare;
    return true;
}

static void table_fill(void)
{
    for (size_t k = 0; k < ARRAY_LEN(keywords); k++) {
        uint32_t i = word_hash(keywords[k].word, strlen(keywords[k].word));

        while (table.slots[i % SLOTS] != 0)
            i++;
        table.slots[i % SLOTS] = (uint16_t)(k + 1);
    }
    table.is_filled = true;
}
