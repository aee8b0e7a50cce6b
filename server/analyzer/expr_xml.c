/*
 * expr_xml.c - XMLELEMENT, XMLFOREST, XMLPARSE and the like
 *
 * Names of elements and attributes are SQL names; characters that XML would not take are written
 * as _x followed by their number. What is not ASCII is taken for a letter.
 */
#include "common/base/base.h"

#include <ctype.h>
#include <string.h>

#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/object_name.h"
#include "server/catalog/catalog_oid.h"

static bool is_name_char(unsigned char c, bool is_first)
{
    if (c >= 0x80 || isalpha(c) || c == '_' || c == ':')
        return true;
    return !is_first && (isdigit(c) || c == '-' || c == '.');
}

static const char *xml_name(const char *name, bool is_fully_escaped)
{
    StrBuf text;

    strbuf_init(&text);
    for (const char *p = name; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;

        if (c == ':' && (p == name || is_fully_escaped))
            strbuf_add(&text, "_x003A_");
        else if (c == '_' && p[1] == 'x')
            strbuf_add(&text, "_x005F_");
        else if (is_fully_escaped && p == name && strncasecmp(p, "xml", 3) == 0)
            strbuf_add(&text, c == 'x' ? "_x0078_" : "_x0058_");
        else if (is_name_char(c, p == name))
            strbuf_add_char(&text, *p);
        else
            strbuf_add_fmt(&text, "_x%04X_", c);
    }
    return text.text;
}

/* ---- Named arguments: attributes, elements of a forest ---- */

static const char *arg_name(Scope *scope, const XmlExpr *raw, const Target *arg)
{
    if (arg->name != NULL)
        return xml_name(arg->name, false);
    if (node_is(arg->value, ColumnRef))
        return xml_name(target_name(scope, arg->value), true);
    scope_fail(scope, arg->loc, SQLSTATE_SYNTAX_ERROR,
               .message = raw->kind == XML_ELEMENT
                              ? "unnamed XML attribute value must be a column reference"
                              : "unnamed XML element value must be a column reference");
}

static void add_named_args(Scope *scope, const XmlExpr *raw, XmlExpr *made)
{
    list_foreach(const Target *, arg, raw->named_args) {
        Node *value = expr_transform_in(scope, arg->value);
        const char *name = arg_name(scope, raw, arg);

        list_foreach(const String *, before, made->arg_names) {
            if (raw->kind == XML_ELEMENT && str_equal(before->value, name))
                scope_fail(scope, arg->loc, SQLSTATE_SYNTAX_ERROR,
                           .message =
                               err_fmt("XML attribute name \"%s\" appears more than once", name));
        }
        made->named_args = list_add(made->named_args, value);
        made->arg_names = list_add(made->arg_names, node_string(name));
    }
}

/* ---- Plain arguments ---- */

static Oid wanted_type(XmlKind kind, int i, const char **construct)
{
    switch (kind) {
    case XML_CONCAT:
        *construct = "XMLCONCAT";
        return TYPE_XML;
    case XML_PARSE:
        *construct = "XMLPARSE";
        return i == 0 ? TYPE_TEXT : TYPE_BOOL;
    case XML_PI:
        *construct = "XMLPI";
        return TYPE_TEXT;
    case XML_ROOT:
        *construct = "XMLROOT";
        return i == 0 ? TYPE_XML : i == 1 ? TYPE_TEXT : TYPE_INT4;
    case XML_DOCUMENT:
        *construct = "IS DOCUMENT";
        return TYPE_XML;
    default:
        return 0;
    }
}

static void add_args(Scope *scope, const XmlExpr *raw, XmlExpr *made)
{
    int i = 0;

    list_foreach(Node *, arg, raw->args) {
        Node *value = expr_transform_in(scope, arg);
        const char *construct;
        Oid type = wanted_type(raw->kind, i++, &construct);

        if (type != 0)
            value = coerce_to_specific(scope, value, type, -1, construct);
        made->args = list_add(made->args, value);
    }
}

static Node *serialize(Scope *scope, const XmlExpr *raw)
{
    XmlExpr *made = node_new(XmlExpr);
    Node *value = expr_transform_in(scope, list_at(raw->args, 0)), *fit;
    int32_t typmod;

    made->kind = XML_SERIALIZE;
    made->args = list_of(coerce_to_specific(scope, value, TYPE_XML, -1, "XMLSERIALIZE"));
    made->type = type_of_name(scope, raw->type_name, &typmod);
    made->typmod = typmod;
    made->is_content = raw->is_content;
    made->loc = raw->loc;
    fit = coerce_to_target(scope, (Node *)(void *)made, TYPE_TEXT, made->type, typmod,
                           COERCE_AS_IMPLICIT, COERCE_IMPLICIT, NODE_NO_LOCATION);
    if (fit == NULL)
        scope_fail(scope, raw->loc, SQLSTATE_CANNOT_COERCE,
                   .message =
                       err_fmt("cannot cast XMLSERIALIZE result to %s", type_shown(made->type)));
    return fit;
}

Node *expr_xml(Scope *scope, XmlExpr *raw)
{
    XmlExpr *made;

    if (raw->kind == XML_SERIALIZE)
        return serialize(scope, raw);
    made = node_new(XmlExpr);
    made->kind = raw->kind;
    if (raw->name != NULL)
        made->name = xml_name(raw->name, false);
    made->is_content = raw->is_content;
    made->type = TYPE_XML;
    made->typmod = -1;
    made->loc = raw->loc;
    add_named_args(scope, raw, made);
    add_args(scope, raw, made);
    return (Node *)(void *)made;
}
