-- The twenty KPIs of the last twelve months in Spark SQL. Histories are bits: one a stretch of days between two cuts, the
-- cuts being the months' first days and the first days of the 90 days up to each month's end.

select case when count(*) <> count(distinct order_id) then raise_error('an order id stands twice') end from exported;

declare or replace variable seen date default date'1970-01-01';
declare or replace variable data_start date default date'1970-01-01';
set variable (seen, data_start) = (select max(ordered_on), min(ordered_on) from exported);

create or replace temporary view months as
select m, opens, least(last_day(opens), seen) as ends, date_sub(opens, 1) as before
from (select cast(id as int) as m, cast(add_months(date_trunc('MONTH', seen), cast(id as int) - 23) as date) as opens
      from range(24));

cache table days as
select day, m, cast(sum(if(day = opens or cut is not null, 1, 0)) over (order by day) - 1 as int) as cell
from (select explode(sequence((select min(opens) from months), seen, interval 1 day)) as day)
join months on day between opens and ends
left join (select distinct date_sub(ends, 89) as cut from months where m >= 11) on cut = day;

cache table spans as
select m, date_format(opens, 'yyyy-MM') as period, opens, ends, before,
       bit_or(if(day between date_sub(before, 89) and before, shiftleft(1L, cell), 0L)) as to_start,
       bit_or(if(day between date_sub(ends, 89) and ends, shiftleft(1L, cell), 0L)) as to_end,
       bit_or(if(day between opens and ends, shiftleft(1L, cell), 0L)) as within,
       shiftleft(1L, m + 1) - shiftleft(1L, m - 11) as year
from (select * from months where m >= 12) cross join (select day, cell from days)
group by m, opens, ends, before;

-- people: when they entered, left and came back

create or replace temporary view entries as
select distributor_id as id, enrolled_on from roster where enrolled_on <= seen
union select distributor_id, enrolled_on from enrollments where enrolled_on <= seen;

create or replace temporary view persons as
select id, since, gone, enroller_id, entered
from (select id, min(enrolled_on) as since, bit_or(shiftleft(1L, cell)) as entered
      from entries left join days on day = enrolled_on group by id)
left join (select distributor_id as id, enroller_id, if(terminated_on <= seen, terminated_on, null) as gone from roster)
using (id);

cache table people as
select persons.*, back from persons
left join (select p.id, min(enrolled_on) as back from persons p join entries e on e.id = p.id
           where enrolled_on >= gone and enrolled_on > since group by p.id) returned
on returned.id = persons.id;

cache table newcomers as
select p.id, p.since, m, coalesce(max(e.enroller_id), any_value(p.enroller_id)) as enroller
from people p join days on day = p.since
left join enrollments e on e.distributor_id = p.id and e.enrolled_on = p.since
group by p.id, p.since, m;

-- orders that count: sales, and returns in the class of what they give back

create or replace temporary view sellers_who_buy as
select people.id, since, gone, back from people
join (select distinct customer_id as id from exported left semi join roster on customer_id = roster.distributor_id) buyer
on buyer.id = people.id;

create or replace temporary view classed as
select order_id, ordered_on, amount, coalesce(volume, 0) as volume, distributor_id as seller, customer_id as buyer,
       channel, coalesce(kind, if(amount < 0, 'return', 'sale')) as kind, original_order_id,
       lower(status) in ('accepted', 'approved', 'paid', 'completed', 'fulfilled', 'posted', 'printed', 'shipped',
                         'delivered', 'invoiced') as valid,
       case when customer_id is null then distributor_id is not null
            else coalesce(since <= ordered_on and (gone is null or gone > ordered_on or back <= ordered_on), false)
       end as own
from exported left join sellers_who_buy on id = customer_id;

create or replace temporary view given_back as
select r.order_id, o.own, o.kind in ('kit', 'replacement') as no_return
from (select order_id, original_order_id from classed where kind = 'return' and valid) r
join classed o on o.order_id = r.original_order_id;

