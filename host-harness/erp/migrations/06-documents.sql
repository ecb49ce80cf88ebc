-- Invoices and shipping manifests as they are printed: with the sales order's number and, for an
-- order that came from LeafLink, LeafLink's order number.
CREATE VIEW documents AS
SELECT d.tenant, d.kind, d.number, o.number AS sales_order, o.leaflink_short_id AS leaflink_order,
       o.leaflink_number
FROM (
    SELECT tenant, 'INVOICE' AS kind, number, sales_order FROM invoices
    UNION ALL
    SELECT tenant, 'SHIPPING_MANIFEST', ifnull(manifest_number, id), sales_order FROM transfers
) d
JOIN sales_orders o ON o.tenant = d.tenant AND o.id = d.sales_order;
