-- Story -> stratum: the weighted mean over the articles of a stratum, and its sampling variance
-- with stories as clusters.
--
-- With w the share of each story in the weight of its stratum and S2 .. S5 the sums of the powers
-- of w, the sum of squares of w * (story - mean) has the expected value
-- sigma^2 * (S2 - 2 * S3 + S2^2) when stories are independent with variance sigma^2; the variance
-- of the mean is sigma^2 * S2. Their ratio takes the bias away; with equal weights it is G / (G - 1).
-- `freedom` is Satterthwaite's: twice the squared expected value over the variance of the sum of
-- squares, G - 1 with equal weights. Shares are multiplied by G, so that no power is tiny.
create or replace temp table strata as
with means as (
    select
        key,
        count(*) as n_stories,
        sum(n_documents)::bigint as n_documents,
        sum(n_sentences)::bigint as n_sentences,
        from_steps(sum(to_wide_steps(weight))) as weight,
        from_steps(sum(to_wide_steps(against))) / from_steps(sum(to_wide_steps(weight)))
            as p_against,
        from_steps(sum(to_wide_steps(neutral))) / from_steps(sum(to_wide_steps(weight)))
            as p_neutral,
        from_steps(sum(to_wide_steps(favor))) / from_steps(sum(to_wide_steps(weight)))
            as p_favor
    from stories
    group by key
),

shares as (
    select key, n_stories,
        stories.weight / means.weight * n_stories as share,
        (stories.favor - stories.against - stories.weight * (p_favor - p_against))
            / means.weight * n_stories as deviation
    from stories
    join means using (key)
),

powers as (
    select
        key,
        -- A deviation of 1e-12 is rounding.
        from_steps(sum(to_wide_steps(
            case when abs(deviation) > 1e-12 * share then deviation * deviation else 0.0 end
        ))) / n_stories ^ 2 as squares,
        from_steps(sum(to_wide_steps(share * share))) / n_stories ^ 2 as s2,
        from_steps(sum(to_wide_steps(share * share * share))) / n_stories ^ 3 as s3,
        from_steps(sum(to_wide_steps(share * share * share * share))) / n_stories ^ 4 as s4,
        from_steps(sum(to_wide_steps(share * share * share * share * share))) / n_stories ^ 5 as s5
    from shares
    group by key, n_stories
)

select
    key, target, source, period, stratum, n_stories, n_documents, n_sentences, weight,
    p_against, p_neutral, p_favor,
    p_favor - p_against as stance,
    s2 as squared_shares,
    case when n_stories > 1 then s2 / (s2 - 2 * s3 + s2 ^ 2) end as correction,
    case when n_stories > 1 then s2 / (s2 - 2 * s3 + s2 ^ 2) * squares end as variance,
    case when n_stories > 1 then
        (s2 - 2 * s3 + s2 ^ 2) ^ 2
        / (s4 * (1 + 2 * s2) - 4 * s5 + s2 ^ 4 + 2 * s2 * s4 - 4 * s2 ^ 2 * s3 + 2 * s3 ^ 2)
    end as freedom
from means
join powers using (key)
join strata_keys using (key);
