-- Nothing looks events up by catalogue and day: reports read the counts, and what forgets old events reads all of them.
DROP INDEX events_by_day;
