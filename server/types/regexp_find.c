/* regexp_find.c - all matches of a pattern in a text. */
#include "common/base/base.h"

#include "common/ds/array.h"
#include "server/types/database_text.h"
#include "server/types/regexp.h"
#include "server/types/types_int.h"
#include "server/types/utf8.h"

/* Where characters begin, when some have more than a byte. */
static const uint32_t *places_of(CollationText text, size_t char_count)
{
    uint32_t *places;
    size_t at = 0;

    if (char_count == text.len)
        return NULL;
    places = mem_new_array(uint32_t, char_count + 1);
    for (size_t i = 0; i < char_count; i++) {
        places[i] = (uint32_t)at;
        at += utf8_len(text.bytes[at]);
    }
    places[char_count] = (uint32_t)text.len;
    return places;
}

static void find(RegexpMatches *m, Regex *re, const WideText *w, const RegexpQuery *query,
                 Array *found)
{
    unsigned captures = query->wants_parts ? regex_capture_count(re) : 0;
    RegexSpan *spans = mem_new_array(RegexSpan, captures + 1);
    int64_t start = (int64_t)query->start, before = 0;

    m->part_count = captures > 0 ? captures : 1;
    while (start <= (int64_t)w->len &&
           regex_search(re, w->chars, w->len, (size_t)start, spans, captures + 1)) {
        if (!query->skips_empty || (spans[0].start < (int64_t)w->len && spans[0].end > before)) {
            for (unsigned i = 0; i < m->part_count; i++)
                *(RegexSpan *)array_push(found) = spans[captures > 0 ? i + 1 : 0];
            m->match_count++;
        }
        before = spans[0].end;
        if (!query->wants_all)
            break;

        /* Behind an empty match, the same one would be found again. */
        start = before + (spans[0].start == spans[0].end ? 1 : 0);
    }
    mem_free(spans);
}

void regexp_find_all(RegexpMatches *m, CollationText text, CollationText pattern,
                     const RegexpQuery *query, Oid collation)
{
    Regex *re = regexp_get(pattern, query->flags, collation);
    WideText w;
    Array found;

    *m = (RegexpMatches){.text = text};
    array_init(&found, sizeof(RegexSpan));
    wide_text_begin(&w, text);
    m->char_count = w.len;
    find(m, re, &w, query, &found);
    wide_text_end(&w);
    m->spans = found.items;
    m->places = places_of(text, m->char_count);
}

CollationText regexp_piece(const RegexpMatches *m, int64_t from, int64_t to)
{
    if (m->places != NULL) {
        from = m->places[from];
        to = m->places[to];
    }
    return (CollationText){m->text.bytes + from, (size_t)(to - from)};
}
