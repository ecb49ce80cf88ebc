-- Each entry names its call by the call's own id, and what decided; and it seals the entries before
-- it, so that a change or a gap is found.

ALTER TABLE journal DROP COLUMN call;
ALTER TABLE journal ADD COLUMN call_id TEXT NOT NULL DEFAULT '';
-- The function that was called, and the component's version and revision.
ALTER TABLE journal ADD COLUMN call TEXT NOT NULL DEFAULT '';
ALTER TABLE journal ADD COLUMN component TEXT NOT NULL DEFAULT '';
-- SHA-256 over the seal of the company's entry before and all columns of this one. Absent for
-- entries that are older than this column.
ALTER TABLE journal ADD COLUMN seal BLOB;
