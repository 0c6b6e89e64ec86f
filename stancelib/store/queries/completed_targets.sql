-- The targets that were ever searched, and whether this scorer is known to have completed them.
select target,
    target in (select target from completed where scorer = $scorer) as is_complete
from (select distinct target from searches)
order by target;
