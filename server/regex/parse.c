/* parse.c - the tree of a pattern. */
#include "common/base/base.h"

#include "server/regex/regex_int.h"

#include "common/err/err.h"
#include "server/regex/token.h"

typedef struct Parser {
    Regex *re;
    Lexer lexer;
    unsigned depth;
    bool in_look;
} Parser;

void regex_raise(const char *why)
{
    err_raise(SQLSTATE_INVALID_REGULAR_EXPRESSION,
              .message = err_fmt("invalid regular expression: %s", why));
}

static Node *parse_alternatives(Parser *p, bool is_inner);

/* ---- Atoms ---- */

static Node *set_node(Parser *p, const CharSet *set)
{
    Node *n = regex_node(NODE_SET);

    n->number = colors_add_set(&p->re->colors, set);
    return n;
}

static Node *char_node(Parser *p, uint32_t c)
{
    CharSet set;

    charset_init(&set);
    regex_add_char(p->re, &set, c);
    return set_node(p, &set);
}

static Node *class_node(Parser *p, bool is_not, uint32_t class)
{
    CharSet set;

    charset_init(&set);
    if (is_not)
        set.not_classes = 1U << class;
    else
        set.classes = 1U << class;
    return set_node(p, &set);
}

static Node *any_node(Parser *p)
{
    CharSet set;

    charset_init(&set);
    set.is_inverted = true;
    set.lacks_newline = (p->re->flags & REGEX_DOT_NO_NEWLINE) != 0;
    return set_node(p, &set);
}

static Node *bracket_node(Parser *p)
{
    CharSet set;

    regex_parse_bracket(p->re, p->lexer.pattern, p->lexer.len, &p->lexer.at, &set);
    return set_node(p, &set);
}

static Node *backref_node(Parser *p, uint32_t number)
{
    Node *n;

    if (p->in_look || number > p->re->groups.count ||
        *(Node **)array_at(&p->re->groups, number - 1) == NULL)
        regex_raise(REGEX_BAD_BACKREF);
    n = regex_node(NODE_BACKREF);
    n->number = number;
    n->min = n->max = 1;
    n->flags = HAS_BACKREF;
    n->is_leaf = false;
    return n;
}

static Node *group_node(Parser *p, bool captures)
{
    Node *inner, *n;
    unsigned number;

    if (!captures || p->in_look)
        return parse_alternatives(p, true);
    array_push(&p->re->groups);
    number = (unsigned)p->re->groups.count;
    p->lexer.groups = number;
    inner = parse_alternatives(p, true);
    n = regex_node(NODE_CAPTURE);
    *(Node **)array_at(&p->re->groups, number - 1) = n;
    n->number = number;
    n->first = inner;
    n->flags = inner->flags | HAS_CAPTURE;
    n->is_leaf = false;
    return n;
}

static Node *look_node(Parser *p, uint32_t kind)
{
    bool was_in_look = p->in_look;
    Node *inner, *n = regex_node(NODE_LOOK);
    Look *look;

    p->in_look = true;
    inner = parse_alternatives(p, true);
    p->in_look = was_in_look;
    n->number = (unsigned)p->re->looks.count;
    look = array_push(&p->re->looks);
    look->root = inner;
    look->is_behind = (kind & LOOK_BEHIND) != 0;
    look->is_negative = (kind & LOOK_NEGATIVE) != 0;
    return n;
}

static Node *assert_node(Parser *p, uint32_t kind)
{
    Node *n = regex_node(NODE_ASSERT);

    n->number = kind;
    if (kind >= ASSERT_WORD_BEGIN)
        p->re->colors.needs_word = true;
    return n;
}

