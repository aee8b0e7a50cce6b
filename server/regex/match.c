/*
 * match.c - find a match, and what its parts matched
 *
 * Where a match begins and ends the automaton of the whole pattern says. Its parts are found from
 * the tree then: each part takes what it prefers of what leaves the rest something that fits. Only
 * references to what was matched can make a choice fail that fits all automata.
 */
#include "common/base/base.h"

#include <string.h>

#include "server/ipc/interrupt.h"
#include "server/regex/regex_int.h"

static Dfa *dfa_of(Regex *re, Node *n)
{
    if (n->dfa == NULL)
        n->dfa = dfa_new(re, n->begin, n->end, false);
    return n->dfa;
}

static bool fits(Regex *re, const MatchText *t, Node *n, int64_t start, int64_t end)
{
    return dfa_longest(dfa_of(re, n), t, start, end) == end;
}

/* What was captured in a part is void. */
static void forget(const Node *n, RegexSpan *captures)
{
    if (n->is_leaf)
        return;
    if (n->kind == NODE_CAPTURE)
        captures[n->number] = (RegexSpan){-1, -1};
    for (const Node *child = n->first; child != NULL; child = child->next)
        forget(child, captures);
}

/* ---- References ---- */

static bool same_chars(const Regex *re, const uint32_t *a, const uint32_t *b, int64_t len)
{
    if ((re->flags & REGEX_ANY_CASE) == 0)
        return memcmp(a, b, (size_t)len * sizeof *a) == 0;
    for (int64_t i = 0; i < len; i++) {
        if (a[i] != b[i] && re->locale.to_lower(re->locale.self, a[i]) !=
                                re->locale.to_lower(re->locale.self, b[i]))
            return false;
    }
    return true;
}

static bool match_reference(const Regex *re, const MatchText *t, const Node *n, int64_t start,
                            int64_t end, const RegexSpan *captures)
{
    RegexSpan span = captures[n->number];
    int64_t len = span.end - span.start, count;

    if (span.start < 0)
        return false;
    if (len == 0)
        return start == end;
    if (start == end)
        return n->min == 0;
    if ((end - start) % len != 0)
        return false;
    count = (end - start) / len;
    if (count < (int64_t)n->min || (n->max != REGEX_INFINITE && count > (int64_t)n->max))
        return false;
    for (; start < end; start += len) {
        if (!same_chars(re, t->chars + span.start, t->chars + start, len))
            return false;
    }
    return true;
}

/* ---- Two parts, alternatives ---- */

static bool match_concat(Regex *re, const MatchText *t, Node *n, int64_t start, int64_t end,
                         RegexSpan *captures)
{
    Node *left = n->first, *right = left->next;
    Dfa *d = dfa_of(re, left);
    bool is_short = (left->flags & PREFERS_SHORT) != 0;
    int64_t middle =
        is_short ? dfa_shortest(d, t, start, start, end) : dfa_longest(d, t, start, end);

    while (middle >= 0) {
        check_interrupts();
        if (fits(re, t, right, middle, end) && match_parts(re, t, left, start, middle, captures) &&
            match_parts(re, t, right, middle, end, captures))
            return true;
        forget(left, captures);
        forget(right, captures);
        if (is_short)
            middle = middle == end ? -1 : dfa_shortest(d, t, start, middle + 1, end);
        else
            middle = middle == start ? -1 : dfa_longest(d, t, start, middle - 1);
    }
    return false;
}

static bool match_alternatives(Regex *re, const MatchText *t, Node *n, int64_t start, int64_t end,
                               RegexSpan *captures)
{
    for (Node *child = n->first; child != NULL; child = child->next) {
        if (fits(re, t, child, start, end) && match_parts(re, t, child, start, end, captures))
            return true;
        forget(child, captures);
    }
    return false;
}

/* ---- Rounds ---- */

/* A choice of where rounds end: ends[0] is the start of the first. */
typedef struct Rounds {
    Regex *re;
    const MatchText *t;
    Node *inner;
    Dfa *dfa;
    int64_t end, min, max;
    bool is_short;
    Array ends;       /* int64_t */
    int64_t verified; /* rounds whose own parts are known to fit */
    RegexSpan *captures;
} Rounds;

static int64_t *round_end(const Rounds *r, int64_t k)
{
    return array_at(&r->ends, (size_t)k);
}

/* May round k be empty? Only where the least number of rounds cannot be had otherwise. */
static bool may_be_empty(const Rounds *r, int64_t k, int64_t left)
{
    return k < r->min && r->min - k >= left;
}

