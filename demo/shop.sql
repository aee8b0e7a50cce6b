-- shop.sql - the demo's shop: customers, products, orders and what was ordered, about a million rows
create table customers (
    customer_no bigint primary key,
    name text not null,
    email text not null unique,
    since date not null
);
create table products (
    product_no int primary key,
    title text not null,
    price numeric(8,2) not null
);
create sequence order_numbers;
create table orders (
    order_no bigint primary key default nextval('order_numbers'),
    customer_no bigint not null,
    placed_at timestamptz not null default clock_timestamp(),
    writer int not null default 0 -- which of the demo's writers placed it; 0: made with the shop
);
create index on orders (customer_no);
create table order_items (
    order_no bigint not null,
    line int not null,
    product_no int not null,
    quantity int not null,
    primary key (order_no, line)
);

insert into customers
select n, 'Customer ' || n, 'c' || n || '@example.com', date '2015-01-01' + (n % 4000)::int
from generate_series(1, 100000) n;
insert into products
select n, 'Product ' || n || repeat(' fine', n % 7), (n * 37 % 9900 + 99) / 100.0
from generate_series(1, 5000) n;
insert into orders (customer_no, placed_at)
select n * 7919 % 100000 + 1, timestamptz '2020-01-01 UTC' + n * interval '10 minutes'
from generate_series(1, 250000) n;
insert into order_items
select o, line, (o * 31 + line * 17) % 5000 + 1, line
from generate_series(1, 250000) o, generate_series(1, 2 + (o % 2)::int) line;

alter table customers add constraint customers_since_check check (since >= date '2015-01-01');
alter table orders add foreign key (customer_no) references customers;
analyze;
