select reason, count(*) as "rows"
from rejected
group by reason
order by "rows" desc, reason;
