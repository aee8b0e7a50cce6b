/*
 * net_tls.c - TLS by OpenSSL: the server's certificate, the handshake, bytes in and out
 *
 * libssl is opened by the supervisor when ssl is on, so that children find it mapped, with
 * certificate and key read; a server without TLS never maps it. Its functions are called through
 * `ssl`, and no raise crosses its frames: what fails comes back as a result.
 *
 * Promises
 *   1. Bytes that came before the handshake are never taken for what came through it
 *      (net_startup.c refuses them).
 *   2. A reload with files that do not fit leaves those in force that did.
 */
#include "common/base/base.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dynlib.h"
#include "common/os/fd.h"
#include "common/os/file.h"
#include "common/os/process.h"
#include "common/os/user.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/config/guc_enum.h"
#include "server/config/setting.h"
#include "server/ipc/latch.h"
#include "server/net/net.h"
#include "server/net/net_int.h"

#define HASH_MAX       64
#define GROUP_OR_OTHER 077
#define GROUP_WRITE    027 /* what root's key may not have: group may read */

typedef struct SslLibrary {
#define ROW(result, name, params) result(*name) params;
#include "server/net/ssl.def"
#undef ROW
} SslLibrary;

static SslLibrary ssl;

/* In the supervisor, and in children as they inherited it. */
static struct {
    bool is_opened;
    SSL_CTX *context; /* NULL: ssl is off */
    bool is_reload;
} tls;

typedef struct NetTls {
    SSL *session;
    bool is_up; /* the handshake is over */
    char *dn, *cn;
    bool has_certificate;
} NetTls;

static void open_library(void);
static SSL_CTX *make_context(void);
static void read_key_pair(SSL_CTX *context);
static void check_key_file(const char *path);
static int give_passphrase(char *out, int size, int is_for_writing, void *arg);
static void set_versions(SSL_CTX *context);
static void set_ciphers(SSL_CTX *context);
static void read_authorities(SSL_CTX *context);
static void read_revocations(SSL_CTX *context);
static int accept_as_verified(int is_ok, X509_STORE_CTX *store);
static bool shake_hands(NetTls *t);
static bool take_certificate(NetTls *t);
static char *name_text(X509_NAME *name);
static OsIo tell_result(int result, unsigned *wants, const char **why);
static const char *last_error(void);
_Noreturn static void raise_config(const char *message);

/* ---- In the supervisor ---- */

bool net_tls_load(bool is_reload)
{
    SSL_CTX *volatile context = NULL;

    if (!setting.ssl) {
        if (tls.context != NULL)
            ssl.SSL_CTX_free(tls.context);
        tls.context = NULL;
        return true;
    }
    tls.is_reload = is_reload;
    ERR_TRY() {
        open_library();
        context = make_context();
    }
    ERR_CATCH() {
        if (!is_reload)
            err_raise_again();
        err_log(ERR_LOG, .sqlstate = err_caught()->sqlstate, .message = err_caught()->message,
                .detail = err_caught()->detail, .hint = err_caught()->hint);
    }
    ERR_END();
    if (context == NULL)
        return false;
    if (tls.context != NULL)
        ssl.SSL_CTX_free(tls.context);
    tls.context = context;
    return true;
}

bool net_tls_is_loaded(void)
{
    return tls.context != NULL;
}

static void open_library(void)
{
    static const DynlibSymbol symbols[] = {
#define ROW(result, name, params) {#name, (void **)&ssl.name},
#include "server/net/ssl.def"
#undef ROW
    };

    if (!tls.is_opened)
        dynlib_load("libssl.so.3", "libssl3", symbols, ARRAY_LEN(symbols));
    tls.is_opened = true;
}

static SSL_CTX *make_context(void)
{
    SSL_CTX *context;

    ssl.ERR_clear_error();
    context = ssl.SSL_CTX_new(ssl.TLS_server_method());
    if (context == NULL)
        raise_config(err_fmt("could not create SSL context: %s", last_error()));
    ERR_TRY() {
        /* The output buffer may have grown, and so moved, before a send is tried again. */
        ssl.SSL_CTX_ctrl(context, SSL_CTRL_MODE,
                         SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE, NULL);
        read_key_pair(context);
        set_versions(context);
        set_ciphers(context);
        read_authorities(context);
        read_revocations(context);
    }
    ERR_CATCH() {
        ssl.SSL_CTX_free(context);
        err_raise_again();
    }
    ERR_END();
    return context;
}

