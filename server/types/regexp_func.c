/* regexp_func.c - functions that find, split and replace by regular expressions. */
#include "common/base/base.h"

#include "server/catalog/catalog_oid.h"
#include "server/fmgr/array_value.h"
#include "server/types/regexp.h"
#include "server/types/set.h"
#include "server/types/text_arg.h"
#include "server/types/types_int.h"

static const ArrayElement text_form = {.type = TYPE_TEXT, .len = -1, .align = 'i'};

/* Flags of an argument; the usual ones when the call has none. */
static RegexpFlags flags_arg(const FmgrCall *call, int n)
{
    if (call->nargs <= n)
        return (RegexpFlags){.flags = REGEX_ARE};
    return regexp_flags(text_arg(call, n));
}

static _Noreturn void raise_global(const char *function, const char *hint)
{
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("%s() does not support the \"global\" option", function),
              .hint = hint);
}

static unsigned flags_without_global(const FmgrCall *call, int n, const char *function)
{
    RegexpFlags f = flags_arg(call, n);

    if (f.is_global)
        raise_global(function, NULL);
    return f.flags;
}

/* An integer that must not be below min; given says what it is when the call has none. */
static int32_t number_arg(const FmgrCall *call, int n, int32_t given, int32_t min, const char *name)
{
    int32_t value = call->nargs > n ? fmgr_i32(call, n) : given;

    if (value < min)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("invalid value for parameter \"%s\": %d", name, value));
    return value;
}

static void find(RegexpMatches *m, const FmgrCall *call, const RegexpQuery *query)
{
    regexp_find_all(m, text_arg(call, 0), text_arg(call, 1), query, call->collation);
}

/* ---- substring(text from pattern) ---- */

Datum textregexsubstr(FmgrCall *call)
{
    RegexpMatches m;

    find(&m, call, &(RegexpQuery){.flags = REGEX_ARE, .wants_parts = true});
    if (m.match_count == 0 || m.spans[0].start < 0)
        return fmgr_null(call);
    return text_of(regexp_piece(&m, m.spans[0].start, m.spans[0].end));
}

/* ---- regexp_match(), regexp_matches() ---- */

static Datum parts_of(const RegexpMatches *m, size_t match)
{
    Datum *values = mem_new_array(Datum, m->part_count);
    bool *nulls = mem_new_array(bool, m->part_count);

    for (unsigned i = 0; i < m->part_count; i++) {
        RegexSpan span = m->spans[match * m->part_count + i];

        nulls[i] = span.start < 0;
        if (!nulls[i])
            values[i] = text_of(regexp_piece(m, span.start, span.end));
    }
    return datum_of_pointer(array_make_list(&text_form, values, nulls, m->part_count));
}

static Datum match(FmgrCall *call)
{
    RegexpFlags f = flags_arg(call, 2);
    RegexpMatches m;

    if (f.is_global)
        raise_global("regexp_match", "Use the regexp_matches function instead.");
    find(&m, call, &(RegexpQuery){.flags = f.flags, .wants_parts = true});
    return m.match_count == 0 ? fmgr_null(call) : parts_of(&m, 0);
}

Datum regexp_match(FmgrCall *call)
{
    return match(call);
}

Datum regexp_match_no_flags(FmgrCall *call)
{
    return match(call);
}

typedef struct MatchSet {
    RegexpMatches matches;
    size_t next;
    int64_t piece_start; /* when pieces between are given */
} MatchSet;

static MatchSet *match_set_begin(FmgrCall *call, const RegexpQuery *query)
{
    MatchSet *s = set_begin(call, sizeof *s);

    MEM_SCOPE(set_mem(call)) {
        set_keep_varlena(call, 0);
        find(&s->matches, call, query);
    }
    return s;
}

static Datum match_rows(FmgrCall *call)
{
    MatchSet *s = set_state(call);

    if (s == NULL) {
        RegexpFlags f = flags_arg(call, 2);

        s = match_set_begin(
            call, &(RegexpQuery){.flags = f.flags, .wants_all = f.is_global, .wants_parts = true});
    }
    if (s->next >= s->matches.match_count)
        return set_end(call);
    return set_row(call, parts_of(&s->matches, s->next++));
}

Datum regexp_matches(FmgrCall *call)
{
    return match_rows(call);
}

Datum regexp_matches_no_flags(FmgrCall *call)
{
    return match_rows(call);
}

/* ---- Splitting ---- */

static RegexpQuery split_query(const FmgrCall *call, const char *function)
{
    return (RegexpQuery){
        .flags = flags_without_global(call, 2, function), .wants_all = true, .skips_empty = true};
}

/* The piece before match n, or behind the last. */
static Datum piece_before(const RegexpMatches *m, size_t n)
{
    int64_t from = n == 0 ? 0 : m->spans[n - 1].end;
    int64_t to = n == m->match_count ? (int64_t)m->char_count : m->spans[n].start;

    return text_of(regexp_piece(m, from, to));
}

static Datum split_to_array(FmgrCall *call)
{
    const RegexpQuery query = split_query(call, "regexp_split_to_array");
    RegexpMatches m;
    Datum *values;

    find(&m, call, &query);
    values = mem_new_array(Datum, m.match_count + 1);
    for (size_t i = 0; i <= m.match_count; i++)
        values[i] = piece_before(&m, i);
    return datum_of_pointer(array_make_list(&text_form, values, NULL, m.match_count + 1));
}

