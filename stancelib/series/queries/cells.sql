-- Stratum -> cell. Where outlets have no weights of their own, a cell is one stratum, and this
-- passes its numbers on. Else the cell is the mean over its outlets, each with its portion:
--
-- * An outlet with one story has no scatter of its own; its distance from the mean of the cell
--   stands in for it (the "adjusted" treatment of lonely sampling units in surveys).
-- * What outlets print of the same story is not independent: the cross products of their
--   deviations are added to the variances.
-- * The degrees of freedom of the sum of variances are Satterthwaite's.
create or replace temp table cells as
with portions as (
    select strata.*, coalesce(share, 1.0) as own_portion
    from strata
    left join outlet_shares on outlet_shares.source = stratum
    where coalesce(share, 1.0) > 0
),

totals as (
    select target, source, period,
        sum(n_sentences)::bigint as n_sentences,
        sum(n_documents)::bigint as n_documents,
        count(*) as n_strata,
        count(*) filter (n_stories = 1) as n_lonely,
        sum(own_portion order by key) as total,
        sum(own_portion * p_against order by key) / total as p_against,
        sum(own_portion * p_neutral order by key) / total as p_neutral,
        sum(own_portion * p_favor order by key) / total as p_favor,
        sum(own_portion ^ 2 order by key) / total ^ 2 as p2,
        sum(own_portion ^ 3 order by key) / total ^ 3 as p3
    from portions
    group by target, source, period
),

parts as (
    select
        key, target, source, period, n_strata, n_lonely,
        own_portion / total as portion,
        portions.n_stories = 1 as lonely,
        case when lonely then totals.p_favor - totals.p_against else stance end as centre,
        coalesce(
            correction,
            case when n_strata = n_lonely and n_strata > 1 then p2 / (p2 - 2 * p3 + p2 ^ 2) else 1 end
        ) as part_correction,
        case
            when lonely and n_strata > 1 then portion ^ 2 * part_correction * (stance - centre) ^ 2
            else portion ^ 2 * variance
        end as part_variance,
        freedom,
        portion ^ 2 * squared_shares as part_squares,
        weight
    from portions
    join totals using (target, source, period)
),

-- The stories that stand in several strata of a cell.
shared as (
    select target, source, period, story, key,
        portion * sqrt(part_correction)
            * (favor - against - stories.weight * centre) / parts.weight as deviation,
        portion * stories.weight / parts.weight as share
    from stories
    join parts using (key)
    where story < 0 and n_strata > 1
),

cross_products as (
    select target, source, period,
        sum(product order by story) as product,
        sum(squares order by story) as squares
    from (
        select target, source, period, story,
            sum(deviation order by key) ^ 2 - sum(deviation ^ 2 order by key) as product,
            sum(share order by key) ^ 2 - sum(share ^ 2 order by key) as squares
        from shared
        group by target, source, period, story
        having count(*) > 1
    )
    group by target, source, period
),

-- Lonely outlets are one piece together: they have one centre.
pieces as (
    select target, source, period, min(key) as key,
        sum(part_variance order by key) as variance,
        case
            when lonely then greatest(n_lonely - (n_lonely = n_strata)::integer, 1)
            else any_value(freedom)
        end as freedom
    from parts
    where part_variance is not null
    group by target, source, period, n_strata, n_lonely, lonely, case when lonely then 0 else key end
),

sums as (
    select target, source, period,
        sum(variance order by key) as variance,
        sum(freedom order by key) as freedom
    from pieces
    group by target, source, period
),

errors as (
    select target, source, period, sums.variance,
        case
            when sums.variance > 0
            then 1 / sum((pieces.variance / sums.variance) ^ 2 / pieces.freedom order by key)
            else sums.freedom
        end as freedom
    from pieces
    join sums using (target, source, period)
    group by target, source, period, sums.variance, sums.freedom
),

effective as (
    select target, source, period, sum(part_squares order by key) as squares
    from parts
    group by target, source, period
)

select
    target, source, period, n_sentences, n_documents, p_against, p_neutral, p_favor,
    case
        when errors.variance is not null
        then sqrt(greatest(errors.variance + coalesce(cross_products.product, 0), 0))
    end as se,
    freedom,
    1 / (effective.squares + coalesce(cross_products.squares, 0)) as n_effective
from totals
left join errors using (target, source, period)
left join effective using (target, source, period)
left join cross_products using (target, source, period);