cache table counted as
select day, m, cell, seller, buyer, channel, sale, own, if(sale, amount, -abs(amount)) as net,
       if(sale, volume, -abs(volume)) as volume
from (select c.ordered_on, c.amount, c.volume, c.seller, c.buyer, c.channel, coalesce(g.own, c.own) as own,
             coalesce(no_return, false) as no_return, kind = 'sale' and amount > 0 as sale
      from classed c left join given_back g on g.order_id = c.order_id
      where valid and (kind = 'return' or kind = 'sale' and amount > 0))
join days on day = ordered_on where not no_return;

-- one pass a unit

cache table seller_months as
select seller, m, sum(volume) as psv, sum(volume) filter (where own) as own_psv,
       bit_or(shiftleft(1L, cell)) filter (where sale) as sold
from counted where seller is not null group by seller, m;

create or replace temporary view buyers as
select buyer, bit_or(bought) as bought, bit_or(shiftleft(1L, m)) as shopped,
       bit_or(shiftleft(1L, m)) filter (where two) as two
from (select buyer, m, bit_or(shiftleft(1L, cell)) as bought, min(day) < max(day) as two
      from counted where sale and not own and buyer is not null group by buyer, m)
group by buyer;

create or replace temporary view everyone as
select since as came, gone, back, coalesce(entered, 0L) as entered, coalesce(sold, 0L) as sold,
       coalesce(recruited, 0L) as recruited
from people
full join (select seller as id, bit_or(sold) as sold from seller_months group by seller) using (id)
full join (select enroller as id, bit_or(shiftleft(1L, m)) as recruited from newcomers where enroller is not null
           group by enroller) using (id);

-- sums by month

cache table standing as
select period, young, count_if(at_start) as s, count_if(at_start and at_end) as kept,
       count_if(at_start and not booked) as gone, count_if(booked) as booked,
       count_if(booked and (active or recruits)) as busy, count_if(active) as active,
       count_if(active and recruits) as sponsors
from (select *, listed and ((sold | entered) & to_start) <> 0 as at_start,
             booked and ((sold | entered) & to_end) <> 0 as at_end
      from (select period, sold, entered, to_start, to_end, (entered & to_start) <> 0 as young,
                   (sold & within) <> 0 as active, (recruited & shiftleft(1L, m)) <> 0 as recruits,
                   (came <= ends and (gone is null or gone > ends or back <= ends)) is true as booked,
                   (came <= before and (gone is null or gone > before or back <= before)) is true as listed
            from everyone cross join spans))
group by period, young;

create or replace temporary view retained as
select period, cast(null as string) as tenure, sum(s) as s, sum(kept) as kept, sum(gone) as gone
from standing group by period
union all select period, if(young, '<90 days', '>=90 days'), s, kept, gone from standing where s > 0;

create or replace temporary view whole as
select period, sum(booked) as booked, sum(busy) as busy, sum(active) as active, sum(sponsors) as sponsors
from standing group by period;

cache table shoppers as
select period, count_if((bought & within) <> 0) as active, count_if((bought & to_start) <> 0) as s,
       count_if((bought & to_start) <> 0 and (bought & to_end) <> 0) as kept, count_if((shopped & year) <> 0) as ever,
       count_if(bit_count(shopped & year) > 1 or (two & year) <> 0) as again
from buyers cross join spans group by period;

cache table sales as
select period, sum(net) as net, sum(net) filter (where sale) as sold, count_if(sale) as orders,
       sum(net) filter (where own) as own,
       sum(net) filter (where lower(channel) in ('social', 'instagram', 'facebook', 'tiktok')) as social,
       sum(net) filter (where channel is null) as unknown, percentile(net, 0.5) filter (where sale) as median
from counted join (select m, period from spans) using (m) group by period;

cache table volumes as
select period, sum(psv) as psv, sum(own_psv) as own,
       percentile(psv, array(0.5, 0.9)) filter (where sold <> 0) as quantiles
from seller_months join (select m, period from spans) using (m) group by period;

