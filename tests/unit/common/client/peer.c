/* peer.c - connect to a server that plays a script. */
#include "common/base/base.h"

#include "tests/unit/common/client/peer.h"

#include "common/mem/mem.h"
#include "tests/unit/unit.h"

Client *peer_connect(const FakeScript *script, FakeServer **server)
{
    ClientOptions *options = mem_new(ClientOptions);

    *server = fake_server_start(unit_temp_dir(), script);
    options->host = unit_temp_dir();
    options->user = "me";
    options->no_password = true;
    return client_connect(options, &(ClientConnect){.mode = CLIENT_PHYSICAL});
}

void peer_end(Client *c, FakeServer *server)
{
    client_close(c);
    CU_ASSERT_STRING_EQUAL(fake_server_end(server), "");
}

StrBuf *peer_buffer(void)
{
    StrBuf *b = mem_new(StrBuf);

    strbuf_init(b);
    return b;
}

StrBuf *peer_answer(const char *names, const char *values, const char *tag)
{
    StrBuf *b = peer_buffer();

    fake_answer(b, names, values, tag);
    return b;
}
