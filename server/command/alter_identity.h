/*
 * alter_identity.h - what ALTER TABLE does with generated and identity columns, and with what else
 * is a note in catalogs alone
 */
#ifndef COMMAND_ALTER_IDENTITY_H
#define COMMAND_ALTER_IDENTITY_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/lock/lock.h"
#include "server/node/node.h"

/* The table is open, but for what drops a sequence: that closes it. */
void column_add_identity(Relation *rel, const AlterTableCmd *action, const char *text);
void column_set_identity(Relation *rel, const AlterTableCmd *action, const char *text);
void column_drop_identity(Relation *rel, const AlterTableCmd *action);
void column_drop_expression(Relation *rel, const AlterTableCmd *action);
void column_set_compression(Relation *rel, const AlterTableCmd *action);

/* CLUSTER ON, SET WITHOUT CLUSTER (name NULL), REPLICA IDENTITY. */
void table_set_cluster(Relation *rel, const char *name);

/* The same by an index that is locked in that mode here; raises when it cannot be the one. */
void table_set_cluster_index(Relation *rel, Oid index, LockMode mode);
Oid table_index_of_name(const Relation *rel, const char *name); /* raises 42704 */
void table_set_replica_identity(Relation *rel, const ReplicaIdentity *identity);

#endif
