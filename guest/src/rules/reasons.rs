//! The table of reasons: every code, what it means, how it weighs, and the step that puts it right.
//!
//! It is the one source for the component's answers, the e-mails, the program's tables and the
//! tests. A code is never reused for another meaning.

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident, $code:literal, $weight:ident, $meaning:literal, $fix:literal;)*) => {
        /// A reason code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            /// The stable kebab-case word.
            pub fn word(self) -> &'static str {
                match self { $(Code::$variant => $code,)* }
            }

            /// What it means, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$variant => $meaning,)* }
            }

            /// The step that puts it right; empty when nothing needs doing.
            pub fn fix(self) -> &'static str {
                match self { $(Code::$variant => $fix,)* }
            }

            /// Whether it stops the thing it is about.
            pub fn blocks(self) -> bool {
                match self { $(Code::$variant => Weight::$weight.blocks(),)* }
            }
        }
    };
}

enum Weight {
    Blocking,
    Notice,
}

impl Weight {
    fn blocks(self) -> bool {
        matches!(self, Weight::Blocking)
    }
}

reasons! {
    // --- The gate of "How to Sync Orders", item 2. ---
    NoSalesRep, "no-sales-rep", Blocking,
        "The LeafLink order has no sales rep.",
        "Open the order in LeafLink and add a sales rep.";
    SalesRepNotConnected, "sales-rep-not-connected", Blocking,
        "A sales rep of the LeafLink order is not connected to an ERP user.",
        "Settings, Integrations, LeafLink, Users: choose the ERP user for this sales rep.";
    SalesRepUserUnavailable, "sales-rep-user-unavailable", Blocking,
        "The ERP user that a sales rep is connected to is no longer active.",
        "Settings, Integrations, LeafLink, Users: connect the sales rep to an active user.";
    ProductNotConnected, "product-not-connected", Blocking,
        "A product of the LeafLink order is not connected to an ERP product.",
        "Settings, Integrations, LeafLink, Unlinked Products: link it to its ERP product.";
    InsufficientStock, "insufficient-stock", Blocking,
        "The ERP has less of a product than the LeafLink order asks for.",
        "Receive or free stock of the product, or lower the quantity in LeafLink.";
    LineUnitDiffers, "line-unit-differs", Blocking,
        "A line of the LeafLink order is counted in another unit type than the ERP product that it is connected to.",
        "Link the LeafLink product to an ERP product of its unit type, or give both the same unit type and have what was ordered in the other placed anew.";
    StockUnknown, "stock-unknown", Blocking,
        "The ERP does not know how much of a product there is.",
        "Bring the product's stock up to date in the ERP.";

    // --- What LeafLink sent cannot be used. ---
    OrderUnreadable, "order-unreadable", Blocking,
        "LeafLink's answer for the order is not JSON.",
        "Nothing to do at first: the order is read again. If it stays, ask LeafLink's support about the order.";
    FieldUnusable, "field-unusable", Blocking,
        "A field of the LeafLink order is missing or is not what LeafLink's API describes.",
        "Correct the field in LeafLink, or ask LeafLink's support why it is so.";
    UnknownStatus, "unknown-status", Blocking,
        "The LeafLink order has a status that this component does not know.",
        "Ask the ERP's vendor for a newer component; the order waits unharmed.";
    NegativeQuantity, "negative-quantity", Blocking,
        "A line of the LeafLink order has a negative quantity.",
        "Correct the quantity in LeafLink; money given back belongs in a line with a negative price.";
    CurrencyNotSupported, "currency-not-supported", Blocking,
        "An amount of the LeafLink order is in another currency than the company's.",
        "Enter the order in LeafLink in the company's currency.";
    TextTooLong, "text-too-long", Blocking,
        "A text of the LeafLink order is longer than the ERP takes.",
        "Shorten the text in LeafLink.";
    NameWithMarkup, "name-with-markup", Blocking,
        "A name in the LeafLink order holds markup or control characters.",
        "Correct the name in LeafLink: plain text only.";
    TooManyLines, "too-many-lines", Blocking,
        "The LeafLink order has more lines than one sales order takes.",
        "Split the order in LeafLink.";
    AnswerTooLarge, "answer-too-large", Blocking,
        "LeafLink's answer for the order is larger than the host takes.",
        "Shorten the order's notes or split the order in LeafLink.";
    WrongOrder, "wrong-order", Blocking,
        "LeafLink answered with another order than the one asked for.",
        "Nothing to do at first: the order is read again. If it stays, ask LeafLink's support.";

    // --- Money. ---
    TotalDiffersTooMuch, "total-differs-too-much", Blocking,
        "LeafLink's total differs from the sum of the order's parts by more than the settings allow.",
        "Compare the parts with the order in LeafLink; raise the bound in the settings to let it through.";
    TotalDiffers, "total-differs", Notice,
        "LeafLink's total differs from the sum of the order's parts.",
        "Compare the parts with the order in LeafLink.";
    TaxNotMatched, "tax-not-matched", Notice,
        "The LeafLink order has a tax and the ERP has none of that percentage, so the sales order has no tax.",
        "Create a tax with that percentage in the ERP for orders to come, or add the tax to this sales order.";
    TaxAmbiguous, "tax-ambiguous", Notice,
        "More than one ERP tax has the percentage of the LeafLink order's tax; the one with the lowest id was taken.",
        "Check the tax of the sales order; keep one tax for each percentage.";

    // --- How the sales order came out. ---
    CustomerNotConnected, "customer-not-connected", Notice,
        "The LeafLink customer is not connected to an ERP company, so the sales order has no customer.",
        "Choose the customer on the sales order; from then on the two are connected.";
    CustomerAmbiguous, "customer-ambiguous", Notice,
        "More than one ERP company is connected to the LeafLink customer; the one with the lowest id was taken.",
        "Edit the LeafLink Customer of the companies, so that only one has it.";
    AddressNotFilled, "address-not-filled", Notice,
        "The customer has no address or several, so billing and shipping address are empty.",
        "Choose the addresses on the sales order.";
    LocationGone, "location-gone", Notice,
        "The inventory source that the settings name no longer exists, so the sales order has none.",
        "Settings, Integrations, LeafLink, Settings: choose the inventory source again.";
    SalesRepAtRandom, "sales-rep-at-random", Notice,
        "The LeafLink order has several sales reps; the owner was drawn at random among them.",
        "";
    StatusAhead, "status-ahead", Notice,
        "LeafLink's order is further along than the sales order can be.",
        "Fulfil the lines of the sales order in the ERP; its status then follows.";

    // --- Not imported, and nothing to do. ---
    OrderNotPlaced, "order-not-placed", Notice,
        "The order is a draft in LeafLink.",
        "";
    OrderOnBackorder, "order-on-backorder", Notice,
        "The order is on backorder in LeafLink; it comes over when it is accepted.",
        "";
    OrderOver, "order-over", Notice,
        "The order was rejected, cancelled or combined in LeafLink before it came over.",
        "";
    PlacedBeforeConnection, "placed-before-connection", Notice,
        "The order was placed and settled before the integration was connected.",
        "";
    UnlinkedUntilEdited, "unlinked-until-edited", Notice,
        "Its sales order was deleted in the ERP; it comes over again, as a new one, when it is edited in LeafLink.",
        "";

    // --- "Updating Orders". ---
    FulfilledLineEdited, "fulfilled-line-edited", Blocking,
        "A line was changed or removed in LeafLink that is partly or fully fulfilled in the ERP.",
        "Make the change in the ERP: unassign the packages first, or change the line there.";
    LineAddedTooLate, "line-added-too-late", Blocking,
        "A line was added in LeafLink to an order that is past processing in the ERP.",
        "Remove the line in LeafLink and place it as a new order.";
    RejectedTooLate, "rejected-too-late", Blocking,
        "The order was called off in LeafLink, and the sales order is ready to ship or beyond.",
        "Cancel the sales order in the ERP, or go on and settle it with the customer.";
    CustomerMatchAmbiguous, "customer-match-ambiguous", Notice,
        "Several ERP companies agree as much with the LeafLink customer, so none was connected.",
        "Choose the customer on the sales order; from then on the two are connected.";
    CustomerMatched, "customer-matched", Notice,
        "The LeafLink customer was connected to an ERP company, because enough agrees.",
        "If it is the wrong one, edit the LeafLink Customer of the company.";
    NoDeliveryDate, "no-delivery-date", Notice,
        "The sales order has no delivery date, so LeafLink's order gets no ship date.",
        "Fill in the delivery date of the sales order.";
    NotFromLeafLink, "not-from-leaflink", Notice,
        "The sales order did not come from LeafLink, or was unlinked.",
        "";
    StepNotAllowed, "step-not-allowed", Blocking,
        "LeafLink does not let the order go where the sales order is.",
        "Move the order by hand in LeafLink, or correct the sales order's status.";
    PaymentTermRequired, "payment-term-required", Blocking,
        "LeafLink keeps the order at Submitted until it has a payment term.",
        "Choose a payment term on the order in LeafLink, and disable \"Require Order Payment Term\" there for orders to come.";
    WriteRefused, "write-refused", Blocking,
        "LeafLink refused a change to the order.",
        "See LeafLink's own words; it is tried again when the order changes on either side.";

    // --- Payments. ---
    PaymentsOff, "payments-off", Notice,
        "Payments are not recorded in LeafLink, because the setting is off.",
        "";
    PaymentBeforeToggle, "payment-before-toggle", Notice,
        "The payment was entered before the setting was turned on.",
        "";
    PaymentTakenBackUnsent, "payment-taken-back-unsent", Notice,
        "The payment was voided or deleted before LeafLink had it, so nothing is recorded there.",
        "";
    PaymentOfZero, "payment-of-zero", Blocking,
        "The payment is of 0, which LeafLink cannot record.",
        "Delete the payment in the ERP, or enter it anew with its amount.";
    PaymentInOtherCurrency, "payment-in-other-currency", Blocking,
        "The payment is in another currency than the company's.",
        "Enter the payment in the ERP in the company's currency.";
    PaymentNotExact, "payment-not-exact", Blocking,
        "The payment's amount has more than two places, or is too large for LeafLink.",
        "Enter the payment in the ERP with an amount to the cent.";
    PaymentDateUnusable, "payment-date-unusable", Blocking,
        "The payment's date is none that LeafLink takes.",
        "Enter the payment in the ERP with the date on which it was made.";
    PaymentRecorderUnknown, "payment-recorder-unknown", Blocking,
        "LeafLink asks who recorded a payment, and the ERP user who did is not connected to a LeafLink user.",
        "Settings, Integrations, LeafLink, Users: connect a LeafLink user to this ERP user, or name one for all such payments in the settings.";
    PaymentMarkMissing, "payment-mark-missing", Blocking,
        "The host holds no key to mark payments with, and without a mark a payment could be recorded twice.",
        "Report this to the ERP's vendor.";
    PaymentStandsAgain, "payment-stands-again", Blocking,
        "The payment counts again in the ERP, and LeafLink has it as taken back.",
        "Delete the payment in the ERP and enter it anew.";
    PaymentAmountChanged, "payment-amount-changed", Blocking,
        "The payment's amount was changed in the ERP after LeafLink had it.",
        "Put the amount back, or void the payment and enter it anew: LeafLink's entries cannot be changed.";
    PaymentRefused, "payment-refused", Blocking,
        "LeafLink refused the payment.",
        "See LeafLink's own words, put that right, and sync the payment again.";
    PaymentConflict, "payment-conflict", Blocking,
        "LeafLink has a payment with this payment's mark that is not the same.",
        "Compare the two, correct LeafLink by hand, and sync the payment again.";
    PaymentAlike, "payment-alike", Blocking,
        "LeafLink did not answer when the payment was sent, and has a new one of the same amount, day and type without its mark.",
        "Look at the order's payments in LeafLink: if that one is this payment, drop the queued write; if it is another, sync the payment again.";
    PaymentUnanswered, "payment-unanswered", Blocking,
        "LeafLink did not answer several times when the payment was sent, and does not show it either.",
        "Look at the order's payments in LeafLink; if it is not there, sync the payment again.";
    PaymentNotFound, "payment-not-found", Blocking,
        "The ERP has no such payment.",
        "Check the payment's id.";

    // --- Transfers. ---
    TransferLeavesStatus, "transfer-leaves-status", Notice,
        "A matched transfer leaves the sales order's status as it is.",
        "";
    TransferUnmatched, "transfer-unmatched", Notice,
        "The Metrc transfer no longer matches the sales order, so the sales order is PROCESSING again; LeafLink's order stays where it is.",
        "";
    TransferRejected, "transfer-rejected", Blocking,
        "The buyer turned a Metrc transfer away.",
        "Settle the return in the ERP, and correct the order in LeafLink; neither status is changed by itself.";
    TransferNotFound, "transfer-not-found", Blocking,
        "The ERP has no such transfer.",
        "Check the transfer's id.";

    // --- "How to Sync Inventory". ---
    ProductNotLinked, "product-not-linked", Blocking,
        "The ERP product is not linked to a LeafLink product, so its stock goes nowhere.",
        "Settings, Integrations, LeafLink, Unlinked Products: link it to its LeafLink product.";
    LeafLinkProductGone, "leaflink-product-gone", Blocking,
        "LeafLink has no product of the id that the ERP product is linked to.",
        "Settings, Integrations, LeafLink, Linked Products: unlink it, and link it to the product that took its place.";
    LeafLinkProductUnusable, "leaflink-product-unusable", Blocking,
        "A field of the LeafLink product is missing or is not what LeafLink's API describes.",
        "Correct the field in LeafLink, or ask LeafLink's support why it is so.";
    LeafLinkProductUnanswered, "leaflink-product-unanswered", Blocking,
        "LeafLink answers for other products, and not for this one.",
        "Nothing to do at first: it is asked for again each time. If it stays, open the product in LeafLink, and ask LeafLink's support about it.";
    StockNegative, "stock-negative", Blocking,
        "The ERP has less than nothing on hand of a product, so its stock is not pushed.",
        "Count the product in the ERP and correct what is on hand.";
    UnitNotConvertible, "unit-not-convertible", Blocking,
        "The ERP and LeafLink count a product in different units, so its stock is not pushed.",
        "Give the product the same unit of measure on both sides, or link it to a LeafLink product of its own unit.";
    StockNegativeSomewhere, "stock-negative-somewhere", Notice,
        "The ERP has less than nothing of a product on hand at a location, which is taken off what there is at the others.",
        "Count the product at that location and correct what is on hand.";
    StockOversold, "stock-oversold", Notice,
        "More of a product is reserved in the ERP than is on hand, so LeafLink gets 0.",
        "Receive or free stock of the product.";
    StockHeldBack, "stock-held-back", Notice,
        "Some of a product is promised on LeafLink orders that the ERP does not subtract yet, so it is not offered again.",
        "See to the orders that wait; what they hold is then subtracted by the ERP, or free.";
    StockUnlimited, "stock-unlimited", Notice,
        "LeafLink sells the product without limit, so its stock is not pushed.",
        "";
    StockInherited, "stock-inherited", Notice,
        "LeafLink got the product's stock once, at the first sync; from then on it is changed in LeafLink.",
        "";

    // --- The outside. ---
    ErpRefused, "erp-refused", Blocking,
        "The ERP refused the sales order.",
        "See the ERP's own words; the order is tried again when it or the ERP changes.";
    OrderNotFound, "order-not-found", Blocking,
        "LeafLink has no such order.",
        "Check the order number.";
    LeafLinkUnavailable, "leaflink-unavailable", Blocking,
        "LeafLink did not answer, or asked to be asked later.",
        "Nothing to do: the call is made again.";
    LeafLinkBusy, "leaflink-busy", Blocking,
        "LeafLink's limit on requests is used up for now, so nothing was asked of it.",
        "Nothing to do: the call is made again.";
    WriteDropped, "write-dropped", Notice,
        "A person decided that a queued write does not go to LeafLink.",
        "";
    WriteNotFound, "write-not-found", Blocking,
        "No write of this name waits for a person.",
        "Look at the list again; somebody else may have seen to it.";
    WriteOverdue, "write-overdue", Blocking,
        "A queued write does not go through, and LeafLink can be read.",
        "See in the journal what LeafLink answered to it. It is tried again about every hour; if LeafLink keeps to that answer, make the change in LeafLink by hand or ask LeafLink's support.";
    SyncPaused, "sync-paused", Notice,
        "For a while nobody asked for LeafLink's changes; what changed meanwhile is read now.",
        "See why the ERP's background work stood still.";
    PollingStalled, "polling-stalled", Blocking,
        "LeafLink's changes could not be read to their end for a while.",
        "See the last failures of the sync: LeafLink may be down, or refuse the API key.";
    RecordInTheWay, "record-in-the-way", Blocking,
        "A record in LeafLink's list cannot be read, so the list is read from before it each time.",
        "Ask LeafLink's support about the record; everything else goes on.";
    WebhooksMissing, "webhooks-missing", Blocking,
        "Webhooks used to come, and an order changed without one.",
        "In LeafLink, Settings, Developer Options: see that the webhook is enabled, with both types and this ERP's address. Polling goes on.";
    LeafLinkSilent, "leaflink-silent", Blocking,
        "No order changed in LeafLink for much longer than ever before.",
        "Open LeafLink and compare its newest order with the ERP's; if one is missing, check the API key's company and permissions.";
    LeafLinkKeyRefused, "leaflink-key-refused", Blocking,
        "LeafLink refused the API key.",
        "Settings, Integrations, LeafLink, API Key: paste the key again, and check the app's permissions in LeafLink.";
    LeafLinkForbidden, "leaflink-forbidden", Blocking,
        "LeafLink does not let this API key read or change something.",
        "In LeafLink, give the app of this API key the permission that LeafLink's words are about. An order then comes over by itself; a write that waits is to be tried again.";
    LeafLinkRefused, "leaflink-refused", Blocking,
        "LeafLink refused the request.",
        "See LeafLink's own words.";
    RequestNotAllowed, "request-not-allowed", Blocking,
        "The host refused to send a request to LeafLink.",
        "Report this to the ERP's vendor.";
    StoredStateUnreadable, "stored-state-unreadable", Blocking,
        "The component's own stored state cannot be read.",
        "Report this to the ERP's vendor; nothing was changed.";
    ErpUnavailable, "erp-unavailable", Blocking,
        "The ERP's database did not answer.",
        "Nothing to do: the call is made again.";
    UserNotFound, "user-not-found", Blocking,
        "The ERP has no such user.",
        "Choose a user from the list.";
    CompanyNotFound, "company-not-found", Blocking,
        "The ERP has no such company.",
        "Choose a company from the list.";
    CustomerNotFound, "customer-not-found", Blocking,
        "LeafLink has no such customer.",
        "Choose a customer from the list.";
    ProductNotFound, "product-not-found", Blocking,
        "The ERP has no such product.",
        "Choose a product from the list.";
    LeafLinkProductNotFound, "leaflink-product-not-found", Blocking,
        "LeafLink has no such product.",
        "Choose a product from the list.";
    ProductUnusable, "product-unusable", Blocking,
        "A product in the list that LeafLink sent cannot be read.",
        "Correct the product in LeafLink, or ask LeafLink's support why it is so; the others are not affected.";

    // --- "How to Sync Products": linking. ---
    ProductLinkLocked, "product-link-locked", Blocking,
        "The ERP product is linked to another LeafLink product, and a link is locked.",
        "Unlink the product first.";
    LeafLinkProductTaken, "leaflink-product-taken", Blocking,
        "The LeafLink product is linked to another ERP product; a link is one to one.",
        "Unlink that ERP product first, or choose another LeafLink product.";
    LeafLinkProductArchived, "leaflink-product-archived", Blocking,
        "The LeafLink product is archived.",
        "Choose a product that is there, or bring it back in LeafLink.";
    UnitTypeDiffers, "unit-type-differs", Blocking,
        "The ERP product and the LeafLink product have different unit types.",
        "Choose a LeafLink product of the same unit type, or change the unit type on one side.";
    ListingFieldMissing, "listing-field-missing", Blocking,
        "A field that LeafLink needs is empty on the product's LeafLink tab.",
        "Fill it in on the LeafLink tab of the product.";
    ListingFieldInvalid, "listing-field-invalid", Blocking,
        "A field of the product's LeafLink tab holds something that LeafLink does not take.",
        "Correct it on the LeafLink tab of the product.";
    ListingChoiceGone, "listing-choice-gone", Blocking,
        "What was chosen on the product's LeafLink tab is no longer there in LeafLink.",
        "Choose another on the LeafLink tab of the product.";
    ListingRefused, "listing-refused", Blocking,
        "LeafLink refused a field of the product.",
        "See LeafLink's own words, and correct the field on the LeafLink tab of the product; it is then sent again.";
    ListingFieldKept, "listing-field-kept", Notice,
        "A field of a linked product was emptied, and LeafLink's API has no way to take it away.",
        "Take it away in LeafLink, or choose another on the LeafLink tab of the product.";
    ListingOverruled, "listing-overruled", Notice,
        "The name, SKU or unit type of a linked product was changed in LeafLink, which gets the ERP's again.",
        "Change name, SKU and unit type in the ERP; LeafLink follows.";
    ListingPriceKept, "listing-price-kept", Notice,
        "A price of a linked product was changed on its LeafLink tab and is not sent, because the setting for prices is off.",
        "";
    ListingPriceFollows, "listing-price-follows", Notice,
        "The Wholesale Price of a linked product was changed on its LeafLink tab and is not sent, because it follows the product's own Sale Price.",
        "Change the product's Sale Price; LeafLink's Wholesale Price then follows.";
    WholesalePriceStays, "wholesale-price-stays", Notice,
        "LeafLink's wholesale price stays as it is and is for something else from now on, because the setting for prices is off.",
        "Correct the Wholesale Price of the product in LeafLink at once, or turn on the setting that keeps prices in step; until then it is sold at that price.";
    CreateTickSettled, "create-tick-settled", Notice,
        "The product was unlinked from its LeafLink product, and \"Create LeafLink product\" is ticked since before that.",
        "To have another LeafLink product made, untick it and save, and after the next sync tick it and save again; or link the product to one that is there.";
    SellerUnknown, "seller-unknown", Blocking,
        "LeafLink does not say which company the products of this API key are sold by.",
        "Settings, Integrations, LeafLink, API Key: use the key of one LeafLink company that sells. The product is then made by itself.";
    LeafLinkProductExists, "leaflink-product-exists", Blocking,
        "LeafLink has a product of this name and SKU already, so no second one is made.",
        "Link the product to it, or give the new one another name or SKU.";
    NewProductConflict, "new-product-conflict", Blocking,
        "LeafLink has several products where it should have the one that was made.",
        "Archive in LeafLink all but one of them, and link the product to that one.";
    NewProductUnanswered, "new-product-unanswered", Blocking,
        "LeafLink did not answer several times when the product was to be made, and does not show it either.",
        "Look for the product in LeafLink; if it is there, link it, and otherwise save the product's form again.";
    NewProductTooLate, "new-product-too-late", Blocking,
        "LeafLink made the product, and meanwhile it was linked to another one.",
        "Archive the new product in LeafLink, or unlink the product and link it to the new one.";
    CatalogueNotRead, "catalogue-not-read", Blocking,
        "LeafLink's products were not read to the end yet.",
        "Nothing to do: the host reads them by polling products; ask again afterwards.";
    // --- Prices. ---
    PricesOff, "prices-off", Notice,
        "Prices are not kept in step, because the setting is off.",
        "";
    PriceWithoutLink, "price-without-link", Notice,
        "The product is linked to none of the other side, so its price follows none.",
        "";
    PriceOverruled, "price-overruled", Notice,
        "LeafLink's wholesale price gave way to the ERP's sale price, which goes first.",
        "Change prices in the ERP; LeafLink follows.";
    SalePriceMissing, "sale-price-missing", Blocking,
        "The ERP product has no sale price, or one of 0, so LeafLink gets none.",
        "Enter the Sale Price of the product in the ERP.";
    WholesalePriceMissing, "wholesale-price-missing", Blocking,
        "LeafLink's product has no wholesale price any more, or one of 0, so the ERP's stays.",
        "Enter the Wholesale Price in LeafLink, or change the Sale Price in the ERP, which is then sent.";
    PriceNegative, "price-negative", Blocking,
        "A price is below 0.",
        "Enter a price above 0.";
    PriceNotExact, "price-not-exact", Blocking,
        "A price has more than two places as LeafLink states it, or is too large for LeafLink.",
        "Enter a price that makes whole cents.";
    PriceInOtherCurrency, "price-in-other-currency", Blocking,
        "A price is in another currency than the company's.",
        "Enter the price in the company's currency.";
    UnitsPerCaseUnusable, "units-per-case-unusable", Blocking,
        "A case holds no units, or no whole number of them.",
        "Correct the Units Per Case of the product.";
    UnitsPerCaseDiffer, "units-per-case-differ", Blocking,
        "The ERP and LeafLink count another number of units in one case, so neither price is the other's.",
        "Enter the same Units Per Case on both sides.";
    PriceRefused, "price-refused", Blocking,
        "LeafLink refused the price.",
        "See LeafLink's own words, and correct the price in the ERP or the product in LeafLink; it is then sent again.";
    PriceRefusedByErp, "price-refused-by-erp", Blocking,
        "The ERP refused the price that LeafLink has.",
        "See the ERP's own words; put that right, or change the price back in LeafLink.";

    // --- The drift report. ---
    DifferenceGone, "difference-gone", Notice,
        "The two sides agree by now.",
        "";
    DifferenceUnknown, "difference-unknown", Blocking,
        "No drift report gives a difference of this id.",
        "Take the id from a drift report.";
    RepairOnItsWay, "repair-on-its-way", Notice,
        "The difference is seen to already.",
        "";
    RepairRefused, "repair-refused", Blocking,
        "No write would remove the difference, or none may be sent.",
        "See what stands in the way, and put that right first.";

    // --- The rest. ---
    RecordUnusable, "record-unusable", Blocking,
        "A record in a list that LeafLink sent names no order.",
        "Nothing to do for this company; ask LeafLink's support if it goes on.";
    StampAhead, "stamp-ahead", Notice,
        "A record of LeafLink's says that it was changed at a time that is to come.",
        "";
}

impl Code {
    /// Whether only an edit in LeafLink can make the reason go away. Such an order need not be read
    /// again before LeafLink says that it was changed.
    pub fn needs_edit_in_leaflink(self) -> bool {
        matches!(
            self,
            Code::NoSalesRep
                | Code::FieldUnusable
                | Code::UnknownStatus
                | Code::NegativeQuantity
                | Code::CurrencyNotSupported
                | Code::TextTooLong
                | Code::NameWithMarkup
                | Code::TooManyLines
                | Code::AnswerTooLarge
        )
    }

    /// The code of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Code::ALL.iter().copied().find(|code| code.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::Code;
    use std::collections::BTreeSet;

    #[test]
    fn words_are_kebab_case_and_given_once() {
        let words: BTreeSet<_> = Code::ALL.iter().map(|code| code.word()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        for word in words {
            assert!(word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{word}");
        }
    }

    #[test]
    fn what_blocks_says_how_to_put_it_right() {
        for code in Code::ALL {
            assert!(code.meaning().ends_with('.'), "{}", code.word());
            assert!(!code.blocks() || code.fix().ends_with('.'), "{}", code.word());
        }
    }
}
