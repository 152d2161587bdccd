-- Only what forgets old rows looked these up by day, once a day. Each cost as much as a row whenever somebody searched.
DROP INDEX insight_seen_by_day;
DROP INDEX insight_asked_by_day;
