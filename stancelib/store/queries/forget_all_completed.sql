delete from completed;
