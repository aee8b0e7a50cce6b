/*
 * number_template.h - what a template of numbers asks for as a whole
 */
#ifndef TYPES_NUMBER_TEMPLATE_H
#define TYPES_NUMBER_TEMPLATE_H

#include "common/base/base.h"

#include "server/types/template.h"

/* Patterns that were there, by what they mean for the rest. */
enum {
    NUMBER_POINT = 1 << 0,    /* . or D */
    NUMBER_FILL = 1 << 1,     /* FM: no blanks */
    NUMBER_SIGN = 1 << 2,     /* S */
    NUMBER_BRACKET = 1 << 3,  /* PR */
    NUMBER_MINUS = 1 << 4,    /* MI or SG */
    NUMBER_PLUS = 1 << 5,     /* PL or SG */
    NUMBER_ROMAN = 1 << 6,    /* RN */
    NUMBER_SHIFT = 1 << 7,    /* V */
    NUMBER_EXPONENT = 1 << 8, /* EEEE */
    NUMBER_BLANK = 1 << 9,    /* B before any digit, which says nothing else */
};

typedef struct NumberShape {
    unsigned flags;
    int whole; /* places before the point */
    int fraction;
    int shift;         /* 9s behind V */
    int first_zero;    /* the place of the first 0 before the point, from 0; -1: none */
    int zero_end;      /* places up to the last 0 */
    int sign_place;    /* places before S */
    bool is_sign_last; /* S stands behind the point */
} NumberShape;

/* Raises 42601 for what does not go together. */
NumberShape number_shape(const Template *t);

static inline bool number_has(const NumberShape *shape, unsigned flag)
{
    return (shape->flags & flag) != 0;
}

#endif
