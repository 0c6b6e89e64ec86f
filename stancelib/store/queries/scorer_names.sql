select distinct scorer
from scores
order by scorer;
