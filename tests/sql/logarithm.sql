-- logarithm.sql - which of two arguments that have no logarithm is told of
select log(0.0, '-Infinity');
select log(0.0, 'Infinity');
select log(0.0, -1.0);
select log('Infinity'::numeric, 0.0);
select log('Infinity'::numeric, '-Infinity');
select log('-Infinity'::numeric, 0.0);
select log(0.0, 'NaN');
-- blanks in front of an exponent
select '1e 10'::numeric, E'0e\t-3'::numeric, E'12.5e \n+2'::numeric, '1e5 '::numeric;
select '1e+ 5'::numeric;
select '1 e5'::numeric;
select '1e '::numeric;
