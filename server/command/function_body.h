/*
 * function_body.h - bodies of functions in SQL: looked at when a function is made
 */
#ifndef COMMAND_FUNCTION_BODY_H
#define COMMAND_FUNCTION_BODY_H

#include "common/base/base.h"

#include "server/command/make_function.h"

/* A standard body, as pg_proc keeps it: a query, or a list of one list of them. */
const Node *function_analyze_body(const FunctionMake *make, const Node *raw, const char *text);

/*
 * What the language asks of its functions: in SQL that the body can be analyzed and gives the
 * result, of internal ones that they are there. Unless check_function_bodies is off.
 */
void function_validate(const FunctionMake *make, const char *text);

#endif
