drop table if exists chosen_articles;
drop table if exists article_scores;
drop table if exists places;
drop table if exists strata_keys;
drop table if exists stories;
drop table if exists strata;
drop table if exists cells;
drop view if exists document_weights;
