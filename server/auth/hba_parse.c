/* hba_parse.c - lines of pg_hba.conf to rules. */
#include "common/base/base.h"

#include <string.h>
#include <strings.h>

#include "common/mem/mem.h"
#include "common/os/address.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "server/auth/hba.h"
#include "server/config/setting.h"

/* Where the parser is in a line. */
typedef struct LineReader {
    const AuthLine *line;
    size_t next; /* field */
    HbaRule *rule;
    const char *hint;
    const char *log_text; /* in place of the rule's error; NULL: none */
} LineReader;

static bool parse_lines(const char *path, const Array *lines, ErrLevel level, Array *rules);
static void parse_line(const AuthLine *line, const char *path, ErrLevel level, HbaRule *rule);
static bool read_rule(LineReader *r);
static bool read_conn(LineReader *r);
static bool read_names(LineReader *r, const char *missing, Array *names);
static bool read_address(LineReader *r);
static bool read_net(LineReader *r, const char *text);
static bool read_mask(LineReader *r);
static bool read_method(LineReader *r);
static bool check_method(LineReader *r);
static bool read_options(LineReader *r);
static bool read_option(LineReader *r, const char *option);
static bool set_option(LineReader *r, const char *name, const char *value);
static bool set_client_cert(LineReader *r, const char *value);
static const AuthWord *one_word(LineReader *r, const char *missing, const char *multiple,
                                const char *hint);
static bool refuse(LineReader *r, const char *error, const char *hint);

bool hba_read_file(const char *path, ErrLevel level, Array *rules)
{
    Array lines;
    const char *error;

    if (auth_file_read(path, level, &lines, &error))
        return parse_lines(path, &lines, level, rules);
    array_init(rules, sizeof(HbaRule));
    err_log(level, .sqlstate = SQLSTATE_UNDEFINED_FILE, .message = error);
    return false;
}

bool hba_parse(const char *path, const char *text, size_t len, ErrLevel level, Array *rules)
{
    Array lines;

    auth_file_parse(path, text, len, level, &lines);
    return parse_lines(path, &lines, level, rules);
}

static bool parse_lines(const char *path, const Array *lines, ErrLevel level, Array *rules)
{
    bool is_good = true;

    array_init(rules, sizeof(HbaRule));
    array_foreach(const AuthLine, line, lines) {
        HbaRule *rule = array_push(rules);
        parse_line(line, path, level, rule);
        is_good = is_good && rule->is_valid;
    }
    return is_good;
}

static void parse_line(const AuthLine *line, const char *path, ErrLevel level, HbaRule *rule)
{
    LineReader r = {.line = line, .rule = rule};

    *rule = (HbaRule){
        .line = line->number, .file = path, .text = line->text, .error = line->error};
    if (line->error != NULL)
        return;
    rule->is_valid = read_rule(&r);
    if (rule->error != NULL)
        err_log(level, .sqlstate = SQLSTATE_CONFIG_FILE_ERROR,
                .message = r.log_text != NULL ? r.log_text : rule->error,
                .hint = r.hint,
                .context = err_fmt("line %d of configuration file \"%s\"", line->number, path));
}

static bool read_rule(LineReader *r)
{
    HbaRule *rule = r->rule;

    if (!read_conn(r) ||
        !read_names(r, "end-of-line before database specification", &rule->databases) ||
        !read_names(r, "end-of-line before role specification", &rule->users))
        return false;
    if (rule->conn != HBA_LOCAL && !read_address(r))
        return false;
    return read_method(r) && check_method(r) && read_options(r);
}

static bool read_conn(LineReader *r)
{
    const AuthWord *word = one_word(r, "", "multiple values specified for connection type",
                                    "Specify exactly one connection type per line.");
    HbaConn conn = HBA_LOCAL;

    if (word == NULL)
        return false;
    while (conn <= HBA_HOSTNOGSSENC && !str_equal(hba_conn_text(conn), word->text))
        conn++;
    if (conn > HBA_HOSTNOGSSENC)
        return refuse(r, mem_printf("invalid connection type \"%s\"", word->text), NULL);
    r->rule->conn = conn;

    /* Such a rule never matches; it is said, and the rule stays. */
    if (conn == HBA_HOSTSSL && !setting.ssl)
        refuse(r, "hostssl record cannot match because SSL is disabled",
               "Set ssl = on in postgresql.conf.");
    if (conn == HBA_HOSTGSSENC)
        refuse(r, "hostgssenc record cannot match because GSSAPI is not supported by this build",
               NULL);
    return true;
}

const char *hba_conn_text(HbaConn conn)
{
    static const char *const texts[] = {
        [HBA_LOCAL] = "local",
        [HBA_HOST] = "host",
        [HBA_HOSTSSL] = "hostssl",
        [HBA_HOSTNOSSL] = "hostnossl",
        [HBA_HOSTGSSENC] = "hostgssenc",
        [HBA_HOSTNOGSSENC] = "hostnogssenc",
    };

    return texts[conn];
}

