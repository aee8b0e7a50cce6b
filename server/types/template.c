/* template.c - templates of to_char(), to_date() and the like: patterns, marks, plain text. */
#include "common/base/base.h"

#include "server/types/template.h"

#include "common/text/str.h"
#include "server/types/text_arg.h"
#include "server/types/types_int.h"

typedef struct Pattern {
    const char *text;
    uint8_t len;
    bool is_number, wants_date;
    DateConvention convention;
} Pattern;

static const Pattern date_patterns[] = {
#define ROW(text, pattern, is_number, wants_date, convention) \
 {text, sizeof(text) - 1, is_number, wants_date, CONVENTION_##convention},
#include "server/types/template_date.def"
#undef ROW
};

static const Pattern number_patterns[] = {
#define ROW(text, pattern) {text, sizeof(text) - 1, false, false, CONVENTION_NONE},
#include "server/types/template_number.def"
#undef ROW
};

typedef struct Mark {
    char text[2];
    uint8_t mark;
} Mark;

static const Mark marks_before[] = {
    {{'F', 'M'}, MARK_FILL},
    {{'T', 'M'}, MARK_LOCAL},
    {{'f', 'm'}, MARK_FILL},
    {{'t', 'm'}, MARK_LOCAL},
};

static const Mark marks_behind[] = {
    {{'S', 'P'}, MARK_SPELLED},
    {{'T', 'H'}, MARK_TH_UPPER},
    {{'t', 'h'}, MARK_TH_LOWER},
};

/* ---- Splitting ---- */

typedef struct Splitter {
    TemplateLanguage language;
    const char *at; /* NUL-terminated */
    TemplateItem *items;
    size_t count;
} Splitter;

static uint8_t take_mark(Splitter *s, const Mark *marks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (s->at[0] == marks[i].text[0] && s->at[1] == marks[i].text[1]) {
            s->at += 2;
            return marks[i].mark;
        }
    }
    return 0;
}

static bool is_small(const char *text, const char *capitals, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = capitals[i];

        if (text[i] != (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c))
            return false;
    }
    return true;
}

/* Month and the like, which are spelled so only. */
static bool is_mixed(const Pattern *p)
{
    return p->len > 1 && p->text[1] >= 'a' && p->text[1] <= 'z';
}

/* The longest one that is here; NULL: none. */
static const Pattern *find_pattern(const Splitter *s, const Pattern *all, size_t count,
                                   bool *is_lower)
{
    const Pattern *best = NULL;

    for (size_t i = 0; i < count; i++) {
        const Pattern *p = &all[i];
        bool is_equal = strncmp(s->at, p->text, p->len) == 0;

        if ((best != NULL && p->len <= best->len) ||
            (!is_equal && (is_mixed(p) || !is_small(s->at, p->text, p->len))))
            continue;
        best = p;
        *is_lower = !is_equal;
    }
    return best;
}

static bool take_pattern(Splitter *s, uint8_t marks)
{
    bool is_date = s->language == TEMPLATE_DATE, is_lower = false;
    const Pattern *all = is_date ? date_patterns : number_patterns;
    size_t count = is_date ? ARRAY_LEN(date_patterns) : ARRAY_LEN(number_patterns);
    const Pattern *p = find_pattern(s, all, count, &is_lower);
    TemplateItem *item;

    if (p == NULL)
        return false;
    item = &s->items[s->count++];
    *item = (TemplateItem){.kind = ITEM_PATTERN,
                           .marks = marks,
                           .pattern = (uint8_t)(p - all),
                           .is_lower = is_lower,
                           .is_number = p->is_number,
                           .wants_date = p->wants_date,
                           .convention = (uint8_t)p->convention,
                           .len = p->len,
                           .text = s->at};
    s->at += p->len;
    if (is_date)
        item->marks |= take_mark(s, marks_behind, ARRAY_LEN(marks_behind));
    return true;
}

static void take_char(Splitter *s, TemplateItemKind kind)
{
    size_t len = text_char_len(s->at);

    s->items[s->count++] =
        (TemplateItem){.kind = (uint8_t)kind, .len = (uint8_t)len, .text = s->at};
    s->at += len;
}

static void take_quoted(Splitter *s)
{
    s->at++;
    while (*s->at != '\0' && *s->at != '"') {
        if (*s->at == '\\' && s->at[1] != '\0')
            s->at++;
        take_char(s, ITEM_QUOTED);
    }
    if (*s->at == '"')
        s->at++;
}

static void take_plain(Splitter *s)
{
    if (*s->at == '\\' && s->at[1] == '"')
        s->at++;
    if (s->language == TEMPLATE_DATE && template_is_separator(*s->at))
        take_char(s, ITEM_SEPARATOR);
    else
        take_char(s, is_space(*s->at) ? ITEM_SPACE : ITEM_CHAR);
}

static void split(Splitter *s)
{
    while (*s->at != '\0') {
        uint8_t marks =
            s->language == TEMPLATE_DATE ? take_mark(s, marks_before, ARRAY_LEN(marks_before)) : 0;

        if (*s->at == '\0' || take_pattern(s, marks))
            continue;
        if (*s->at == '"')
            take_quoted(s);
        else
            take_plain(s);
    }
}

/* ---- Keeping ---- */

typedef struct Kept {
    Template template;
    size_t len;
    char *text;
} Kept;

/* In one piece: what was kept, its items, the text. */
static Kept *make(CollationText text, TemplateLanguage language, MemContext *mem)
{
    size_t items_size = size_mul(text.len, sizeof(TemplateItem));
    Kept *kept = mem_alloc_in(mem, size_add(sizeof(Kept) + 1, size_add(items_size, text.len)));
    Splitter s = {.language = language, .items = (TemplateItem *)(kept + 1)};

    kept->len = text.len;
    kept->text = (char *)(kept + 1) + items_size;
    memcpy(kept->text, text.bytes, text.len);
    kept->text[text.len] = '\0';
    s.at = kept->text;
    split(&s);
    kept->template = (Template){.count = s.count, .items = s.items};
    return kept;
}

const Template *template_arg(FmgrCall *call, int n, TemplateLanguage language)
{
    CollationText text = text_arg(call, n);
    Kept *kept;

    if (call->site == NULL)
        return &make(text, language, mem_current())->template;
    kept = call->site->extra;
    if (kept != NULL && kept->len == text.len && memcmp(kept->text, text.bytes, text.len) == 0)
        return &kept->template;
    call->site->extra = make(text, language, call->site->mem);
    if (kept != NULL)
        mem_free(kept);
    return &((Kept *)call->site->extra)->template;
}

/* ---- Ordinals ---- */

const char *template_ordinal(const char *digits, size_t len, bool is_lower)
{
    char last = len > 0 ? digits[len - 1] : '\0';

    if (last < '0' || last > '9')
        err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION,
                  .message = err_fmt("\"%.*s\" is not a number", (int)len, digits));

    /* 11, 12, 13 and the other teens. */
    if (len > 1 && digits[len - 2] == '1')
        last = '0';
    switch (last) {
    case '1':
        return is_lower ? "st" : "ST";
    case '2':
        return is_lower ? "nd" : "ND";
    case '3':
        return is_lower ? "rd" : "RD";
    default:
        return is_lower ? "th" : "TH";
    }
}
