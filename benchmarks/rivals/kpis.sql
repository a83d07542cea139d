-- The twenty KPIs of the last twelve months. Histories are bits: one a stretch of days between two cuts, the cuts being
-- the months' first days and the first days of the 90 days up to each month's end.

create view export as from read_parquet(getvariable('folder') || '/orders.parquet');
create view roster as from read_parquet(getvariable('folder') || '/distributors.parquet');
create view enrollments as from read_parquet(getvariable('folder') || '/enrollments.parquet');

select case when count(*) <> count(distinct order_id) then error('an order id stands twice') end from export;
set variable seen = (select max(ordered_on) from export);
set variable data_start = (select min(ordered_on) from export);

create temp table months as
select i as m, first, least(last_day(first), getvariable('seen')) as last, first - 1 as before
from (select i, (date_trunc('month', getvariable('seen')) - to_months(23 - i))::date as first
      from range(24) t(i));

create temp table days as
select day, m, (sum((day = first or day in (select last - 89 from months where m >= 11))::int) over (order by day) - 1)::int as cell
from (select unnest(generate_series((select min(first) from months), getvariable('seen'), interval 1 day))::date as day)
join months on day between first and last;

create macro mask(low, high) as (select bit_or(1::bigint << cell) from days where day between low and high);
create temp table spans as
select m, strftime(first, '%Y-%m') as period, first, last, before,
       mask(before - 89, before) as to_start, mask(last - 89, last) as to_end, mask(first, last) as within,
       (select bit_or(1::bigint << m) from months y where y.m between spans.m - 11 and spans.m) as year
from months spans where m >= 12;

-- people: when they entered, left and came back

create temp table entries as
select distributor_id as id, enrolled_on from roster where enrolled_on <= getvariable('seen')
union select distributor_id, enrolled_on from enrollments where enrolled_on <= getvariable('seen');

create temp table people as
select id, first, gone, enroller_id, entered,
       (select min(e.enrolled_on) from entries e where e.id = p.id and e.enrolled_on >= gone and e.enrolled_on > first) as back
from (select id, min(enrolled_on) as first, bit_or(1::bigint << cell) as entered
      from entries left join days on day = enrolled_on group by id) p
left join (select distributor_id as id, enroller_id,
                  case when terminated_on <= getvariable('seen') then terminated_on end as gone from roster) using (id);

create temp table newcomers as
select p.id, p.first, m, coalesce(max(e.enroller_id), any_value(p.enroller_id)) as enroller
from people p join days on day = p.first
left join enrollments e on e.distributor_id = p.id and e.enrolled_on = p.first
group by p.id, p.first, m;

-- orders that count: sales, and returns in the class of what they give back

create temp table sellers_who_buy as
select id, first, gone, back from people
join (select distinct customer_id as id from export where customer_id in (select distributor_id from roster)) using (id);

create view classed as
select order_id, ordered_on, amount, coalesce(volume, 0) as volume, distributor_id as seller, export.customer_id as buyer, channel,
       coalesce(kind, case when amount < 0 then 'return' else 'sale' end) as kind, original_order_id,
       lower(status) in ('accepted', 'approved', 'paid', 'completed', 'fulfilled', 'posted', 'printed', 'shipped',
                         'delivered', 'invoiced') as valid,
       case when export.customer_id is null then distributor_id is not null
            else coalesce(first <= ordered_on and (gone is null or gone > ordered_on or back <= ordered_on), false)
       end as own
from export left join sellers_who_buy on id = export.customer_id;

create temp table given_back as
select r.order_id, o.own, o.kind in ('kit', 'replacement') as no_return
from (select order_id, original_order_id from classed where kind = 'return' and valid) r
join classed o on o.order_id = r.original_order_id;

create temp table o as
select day, m, cell, seller, buyer, channel, sale, own,
       case when sale then amount else -abs(amount) end as net, case when sale then volume else -abs(volume) end as volume
from (select c.* exclude (own), coalesce(g.own, c.own) as own, coalesce(no_return, false) as no_return,
             kind = 'sale' and amount > 0 as sale
      from classed c left join given_back g using (order_id) where valid and (kind = 'return' or kind = 'sale' and amount > 0))
join days on day = ordered_on where not no_return;

-- one pass a unit

create temp table seller_months as
select seller, m, sum(volume) as psv, sum(volume) filter (own) as own_psv, bit_or(1::bigint << cell) filter (sale) as sold
from o where seller is not null group by seller, m;

create temp table buyers as
select buyer, bit_or(bought) as bought, bit_or(1::bigint << m) as shopped, bit_or(1::bigint << m) filter (two) as two
from (select buyer, m, bit_or(1::bigint << cell) as bought, min(day) < max(day) as two
      from o where sale and not own and buyer is not null group by buyer, m)
group by buyer;