static bool read_names(LineReader *r, const char *missing, Array *names)
{
    if (r->next == r->line->fields.count)
        return refuse(r, missing, NULL);
    *names = *auth_field(r->line, r->next++);
    return true;
}

/* The one word of the next field; NULL, with the error set, when there is none or are several. */
static const AuthWord *one_word(LineReader *r, const char *missing, const char *multiple,
                                const char *hint)
{
    const Array *words;

    if (r->next == r->line->fields.count) {
        refuse(r, missing, NULL);
        return NULL;
    }
    words = auth_field(r->line, r->next++);
    if (words->count > 1) {
        refuse(r, multiple, hint);
        return NULL;
    }
    return array_at(words, 0);
}

/* ---- Addresses ---- */

static bool read_address(LineReader *r)
{
    static const struct {
        const char *word;
        HbaAddressKind kind;
    } kinds[] = {{"all", HBA_ADDRESS_ALL},
                 {"samehost", HBA_ADDRESS_SAMEHOST},
                 {"samenet", HBA_ADDRESS_SAMENET}};
    const AuthWord *word =
        one_word(r, "end-of-line before IP address specification",
                 "multiple values specified for host address",
                 "Specify one address range per line.");

    if (word == NULL)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (auth_word_is(word, kinds[i].word)) {
            r->rule->address_kind = kinds[i].kind;
            return true;
        }
    }
    return read_net(r, word->text);
}

/* A net (1.2.3.0/24, or with its mask in the next field), or the name of a host. */
static bool read_net(LineReader *r, const char *text)
{
    HbaRule *rule = r->rule;
    const char *slash = strchr(text, '/');
    char *host = slash != NULL ? mem_strndup(text, (size_t)(slash - text)) : mem_strdup(text);
    uint32_t bits;

    if (!os_address_parse(host, &rule->address)) {
        if (slash != NULL)
            return refuse(r,
                          mem_printf("specifying both host name and CIDR mask is invalid: \"%s\"",
                                     text),
                          NULL);
        rule->address_kind = HBA_ADDRESS_NAME;
        rule->host = host;
        return true;
    }
    rule->address_kind = HBA_ADDRESS_NET;
    if (slash == NULL)
        return read_mask(r);
    if (!num_try_parse_u32(slash + 1, &bits) || bits > rule->address.len * 8)
        return refuse(r, mem_printf("invalid CIDR mask in address \"%s\"", text), NULL);
    rule->mask = os_address_mask(bits, rule->address.len);
    return true;
}

static bool read_mask(LineReader *r)
{
    HbaRule *rule = r->rule;
    const AuthWord *word =
        one_word(r, "end-of-line before netmask specification",
                 "multiple values specified for netmask", NULL);

    if (word == NULL) {
        if (r->next == r->line->fields.count && r->hint == NULL)
            r->hint = "Specify an address range in CIDR notation, or provide a separate netmask.";
        return false;
    }
    if (!os_address_parse(word->text, &rule->mask))
        return refuse(
            r, mem_printf("invalid IP mask \"%s\": Name or service not known", word->text), NULL);
    if (rule->mask.len != rule->address.len)
        return refuse(r, "IP address and mask do not match", NULL);
    return true;
}

/* ---- Methods ---- */

static const struct {
    const char *text;
    bool is_built;
} methods[] = {
#define ROW(method, text, is_built) [HBA_##method] = {text, is_built},
#include "server/auth/hba_method.def"
#undef ROW
};

const char *hba_method_text(HbaMethod method)
{
    return methods[method].text;
}

static bool read_method(LineReader *r)
{
    const AuthWord *word = one_word(r, "end-of-line before authentication method",
                                    "multiple values specified for authentication type",
                                    "Specify exactly one authentication type per line.");
    size_t method = 0;

    if (word == NULL)
        return false;
    while (method < ARRAY_LEN(methods) && !str_equal(methods[method].text, word->text))
        method++;
    if (method == ARRAY_LEN(methods))
        return refuse(r, mem_printf("invalid authentication method \"%s\"", word->text), NULL);
    if (!methods[method].is_built)
        return refuse(r,
                      mem_printf("invalid authentication method \"%s\": not supported by this "
                                 "build",
                                 word->text),
                      NULL);
    r->rule->method = (HbaMethod)method;
    return true;
}

/* Does the method suit the kind of connection? */
static bool check_method(LineReader *r)
{
    HbaRule *rule = r->rule;

    if (rule->method == HBA_MD5 && setting.db_user_namespace)
        return refuse(r,
                      "MD5 authentication is not supported when \"db_user_namespace\" is enabled",
                      NULL);
    /* The user of a Unix socket is asked of the system, not of a server. */
    if (rule->method == HBA_IDENT && rule->conn == HBA_LOCAL)
        rule->method = HBA_PEER;
    if (rule->method == HBA_PEER && rule->conn != HBA_LOCAL)
        return refuse(r, "peer authentication is only supported on local sockets", NULL);
    if (rule->method == HBA_CERT && rule->conn != HBA_HOSTSSL)
        return refuse(r, "cert authentication is only supported on hostssl connections", NULL);
    return true;
}