static void read_key_pair(SSL_CTX *context)
{
    ssl.SSL_CTX_set_default_passwd_cb(context, give_passphrase);
    if (ssl.SSL_CTX_use_certificate_chain_file(context, setting.ssl_cert_file) != 1)
        raise_config(err_fmt("could not load server certificate file \"%s\": %s",
                             setting.ssl_cert_file, last_error()));
    check_key_file(setting.ssl_key_file);
    if (ssl.SSL_CTX_use_PrivateKey_file(context, setting.ssl_key_file, SSL_FILETYPE_PEM) != 1)
        raise_config(err_fmt("could not load private key file \"%s\": %s", setting.ssl_key_file,
                             last_error()));
    if (ssl.SSL_CTX_check_private_key(context) != 1)
        raise_config(err_fmt("check of private key failed: %s", last_error()));
}

/* A key that others can read is no secret. */
static void check_key_file(const char *path)
{
    OsStat facts;

    if (!os_try_stat(path, &facts))
        raise_config(
            err_fmt("could not access private key file \"%s\": No such file or directory", path));
    if (facts.kind != OS_KIND_FILE)
        raise_config(err_fmt("private key file \"%s\" is not a regular file", path));
    if (facts.uid != os_user_id() && facts.uid != 0)
        raise_config(
            err_fmt("private key file \"%s\" must be owned by the database user or root", path));
    if ((facts.mode & (facts.uid == 0 && os_user_id() != 0 ? GROUP_WRITE : GROUP_OR_OTHER)) != 0)
        err_raise(SQLSTATE_CONFIG_FILE_ERROR,
                  .message = err_fmt("private key file \"%s\" has group or world access", path),
                  .detail = "File must have permissions u=rw (0600) or less if owned by the "
                            "database user, or permissions u=rw,g=r (0640) or less if owned by "
                            "root.");
}

/* Called by the library for a key that is encrypted; 0: there is no passphrase. */
static int give_passphrase(char *out, int size, int is_for_writing, void *arg)
{
    volatile int len = 0;

    (void)is_for_writing;
    (void)arg;
    if (setting.ssl_passphrase_command[0] == '\0' ||
        (tls.is_reload && !setting.ssl_passphrase_command_supports_reload))
        return 0;
    ERR_TRY() {
        const char *const argv[] = {"/bin/sh", "-c", setting.ssl_passphrase_command, NULL};
        StrBuf text;

        strbuf_init(&text);
        if (process_run(argv, NULL, &text, NULL).exit_code == 0) {
            text.text[strcspn(text.text, "\r\n")] = '\0';
            len = snprintf(out, (size_t)size, "%s", text.text);
        }
    }
    ERR_CATCH() {
        len = 0; /* the library then says that the key cannot be read */
    }
    ERR_END();
    return len < size ? len : 0;
}

static int library_version(int protocol)
{
    static const int versions[] = {
        [SSL_PROTOCOL_TLSV1] = TLS1_VERSION,
        [SSL_PROTOCOL_TLSV1_1] = TLS1_1_VERSION,
        [SSL_PROTOCOL_TLSV1_2] = TLS1_2_VERSION,
        [SSL_PROTOCOL_TLSV1_3] = TLS1_3_VERSION,
    };

    return versions[protocol];
}

static void set_versions(SSL_CTX *context)
{
    int min = library_version(setting.ssl_min_protocol_version);
    int max = setting.ssl_max_protocol_version == SSL_PROTOCOL_MAX_ANY
                  ? 0
                  : library_version(setting.ssl_max_protocol_version);

    if (max != 0 && min > max)
        raise_config("could not set SSL protocol version range");
    if (ssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, min, NULL) != 1)
        raise_config("could not set minimum SSL protocol version");
    if (ssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, max, NULL) != 1)
        raise_config("could not set maximum SSL protocol version");
}

/* Neither sessions nor tickets: each connection is a process, which ends with it. */
static void set_ciphers(SSL_CTX *context)
{
    uint64_t options = SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                       SSL_OP_SINGLE_ECDH_USE | SSL_OP_SINGLE_DH_USE;
    char *curve = mem_strdup(setting.ssl_ecdh_curve);

    if (setting.ssl_prefer_server_ciphers)
        options |= SSL_OP_CIPHER_SERVER_PREFERENCE;
    ssl.SSL_CTX_set_options(context, options);
    ssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, NULL);
    if (setting.ssl_dh_params_file[0] != '\0')
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "the setting \"ssl_dh_params_file\" is not supported",
                  .hint = "Leave it empty: parameters that fit the certificate are chosen.");
    ssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_DH_AUTO, 1, NULL);
    if (ssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_GROUPS_LIST, 0, curve) != 1)
        raise_config(err_fmt("ECDH: unrecognized curve name: %s", curve));
    if (ssl.SSL_CTX_set_cipher_list(context, setting.ssl_ciphers) != 1)
        raise_config("could not set the cipher list (no valid ciphers available)");
}

