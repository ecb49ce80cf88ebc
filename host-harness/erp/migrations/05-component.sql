-- What the component keeps, sends and decides. It commits with the records it belongs to.

CREATE TABLE component_state (
    tenant TEXT NOT NULL REFERENCES tenants,
    key    TEXT NOT NULL,
    value  BLOB NOT NULL,
    PRIMARY KEY (tenant, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE mail_queue (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant    TEXT NOT NULL REFERENCES tenants,
    queued_at INTEGER NOT NULL,
    -- JSON array of addresses; the company's admins get it besides.
    also_to   TEXT NOT NULL,
    subject   TEXT NOT NULL,
    text      TEXT NOT NULL,
    sent_at   INTEGER
) STRICT;
CREATE INDEX unsent_mail ON mail_queue (tenant, id) WHERE sent_at IS NULL;

-- Append-only.
CREATE TABLE journal (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant            TEXT NOT NULL REFERENCES tenants,
    -- Entries of one call share its number.
    call              INTEGER NOT NULL,
    decided_at        INTEGER NOT NULL,
    stream            TEXT NOT NULL,
    subject           TEXT NOT NULL,
    label             TEXT NOT NULL,
    outcome           TEXT NOT NULL,
    -- JSON arrays.
    reasons           TEXT NOT NULL,
    effects           TEXT NOT NULL
) STRICT;
CREATE INDEX journal_by_tenant ON journal (tenant, id);
CREATE INDEX journal_by_subject ON journal (tenant, stream, subject, id);
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
BEGIN
    SELECT raise(ABORT, 'journal entries are never changed');
END;
CREATE TRIGGER journal_is_never_shortened BEFORE DELETE ON journal
BEGIN
    SELECT raise(ABORT, 'journal entries are never removed');
END;
