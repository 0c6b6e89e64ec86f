-- A wall clock that is shown twice, at the end of summer time, is meant the first time.
create or replace temp macro first_instant(zone, clock) as
    case
        when timezone(zone, timezone(zone, clock) - interval 1 hour) = clock
        then timezone(zone, clock) - interval 1 hour
        else timezone(zone, clock)
    end;