/* The token behind it is not read yet. *can_repeat: false for constraints. */
static Node *parse_atom(Parser *p, bool *can_repeat)
{
    uint32_t value = p->lexer.value;

    *can_repeat = true;
    switch (p->lexer.kind) {
    case TOKEN_CHAR:
        return char_node(p, value);
    case TOKEN_CLASS:
    case TOKEN_NOT_CLASS:
        return class_node(p, p->lexer.kind == TOKEN_NOT_CLASS, value);
    case TOKEN_ANY:
        return any_node(p);
    case TOKEN_BRACKET:
        return bracket_node(p);
    case TOKEN_BACKREF:
        return backref_node(p, value);
    case TOKEN_OPEN:
        return group_node(p, value != 0);
    case TOKEN_LOOK:
        *can_repeat = false;
        return look_node(p, value);
    case TOKEN_ASSERT:
        *can_repeat = false;
        return assert_node(p, value);
    case TOKEN_CLOSE:
        /* Outside of all parentheses: EREs take it for itself. */
        if ((p->re->flags & REGEX_ADVANCED) != 0 || (p->re->flags & REGEX_EXTENDED) == 0)
            regex_raise(REGEX_BAD_PAREN);
        return char_node(p, value);
    default:
        regex_raise(REGEX_BAD_REPEAT);
    }
}

/* ---- Quantifiers, branches ---- */

static void parse_quantifier(Parser *p, Node *item)
{
    Lexer *l = &p->lexer;
    bool is_greedy = l->value != 0, prefers = true;
    Bound b;

    switch (l->kind) {
    case TOKEN_STAR:
        item->min = 0;
        item->max = REGEX_INFINITE;
        break;
    case TOKEN_PLUS:
        item->max = REGEX_INFINITE;
        break;
    case TOKEN_QUESTION:
        item->min = 0;
        break;
    case TOKEN_BOUND:
        b = lexer_bound(l);
        item->min = b.min;
        item->max = b.max;
        is_greedy = b.is_greedy;
        prefers = b.is_range;
        break;
    default:
        return;
    }
    if (prefers)
        item->flags = is_greedy ? PREFERS_LONG : PREFERS_SHORT;
    lexer_next(l);
}

/*
 * An atom with its quantifier: a NODE_REPEAT, whose flags are what the quantifier prefers; number 1
 * says that the atom is a reference, not in parentheses.
 */
static Node *parse_item(Parser *p)
{
    Node *item = regex_node(NODE_REPEAT);
    bool can_repeat;

    item->min = item->max = 1;
    item->number = p->lexer.kind == TOKEN_BACKREF;
    item->first = parse_atom(p, &can_repeat);
    lexer_next(&p->lexer);
    if (can_repeat)
        parse_quantifier(p, item);
    return item;
}

static Node *parse_branch(Parser *p, bool is_inner)
{
    Node *first = NULL, **last = &first;

    while (p->lexer.kind != TOKEN_END && p->lexer.kind != TOKEN_OR &&
           !(is_inner && p->lexer.kind == TOKEN_CLOSE)) {
        *last = parse_item(p);
        last = &(*last)->next;
    }
    return regex_branch(first);
}

/* From the token before on, to the end or, with that still being the token, to ). */
static Node *parse_alternatives(Parser *p, bool is_inner)
{
    Node *first = NULL, **last = &first;

    if (++p->depth > REGEX_DEPTH_MAX)
        regex_raise(REGEX_TOO_BIG);
    do {
        lexer_next(&p->lexer);
        *last = parse_branch(p, is_inner);
        last = &(*last)->next;
    } while (p->lexer.kind == TOKEN_OR);
    if (is_inner && p->lexer.kind != TOKEN_CLOSE)
        regex_raise(REGEX_BAD_PAREN);
    p->depth--;
    return regex_alternatives(first);
}

void regex_parse(Regex *re, const uint32_t *pattern, size_t len)
{
    Parser p = {.re = re, .lexer = {.re = re, .pattern = pattern, .len = len}};

    lexer_begin(&p.lexer);
    re->root = parse_alternatives(&p, false);
    re->capture_count = (unsigned)re->groups.count;
}
