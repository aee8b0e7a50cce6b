-- array_text.sql - arrays whose elements stand at several depths
select '{{a},{{b}}}'::text[];
select '{{a},{{b,c}}}'::text[];
select '{{{a}},{b}}'::text[];
select '{{{"a"},{{b}},{"c"}}}'::text[];
select '{{{a},{b}},{{{c}}}}'::text[];
select '{{a,b},{{c}}}'::text[];
select '{{a},{{b}},{c}}'::text[];
select '{{{a}},{b},{{c}}}'::text[];
select '{{a},{b},{{c,d,e}}}'::text[];
select '{{{{a}},{b}}}'::text[];
select '{{{a}},{b},{{c}},{d}}'::text[];
select '{{{a}},{{{b}}}}'::text[];
select '{{{a,b},{c,d}},{{{e}}}}'::text[];
select '{a,{b}}'::text[];
select '{{a},b}'::text[];
select '{{a},{}}'::text[];
select '{{{{{{{a}}}}}}}'::text[];
-- Where nothing is left, no element is looked at.
select '{{{1}},{x}}'::int[];
select '{{1},{{x}}}'::int[];
select '{{1},{{2,NULL}}}'::int[];
-- Bounds are held against the sizes that are found.
select '[1:2][3:3]={{a},{{b}}}'::text[];
select '[1:2][3:3][0:0]={{a},{{b}}}'::text[];
select '[1:2][1:1][1:1]={{{a}},{b}}'::text[];
select array_dims('{{a},{b},{{c,d,e}}}'::text[]), cardinality('{{a},{b},{{c,d,e}}}'::text[]);