/* ---- Options ---- */

static bool read_options(LineReader *r)
{
    HbaRule *rule = r->rule;

    while (r->next < r->line->fields.count) {
        const Array *words = auth_field(r->line, r->next++);
        array_foreach(AuthWord, word, words)
            if (!read_option(r, word->text))
                return false;
    }
    if (rule->method == HBA_CERT)
        rule->client_cert = HBA_CERT_FULL;
    return true;
}

static bool read_option(LineReader *r, const char *option)
{
    const char *sign = strchr(option, '=');

    if (sign == NULL)
        return refuse(
            r, mem_printf("authentication option not in name=value format: %s", option), NULL);
    return set_option(r, mem_strndup(option, (size_t)(sign - option)), sign + 1);
}

void hba_list_options(const HbaRule *rule, Array *options)
{
    array_init(options, sizeof(char *));
    if (rule->map != NULL)
        *(char **)array_push(options) = mem_printf("map=%s", rule->map);
    if (rule->client_cert != HBA_CERT_OFF)
        *(char **)array_push(options) = mem_printf(
            "clientcert=%s", rule->client_cert == HBA_CERT_CA ? "verify-ca" : "verify-full");
}

static bool set_option(LineReader *r, const char *name, const char *value)
{
    /* Options of methods that are not built: known, and misplaced with any other. */
    static const struct {
        const char *name, *methods;
    } foreign[] = {
        {"pamservice", "pam"},          {"pam_use_hostname", "pam"},
        {"ldapurl", "ldap"},            {"ldaptls", "ldap"},
        {"ldapscheme", "ldap"},         {"ldapserver", "ldap"},
        {"ldapport", "ldap"},           {"ldapbinddn", "ldap"},
        {"ldapbindpasswd", "ldap"},     {"ldapsearchattribute", "ldap"},
        {"ldapsearchfilter", "ldap"},   {"ldapbasedn", "ldap"},
        {"ldapprefix", "ldap"},         {"ldapsuffix", "ldap"},
        {"krb_realm", "gssapi and sspi"}, {"include_realm", "gssapi and sspi"},
        {"compat_realm", "sspi"},       {"upn_username", "sspi"},
        {"radiusservers", "radius"},    {"radiusports", "radius"},
        {"radiussecrets", "radius"},    {"radiusidentifiers", "radius"},
    };
    HbaRule *rule = r->rule;

    if (str_equal(name, "map")) {
        if (rule->method != HBA_IDENT && rule->method != HBA_PEER && rule->method != HBA_CERT)
            return refuse(r,
                          "authentication option \"map\" is only valid for authentication methods "
                          "ident, peer, gssapi, sspi, and cert",
                          NULL);
        rule->map = mem_strdup(value);
        return true;
    }
    if (str_equal(name, "clientcert"))
        return set_client_cert(r, value);
    if (str_equal(name, "clientname")) {
        if (rule->conn != HBA_HOSTSSL)
            return refuse(r, "clientname can only be configured for \"hostssl\" rows", NULL);
        if (!str_equal(value, "CN") && !str_equal(value, "DN"))
            return refuse(r, mem_printf("invalid value for clientname: \"%s\"", value), NULL);
        rule->is_cert_by_dn = str_equal(value, "DN");
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(foreign); i++)
        if (str_equal(name, foreign[i].name))
            return refuse(r,
                          mem_printf("authentication option \"%s\" is only valid for "
                                     "authentication methods %s",
                                     name, foreign[i].methods),
                          NULL);
    return refuse(r, mem_printf("unrecognized authentication option name: \"%s\"", name), NULL);
}

static bool set_client_cert(LineReader *r, const char *value)
{
    HbaRule *rule = r->rule;

    if (rule->conn != HBA_HOSTSSL)
        return refuse(r, "clientcert can only be configured for \"hostssl\" rows", NULL);
    if (str_equal(value, "verify-full")) {
        rule->client_cert = HBA_CERT_FULL;
        return true;
    }
    if (!str_equal(value, "verify-ca"))
        return refuse(r, mem_printf("invalid value for clientcert: \"%s\"", value), NULL);
    if (rule->method == HBA_CERT) {
        /* The log says it in other words than the view. */
        r->log_text =
            "clientcert only accepts \"verify-full\" when using \"cert\" authentication";
        return refuse(r,
                      "clientcert can only be set to \"verify-full\" when using \"cert\" "
                      "authentication",
                      NULL);
    }
    rule->client_cert = HBA_CERT_CA;
    return true;
}

/* Set what is wrong with the line; false, for the caller to return. */
static bool refuse(LineReader *r, const char *error, const char *hint)
{
    r->rule->error = error;
    r->hint = hint;
    return false;
}
