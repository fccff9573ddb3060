-- Whether whoever changed the row is a server of Larder's, which settles its own changes: evicts what they touch, and
-- deletes the row. A relay leaves it the time to do so.
ALTER TABLE "outbox" ADD COLUMN "settling" BOOLEAN NOT NULL DEFAULT (current_setting('application_name') = 'larder write');
