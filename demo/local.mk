# demo: what `make demo` runs

demo_scripts += demo/shop.sh
