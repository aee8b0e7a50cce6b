# tests/tidy: the style as tests, one row a script, sorted.

tidy_scripts += tests/tidy/headers.sh
