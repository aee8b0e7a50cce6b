/*
 * tiny_engine.h - an engine for sessions in tests: a few statements, which PostgreSQL knows as well
 *
 * select of constants and parameters, generate_series, division by zero, pg_sleep, transaction
 * control, set and show, a notice. What a real server answers to the same messages must be what a
 * session with this engine answers.
 */
#ifndef SESSION_TINY_ENGINE_H
#define SESSION_TINY_ENGINE_H

#include "server/session/engine.h"

extern const SessionEngine tiny_engine;

#endif
