/* number_template.c - what a template of numbers asks for as a whole; what does not go together. */
#include "common/base/base.h"

#include "server/types/number_template.h"

#include "common/err/err.h"

static _Noreturn void refuse(const char *message)
{
    err_raise(SQLSTATE_SYNTAX_ERROR, .message = message);
}

static void note_digit(NumberShape *s)
{
    if (number_has(s, NUMBER_BRACKET))
        refuse("\"9\" must be ahead of \"PR\"");
    if (number_has(s, NUMBER_SHIFT))
        s->shift++;
    else if (number_has(s, NUMBER_POINT))
        s->fraction++;
    else
        s->whole++;
}

static void note_zero(NumberShape *s)
{
    if (number_has(s, NUMBER_BRACKET))
        refuse("\"0\" must be ahead of \"PR\"");
    if (number_has(s, NUMBER_POINT)) {
        s->fraction++;
    } else {
        if (s->first_zero < 0)
            s->first_zero = s->whole;
        s->whole++;
    }
    s->zero_end = s->whole + s->fraction;
}

static void note_point(NumberShape *s)
{
    if (number_has(s, NUMBER_POINT))
        refuse("multiple decimal points");
    if (number_has(s, NUMBER_SHIFT))
        refuse("cannot use \"V\" and decimal point together");
    s->flags |= NUMBER_POINT;
}

static void note_shift(NumberShape *s)
{
    if (number_has(s, NUMBER_POINT))
        refuse("cannot use \"V\" and decimal point together");
    s->flags |= NUMBER_SHIFT;
}

static void note_sign(NumberShape *s)
{
    if (number_has(s, NUMBER_SIGN))
        refuse("cannot use \"S\" twice");
    if (number_has(s, NUMBER_PLUS | NUMBER_MINUS | NUMBER_BRACKET))
        refuse("cannot use \"S\" and \"PL\"/\"MI\"/\"SG\"/\"PR\" together");
    s->flags |= NUMBER_SIGN;
    s->is_sign_last = number_has(s, NUMBER_POINT);
    s->sign_place = s->whole;
}

static void note_own_sign(NumberShape *s, unsigned flags, const char *message)
{
    if (number_has(s, NUMBER_SIGN))
        refuse(message);
    s->flags |= flags;
}

static void note_bracket(NumberShape *s)
{
    if (number_has(s, NUMBER_SIGN | NUMBER_PLUS | NUMBER_MINUS))
        refuse("cannot use \"PR\" and \"S\"/\"PL\"/\"MI\"/\"SG\" together");
    s->flags |= NUMBER_BRACKET;
}

static void note_exponent(NumberShape *s)
{
    const unsigned others = NUMBER_BLANK | NUMBER_FILL | NUMBER_SIGN | NUMBER_BRACKET |
                            NUMBER_MINUS | NUMBER_PLUS | NUMBER_ROMAN | NUMBER_SHIFT;

    if (number_has(s, NUMBER_EXPONENT))
        refuse("cannot use \"EEEE\" twice");
    if (number_has(s, others))
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = "\"EEEE\" is incompatible with other formats",
                  .detail =
                      "\"EEEE\" may only be used together with digit and decimal point patterns.");
    s->flags |= NUMBER_EXPONENT;
}

static void note(NumberShape *s, NumberPattern pattern)
{
    if (number_has(s, NUMBER_EXPONENT) && pattern != NUMBER_PATTERN_EXPONENT)
        refuse("\"EEEE\" must be the last pattern used");
    switch (pattern) {
    case NUMBER_PATTERN_DIGIT:
        note_digit(s);
        break;
    case NUMBER_PATTERN_ZERO:
        note_zero(s);
        break;
    case NUMBER_PATTERN_BLANK:
        if (s->whole == 0 && s->fraction == 0 && s->first_zero < 0)
            s->flags |= NUMBER_BLANK;
        break;
    case NUMBER_PATTERN_LOCAL_POINT:
    case NUMBER_PATTERN_POINT:
        note_point(s);
        break;
    case NUMBER_PATTERN_FILL:
        s->flags |= NUMBER_FILL;
        break;
    case NUMBER_PATTERN_SIGN:
        note_sign(s);
        break;
    case NUMBER_PATTERN_MINUS:
        note_own_sign(s, NUMBER_MINUS, "cannot use \"S\" and \"MI\" together");
        break;
    case NUMBER_PATTERN_PLUS:
        note_own_sign(s, NUMBER_PLUS, "cannot use \"S\" and \"PL\" together");
        break;
    case NUMBER_PATTERN_PLUS_MINUS:
        note_own_sign(s, NUMBER_PLUS | NUMBER_MINUS, "cannot use \"S\" and \"SG\" together");
        break;
    case NUMBER_PATTERN_BRACKET:
        note_bracket(s);
        break;
    case NUMBER_PATTERN_ROMAN:
        s->flags |= NUMBER_ROMAN;
        break;
    case NUMBER_PATTERN_SHIFT:
        note_shift(s);
        break;
    case NUMBER_PATTERN_EXPONENT:
        note_exponent(s);
        break;
    default:
        break;
    }
}

NumberShape number_shape(const Template *t)
{
    NumberShape s = {.first_zero = -1};

    for (size_t i = 0; i < t->count; i++) {
        if (t->items[i].kind == ITEM_PATTERN)
            note(&s, (NumberPattern)t->items[i].pattern);
    }
    return s;
}
