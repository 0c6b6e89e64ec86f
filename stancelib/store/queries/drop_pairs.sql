drop table pairs_to_score;
drop table distinct_pairs;
