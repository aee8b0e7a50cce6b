/* regex.c - compile patterns, and search for them. */
#include "common/base/base.h"

#include "server/regex/regex.h"

#include "common/err/err.h"
#include "server/ipc/interrupt.h"
#include "server/regex/regex_int.h"

static void compile(Regex *re, const uint32_t *pattern, size_t len)
{
    MEM_SCOPE(re->mem) {
        array_init(&re->states, sizeof(NfaState));
        array_init(&re->looks, sizeof(Look));
        array_init(&re->groups, sizeof(Node *));
        colors_init(&re->colors, &re->locale);
        regex_parse(re, pattern, len);
        colors_finish(&re->colors);
        regex_build(re);
    }
}

void regex_check_flags(unsigned flags)
{
    if ((flags & REGEX_QUOTE) != 0 && (flags & (REGEX_ARE | REGEX_SPACED | REGEX_NEWLINE)) != 0)
        regex_raise("invalid argument to regex function");
}

Regex *regex_compile(const uint32_t *pattern, size_t len, unsigned flags, const RegexLocale *locale,
                     MemContext *mem)
{
    MemContext *own;
    Regex *re;

    regex_check_flags(flags);
    own = mem_context_new(mem, "regex");
    re = mem_alloc_in(own, sizeof *re);
    re->mem = own;
    re->locale = *locale;
    re->flags = flags;
    ERR_TRY() {
        compile(re, pattern, len);
    }
    ERR_CATCH() {
        mem_delete(own);
        err_raise_again();
    }
    ERR_END();
    return re;
}

void regex_free(Regex *re)
{
    mem_delete(re->mem);
}

unsigned regex_capture_count(const Regex *re)
{
    return re->capture_count;
}

static Dfa *dfa_of_all(Regex *re)
{
    if (re->root->dfa == NULL)
        re->root->dfa = dfa_new(re, re->root->begin, re->root->end, false);
    return re->root->dfa;
}

static Dfa *dfa_that_searches(Regex *re)
{
    if (re->search == NULL)
        re->search = dfa_new(re, re->root->begin, re->root->end, true);
    return re->search;
}

/* The end that the pattern prefers of matches that begin there; -1: none does. */
static int64_t preferred_end(Regex *re, const MatchText *t, int64_t begin)
{
    if ((re->root->flags & PREFERS_SHORT) != 0)
        return dfa_shortest(dfa_of_all(re), t, begin, begin, t->len);
    return dfa_longest(dfa_of_all(re), t, begin, t->len);
}

/* The next best end; -1: there is none. */
static int64_t next_end(Regex *re, const MatchText *t, int64_t begin, int64_t end)
{
    if ((re->root->flags & PREFERS_SHORT) != 0)
        return end == t->len ? -1 : dfa_shortest(dfa_of_all(re), t, begin, end + 1, t->len);
    return end == begin ? -1 : dfa_longest(dfa_of_all(re), t, begin, end - 1);
}

static void clear_captures(const Regex *re, RegexSpan *captures)
{
    for (unsigned i = 1; i <= re->capture_count; i++)
        captures[i] = (RegexSpan){-1, -1};
}

/* A match that begins there, its parts included when captures are wanted; -1: none. */
static int64_t match_at(Regex *re, const MatchText *t, int64_t begin, RegexSpan *captures)
{
    int64_t end = preferred_end(re, t, begin);

    if (captures == NULL)
        return end;
    while (end >= 0) {
        clear_captures(re, captures);
        if (match_parts(re, t, re->root, begin, end, captures))
            return end;
        end = next_end(re, t, begin, end);
    }
    return -1;
}

/* The first match that begins at begin to last. */
static bool try_begins(Regex *re, const MatchText *t, int64_t begin, int64_t last, RegexSpan *whole,
                       RegexSpan *captures)
{
    for (; begin <= last; begin++) {
        int64_t end = match_at(re, t, begin, captures);

        check_interrupts();
        if (end >= 0) {
            *whole = (RegexSpan){begin, end};
            return true;
        }
    }
    return false;
}

/*
 * What the automaton finds need not be a match when references are in it: look on behind its end
 * then. Where that is the end of the text PostgreSQL gives up, even if nothing would match there.
 */
static bool search(Regex *re, const MatchText *t, int64_t start, RegexSpan *whole,
                   RegexSpan *captures)
{
    int64_t begin = start, end = start;

    if (re->needs_text_begin && start > 0)
        return false;
    do {
        end = dfa_find(dfa_that_searches(re), t, end, &begin);
        if (end < 0)
            return false;
        if (try_begins(re, t, begin, end, whole, captures))
            return true;
        end++;
    } while (end < t->len);
    return false;
}

bool regex_search(Regex *re, const uint32_t *text, size_t len, size_t start, RegexSpan *spans,
                  unsigned count)
{
    const MatchText t = {text, (int64_t)len};
    bool has_references = (re->root->flags & HAS_BACKREF) != 0, is_found;
    RegexSpan whole, *captures = NULL;
    int64_t from;

    re->run++;
    if (count == 0 && !has_references && !re->needs_text_begin)
        return dfa_find(dfa_that_searches(re), &t, (int64_t)start, &from) >= 0;
    if (count == 0 && !has_references)
        return start == 0 && dfa_shortest(dfa_of_all(re), &t, 0, 0, t.len) >= 0;
    if (has_references || (count > 1 && re->capture_count > 0))
        captures = mem_new_array(RegexSpan, re->capture_count + 1);
    is_found = search(re, &t, (int64_t)start, &whole, captures);
    for (unsigned i = 0; i < count; i++) {
        if (!is_found || i > re->capture_count)
            spans[i] = (RegexSpan){-1, -1};
        else
            spans[i] = i == 0 ? whole : captures[i];
    }
    mem_free(captures);
    return is_found;
}