/* With authorities to check them, clients are asked for certificates, and may still have none. */
static void read_authorities(SSL_CTX *context)
{
    STACK_OF(X509_NAME) * names;

    if (setting.ssl_ca_file[0] == '\0')
        return;
    names = ssl.SSL_load_client_CA_file(setting.ssl_ca_file);
    if (names == NULL || ssl.SSL_CTX_load_verify_locations(context, setting.ssl_ca_file, NULL) != 1)
        raise_config(err_fmt("could not load root certificate file \"%s\": %s", setting.ssl_ca_file,
                             last_error()));
    ssl.SSL_CTX_set_client_CA_list(context, names); /* which takes them over */
    ssl.SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE, accept_as_verified);
}

static void read_revocations(SSL_CTX *context)
{
    const char *file = setting.ssl_crl_file[0] == '\0' ? NULL : setting.ssl_crl_file;
    const char *dir = setting.ssl_crl_dir[0] == '\0' ? NULL : setting.ssl_crl_dir;
    X509_STORE *store = ssl.SSL_CTX_get_cert_store(context);

    if (file == NULL && dir == NULL)
        return;
    if (ssl.X509_STORE_load_locations(store, file, dir) != 1)
        raise_config(err_fmt("could not load SSL certificate revocation list file \"%s\": %s",
                             file != NULL ? file : dir, last_error()));
    ssl.X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
}

static int accept_as_verified(int is_ok, X509_STORE_CTX *store)
{
    (void)store;
    return is_ok;
}

/* ---- In the child that serves a client ---- */

bool net_tls_accept(void)
{
    NetTls *t = mem_alloc_in(net.mem, sizeof *t);

    ssl.ERR_clear_error();
    t->session = ssl.SSL_new(tls.context);
    if (t->session == NULL || ssl.SSL_set_fd(t->session, net.fd) != 1) {
        err_log(ERR_LOG, .sqlstate = SQLSTATE_PROTOCOL_VIOLATION,
                .message = err_fmt("could not initialize SSL connection: %s", last_error()));
        return false;
    }
    net.tls = t;
    if (!shake_hands(t) || !take_certificate(t)) {
        net_note_lost(NULL);
        return false;
    }
    t->is_up = true;
    return true;
}

static bool shake_hands(NetTls *t)
{
    for (;;) {
        unsigned wants;
        const char *why = NULL;
        int result;

        ssl.ERR_clear_error();
        result = ssl.SSL_accept(t->session);
        if (result == 1)
            return true;
        switch (tell_result(result, &wants, &why)) {
        case OS_IO_WOULD_BLOCK:
            net_wait(wants, WAIT_EVENT_CLIENT_READ);
            break;
        case OS_IO_DONE:
        case OS_IO_CLOSED:
            err_log(ERR_LOG, .sqlstate = SQLSTATE_PROTOCOL_VIOLATION,
                    .message = err_fmt("could not accept SSL connection: %s",
                                       why == NULL ? "EOF detected" : why));
            return false;
        }
    }
}

/* The library has verified it; a name with a NUL inside would be two names to two readers. */
static bool take_certificate(NetTls *t)
{
    X509 *certificate = ssl.SSL_get1_peer_certificate(t->session);
    X509_NAME *subject;
    char cn[256];
    int cn_len;

    if (certificate == NULL)
        return true;
    subject = ssl.X509_get_subject_name(certificate);
    cn_len = ssl.X509_NAME_get_text_by_NID(subject, NID_commonName, cn, sizeof cn);
    if (cn_len >= 0 && strlen(cn) != (size_t)cn_len) {
        ssl.X509_free(certificate);
        err_log(ERR_LOG, .sqlstate = SQLSTATE_PROTOCOL_VIOLATION,
                .message = "SSL certificate's common name contains embedded null");
        return false;
    }
    t->dn = name_text(subject);
    t->cn = mem_strdup_in(net.mem, cn_len < 0 ? "" : cn);
    t->has_certificate = true;
    ssl.X509_free(certificate);
    return true;
}

/* In the form of RFC 2253, as pg_stat_ssl and the map of pg_ident.conf have it. */
static char *name_text(X509_NAME *name)
{
    BIO *bio = ssl.BIO_new(ssl.BIO_s_mem());
    char text[1024];
    int len = 0;

    if (bio != NULL) {
        if (ssl.X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) >= 0)
            len = ssl.BIO_read(bio, text, sizeof text - 1);
        ssl.BIO_free(bio);
    }
    text[len > 0 ? len : 0] = '\0';
    return mem_strdup_in(net.mem, text);
}

