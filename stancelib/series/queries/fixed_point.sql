-- Sums are taken in steps of 2^-50 (about 1e-15): integers add up to the same whatever their order,
-- so that the same scores give the same bytes on any number of threads.
create or replace temp macro to_steps(number) as (number * 1125899906842624)::bigint;
create or replace temp macro to_wide_steps(number) as (number * 1125899906842624)::hugeint;
create or replace temp macro from_steps(steps) as steps::double / 1125899906842624;
