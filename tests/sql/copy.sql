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