create or replace temporary view waits as
select period, datediff(coalesce(sold, seen), since) as wait, sold is not null as event
from (select period, id, since, min(day) filter (where day >= since) as sold, min(day) as ever
      from newcomers join (select m, period from spans) using (m)
      left join (select seller, day from counted where sale and not own) on seller = id
      where since >= data_start group by period, id, since)
where ever is null or ever >= since;

cache table curve as
select period, wait, events, censored,
       aggregate(collect_list(1 - events / at_risk) over (partition by period order by wait), 1D, (a, x) -> a * x)
           as left_over
from (select period, wait, count_if(event) as events, count_if(not event) as censored,
             sum(count(*)) over (partition by period order by wait desc) as at_risk
      from waits group by period, wait);

create or replace temporary view survival as
select period, sum(events + censored) as people, min(wait) filter (where left_over <= 0.5 + 1e-12) as median,
       if(max(wait) >= 30, 1 - coalesce(min(left_over) filter (where wait <= 30), 1), null) as within_30,
       if(max(wait) >= 60, 1 - coalesce(min(left_over) filter (where wait <= 60), 1), null) as within_60,
       if(max(wait) >= 90, 1 - coalesce(min(left_over) filter (where wait <= 90), 1), null) as within_90
from curve group by period;

select kpi, period, statistic, tenure, numerator, denominator,
       coalesce(value, if(denominator is null, numerator, numerator / nullif(denominator, 0))) as value
from (
    select 'new_signups' as kpi, period, 'value' as statistic, cast(null as string) as tenure,
           cast(count(id) as double) as numerator, cast(null as double) as denominator, cast(null as double) as value
    from (select m, period from spans) left join newcomers using (m) group by period
    union all select 'distributor_retention_rate', period, 'value', tenure, kept, s, null from retained
    union all select 'churn_rate', period, 'value', tenure, s - kept, s, null from retained
    union all select 'churn_terminated', period, 'value', null, gone, s, null from retained where tenure is null
    union all select 'churn_lapsed', period, 'value', null, s - kept - gone, s, null from retained where tenure is null
    union all select 'active_distributor_rate', period, 'value', null, busy, booked, null from whole
    union all select 'sponsor_rate', period, 'value', null, sponsors, active, null from whole
    union all select 'active_distributors', period, 'value', null, active, null, null from whole
    union all select 'active_customers', period, 'value', null, active, null, null from shoppers
    union all select 'customer_to_distributor_ratio', period, 'value', null, shoppers.active, whole.active, null
    from shoppers join whole using (period)
    union all select 'customer_retention_rate', period, 'value', null, kept, s, null from shoppers
    union all select 'repeat_purchase_rate', period, 'value', null, again, ever, null from shoppers
    union all select 'sales_volume', period, 'value', null, net, null, null from sales
    union all select 'average_order_value', period, 'value', null, sold, orders, null from sales
    union all select 'average_order_value', period, 'median', null, null, orders, median from sales
    union all select 'social_sales_share', period, 'value', null, social, net, null from sales
    union all select 'social_sales_share', period, 'without_channel', null, unknown, net, null from sales
    union all select 'retail_sales_share', period, 'value', null, net - own, net, null from sales
    union all select 'internal_consumption_share', period, 'value', null, own, net, null from sales
    union all select 'sales_per_active_distributor', period, 'value', null, net, active, null
    from sales join whole using (period)
    union all select 'personal_sales_volume', period, statistic, null, n, active, null
    from volumes join whole using (period)
    lateral view explode(map('value', psv, 'own', own, 'customer', psv - own)) s as statistic, n
    union all select 'personal_sales_volume', period, statistic, null, null, active, n
    from volumes join whole using (period)
    lateral view explode(map('median', quantiles[0], 'p90', quantiles[1])) s as statistic, n
    union all select 'time_to_first_sale', period, 'value', null, null, people, median from survival
    union all select 'time_to_first_sale', period, statistic, null, null, people, n from survival
    lateral view explode(map('within_30', within_30, 'within_60', within_60, 'within_90', within_90)) s as statistic, n
);
