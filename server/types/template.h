/*
 * template.h - templates of to_char(), to_date() and the like: patterns, marks, plain text
 *
 * A template is split into items, each of which is a pattern of its language or one character that
 * stands for itself. Text in double quotes is never a pattern; a backslash takes the meaning from a
 * quote. Patterns are found by their longest spelling, in capitals or in small letters throughout.
 * In templates of dates a pattern may have a mark before it (FM, TM) and one behind it (TH, SP).
 */
#ifndef TYPES_TEMPLATE_H
#define TYPES_TEMPLATE_H

#include "common/base/base.h"

#include "server/fmgr/fmgr.h"

typedef enum DatePattern {
#define ROW(text, pattern, is_number, wants_date, convention) DATE_PATTERN_##pattern,
#include "server/types/template_date.def"
#undef ROW
} DatePattern;

typedef enum NumberPattern {
#define ROW(text, pattern) NUMBER_PATTERN_##pattern,
#include "server/types/template_number.def"
#undef ROW
} NumberPattern;

typedef enum DateConvention {
    CONVENTION_NONE,
    CONVENTION_GREGORIAN,
    CONVENTION_ISO
} DateConvention;

typedef enum TemplateItemKind {
    ITEM_PATTERN,
    ITEM_QUOTED,
    ITEM_SPACE,
    ITEM_SEPARATOR, /* of dates: neither letter, digit nor blank */
    ITEM_CHAR,
} TemplateItemKind;

enum {
    MARK_FILL = 1,     /* FM */
    MARK_LOCAL = 2,    /* TM */
    MARK_TH_UPPER = 4, /* TH */
    MARK_TH_LOWER = 8, /* th */
    MARK_SPELLED = 16, /* SP, which says nothing */
    MARK_TH = MARK_TH_UPPER | MARK_TH_LOWER,
};

typedef struct TemplateItem {
    uint8_t kind; /* TemplateItemKind */
    uint8_t marks;
    uint8_t pattern;    /* DatePattern or NumberPattern */
    bool is_lower;      /* a pattern in small letters */
    bool is_number;     /* a pattern that reads digits */
    bool wants_date;    /* and cannot be shown of an interval */
    uint8_t len;        /* bytes of text */
    uint8_t convention; /* DateConvention */
    const char *text;   /* as it was written; a whole character where it is no pattern */
} TemplateItem;

typedef struct Template {
    size_t count;
    const TemplateItem *items;
} Template;

typedef enum TemplateLanguage { TEMPLATE_DATE, TEMPLATE_NUMBER } TemplateLanguage;

/* Neither letter, digit nor blank, in ASCII. */
static inline bool template_is_separator(char c)
{
    return c > ' ' && c < 0x7F && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
           !(c >= 'a' && c <= 'z');
}

/* The template of argument n; the place that calls keeps the last one. */
const Template *template_arg(FmgrCall *call, int n, TemplateLanguage language);

/* "st", "ND" and so on, by the digits of a number; 22P02 when it ends in none. */
const char *template_ordinal(const char *digits, size_t len, bool is_lower);

#endif
