# tests/tidy: the style as tests, one row a script, sorted.

tidy_scripts += tests/tidy/headers.sh
tidy_scripts += tests/tidy/self_test.sh
tidy_scripts += tests/tidy/style.sh