OsIo net_tls_receive(void *bytes, size_t size, size_t *len, unsigned *wants, const char **why)
{
    int n;

    ssl.ERR_clear_error();
    n = ssl.SSL_read(net.tls->session, bytes, (int)size_min(size, INT32_MAX));
    *len = n > 0 ? (size_t)n : 0;
    return n > 0 ? OS_IO_DONE : tell_result(n, wants, why);
}

OsIo net_tls_send(const void *bytes, size_t size, size_t *len, unsigned *wants, const char **why)
{
    int n;

    ssl.ERR_clear_error();
    n = ssl.SSL_write(net.tls->session, bytes, (int)size_min(size, INT32_MAX));
    *len = n > 0 ? (size_t)n : 0;
    return n > 0 ? OS_IO_DONE : tell_result(n, wants, why);
}

bool net_tls_has_pending(void)
{
    return net.tls != NULL && ssl.SSL_pending(net.tls->session) > 0;
}

void net_tls_close(void)
{
    if (net.tls == NULL)
        return;
    if (net.tls->is_up && !net.is_lost)
        ssl.SSL_shutdown(net.tls->session);
    ssl.SSL_free(net.tls->session);
    net.tls = NULL;
}

/* What a call that moved nothing means. */
static OsIo tell_result(int result, unsigned *wants, const char **why)
{
    switch (ssl.SSL_get_error(net.tls->session, result)) {
    case SSL_ERROR_WANT_READ:
        *wants = LATCH_SOCKET_READABLE;
        return OS_IO_WOULD_BLOCK;
    case SSL_ERROR_WANT_WRITE:
        *wants = LATCH_SOCKET_WRITABLE;
        return OS_IO_WOULD_BLOCK;
    case SSL_ERROR_SSL:
        *why = last_error();
        return OS_IO_CLOSED;
    default:
        /* The end, with or without the alert that should stand before it. */
        *why = NULL;
        return OS_IO_CLOSED;
    }
}

static const char *last_error(void)
{
    unsigned long code = ssl.ERR_get_error();
    const char *reason = code == 0 ? NULL : ssl.ERR_reason_error_string(code);

    if (reason != NULL)
        return reason;
    if (ERR_SYSTEM_ERROR(code))
        return os_error_text(ERR_GET_REASON(code));
    return code == 0 ? "no SSL error reported" : err_fmt("SSL error code %lu", code);
}

static void raise_config(const char *message)
{
    err_raise(SQLSTATE_CONFIG_FILE_ERROR, .message = message);
}

/* ---- Facts of the connection ---- */

bool net_is_tls(void)
{
    return net.tls != NULL && net.tls->is_up;
}

const char *net_tls_version(void)
{
    return net_is_tls() ? ssl.SSL_get_version(net.tls->session) : "";
}

const char *net_tls_cipher(void)
{
    return net_is_tls() ? ssl.SSL_CIPHER_get_name(ssl.SSL_get_current_cipher(net.tls->session))
                        : "";
}

int net_tls_bits(void)
{
    return net_is_tls()
               ? ssl.SSL_CIPHER_get_bits(ssl.SSL_get_current_cipher(net.tls->session), NULL)
               : 0;
}

const char *net_tls_client_dn(void)
{
    return net_tls_has_client_certificate() ? net.tls->dn : "";
}

const char *net_tls_client_cn(void)
{
    return net_tls_has_client_certificate() ? net.tls->cn : "";
}

bool net_tls_has_client_certificate(void)
{
    return net_is_tls() && net.tls->has_certificate;
}

/* RFC 5929: by the hash of the certificate's own signature, but nothing weaker than SHA-256. */
size_t net_tls_server_hash(uint8_t *out, size_t size)
{
    X509 *certificate = net_is_tls() ? ssl.SSL_CTX_get0_certificate(tls.context) : NULL;
    const EVP_MD *digest;
    int digest_nid = NID_undef;
    unsigned len = 0;

    if (certificate == NULL || size < HASH_MAX ||
        ssl.OBJ_find_sigid_algs(ssl.X509_get_signature_nid(certificate), &digest_nid, NULL) != 1)
        return 0;
    if (digest_nid == NID_md5 || digest_nid == NID_sha1)
        digest_nid = NID_sha256;
    digest = ssl.EVP_get_digestbyname(ssl.OBJ_nid2sn(digest_nid));
    if (digest == NULL || ssl.X509_digest(certificate, digest, out, &len) != 1)
        return 0;
    return len;
}
