select number, text, lang
from distinct_sentences
where number > $after
order by number
limit $batch_size;
