-- The "LeafLink" tab of the product form, as a person filled it in. Ids are LeafLink's.
CREATE TABLE leaflink_listings (
    tenant                TEXT NOT NULL,
    product               TEXT NOT NULL,
    -- "Create LeafLink product".
    create_product        INTEGER NOT NULL CHECK (create_product IN (0, 1)),
    -- Absent: the product's own.
    name                  TEXT,
    sku                   TEXT,
    description           TEXT,
    -- Absent: nobody ticked or unticked it yet.
    show_inventory        INTEGER CHECK (show_inventory IN (0, 1)),
    license               INTEGER,
    brand                 INTEGER,
    product_line          INTEGER,
    category              INTEGER,
    subcategory           INTEGER,
    inventory_management  TEXT CHECK (inventory_management IN ('unlimited', 'inherited', 'managed')),
    -- As LeafLink states them: for one case if it is sold in multiples, else for one unit.
    wholesale_price       TEXT,
    sale_price            TEXT,
    -- For one unit.
    retail_price          TEXT,
    -- Units.
    minimum_order         TEXT,
    maximum_order         TEXT,
    strain_classification TEXT,
    strain                INTEGER,
    -- In cases of the product's units_per_case. Absent as above.
    sell_in_multiples     INTEGER CHECK (sell_in_multiples IN (0, 1)),
    PRIMARY KEY (tenant, product),
    FOREIGN KEY (tenant, product) REFERENCES products
) STRICT, WITHOUT ROWID;
