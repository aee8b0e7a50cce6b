-- COPY from and to the client
create table t (a int primary key, b text, c numeric default 7 check (c > 0));
copy t (a, b) from stdin;
1	one
2	with \t tab and \\ backslash
3	\N
\.
copy t from stdin csv header;
a,b,c
4,"quoted, ""text""",1.5
5,,2
6,"",3
\.
copy t to stdout;
copy t to stdout csv header;
copy (select a, c from t order by a desc) to stdout (format csv, delimiter ';', force_quote *);
copy t (b, a) to stdout delimiter '|' null 'NIL';
copy t from stdin;
x	y	z
\.
copy t from stdin;
9	y
\.
copy t from stdin;
9	y	1	extra
\.
copy t from stdin;
9	y	-1
\.
copy t from stdin;
1	again	1
\.
copy t from stdin csv;
10,"open
\.
copy t (nonsense) from stdin;
copy nowhere to stdout;
copy t to stdout (format nonsense);
copy t to stdout (nonsense);
copy t from stdin where a > 10;
10	no	1
11	yes	1
\.
select * from t order by a;
drop table t;
-- Programs. (What a cancel does to one is told apart here and there.)
create table p (a int, b text);
copy p from program 'printf "1\tx\n2\ty\n"';
copy p from program 'echo 1; exit 3';
copy p from program 'kill -9 $$';
copy p from program 'nonexistent_cmd_x 2>/dev/null';
copy p from program 'printf "7\tx\n\\.\n8\ty\n"; sleep 0.1; echo more' ;
copy p to program 'cat >/dev/null';
copy p to program 'exit 4';
copy p to program 'cat >/dev/null; exit 5';
copy p to program 'kill -9 $$';
copy (select generate_series(1,300000)) to program 'true';
copy (select generate_series(1,300000)) to program 'head -1 >/dev/null; exit 2';
copy (select generate_series(1,300000)) to program 'wc -l >/dev/null';
copy p from program 'echo 1 >&2; printf "9\n"';
copy p from program '';
copy p from program 'true';
select * from p order by 1,2;
create role no_programs; set role no_programs;
copy p to program 'true';
copy p from program 'true';
reset role; drop role no_programs; drop table p;
-- A query's text outlives the rows that are read into the place of its message.
create table c (a text);
copy c from stdin \; prepare later as select 1 \; select name, statement from pg_prepared_statements;
aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
\.
deallocate later;
drop table c;