create temp table everyone as
select first as came, gone, back, coalesce(entered, 0) as entered, coalesce(sold, 0) as sold, coalesce(recruited, 0) as recruited
from people
full join (select seller as id, bit_or(sold) as sold from seller_months group by seller) using (id)
full join (select enroller as id, bit_or(1::bigint << m) as recruited from newcomers where enroller is not null
           group by enroller) using (id);

-- sums by month

create temp table standing as
select period, young, count(*) filter (at_start) as s, count(*) filter (at_start and at_end) as kept,
       count(*) filter (at_start and not booked) as gone, count(*) filter (booked) as booked,
       count(*) filter (booked and (active or recruits)) as busy, count(*) filter (active) as active,
       count(*) filter (active and recruits) as sponsors
from (select period, entered & to_start <> 0 as young, sold & within <> 0 as active, recruited & (1::bigint << m) <> 0 as recruits,
             came <= last and (gone is null or gone > last or back <= last) is true as booked,
             came <= before and (gone is null or gone > before or back <= before) is true
                 and (sold | entered) & to_start <> 0 as at_start,
             booked and (sold | entered) & to_end <> 0 as at_end
      from everyone, spans)
group by period, young;

create temp table retained as
select period, null as tenure, sum(s) as s, sum(kept) as kept, sum(gone) as gone from standing group by period
union all select period, if(young, '<90 days', '>=90 days'), s, kept, gone from standing where s > 0;

create temp table whole as
select period, sum(booked) as booked, sum(busy) as busy, sum(active) as active, sum(sponsors) as sponsors
from standing group by period;

create temp table shoppers as
select period, count(*) filter (bought & within <> 0) as active, count(*) filter (bought & to_start <> 0) as s,
       count(*) filter (bought & to_start <> 0 and bought & to_end <> 0) as kept, count(*) filter (shopped & year <> 0) as ever,
       count(*) filter (bit_count(shopped & year) > 1 or two & year <> 0) as again
from buyers, spans group by period;

create temp table sales as
select period, sum(net) as net, sum(net) filter (sale) as sold, count(*) filter (sale) as orders,
       sum(net) filter (own) as own, sum(net) filter (lower(channel) in ('social', 'instagram', 'facebook', 'tiktok')) as social,
       sum(net) filter (channel is null) as unknown, quantile_cont(net, 0.5) filter (sale) as median
from o join spans using (m) group by period;

create temp table volumes as
select period, sum(psv) as psv, sum(own_psv) as own, quantile_cont(psv, [0.5, 0.9]) filter (sold <> 0) as quantiles
from seller_months join spans using (m) group by period;

create temp table waits as
select period, coalesce(sold, getvariable('seen')) - first as wait, sold is not null as event
from (select period, n.id, n.first, min(day) filter (day >= n.first) as sold, min(day) as ever
      from newcomers n join spans using (m) left join o on seller = n.id and sale and not own
      where n.first >= getvariable('data_start') group by all)
where ever is null or ever >= first;

create temp table curve as
select period, wait, events, censored, product(1 - events / at_risk) over (partition by period order by wait) as left_over
from (select period, wait, count(*) filter (event) as events, count(*) filter (not event) as censored,
             sum(count(*)) over (partition by period order by wait desc) as at_risk
      from waits group by period, wait);

create temp table survival as
select period, sum(events + censored) as people, min(wait) filter (left_over <= 0.5 + 1e-12) as median,
       case when max(wait) >= 30 then 1 - coalesce(min(left_over) filter (wait <= 30), 1) end as within_30,
       case when max(wait) >= 60 then 1 - coalesce(min(left_over) filter (wait <= 60), 1) end as within_60,
       case when max(wait) >= 90 then 1 - coalesce(min(left_over) filter (wait <= 90), 1) end as within_90
from curve group by period;

create view figures as
select kpi, period, statistic, tenure, numerator::double as numerator, denominator::double as denominator,
       coalesce(value, if(denominator is null, numerator, numerator / nullif(denominator, 0)))::double as value
from (
    select 'new_signups' as kpi, period, 'value' as statistic, null as tenure, count(id) as numerator, null as denominator,
           null as value
    from spans left join newcomers using (m) group by period
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
    union all select 'sales_per_active_distributor', period, 'value', null, net, active, null from sales join whole using (period)
    union all select 'personal_sales_volume', period, unnest(['value', 'own', 'customer']), null, unnest([psv, own, psv - own]),
                     active, null from volumes join whole using (period)
    union all select 'personal_sales_volume', period, unnest(['median', 'p90']), null, null, active, unnest(quantiles)
    from volumes join whole using (period)
    union all select 'time_to_first_sale', period, 'value', null, null, people, median from survival
    union all select 'time_to_first_sale', period, unnest(['within_30', 'within_60', 'within_90']), null, null, people,
                     unnest([within_30, within_60, within_90]) from survival
);
