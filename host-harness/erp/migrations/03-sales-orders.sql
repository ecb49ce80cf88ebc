CREATE TABLE sales_orders (
    tenant                  TEXT NOT NULL REFERENCES tenants,
    id                      TEXT NOT NULL,
    number                  TEXT NOT NULL,
    -- The four columns of the LeafLink origin: all absent for orders from elsewhere.
    leaflink_number         TEXT,
    leaflink_short_id       TEXT,
    leaflink_total          TEXT,
    leaflink_classification TEXT,
    status                  TEXT NOT NULL CHECK (status IN ('PENDING', 'PROCESSING',
        'READY_TO_SHIP', 'DELIVERING', 'DELIVERED', 'COMPLETED', 'CANCELED')),
    placed_at               INTEGER NOT NULL,
    delivery_day            TEXT,
    currency                TEXT NOT NULL,
    customer                TEXT,
    billing_address         TEXT,
    shipping_address        TEXT,
    -- "Inventory Source".
    location                TEXT,
    owner                   TEXT,
    internal_notes          TEXT,
    external_notes          TEXT,
    -- Lines and charges, summed.
    total                   TEXT NOT NULL,
    -- The last number given to one of its lines; a line's id is never used again.
    last_line               INTEGER NOT NULL,
    modified_at             INTEGER NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, customer) REFERENCES companies,
    FOREIGN KEY (tenant, billing_address) REFERENCES addresses,
    FOREIGN KEY (tenant, shipping_address) REFERENCES addresses,
    FOREIGN KEY (tenant, location) REFERENCES locations,
    FOREIGN KEY (tenant, owner) REFERENCES users
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX one_sales_order_per_leaflink_order ON sales_orders (tenant, leaflink_number)
    WHERE leaflink_number IS NOT NULL;

CREATE TABLE sales_order_lines (
    tenant        TEXT NOT NULL,
    sales_order   TEXT NOT NULL,
    id            TEXT NOT NULL,
    position      INTEGER NOT NULL,
    product       TEXT NOT NULL,
    quantity      TEXT NOT NULL,
    unit_price    TEXT NOT NULL,
    total         TEXT NOT NULL,
    is_sample     INTEGER NOT NULL CHECK (is_sample IN (0, 1)),
    note          TEXT,
    location      TEXT,
    leaflink_line INTEGER,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, sales_order) REFERENCES sales_orders ON DELETE CASCADE,
    FOREIGN KEY (tenant, product) REFERENCES products,
    FOREIGN KEY (tenant, location) REFERENCES locations
) STRICT, WITHOUT ROWID;
CREATE INDEX sales_order_lines_by_order ON sales_order_lines (tenant, sales_order, position);
CREATE INDEX sales_order_lines_by_product ON sales_order_lines (tenant, product);

-- What is packed for a line, by the place it was taken from. A line is fulfilled when its packages
-- sum to its quantity.
CREATE TABLE sales_order_packages (
    tenant      TEXT NOT NULL,
    line        TEXT NOT NULL,
    location    TEXT,
    quantity    TEXT NOT NULL,
    FOREIGN KEY (tenant, line) REFERENCES sales_order_lines ON DELETE CASCADE,
    FOREIGN KEY (tenant, location) REFERENCES locations
) STRICT;
CREATE UNIQUE INDEX one_package_row_per_place
    ON sales_order_packages (tenant, line, ifnull(location, ''));

CREATE TABLE sales_order_charges (
    tenant        TEXT NOT NULL,
    sales_order   TEXT NOT NULL,
    position      INTEGER NOT NULL,
    name          TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('CHARGE', 'DISCOUNT')),
    percent       TEXT,
    amount        TEXT NOT NULL,
    tax           TEXT,
    -- 1: it follows LeafLink, and people cannot edit it.
    locked        INTEGER NOT NULL CHECK (locked IN (0, 1)),
    leaflink_key  TEXT,
    PRIMARY KEY (tenant, sales_order, position),
    FOREIGN KEY (tenant, sales_order) REFERENCES sales_orders ON DELETE CASCADE,
    FOREIGN KEY (tenant, tax) REFERENCES taxes
) STRICT, WITHOUT ROWID;
