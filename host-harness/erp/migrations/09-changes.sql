-- What people changed and the component has not looked at since. A row commits with the change that
-- it tells of, and goes when a look that began after the change has committed.
CREATE TABLE changes (
    tenant             TEXT NOT NULL REFERENCES tenants,
    kind               TEXT NOT NULL CHECK (kind IN ('SALES_ORDER', 'DELETED_SALES_ORDER', 'PRODUCT',
        'PAYMENT', 'TRANSFER')),
    id                 TEXT NOT NULL,
    -- Of a sales order.
    leaflink_number    TEXT,
    -- Of a deleted sales order: whether LeafLink's order is to be rejected.
    reject_in_leaflink INTEGER NOT NULL CHECK (reject_in_leaflink IN (0, 1)),
    -- Rises with every change, so that one that is made during a look is not forgotten with it.
    change             INTEGER NOT NULL,
    PRIMARY KEY (tenant, kind, id)
) STRICT, WITHOUT ROWID;