/* The first choice for round k; it ends at bound at most (or, preferring little, at least). */
static bool choose(Rounds *r, int64_t k, int64_t bound)
{
    int64_t before = *round_end(r, k - 1), found;

    if ((int64_t)r->ends.count <= k)
        array_push(&r->ends);
    if (r->is_short) {
        /* The last round there may be must come to the end. */
        if (k >= r->max)
            bound = r->end;
        if (bound == before && bound != r->end && !may_be_empty(r, k, r->end - before))
            bound++;
        found = dfa_shortest(r->dfa, r->t, before, bound, r->end);
    } else {
        found = dfa_longest(r->dfa, r->t, before, bound);
    }
    if (found < 0)
        return false;
    *round_end(r, k) = found;
    if (r->verified >= k)
        r->verified = k - 1;
    return true;
}

/* Is there another choice for round k or one before it? Takes it. */
static int64_t choose_again(Rounds *r, int64_t k)
{
    for (; k > 0; k--) {
        int64_t before = *round_end(r, k - 1), at = *round_end(r, k), bound;

        if (r->is_short) {
            if (at >= r->end)
                continue;
            bound = at + 1;
        } else {
            if (at <= before)
                continue;
            bound = at - 1;
            if (bound <= before && !may_be_empty(r, k, r->end - before))
                continue;
        }
        if (choose(r, k, bound))
            return k;
    }
    return 0;
}

/* The parts of all rounds; the number of the first that does not fit, 0: all do. */
static int64_t verify(Rounds *r, int64_t count)
{
    for (int64_t i = r->verified + 1; i <= count; i++) {
        forget(r->inner, r->captures);
        if (!match_parts(r->re, r->t, r->inner, *round_end(r, i - 1), *round_end(r, i),
                         r->captures))
            return i;
        r->verified = i;
    }
    return 0;
}

static bool run_rounds(Rounds *r, int64_t start)
{
    int64_t k = choose(r, 1, r->is_short ? start : r->end) ? 1 : 0;

    while (k > 0) {
        int64_t at = *round_end(r, k), failed;

        check_interrupts();
        if (at != r->end) {
            bool is_empty = at == *round_end(r, k - 1);

            if (k >= r->max || (is_empty && !may_be_empty(r, k, r->end - at)) ||
                !choose(r, k + 1, r->is_short ? at : r->end))
                k = choose_again(r, k >= r->max ? k - 1 : k);
            else
                k++;
            continue;
        }
        if (k < r->min) {
            k = choose_again(r, k);
            continue;
        }
        failed = verify(r, k);
        if (failed == 0)
            return true;
        k = choose_again(r, failed);
    }
    return false;
}

static bool match_repeat(Regex *re, const MatchText *t, Node *n, int64_t start, int64_t end,
                         RegexSpan *captures)
{
    Rounds r = {.re = re, .t = t, .inner = n->first, .end = end, .captures = captures};
    bool fits_all, is_optional;

    /* No rounds are enough for nothing, but what does not prefer little is given one to capture. */
    r.is_short = (r.inner->flags & PREFERS_SHORT) != 0;
    is_optional = n->min == 0 && start == end;
    if (is_optional && r.is_short)
        return true;
    r.dfa = dfa_of(re, r.inner);
    r.min = n->min == 0 ? 1 : (int64_t)n->min;
    r.max = end - start;
    if (n->max != REGEX_INFINITE && r.max > (int64_t)n->max)
        r.max = n->max;
    if (r.max < r.min)
        r.max = r.min;
    array_init(&r.ends, sizeof(int64_t));
    *(int64_t *)array_push(&r.ends) = start;
    fits_all = run_rounds(&r, start);
    mem_free(r.ends.items);
    if (!fits_all)
        forget(n->first, captures);
    return fits_all || is_optional;
}

bool match_parts(Regex *re, const MatchText *t, Node *node, int64_t start, int64_t end,
                 RegexSpan *captures)
{
    if (node->is_leaf)
        return true;
    switch (node->kind) {
    case NODE_CAPTURE:
        if (!match_parts(re, t, node->first, start, end, captures))
            return false;
        captures[node->number] = (RegexSpan){start, end};
        return true;
    case NODE_BACKREF:
        return match_reference(re, t, node, start, end, captures);
    case NODE_ALTERNATIVES:
        return match_alternatives(re, t, node, start, end, captures);
    case NODE_REPEAT:
        return match_repeat(re, t, node, start, end, captures);
    default:
        return match_concat(re, t, node, start, end, captures);
    }
}
