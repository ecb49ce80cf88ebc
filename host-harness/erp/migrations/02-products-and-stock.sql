CREATE TABLE unit_types (
    tenant      TEXT NOT NULL REFERENCES tenants,
    name        TEXT NOT NULL,
    category    TEXT NOT NULL CHECK (category IN ('count', 'volume', 'weight', 'custom')),
    -- How many of it make one kilogram or litre.
    per_si_unit TEXT,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE products (
    tenant           TEXT NOT NULL,
    id               TEXT NOT NULL,
    name             TEXT NOT NULL,
    sku              TEXT NOT NULL,
    description      TEXT NOT NULL,
    unit_type        TEXT NOT NULL,
    sale_price       TEXT,
    units_per_case   INTEGER,
    brand            TEXT,
    category         TEXT,
    strain           TEXT,
    tracking         TEXT NOT NULL CHECK (tracking IN ('product', 'package', 'batch')),
    -- 0: nobody has counted it; its stock is unknown, which is not the same as none.
    stock_known      INTEGER NOT NULL CHECK (stock_known IN (0, 1)),
    active           INTEGER NOT NULL CHECK (active IN (0, 1)),
    leaflink_product INTEGER,
    modified_at      INTEGER NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, unit_type) REFERENCES unit_types
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX one_product_per_leaflink_product ON products (tenant, leaflink_product)
    WHERE leaflink_product IS NOT NULL;

-- On hand, reserved included. What is packed for an order has left it: see sales_order_packages.
CREATE TABLE stock (
    tenant   TEXT NOT NULL,
    product  TEXT NOT NULL,
    -- Absent: taken by orders that name no location.
    location TEXT,
    active   TEXT NOT NULL,
    FOREIGN KEY (tenant, product) REFERENCES products,
    FOREIGN KEY (tenant, location) REFERENCES locations
) STRICT;
CREATE UNIQUE INDEX one_stock_row_per_place ON stock (tenant, product, ifnull(location, ''));

-- Inputs of assemblies that are planned and not yet put together: they reserve stock.
CREATE TABLE assembly_inputs (
    tenant   TEXT NOT NULL,
    id       TEXT NOT NULL,
    product  TEXT NOT NULL,
    location TEXT NOT NULL,
    quantity TEXT NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, product) REFERENCES products,
    FOREIGN KEY (tenant, location) REFERENCES locations
) STRICT, WITHOUT ROWID;
CREATE INDEX assembly_inputs_by_product ON assembly_inputs (tenant, product);
