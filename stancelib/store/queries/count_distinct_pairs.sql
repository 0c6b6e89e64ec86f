select count(*) as pairs
from distinct_pairs;
