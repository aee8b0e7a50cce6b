/* acl.c - the type aclitem, and what is asked of arrays of it; object/rights.h has the bits. */
#include "common/base/base.h"

#include "server/types/acl.h"

#include <strings.h>

#include "server/access/common/heap_form.h"
#include "server/access/common/tuple_desc.h"
#include "server/catalog/catalog_oid.h"
#include "server/fmgr/array_value.h"
#include "server/fmgr/hash_any.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/types/set.h"
#include "server/types/text_arg.h"
#include "server/types/types_int.h"

#define LETTERS    "arwdDxtXUCTcsA" /* by bit */
#define FIRST_ROLE 10               /* who made the cluster */

static const AclRoles *roles;

void acl_set_roles(const AclRoles *r)
{
    roles = r;
}

const char *acl_right_name(unsigned bit)
{
    static const char *const names[RIGHT_COUNT] = {
        "INSERT",  "SELECT", "UPDATE", "DELETE",    "TRUNCATE", "REFERENCES", "TRIGGER",
        "EXECUTE", "USAGE",  "CREATE", "TEMPORARY", "CONNECT",  "SET",        "ALTER SYSTEM"};

    ASSERT(bit < RIGHT_COUNT);
    return names[bit];
}

/* ---- Text: name=letters/name ---- */

static _Noreturn void raise_text(const char *message, const char *hint)
{
    err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION, .message = message, .hint = hint);
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (c & 0x80) != 0;
}

/* A name, parts of which may be quoted; "" when there is none. Blanks around are passed. */
static const char *read_name(const char *p, char *out)
{
    bool is_quoted = false;
    size_t len = 0;

    p = skip_spaces(p);
    for (; *p != '\0' && (is_name_char(*p) || *p == '"' || is_quoted); p++) {
        if (*p == '"') {
            if (!is_quoted || p[1] != '"') {
                is_quoted = !is_quoted;
                continue;
            }
            p++;
        }
        if (len >= NAME_SIZE - 1)
            err_raise(SQLSTATE_NAME_TOO_LONG, .message = "identifier too long",
                      .detail = err_fmt("Identifier must be less than %d characters.", NAME_SIZE));
        out[len++] = *p;
    }
    out[len] = '\0';
    return skip_spaces(p);
}

static Oid find_role(const char *name)
{
    Oid role = roles == NULL ? role_try_find(name) : roles->find(name);

    if (role == 0)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("role \"%s\" does not exist", name));
    return role;
}

/* Letters, with * behind those that can be granted on. */
static const char *read_rights(const char *p, uint32_t *out)
{
    uint32_t last = 0;

    *out = 0;
    for (; (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '*'; p++) {
        const char *found;

        if (*p == '*') {
            *out |= last << RIGHTS_GRANT_BITS;
            continue;
        }
        found = strchr(LETTERS, *p);
        if (found == NULL)
            raise_text("invalid mode character: must be one of \"" LETTERS "\"", NULL);
        last = 1U << (found - LETTERS);
        *out |= last;
    }
    return p;
}

static const char *read_grantee(const char *p, char *name)
{
    p = read_name(p, name);
    if (*p == '=')
        return p;
    if (strcmp(name, "group") != 0 && strcmp(name, "user") != 0)
        raise_text(err_fmt("unrecognized key word: \"%s\"", name),
                   "ACL key word must be \"group\" or \"user\".");
    p = read_name(p, name);
    if (*name == '\0')
        raise_text("missing name", "A name must follow the \"group\" or \"user\" key word.");
    if (*p != '=')
        raise_text("missing \"=\" sign", NULL);
    return p;
}

Datum aclitemin(FmgrCall *call)
{
    AclItem *item = mem_new(AclItem);
    char grantee[NAME_SIZE], grantor[NAME_SIZE];
    const char *p = read_grantee(fmgr_cstring(call, 0), grantee);

    p = read_rights(p + 1, &item->rights);
    item->grantee = *grantee == '\0' ? ROLE_EVERYBODY : find_role(grantee);
    item->grantor = FIRST_ROLE;
    if (*p == '/') {
        p = read_name(p + 1, grantor);
        if (*grantor == '\0')
            raise_text("a name must follow the \"/\" sign", NULL);
        item->grantor = find_role(grantor);
    } else {
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_INVALID_GRANTOR,
                .message = err_fmt("defaulting grantor to user ID %u", item->grantor));
    }
    if (*skip_spaces(p) != '\0')
        raise_text("extra garbage at the end of the ACL specification", NULL);
    return datum_of_pointer(item);
}

