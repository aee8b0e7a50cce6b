/*
 * net.h - the connection to one client: messages in and out, over a socket or TLS
 *
 * Output gathers in a buffer that is sent when it is full and by net_flush(); input is read a
 * message at a time, its length checked before memory is taken for it. Waiting handles interrupts,
 * so a client that reads slowly can be cancelled and ended: handlers that raise look first at
 * net_is_mid_message(), since a message that is left half read cannot be gone on from.
 *
 * A process has one client at most; there is none in background processes. A connection that breaks
 * is told by INTERRUPT_CLIENT_GONE while sending, and by the end of messages while reading.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/os/socket.h"
#include "common/proto/message.h"
#include "common/proto/startup.h"
#include "common/text/encoding.h"

/* Take over an accepted socket, in the child that serves it. */
void net_init(int fd, const OsPeer *peer);
bool net_is_open(void);
void net_close(void);   /* no more is sent; what is in the buffer goes */
bool net_is_lost(void); /* the client is gone: nothing reaches it any more */
const OsPeer *net_peer(void);
int net_socket(void);

/* ---- Start-up ---- */

/*
 * Read the start-up packet, answering requests for TLS and GSS before it. False: the client left,
 * or sent what deserves no answer. Ends the process (err_fatal) for what does. A client that asks
 * for a newer minor version, or for options that we do not know, was told.
 */
bool net_read_startup(StartupPacket *out);

/* ---- Messages in ---- */

/*
 * The next message's type; 0 at the end of the connection, and when the client breaks the rules
 * so that nothing can be told to it (a bad length; that is logged). Its body is what *body reads,
 * until the next call. max bounds the length field of any type; with 0 message.def has the bounds,
 * and an unknown type is fatal (08P01).
 */
int net_read_message(ByteReader *body, size_t max);

/* From a body, with PostgreSQL's errors (08P01) when it is too short. */
uint8_t net_get_u8(ByteReader *body);
uint16_t net_get_u16(ByteReader *body);
uint32_t net_get_u32(ByteReader *body);
const uint8_t *net_get_bytes(ByteReader *body, size_t len);

/* A string as it is, and one in the server's encoding, checked; both may lie in the message. */
const char *net_get_raw_cstring(ByteReader *body);
const char *net_get_cstring(ByteReader *body);

/* Raise 08P01 "invalid message format" when bytes are left. */
void net_end_body(const ByteReader *body);

/*
 * fn is called when a message has come for which net waited in its middle: what handlers of
 * interrupts put off then can be done now.
 */
void net_set_after_wait(void (*fn)(void));

bool net_has_input(void);  /* a byte is there already, for pipelines */
bool net_poll_input(void); /* as far as can be told without waiting; also at the end of input */
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
void net_end_unsent(void);      /* the same, but nothing goes out: net_try_flush() is next */
void net_send_empty(char type); /* a message without a body */
bool net_is_in_message(void);   /* between net_begin() and net_end() */

/* Drop the message that was begun and not ended, after a raise. */
void net_discard_message(void);

/*
 * Room for at most size bytes of the message, to be written in place; then net_take_room() with how
 * many were. For writers of values that would else write twice.
 */
char *net_room(size_t size);
void net_take_room(size_t len);

void net_flush(void);
bool net_try_flush(void); /* what can be sent without waiting; true when nothing is left */
bool net_has_output(void);

/*
 * ErrorResponse or NoticeResponse, by the level. A notice stands before a message that is being
 * written, an error takes its place. Sent at once as far as that needs no waiting; never raises.
 */
void net_send_report(const ErrReport *report);

/*
 * A notice as bytes in the current context, and sending such in a signal's handler just before the
 * process ends: tried, where that would not tear a message apart.
 */
const char *net_make_report(const ErrReport *report, size_t *len);
void net_send_made(const char *bytes, size_t len);

/* ---- Encodings ---- */

/* SQL_ASCII both at first: nothing is checked nor converted. */
void net_set_encodings(Encoding client, Encoding server);
Encoding net_client_encoding(void);

/*
 * Text from the client in the server's encoding, checked (22021, 22P05); bytes itself when it needs
 * no change, else in the current context.
 */
const char *net_text_in(const char *bytes, size_t len, size_t *out_len);

/* ---- TLS ---- */

/*
 * In the supervisor: read certificate and key as the settings say, for children to come. At
 * start-up what is wrong ends the server, at a reload it is logged and the old ones stay: false.
 * Does nothing when ssl is off.
 */
bool net_tls_load(bool is_reload);
bool net_tls_is_loaded(void);

bool net_is_tls(void);
const char *net_tls_version(void);
const char *net_tls_cipher(void);
int net_tls_bits(void);

/* Of the client's certificate, verified: "" when there is none. */
const char *net_tls_client_dn(void);
const char *net_tls_client_cn(void);
bool net_tls_has_client_certificate(void);

/* Hash of our certificate for tls-server-end-point; its length, 0 when there is none. */
size_t net_tls_server_hash(uint8_t *out, size_t size);

#endif
