/*
 * collation_int.h - what the providers give to collation.c
 */
#ifndef TYPES_COLLATION_INT_H
#define TYPES_COLLATION_INT_H

#include "common/base/base.h"

#include <locale.h>

#include "server/types/collation.h"

struct UCollator;

/* ---- collation_icu.c: texts are UTF-8, other encodings raise 0A000 ---- */

struct UCollator *collation_icu_open(const char *locale);
void collation_icu_close(struct UCollator *c);
int collation_icu_compare(const struct UCollator *c, CollationText a, CollationText b);
char *collation_icu_key(const struct UCollator *c, CollationText text, size_t *len);
bool collation_icu_is_in_class(CollationClass class, uint32_t c);
uint32_t collation_icu_char_case(CollationCase to, uint32_t c);
char *collation_icu_case(const char *locale, CollationCase to, CollationText text, size_t *len);

/* One of the forms of Unicode; in new memory. */
typedef enum UnicodeForm { UNICODE_NFC, UNICODE_NFD, UNICODE_NFKC, UNICODE_NFKD } UnicodeForm;
char *collation_icu_normalize(UnicodeForm form, CollationText text, size_t *len);

/* ---- collation_libc.c ---- */

locale_t collation_libc_open(const char *collate, const char *ctype);
int collation_libc_compare(locale_t locale, CollationText a, CollationText b);
char *collation_libc_key(locale_t locale, CollationText text, size_t *len);
bool collation_libc_is_in_class(locale_t locale, CollationClass class, uint32_t c);
uint32_t collation_libc_char_case(locale_t locale, CollationCase to, uint32_t c);
char *collation_libc_case(locale_t locale, CollationCase to, CollationText text, size_t *len);

#endif
