-- An invoice outlives its sales order, so neither it nor its payments refer to it by a foreign key.
CREATE TABLE invoices (
    tenant      TEXT NOT NULL REFERENCES tenants,
    id          TEXT NOT NULL,
    number      TEXT NOT NULL,
    sales_order TEXT NOT NULL,
    total       TEXT NOT NULL,
    currency    TEXT NOT NULL,
    voided      INTEGER NOT NULL CHECK (voided IN (0, 1)),
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX invoices_by_order ON invoices (tenant, sales_order);

-- Payments are never removed: a deleted one stays, marked as such.
CREATE TABLE payments (
    tenant      TEXT NOT NULL,
    id          TEXT NOT NULL,
    invoice     TEXT NOT NULL,
    sales_order TEXT NOT NULL,
    amount      TEXT NOT NULL,
    currency    TEXT NOT NULL,
    method      TEXT NOT NULL CHECK (method IN ('CASH', 'CHECK', 'CREDIT_CARD',
        'BANK_REMITTANCE', 'BANK_TRANSFER', 'OTHER')),
    state       TEXT NOT NULL CHECK (state IN ('POSTED', 'VOIDED', 'DELETED')),
    paid_at     INTEGER NOT NULL,
    posted_at   INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    description TEXT,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, invoice) REFERENCES invoices,
    FOREIGN KEY (tenant, recorded_by) REFERENCES users
) STRICT, WITHOUT ROWID;
CREATE INDEX payments_by_order ON payments (tenant, sales_order);

-- Compliance (Metrc) transfers, from the template to the matched manifest.
CREATE TABLE transfers (
    tenant          TEXT NOT NULL REFERENCES tenants,
    id              TEXT NOT NULL,
    manifest_number TEXT,
    sales_order     TEXT,
    state           TEXT NOT NULL CHECK (state IN ('TEMPLATE', 'MATCHED', 'UNMATCHED', 'REJECTED')),
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, sales_order) REFERENCES sales_orders
) STRICT, WITHOUT ROWID;
CREATE INDEX transfers_by_order ON transfers (tenant, sales_order);
CREATE UNIQUE INDEX one_matched_transfer_per_order ON transfers (tenant, sales_order)
    WHERE state = 'MATCHED';
