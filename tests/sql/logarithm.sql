-- logarithm.sql - which of two arguments that have no logarithm is told of
select log(0.0, '-Infinity');
select log(0.0, 'Infinity');
select log(0.0, -1.0);
select log('Infinity'::numeric, 0.0);
select log('Infinity'::numeric, '-Infinity');
select log('-Infinity'::numeric, 0.0);
select log(0.0, 'NaN');