Datum regexp_split_to_array(FmgrCall *call)
{
    return split_to_array(call);
}

Datum regexp_split_to_array_no_flags(FmgrCall *call)
{
    return split_to_array(call);
}

static Datum split_to_rows(FmgrCall *call)
{
    MatchSet *s = set_state(call);

    if (s == NULL) {
        const RegexpQuery query = split_query(call, "regexp_split_to_table");

        s = match_set_begin(call, &query);
    }
    if (s->next > s->matches.match_count)
        return set_end(call);
    return set_row(call, piece_before(&s->matches, s->next++));
}

Datum regexp_split_to_table(FmgrCall *call)
{
    return split_to_rows(call);
}

Datum regexp_split_to_table_no_flags(FmgrCall *call)
{
    return split_to_rows(call);
}

/* ---- regexp_count(), regexp_like() ---- */

static Datum count(FmgrCall *call)
{
    int32_t start = number_arg(call, 2, 1, 1, "start");
    const RegexpQuery query = {.flags = flags_without_global(call, 3, "regexp_count"),
                               .start = (size_t)start - 1,
                               .wants_all = true};
    RegexpMatches m;

    find(&m, call, &query);
    return datum_of_i32((int32_t)m.match_count);
}

Datum regexp_count(FmgrCall *call)
{
    return count(call);
}

Datum regexp_count_no_start(FmgrCall *call)
{
    return count(call);
}

Datum regexp_count_no_flags(FmgrCall *call)
{
    return count(call);
}

static Datum like(FmgrCall *call)
{
    unsigned flags = flags_without_global(call, 2, "regexp_like");
    Regex *re = regexp_get(text_arg(call, 1), flags, call->collation);
    WideText w;
    bool result;

    wide_text_begin(&w, text_arg(call, 0));
    result = regex_search(re, w.chars, w.len, 0, NULL, 0);
    wide_text_end(&w);
    return datum_of_bool(result);
}

Datum regexp_like(FmgrCall *call)
{
    return like(call);
}

Datum regexp_like_no_flags(FmgrCall *call)
{
    return like(call);
}

/* ---- regexp_instr(), regexp_substr() ---- */

/* The n-th match's part number `part` (0: all of it); start -1: there is none. */
static RegexSpan nth_part(RegexpMatches *m, const FmgrCall *call, unsigned flags, int32_t part,
                          int32_t start, int32_t n)
{
    find(m, call,
         &(RegexpQuery){.flags = flags,
                        .start = (size_t)start - 1,
                        .wants_all = true,
                        .wants_parts = part > 0});
    if ((size_t)n > m->match_count || part > (int32_t)m->part_count)
        return (RegexSpan){-1, -1};
    return m->spans[(size_t)(n - 1) * m->part_count + (part > 0 ? (size_t)part - 1 : 0)];
}

static Datum instr(FmgrCall *call)
{
    int32_t start = number_arg(call, 2, 1, 1, "start"), n = number_arg(call, 3, 1, 1, "n");
    int32_t end_option = number_arg(call, 4, 0, 0, "endoption"), part;
    unsigned flags;
    RegexpMatches m;
    RegexSpan span;

    if (end_option > 1)
        number_arg(call, 4, 0, INT32_MAX, "endoption");
    part = number_arg(call, 6, 0, 0, "subexpr");
    flags = flags_without_global(call, 5, "regexp_instr");
    span = nth_part(&m, call, flags, part, start, n);
    if (span.start < 0)
        return datum_of_i32(0);
    return datum_of_i32((int32_t)(end_option == 1 ? span.end : span.start) + 1);
}

Datum regexp_instr(FmgrCall *call)
{
    return instr(call);
}

Datum regexp_instr_no_start(FmgrCall *call)
{
    return instr(call);
}

Datum regexp_instr_no_n(FmgrCall *call)
{
    return instr(call);
}

Datum regexp_instr_no_endoption(FmgrCall *call)
{
    return instr(call);
}

Datum regexp_instr_no_flags(FmgrCall *call)
{
    return instr(call);
}

Datum regexp_instr_no_subexpr(FmgrCall *call)
{
    return instr(call);
}

static Datum substr(FmgrCall *call)
{
    int32_t start = number_arg(call, 2, 1, 1, "start"), n = number_arg(call, 3, 1, 1, "n");
    int32_t part = number_arg(call, 5, 0, 0, "subexpr");
    unsigned flags = flags_without_global(call, 4, "regexp_substr");
    RegexpMatches m;
    RegexSpan span = nth_part(&m, call, flags, part, start, n);

    if (span.start < 0)
        return fmgr_null(call);
    return text_of(regexp_piece(&m, span.start, span.end));
}

Datum regexp_substr(FmgrCall *call)
{
    return substr(call);
}

Datum regexp_substr_no_start(FmgrCall *call)
{
    return substr(call);
}

Datum regexp_substr_no_n(FmgrCall *call)
{
    return substr(call);
}

Datum regexp_substr_no_flags(FmgrCall *call)
{
    return substr(call);
}

Datum regexp_substr_no_subexpr(FmgrCall *call)
{
    return substr(call);
}
