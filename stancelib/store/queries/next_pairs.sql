select number, text, start, "end", target, lang
from distinct_pairs
where number > $after
order by number
limit $batch_size;
