select count(*) as sentences
from distinct_sentences;
