-- The companies whose books these are (tenants), their people and places, and whom they trade with.
-- Every table names its tenant first: nothing of one tenant is ever visible to another.
-- Amounts and quantities are exact decimals kept as TEXT; instants are milliseconds since 1970.

CREATE TABLE tenants (
    tenant         TEXT PRIMARY KEY,
    name           TEXT NOT NULL,
    currency       TEXT NOT NULL,
    leaflink_brand INTEGER
) STRICT, WITHOUT ROWID;

-- Who gets the e-mail about trouble with the sync.
CREATE TABLE admins (
    tenant TEXT NOT NULL REFERENCES tenants,
    email  TEXT NOT NULL,
    PRIMARY KEY (tenant, email)
) STRICT, WITHOUT ROWID;

-- The last number given out for each kind of record; a number is never given out twice.
CREATE TABLE counters (
    tenant TEXT NOT NULL REFERENCES tenants,
    kind   TEXT NOT NULL,
    last   INTEGER NOT NULL,
    PRIMARY KEY (tenant, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    tenant    TEXT NOT NULL REFERENCES tenants,
    id        TEXT NOT NULL,
    full_name TEXT NOT NULL,
    email     TEXT NOT NULL,
    active    INTEGER NOT NULL CHECK (active IN (0, 1)),
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

-- Places of the company's own where stock is kept.
CREATE TABLE locations (
    tenant         TEXT NOT NULL REFERENCES tenants,
    id             TEXT NOT NULL,
    name           TEXT NOT NULL,
    license_number TEXT,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

-- Trading partners.
CREATE TABLE companies (
    tenant            TEXT NOT NULL REFERENCES tenants,
    id                TEXT NOT NULL,
    name              TEXT NOT NULL,
    legal_name        TEXT,
    -- "Default Inventory Source".
    inventory_source  TEXT,
    -- "LeafLink Customer". Several companies may name the same one.
    leaflink_customer INTEGER,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, inventory_source) REFERENCES locations
) STRICT, WITHOUT ROWID;
CREATE INDEX companies_by_leaflink_customer ON companies (tenant, leaflink_customer)
    WHERE leaflink_customer IS NOT NULL;

CREATE TABLE company_licenses (
    tenant  TEXT NOT NULL,
    company TEXT NOT NULL,
    number  TEXT NOT NULL,
    active  INTEGER NOT NULL CHECK (active IN (0, 1)),
    PRIMARY KEY (tenant, company, number),
    FOREIGN KEY (tenant, company) REFERENCES companies
) STRICT, WITHOUT ROWID;

CREATE TABLE addresses (
    tenant         TEXT NOT NULL,
    id             TEXT NOT NULL,
    company        TEXT NOT NULL,
    name           TEXT NOT NULL,
    street         TEXT NOT NULL,
    city           TEXT NOT NULL,
    state          TEXT NOT NULL,
    zip            TEXT NOT NULL,
    license_number TEXT,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, company) REFERENCES companies
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_by_company ON addresses (tenant, company);

CREATE TABLE taxes (
    tenant       TEXT NOT NULL REFERENCES tenants,
    id           TEXT NOT NULL,
    name         TEXT NOT NULL,
    rate_percent TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
