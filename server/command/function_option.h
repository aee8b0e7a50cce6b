/*
 * function_option.h - what CREATE FUNCTION and ALTER FUNCTION say of a function beside its body
 */
#ifndef COMMAND_FUNCTION_OPTION_H
#define COMMAND_FUNCTION_OPTION_H

#include "common/base/base.h"

#include "server/node/node.h"

/* Each at most once, but for SET. */
typedef struct FunctionOptions {
    const Option *as, *language, *transform, *window, *volatility, *strict, *security, *leakproof,
        *cost, *rows, *support, *parallel;
    const List *sets; /* VariableSetStmt */
} FunctionOptions;

/* Raises 42601, 42P13; 0A000 for what is not written. text is what locations count in. */
void function_options_read(FunctionOptions *out, const List *options, bool is_procedure,
                           const char *text);
bool function_option_is_on(const Option *option); /* NULL: not */
double function_option_number(const Option *option);
char function_option_parallel(const Option *option); /* NULL: unsafe */
void function_option_check_leakproof(bool is_leakproof);

#endif
