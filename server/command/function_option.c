/* function_option.c - what is said of a function beside its body; function_option.h */
#include "common/base/base.h"

#include "server/command/function_option.h"

#include <stdlib.h>
#include <string.h>

#include "common/err/err.h"
#include "server/analyzer/position.h"
#include "server/command/option.h"
#include "server/object/role.h"

static const Option **place_of(FunctionOptions *o, const char *name)
{
    const struct {
        const char *name;
        const Option **place;
    } places[] = {
        {"as", &o->as},
        {"cost", &o->cost},
        {"language", &o->language},
        {"leakproof", &o->leakproof},
        {"parallel", &o->parallel},
        {"rows", &o->rows},
        {"security", &o->security},
        {"strict", &o->strict},
        {"support", &o->support},
        {"transform", &o->transform},
        {"volatility", &o->volatility},
        {"window", &o->window},
    };

    for (size_t i = 0; i < ARRAY_LEN(places); i++)
        if (strcmp(places[i].name, name) == 0)
            return places[i].place;
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("option \"%s\" not recognized", name));
}

void function_options_read(FunctionOptions *out, const List *options, bool is_procedure,
                           const char *text)
{
    static const char *const not_of_procedures[] = {"cost",   "leakproof", "parallel",   "rows",
                                                    "strict", "support",   "volatility", "window"};

    list_foreach(const Option *, option, options) {
        const Option **place;

        for (size_t i = 0; is_procedure && i < ARRAY_LEN(not_of_procedures); i++)
            if (strcmp(not_of_procedures[i], option->name) == 0)
                err_raise(SQLSTATE_INVALID_FUNCTION_DEFINITION,
                          .message = "invalid attribute in procedure definition",
                          .position = text_position(text, option->loc));
        if (strcmp(option->name, "set") == 0) {
            out->sets = list_add((List *)(uintptr_t)out->sets, option->arg);
            continue;
        }
        place = place_of(out, option->name);
        if (*place != NULL)
            err_raise(SQLSTATE_SYNTAX_ERROR, .message = "conflicting or redundant options",
                      .position = text_position(text, option->loc));
        *place = option;
    }
    if (out->transform != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "functions with TRANSFORM are not supported yet");
    if (out->support != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "functions with SUPPORT are not supported yet");
}

bool function_option_is_on(const Option *option)
{
    return option != NULL && ((const Boolean *)(const void *)option->arg)->value;
}

double function_option_number(const Option *option)
{
    const Node *arg = option->arg;
    double number;

    if (node_is(arg, Integer))
        return ((const Integer *)(const void *)arg)->value;
    number = strtod(option_text(option), NULL);
    return number;
}

char function_option_parallel(const Option *option)
{
    const char *word = option == NULL ? "unsafe" : option_text(option);

    if (strcmp(word, "safe") == 0)
        return 's';
    if (strcmp(word, "unsafe") == 0)
        return 'u';
    if (strcmp(word, "restricted") == 0)
        return 'r';
    err_raise(SQLSTATE_SYNTAX_ERROR,
              .message = "parameter \"parallel\" must be SAFE, RESTRICTED, or UNSAFE");
}

void function_option_check_leakproof(bool is_leakproof)
{
    if (is_leakproof && !role_is_superuser(role_current()))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = "only superuser can define a leakproof function");
}
