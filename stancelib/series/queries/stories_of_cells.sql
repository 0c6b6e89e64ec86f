-- For the bootstrap: what each story adds to each outlet of each cell.
select target, strata.source, first_instant($time_zone, period) as period, story, stratum, coalesce(share, 1.0) as portion,
    stories.weight as weight, favor - against as stance
from stories
join strata using (key)
left join outlet_shares on outlet_shares.source = stratum
order by target, source, period, story, stratum;