static void add_role(StrBuf *out, Oid role)
{
    const char *name = roles == NULL ? role_try_name(role) : roles->name(role);
    bool is_safe = true;

    if (name == NULL) {
        strbuf_add_fmt(out, "%u", role);
        return;
    }
    for (const char *p = name; *p != '\0'; p++)
        is_safe &= is_name_char(*p) && (*p & 0x80) == 0;
    if (!is_safe)
        strbuf_add_char(out, '"');
    for (const char *p = name; *p != '\0'; p++) {
        if (*p == '"')
            strbuf_add_char(out, '"');
        strbuf_add_char(out, *p);
    }
    if (!is_safe)
        strbuf_add_char(out, '"');
}

Datum aclitemout(FmgrCall *call)
{
    const AclItem *item = fmgr_pointer(call, 0);
    StrBuf out;

    strbuf_init(&out);
    if (item->grantee != ROLE_EVERYBODY)
        add_role(&out, item->grantee);
    strbuf_add_char(&out, '=');
    for (unsigned i = 0; i < RIGHT_COUNT; i++) {
        if ((item->rights >> i & 1) == 0)
            continue;
        strbuf_add_char(&out, LETTERS[i]);
        if ((item->rights >> (i + RIGHTS_GRANT_BITS) & 1) != 0)
            strbuf_add_char(&out, '*');
    }
    strbuf_add_char(&out, '/');
    add_role(&out, item->grantor);
    return datum_of_pointer(out.text);
}

/* ---- Equality ---- */

Datum aclitem_eq(FmgrCall *call)
{
    return datum_of_bool(memcmp(fmgr_pointer(call, 0), fmgr_pointer(call, 1), sizeof(AclItem)) ==
                         0);
}

static uint32_t hash_of(const FmgrCall *call)
{
    const AclItem *item = fmgr_pointer(call, 0);

    return item->rights + item->grantee + item->grantor;
}

Datum hash_aclitem(FmgrCall *call)
{
    return datum_of_u32(hash_of(call));
}

Datum hash_aclitem_extended(FmgrCall *call)
{
    uint64_t seed = (uint64_t)fmgr_i64(call, 1);

    if (seed == 0)
        return datum_of_i64(hash_of(call));
    return datum_of_i64((int64_t)hash_any_u32_seeded(hash_of(call), seed));
}

/* ---- Arrays ---- */

Acl acl_of_datum(Datum array)
{
    ArrayView v;

    array_open(varlena_plain(datum_varlena(array)), &v);
    if (v.element_type != TYPE_ACLITEM)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "ACL array contains wrong data type");
    if (v.dimensions != 1)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "ACL arrays must be one-dimensional");
    if (v.bitmap != NULL)
        err_raise(SQLSTATE_NULL_VALUE_NOT_ALLOWED,
                  .message = "ACL arrays must not contain null values");
    return (Acl){(const AclItem *)(const void *)v.items, v.count};
}

/* Even one without items has a dimension. */
Datum acl_to_datum(const Acl *acl)
{
    size_t size = 24 + acl->count * sizeof(AclItem);
    uint8_t *array = mem_alloc(size);

    varlena_set_size(array, size);
    store_u32(array + 4, 1);
    store_u32(array + 12, TYPE_ACLITEM);
    store_u32(array + 16, (uint32_t)acl->count);
    store_u32(array + 20, 1);
    if (acl->count > 0)
        memcpy(array + 24, acl->items, acl->count * sizeof(AclItem));
    return datum_of_pointer(array);
}

