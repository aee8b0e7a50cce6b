/* digest_func.c - md5() and the SHA-2 family. */
#include "common/base/base.h"

#include "common/crypt/digest.h"
#include "common/crypt/md5.h"
#include "server/types/text_arg.h"
#include "server/types/types_int.h"

static Datum md5_of(FmgrCall *call)
{
    CollationText t = text_arg(call, 0);
    char out[MD5_TEXT_LEN + 1];

    md5_text(t.bytes, t.len, out);
    return text_result(out, MD5_TEXT_LEN);
}

/* The function of SQL for texts has the name of the one that it calls. */
Datum md5_of_text(FmgrCall *call)
{
    return md5_of(call);
}

Datum md5_of_bytea(FmgrCall *call)
{
    return md5_of(call);
}

static Datum digest_of(FmgrCall *call, DigestKind kind)
{
    CollationText t = text_arg(call, 0);
    uint8_t out[DIGEST_SIZE_MAX];

    digest_bytes(kind, t.bytes, t.len, out);
    return text_result(out, digest_size(kind));
}

Datum sha224_bytea(FmgrCall *call)
{
    return digest_of(call, DIGEST_SHA224);
}

Datum sha256_bytea(FmgrCall *call)
{
    return digest_of(call, DIGEST_SHA256);
}

Datum sha384_bytea(FmgrCall *call)
{
    return digest_of(call, DIGEST_SHA384);
}

Datum sha512_bytea(FmgrCall *call)
{
    return digest_of(call, DIGEST_SHA512);
}
