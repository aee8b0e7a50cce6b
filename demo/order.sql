-- order.sql - place an order, for a writer; its number reaches the customer only when the order is committed
prepare place_order(int) as
with placed as (
    insert into orders (customer_no, writer)
    values ((random() * 99999)::bigint + 1, $1) returning order_no
), filled as (
    insert into order_items
    select order_no, line, (random() * 4999)::int + 1, line from placed, generate_series(1, 3) line
)
select order_no from placed;
