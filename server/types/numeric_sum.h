/*
 * numeric_sum.h - sums of many numerics
 *
 * Digits are added up in 64 bits without carrying, 10^14 additions fit; the sum is carried when it
 * is asked for. What is subtracted is added with the other sign.
 */
#ifndef TYPES_NUMERIC_SUM_H
#define TYPES_NUMERIC_SUM_H

#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/types/numeric_int.h"

typedef struct NumSum {
    int32_t high; /* weight of digits[0] */
    int32_t count;
    int32_t dscale; /* the largest that was added */
    int64_t *digits;
} NumSum;

void num_sum_add(NumSum *s, const Num *n, MemContext *mem);
void num_sum_subtract(NumSum *s, const Num *n, MemContext *mem);
void num_sum_reset(NumSum *s);
void num_sum_total(const NumSum *s, Num *out);

#endif
