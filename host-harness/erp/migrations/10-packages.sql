-- A line can be packed from several Metrc packages of one place, each known by its tag. Absent: goods
-- of which nobody named the package.
ALTER TABLE sales_order_packages ADD COLUMN tag TEXT;
DROP INDEX one_package_row_per_place;
CREATE UNIQUE INDEX one_row_per_package
    ON sales_order_packages (tenant, line, ifnull(location, ''), ifnull(tag, ''));
CREATE INDEX sales_order_packages_by_tag ON sales_order_packages (tenant, tag) WHERE tag IS NOT NULL;
