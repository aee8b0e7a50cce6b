/*
 * net.h - the connection to one client: messages in and out, over a socket or TLS
 *
 * Output gathers in a buffer that is sent when it is full and by net_flush(); input is read a
 * message at a time, its length checked before memory is taken for it. Waiting handles interrupts,
 * so a client that reads slowly can be cancelled and ended.
 *
 * A process has one client at most; there is none in background processes.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/os/socket.h"

/* Take over an accepted socket, in the child that serves it. */
void net_init(int fd, const OsPeer *peer);
bool net_is_open(void);
void net_close(void);
const OsPeer *net_peer(void);
const char *net_peer_host_name(void); /* looked up when log_hostname or hba needs it; "" if not */
int net_socket(void);

/* ---- Start-up ---- */

typedef struct NetStartup {
    uint32_t protocol; /* 0x00030000 */
    bool is_cancel;
    int cancel_pid;
    uint32_t cancel_key;
    const char *user, *database, *options;
    enum { NET_NO_REPLICATION, NET_PHYSICAL, NET_LOGICAL } replication;
    Array settings; /* NetSetting, in the order they came */
} NetStartup;

typedef struct NetSetting {
    const char *name, *value;
} NetSetting;

/*
 * Read the start-up packet, answering requests for TLS and GSS before it. False: the client left, or
 * sent what deserves no answer. Raises (fatally) for what does.
 */
bool net_read_startup(NetStartup *out);

/* ---- Messages in ---- */

/*
 * The next message's type; 0 at the end of the connection. Its body is what *body reads, until the
 * next call. max bounds the length (0: 1 GiB less some); a bad length is fatal (08P01).
 */
int net_read_message(ByteReader *body, size_t max);

/* Raise 08P01 "invalid message format" when bytes are left. */
void net_end_body(const ByteReader *body);
bool net_has_input(void); /* a byte is there already, for pipelines */

/* Text from the client in its encoding; validated and converted, in the current context. */
char *net_text(ByteReader *body, size_t len);
const char *net_cstring(ByteReader *body);

/* Set while a message is half read: an error then loses synchronization, which is fatal. */
bool net_is_mid_message(void);

/* ---- Messages out ---- */

void net_begin(char type);
void net_put_u8(uint8_t v);
void net_put_u16(uint16_t v);
void net_put_u32(uint32_t v);
void net_put_u64(uint64_t v);
void net_put_bytes(const void *bytes, size_t len);
void net_put_cstring(const char *s);                  /* converted to the client's encoding */
void net_put_counted_text(const char *s, size_t len); /* int32 length and converted text */
void net_end(void);
void net_send_empty(char type); /* a message without a body */
void net_flush(void);
bool net_try_flush(void); /* what can be sent without waiting; true when nothing is left */
bool net_has_output(void);

/* ErrorResponse or NoticeResponse; must not raise. */
void net_send_report(const ErrReport *report);

/* From now on the client gets reports of a level (client_min_messages) and errors; set by session. */
void net_set_copy_mode(bool is_in_copy_out); /* errors end it */

/* ---- TLS ---- */

void net_tls_load(
    bool is_reload); /* in the supervisor: certificates by the settings; 0A000, F0000 */
bool net_is_tls(void);
const char *net_tls_version(void);
const char *net_tls_cipher(void);
int net_tls_bits(void);
const char *net_tls_client_dn(void); /* "": none */

/* Hash of our certificate for tls-server-end-point; its length, 0 when there is none. */
size_t net_tls_server_hash(uint8_t *out, size_t size);

#endif
