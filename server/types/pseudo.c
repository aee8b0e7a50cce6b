/* pseudo.c - the forms of types that have no values of their own, or none that are read. */
#include "common/base/base.h"

#include "server/types/types_int.h"

static _Noreturn void raise_input(const char *type)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("cannot accept a value of type %s", type));
}

static _Noreturn void raise_output(const char *type)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("cannot display a value of type %s", type));
}

#define NO_INPUT(function, type) \
 Datum function(FmgrCall *call)  \
 {                               \
  (void)call;                    \
  raise_input(type);             \
 }

#define NO_OUTPUT(function, type) \
 Datum function(FmgrCall *call)   \
 {                                \
  (void)call;                     \
  raise_output(type);             \
 }

#define NO_FORMS(name, type) \
 NO_INPUT(name##_in, type)   \
 NO_OUTPUT(name##_out, type)

NO_FORMS(any, "any")
NO_FORMS(anyelement, "anyelement")
NO_FORMS(anycompatible, "anycompatible")
NO_FORMS(anycompatiblenonarray, "anycompatiblenonarray")
NO_FORMS(anynonarray, "anynonarray")
NO_FORMS(event_trigger, "event_trigger")
NO_FORMS(fdw_handler, "fdw_handler")
NO_FORMS(index_am_handler, "index_am_handler")
NO_FORMS(internal, "internal")
NO_FORMS(language_handler, "language_handler")
NO_FORMS(table_am_handler, "table_am_handler")
NO_FORMS(trigger, "trigger")
NO_FORMS(tsm_handler, "tsm_handler")
NO_INPUT(anyarray_in, "anyarray")
NO_INPUT(anyarray_recv, "anyarray")
NO_INPUT(anycompatiblearray_in, "anycompatiblearray")
NO_INPUT(anycompatiblearray_recv, "anycompatiblearray")
NO_INPUT(anycompatiblemultirange_in, "anycompatiblemultirange")
NO_INPUT(anycompatiblerange_in, "anycompatiblerange")
NO_INPUT(anyenum_in, "anyenum")
NO_INPUT(anymultirange_in, "anymultirange")
NO_INPUT(anyrange_in, "anyrange")
NO_INPUT(pg_ddl_command_in, "pg_ddl_command")
NO_INPUT(pg_ddl_command_recv, "pg_ddl_command")
NO_OUTPUT(pg_ddl_command_out, "pg_ddl_command")
NO_OUTPUT(pg_ddl_command_send, "pg_ddl_command")
NO_INPUT(pg_node_tree_in, "pg_node_tree")
NO_INPUT(pg_node_tree_recv, "pg_node_tree")

/* ---- Values that are shown as what they are: columns of catalogs are such ---- */

Datum anyarray_out(FmgrCall *call)
{
    return array_out(call);
}

Datum anyarray_send(FmgrCall *call)
{
    return array_send(call);
}

Datum anycompatiblearray_out(FmgrCall *call)
{
    return array_out(call);
}

Datum anycompatiblearray_send(FmgrCall *call)
{
    return array_send(call);
}

Datum pg_node_tree_out(FmgrCall *call)
{
    return textout(call);
}

Datum pg_node_tree_send(FmgrCall *call)
{
    return textsend(call);
}

/* ---- A type that is named but not defined yet ---- */

static _Noreturn void raise_shell(const char *what)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("cannot %s a value of a shell type", what));
}

Datum shell_in(FmgrCall *call)
{
    (void)call;
    raise_shell("accept");
}

Datum shell_out(FmgrCall *call)
{
    (void)call;
    raise_shell("display");
}

/* ---- void: nothing, shown as such ---- */

Datum void_in(FmgrCall *call)
{
    (void)call;
    return 0;
}

Datum void_out(FmgrCall *call)
{
    (void)call;
    return cstring_result("");
}

Datum void_recv(FmgrCall *call)
{
    (void)call;
    return 0;
}

Datum void_send(FmgrCall *call)
{
    (void)call;
    return text_result("", 0);
}
