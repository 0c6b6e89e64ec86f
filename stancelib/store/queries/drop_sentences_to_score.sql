drop table sentences_to_score;
drop table distinct_sentences;