Datum acldefault_sql(FmgrCall *call)
{
    static const struct {
        char letter;
        RightsKind kind;
    } rows[] = {
#define ROW(kind, letter, all, everybody, owner) {letter, RIGHTS_OF_##kind},
#include "server/object/rights.def"
#undef ROW
    };
    char letter = fmgr_char(call, 0);

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].letter == letter) {
            Acl acl = acl_default(rows[i].kind, fmgr_u32(call, 1));

            return acl_to_datum(&acl);
        }
    }
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = err_fmt("unrecognized objtype abbreviation: %c", letter));
}

Datum aclcontains(FmgrCall *call)
{
    const AclItem *wanted = fmgr_pointer(call, 1);
    Acl acl = acl_of_datum(fmgr_arg(call, 0));

    for (size_t i = 0; i < acl.count; i++) {
        const AclItem *item = &acl.items[i];

        if (item->grantee == wanted->grantee && item->grantor == wanted->grantor &&
            (item->rights & wanted->rights) == wanted->rights)
            return datum_of_bool(true);
    }
    return datum_of_bool(false);
}

static _Noreturn void raise_gone(const char *function)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("%s is no longer supported", function));
}

Datum aclinsert(FmgrCall *call)
{
    (void)call;
    raise_gone("aclinsert");
}

Datum aclremove(FmgrCall *call)
{
    (void)call;
    raise_gone("aclremove");
}

/* ---- By the names of rights ---- */

static uint32_t right_named(const char *name)
{
    for (unsigned i = 0; i < RIGHT_COUNT; i++) {
        if (strcasecmp(acl_right_name(i), name) == 0)
            return 1U << i;
    }
    if (strcasecmp(name, "TEMP") == 0)
        return RIGHT_TEMPORARY;

    /* There was such a right once. */
    if (strcasecmp(name, "RULE") == 0)
        return 0;
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("unrecognized privilege type: \"%s\"", name));
}

Datum makeaclitem(FmgrCall *call)
{
    AclItem *item = mem_new(AclItem);

    item->grantee = fmgr_u32(call, 0);
    item->grantor = fmgr_u32(call, 1);
    item->rights = right_named(text_cstring(fmgr_packed(call, 2)));
    if (fmgr_bool(call, 3))
        item->rights |= item->rights << RIGHTS_GRANT_BITS;
    return datum_of_pointer(item);
}

/* ---- A row for each right ---- */

typedef struct Explosion {
    Acl acl;
    size_t at;
    unsigned bit;
    TupleDesc *desc;
} Explosion;

static const SetColumn exploded_columns[] = {{"grantor", TYPE_OID},
                                             {"grantee", TYPE_OID},
                                             {"privilege_type", TYPE_TEXT},
                                             {"is_grantable", TYPE_BOOL}};

static Datum exploded_row(const Explosion *e)
{
    const AclItem *item = &e->acl.items[e->at];
    const bool nulls[4] = {false};
    const Datum values[4] = {
        datum_of_u32(item->grantor), datum_of_u32(item->grantee),
        text_result_of(acl_right_name(e->bit)),
        datum_of_bool((item->rights >> (e->bit + RIGHTS_GRANT_BITS) & 1) != 0)};

    return heap_to_record(heap_form(e->desc, values, nulls), e->desc);
}

Datum aclexplode(FmgrCall *call)
{
    Explosion *e = set_state(call);
    Datum row;

    if (e == NULL) {
        e = set_begin(call, sizeof *e);
        MEM_SCOPE(set_mem(call)) {
            set_keep_varlena(call, 0);
            e->acl = acl_of_datum(fmgr_arg(call, 0));
            e->desc = set_desc(exploded_columns, ARRAY_LEN(exploded_columns));
        }
    }
    for (; e->at < e->acl.count; e->at++, e->bit = 0) {
        while (e->bit < RIGHT_COUNT && (e->acl.items[e->at].rights >> e->bit & 1) == 0)
            e->bit++;
        if (e->bit == RIGHT_COUNT)
            continue;
        row = exploded_row(e);
        e->bit++;
        return set_row(call, row);
    }
    return set_end(call);
}
