select distinct target
from searches
order by target;
