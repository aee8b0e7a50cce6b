/*
 * login.h - from a start-up packet to a session: who the client is, and which database it wants
 *
 *     proc_attach(), proc_array_join(), cache_begin();
 *     login_prove(&packet);     rules of pg_hba.conf, the method's exchange
 *     login_open(&packet);      the role, the database, and the settings for both
 *     session_run(...);
 *
 * All that keeps a client out ends the process, in PostgreSQL's words.
 */
#ifndef SESSION_LOGIN_H
#define SESSION_LOGIN_H

#include "common/base/base.h"

#include "common/proto/startup.h"

/*
 * Look at the rules, and let the client prove itself. Begins a transaction. False: the client has
 * left, as psql does to ask for a password.
 */
bool login_prove(const StartupPacket *packet);

/*
 * Take the role: role_session() and so on. Open the database: its lock, its rights and limits, its
 * encoding and locale; then the settings of the start-up packet, of the database and of the role.
 * Ends the transaction.
 */
void login_open(const StartupPacket *packet);

/*
 * For a process without a client: the first superuser, the database whether or not it lets clients
 * in; limits of time that are for clients do not count. Begins and ends a transaction.
 */
void login_open_as_worker(Oid database);

#endif
