#!/bin/bash
# foreign_keys_hold_among_sessions.sh - rows that refer and rows that are referred to, changed by two sessions at once:
# who waits, who is refused, and what is left is as on a real PostgreSQL 15
. "$(dirname "$0")/../../lib/cluster.sh"
# shellcheck source=tests/lib/server.sh
. "$TEST_LIB/server.sh"

cluster_require 15
sessions=(a b)

# wait_blocked NAME: until it waits for another session.
wait_blocked()
{
    cluster_wait_sql "${session_cluster[$1]}" \
        "select cardinality(pg_blocking_pids(${session_backend[$1]})) > 0" "session $1 to block"
}

# A line of a scene is "SESSION SQL"; with "!" behind the session it is to wait for a lock, "?" shows what it then says.
play()
{
    local server=$1 who sql
    while read -r who sql; do
        echo "$who: $sql"
        case $who in
        *!)
            session_send "${who%!}.$server" "$sql"
            wait_blocked "${who%!}.$server"
            ;;
        *\?) session_wait "${who%\?}.$server" ;;
        *) session_run "$who.$server" "$sql" ;;
        esac
    done
}

make_tables()
{
    cluster_sql "$1" "drop table if exists plain, cascading, nulling, late, parent;
        create table parent (id int primary key, v text);
        create table plain (x int references parent, n int);
        create table cascading (x int references parent on delete cascade on update cascade, n int);
        create table nulling (x int references parent on delete set null, n int);
        create table late (x int references parent deferrable initially deferred, n int);
        insert into parent select i, 'v' from generate_series(1, 9) i"
}

cluster_init real
cluster_init ours --bin "$(server_bin)"
for server in real ours; do
    cluster_start $server
    for s in "${sessions[@]}"; do
        session_open "$s.$server" $server
        session_run "$s.$server" '\set VERBOSITY verbose'
    done
    session_run a.$server "set deadlock_timeout = '60s'"
    session_run b.$server "set deadlock_timeout = '100ms'"
done

# scene NAME: the lines come from stdin. What names processes, transactions and lines of sources is left out.
scene()
{
    local server
    cat >scene
    for server in real ours; do
        make_tables $server >setup.$server 2>&1 || fail "$1: $(cat setup.$server)"
        play $server <scene >said.$server 2>&1 || fail "$1 on $server: $(cat said.$server)"
        session_run a.$server "select 'parent', id, v from parent order by id;
            select 'plain', x, n from plain order by 2, 3; select 'cascading', x, n from cascading order by 2, 3;
            select 'nulling', x, n from nulling order by 2, 3; select 'late', x, n from late order by 2, 3" >>said.$server
        sed -i '/^LOCATION/d; s/rocess [0-9]*/rocess N/g; s/transaction [0-9]*/transaction N/g' said.$server
    done
    diff -U 3 said.real said.ours >"$1.diff" || fail "$1: $(cat "$1.diff")"
    ok "$1"
}

scene "a reference to a row that is being deleted waits, and is refused" <<'X'
a begin
a delete from parent where id = 1
b! insert into plain values (1, 1)
a commit
b?
X
scene "and is taken when the row stays" <<'X'
a begin
a delete from parent where id = 1
b! insert into plain values (1, 1)
a rollback
b?
X
scene "a row that a transaction refers to waits before it goes, and stays" <<'X'
a begin
a insert into plain values (1, 1)
b! delete from parent where id = 1
a commit
b?
X
scene "and goes when there is no reference after all" <<'X'
a begin
a insert into plain values (1, 1)
b! delete from parent where id = 1
a rollback
b?
X
scene "a change of what is no key keeps nobody waiting" <<'X'
a begin
a update parent set v = 'w' where id = 1
b insert into plain values (1, 1)
b insert into cascading values (1, 1)
a commit
b insert into plain values (1, 2)
X
scene "a change of the key does" <<'X'
a begin
a update parent set id = 100 where id = 1
b! insert into plain values (1, 1)
a commit
b?
b insert into plain values (100, 1)
X
scene "a key that comes back counts" <<'X'
a begin
a update parent set id = 100 where id = 1
b! insert into plain values (1, 1)
a update parent set id = 1 where id = 100
a commit
b?
X
scene "two that refer to one row do not wait for each other" <<'X'
a begin
a insert into plain values (1, 1)
b begin
b insert into plain values (1, 2)
b commit
a commit
X
scene "two that refer and then delete are a deadlock" <<'X'
a begin
a insert into plain values (1, 1)
b begin
b insert into plain values (1, 2)
a! delete from parent where id = 1
b delete from parent where id = 1
b rollback
a?
a rollback
X
scene "with a snapshot that stays, a row that came later cannot be referred to" <<'X'
a begin isolation level repeatable read
a select count(*) from parent
b insert into parent values (50, 'new')
a insert into plain values (50, 1)
a rollback
X
scene "with a snapshot that stays, a reference that came later is seen" <<'X'
a begin isolation level repeatable read
a select count(*) from plain
b insert into plain values (1, 1)
a delete from parent where id = 1
a rollback
X
scene "but is not deleted with the row" <<'X'
a begin isolation level repeatable read
a select count(*) from cascading
b insert into cascading values (1, 1)
a delete from parent where id = 1
a rollback
X
scene "nor set to NULL" <<'X'
a begin isolation level repeatable read
a select count(*) from nulling
b insert into nulling values (1, 1)
a delete from parent where id = 1
a rollback
X
scene "with a snapshot that stays, a row that was changed meanwhile cannot be referred to" <<'X'
a begin isolation level repeatable read
a select count(*) from plain
b update parent set id = 100 where id = 1
a insert into plain values (1, 1)
a rollback
X
scene "a reference that was deleted meanwhile" <<'X'
b insert into plain values (1, 1)
a begin isolation level repeatable read
a select count(*) from plain
b delete from plain
a delete from parent where id = 1
a commit
X
scene "a row that follows waits for who changes it, and goes elsewhere" <<'X'
a insert into cascading values (1, 1)
a begin
a update cascading set x = 2
b! delete from parent where id = 1
a commit
b?
X
scene "or stays and goes" <<'X'
a insert into cascading values (1, 1)
a begin
a update cascading set n = 2
b! delete from parent where id = 1
a commit
b?
X
scene "or is gone" <<'X'
a insert into nulling values (1, 1)
a begin
a delete from nulling
b! delete from parent where id = 1
a commit
b?
X
scene "a key that changes takes rows along that others have locked" <<'X'
a insert into cascading values (1, 1), (1, 2)
a begin
a select * from cascading where n = 2 for update
b! update parent set id = 100 where id = 1
a update cascading set n = 3 where n = 2
a commit
b?
X
scene "what is deferred looks at the commit" <<'X'
a begin
a insert into late values (60, 1)
b insert into parent values (60, 'in time')
a commit
X
scene "and waits there" <<'X'
a begin
a insert into late values (1, 1)
b begin
b delete from parent where id = 1
a! commit
b commit
a?
X
scene "what was referred to is looked at when it is checked" <<'X'
a begin
a insert into late values (1, 1)
b delete from parent where id = 1
a commit
X
scene "serialization of a deferred check" <<'X'
a begin isolation level repeatable read
a insert into late values (61, 1)
b insert into parent values (61, 'too late')
a commit
X
