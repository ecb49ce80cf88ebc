//! The LeafLink tab of a product: read, asked of the rules, carried out.

use rust_decimal::Decimal;

use super::side::Side;
use crate::bindings::leaflink_sync::host::types as wit;
use crate::handlers::letters::{self, Kind};
use crate::handlers::settings::in_force;
use crate::host::answer::{self, Failure, effect, set};
use crate::host::leaflink::{Found, try_again};
use crate::host::listings::{self, ListingRecord, ListingWish, NewProductWish, Product, fields, stored};
use crate::host::outbox::{self, Intent, Subject, Wish};
use crate::host::rounds::PRODUCTS;
use crate::host::state::ReasonRecord;
use crate::host::{self, choices, erp, prices, webhooks};
use crate::leaflink::listing::shown;
use crate::rules::decision::Reason;
use crate::rules::ids::{LeafLinkProductId, ProductId};
use crate::rules::once::Progress;
use crate::rules::product::link;
use crate::rules::product::listing::change::{self, Change};
use crate::rules::product::listing::form::{Entry, Said, missing, money};
use crate::rules::product::listing::{Choices, Field, Form, List, Tab, Values, value};
use crate::rules::product::price::{self, Action, Price, Sides};
use crate::rules::reasons::Code;
use crate::rules::settings::Settings;

/// What was decided, and what is to be kept and sent for it.
pub struct Look {
    product: Product,
    record: ListingRecord,
    plan: Plan,
    /// A person saved the product's form; otherwise LeafLink's side was looked at.
    asked: bool,
}

/// What to do.
enum Plan {
    /// Nothing, for these reasons; blocking ones hold it.
    Nothing(Vec<Reason>),
    /// It is on its way already.
    UnderWay,
    /// A new product.
    Create(NewProductWish),
    /// Fields of the linked product; none: to be remembered only.
    Change(LeafLinkProductId, Change),
}

/// Looks at a product as it now is.
///
/// `asked`: a person saved its form; otherwise LeafLink's side moved. `keep`: what is read of
/// LeafLink's lists may be kept.
pub fn look(
    id: &ProductId,
    side: Option<&Side>,
    asked: bool,
    keep: bool,
    settings: &Settings,
) -> Result<Option<Look>, Failure> {
    let Some(product) = listings::product(id)? else { return Ok(None) };
    let record = listings::record(id)?;
    let plan = match side.filter(|side| product.leaflink == Some(side.id)) {
        Some(side) => linked(&product, side, &record, settings, keep)?,
        None => alone(&product, &record, settings, keep)?,
    };
    Ok(Some(Look { product, record, plan, asked }))
}

/// Notes what a product that is linked, and was never looked at since, says of itself: what is said
/// otherwise at the first look was edited, and in what LeafLink (`there`) agrees, the ERP goes first.
/// `anew`: it has just been linked.
pub fn note_seen(product: &Product, there: &Values, anew: bool) -> Result<(), Failure> {
    let Some(leaflink) = product.leaflink else { return Ok(()) };
    let mut record = listings::record(&product.id)?;
    let is_known = record.seen.as_ref().is_some_and(|(id, _)| *id == leaflink.0) && !anew;
    if is_known || record.leaflink == Some(leaflink.0) {
        return Ok(());
    }
    let own = |entry: Entry| match entry {
        Entry { field, value: Ok(value), said: Said::Product } => Some((field, value)),
        _ => None,
    };
    let entries =
        form(product, &product.tab.clone().unwrap_or_default(), "", None).entries(&Choices::default());
    let values: Values = entries.into_iter().filter_map(own).collect();
    record.seen = Some((leaflink.0, stored(&values)));
    record.theirs = stored(there);
    listings::put_record(&product.id, &record)
}

/// The fields that a queued write would set.
fn wanted(queued: Option<&Intent>) -> Values {
    match queued.map(|queued| &queued.wish) {
        Some(Wish::Listing(wish)) => fields(&wish.values),
        _ => Values::new(),
    }
}

/// The form of a linked product and what a look at it would do, LeafLink's lists of choices aside.
#[derive(Clone)]
pub struct Compared {
    /// The product.
    pub product: Product,
    /// What is kept about it.
    pub record: ListingRecord,
    /// What the form says.
    pub entries: Vec<Entry>,
    /// What a look would do.
    pub change: Change,
}

/// Compares a linked product's form with what LeafLink shows.
pub fn compared(
    product: Product,
    leaflink: LeafLinkProductId,
    shown: &Values,
    settings: &Settings,
) -> Result<Compared, Failure> {
    let record = listings::record(&product.id)?;
    let tab = product.tab.clone().unwrap_or_default();
    let entries = form(&product, &tab, &erp::currency()?, None).entries(&Choices::default());
    let change = change(&product, &record, leaflink, &entries, Some(shown), settings)?;
    Ok(Compared { product, record, entries, change })
}

/// What a look at a linked product's form comes to: what was edited, unless LeafLink counts in another
/// unit type, with the price that goes along, unless it cannot. Without what LeafLink shows (`there`)
/// neither is known before it is sent.
fn change(
    product: &Product,
    record: &ListingRecord,
    leaflink: LeafLinkProductId,
    entries: &[Entry],
    there: Option<&Values>,
    settings: &Settings,
) -> Result<Change, Failure> {
    let shown = there.map(Vec::as_slice).unwrap_or_default();
    let mut change = match record.applied(leaflink) {
        Some(applied) => change::later(entries, &applied, settings.sync_prices),
        None => change::first(entries, shown, &record.seen(leaflink), settings.sync_prices),
    };
    let Some(there) = there else { return Ok(change) };
    let queued = outbox::intent(&Subject::Listing(product.id.clone()))?;
    change.overrule(there, &wanted(queued.as_ref()));
    let on_its_way = queued.is_some_and(|queued| !queued.is_dropped());
    change.hold_for_unit(unit_differs(product, leaflink, there), on_its_way);
    if settings.sync_prices && say_what_is_priced(&change.send) && !lacks_case_size(&change) {
        match price_along(product, leaflink, &change.send, there)? {
            Ok((price, notices)) => {
                change.send.extend(price.map(|price| (Field::WholesalePrice, price)));
                change.reasons.extend(notices);
            }
            Err(reason) => change.reasons.push(*reason),
        }
    } else if !settings.sync_prices && !change.is_blocked() {
        change.reasons.extend(change::price_that_stays(&product.name, &change.send, there));
    }
    Ok(change)
}

/// Queues a field for LeafLink, which shows it no more. What makes a case goes together, and a product
/// that was never looked at as its first look would send it.
pub fn send_again(
    compared: Compared,
    leaflink: LeafLinkProductId,
    field: Field,
) -> Result<Vec<wit::Effect>, Failure> {
    let Compared { product, record, entries, change } = compared;
    let mut change =
        record.applied(leaflink).map_or(change, |applied| Change { applied, ..Change::default() });
    let case = [Field::SellInMultiples, Field::UnitsPerCase];
    for entry in entries {
        let is_wanted = entry.field == field || (case.contains(&field) && case.contains(&entry.field));
        if let (true, Ok(wanted)) = (is_wanted, entry.value) {
            change.set(entry.field, wanted);
        }
    }
    let look = Look { product, record, plan: Plan::Change(leaflink, change), asked: true };
    let id = look.product.id.clone();
    let outcome = outcome(look)?;
    for (subject, intent) in outcome.intents {
        outbox::put_intent(&subject, &intent)?;
    }
    listings::put_record(&id, &outcome.record)?;
    Ok(outcome.decision.effects)
}

/// Looks at a product once more, because LeafLink has just got it as this. Made it is, whatever LeafLink
/// shows of it now: if that is not enough, it is looked at later.
pub fn look_again(id: &ProductId, made: LeafLinkProductId) -> Result<(), Failure> {
    let settings = in_force()?;
    match look(id, Some(&Side::of(made)), false, true, &settings) {
        Ok(Some(look)) => carry_out(look, &settings).map(drop),
        Ok(None) => Ok(()),
        Err(_) => webhooks::announce_product(made),
    }
}

/// Settles a new product that waits for a person, because the product is linked now. Answers what was
/// done.
pub fn settle_new(product: &Product) -> Result<Option<wit::Effect>, Failure> {
    let new =
        Writing { subject: Subject::NewProduct(product.id.clone()), name: &product.name, id: &product.id };
    let Some((intent, effect)) = new.settled()? else { return Ok(None) };
    outbox::put_intent(&new.subject, &intent)?;
    let mut record = listings::record(&product.id)?;
    record.made = record.made.saturating_add(1);
    listings::put_record(&product.id, &record)?;
    Ok(effect)
}

/// Looks at the next product of a round over those that wait for LeafLink to say who sells them; absent:
/// there is none left, or they wait for that still.
pub fn look_at_next() -> Result<Option<wit::Decision>, Failure> {
    let Some(id) = PRODUCTS.next()?.map(ProductId) else { return Ok(None) };
    match look_at_waiting(&id) {
        // What is sent meanwhile need not wait for LeafLink's answer to this.
        Err(Failure::Retry(_) | Failure::Misconfigured(_)) => PRODUCTS.end().map(|()| None),
        // One that cannot be read keeps no other from being looked at.
        Err(Failure::Reject(reason)) => {
            let decision = wit::Decision {
                stream: wit::Stream::Products,
                label: format!("Product {id}"),
                subject: id.0,
                outcome: wit::Outcome::Refused,
                reasons: vec![reason],
                effects: Vec::new(),
            };
            host::journal(&decision)?;
            Ok(Some(decision))
        }
        looked => looked,
    }
}

fn look_at_waiting(id: &ProductId) -> Result<Option<wit::Decision>, Failure> {
    let settings = in_force()?;
    let side = listings::product(id)?.and_then(|product| product.leaflink).map(Side::of);
    let Some(look) = look(id, side.as_ref(), false, true, &settings)? else {
        PRODUCTS.note(&id.0, false)?;
        return Ok(None);
    };
    let (decision, _) = carry_out(look, &settings)?;
    if decision.reasons.iter().any(|reason| reason.code == Code::SellerUnknown.word()) {
        PRODUCTS.end()?;
    }
    Ok(Some(decision))
}

/// Whether these fields say what a price is for: the unit type, or what a case holds.
pub fn say_what_is_priced(values: &[(Field, String)]) -> bool {
    let fields = [Field::UnitType, Field::UnitsPerCase, Field::SellInMultiples];
    fields.iter().any(|field| value(values, *field).is_some())
}

/// Whether the form does not say what a case holds, so that its price has nothing to add.
fn lacks_case_size(change: &Change) -> bool {
    let title = Some(Field::UnitsPerCase.title());
    change.reasons.iter().any(|reason| reason.fact("field") == title)
}

/// A product that is linked to nothing: with "Create LeafLink product" ticked, LeafLink gets it. A
/// tick is good for one product: unlinked again, it stays so until somebody ticks anew.
fn alone(
    product: &Product,
    record: &ListingRecord,
    settings: &Settings,
    keep: bool,
) -> Result<Plan, Failure> {
    let queued = outbox::intent(&Subject::NewProduct(product.id.clone()))?;
    let begun = queued.as_ref().is_some_and(|queued| match &queued.wish {
        Wish::NewProduct(wish) => wish.progress.begun(),
        _ => false,
    });
    // Whether LeafLink has it is not known; what changed since goes after it.
    if begun && !queued.as_ref().is_some_and(Intent::is_dropped) {
        return Ok(Plan::UnderWay);
    }
    let Some(tab) = product.tab.as_ref().filter(|tab| tab.create) else {
        return Ok(Plan::Nothing(Vec::new()));
    };
    if record.tick_settled {
        let message = format!(
            "{} was unlinked, and \"Create LeafLink product\" is still ticked from before: no other one is made.",
            product.name
        );
        return Ok(Plan::Nothing(vec![Reason::new(Code::CreateTickSettled, message)]));
    }
    // First of all, for lists of another company are no good.
    let seller = choices::seller(settings, keep)?;
    let mut reasons = Vec::new();
    let mut values = Values::new();
    for entry in entries(product, tab, settings, keep, true)? {
        match entry.value {
            Ok(value) => values.push((entry.field, value)),
            Err(reason) => reasons.push(*reason),
        }
    }
    if seller.is_none() {
        reasons.push(choices::no_seller());
    }
    let Some(seller) = seller.filter(|_| reasons.is_empty()) else { return Ok(Plan::Nothing(reasons)) };
    let mark = match &settings.external_id_key {
        Some(key) => listings::mark(&product.id, record.made).map(|mark| (key.clone(), mark)),
        None => None,
    };
    Ok(Plan::Create(NewProductWish {
        values: stored(&values),
        seller,
        mark,
        before: Vec::new(),
        progress: Progress::Ready,
        unanswered: 0,
    }))
}

/// A linked product: what was edited since it was last applied.
fn linked(
    product: &Product,
    side: &Side,
    record: &ListingRecord,
    settings: &Settings,
    keep: bool,
) -> Result<Plan, Failure> {
    let none = Tab::default();
    let entries = entries(product, product.tab.as_ref().unwrap_or(&none), settings, keep, false)?;
    let there = there(product, side)?;
    if let (None, Err(reason)) = (record.applied(side.id), &there) {
        // Whoever filled in nothing waits for nothing.
        let waits_for = product.tab.as_ref().map(|_| (**reason).clone());
        return Ok(Plan::Nothing(waits_for.into_iter().collect()));
    }
    let change = change(product, record, side.id, &entries, there.as_ref().ok(), settings)?;
    Ok(Plan::Change(side.id, change))
}

/// A wholesale price as the form writes it, if LeafLink's is to change, and what that overrules.
type Along = (Option<String>, Vec<Reason>);

/// The wholesale price that goes along with fields that say what it is for, so that LeafLink never
/// shows a price for something else; or why there is none, and nothing may go.
pub fn price_along(
    product: &Product,
    leaflink: LeafLinkProductId,
    send: &Values,
    there: &Values,
) -> Result<Result<Along, Box<Reason>>, Failure> {
    let own_currency = erp::currency()?;
    let units = value(send, Field::UnitsPerCase).or_else(|| value(there, Field::UnitsPerCase));
    let shown = value(there, Field::WholesalePrice).and_then(|shown| shown.split_once(' '));
    // In another unit type LeafLink's price is one for something else, whoever changed it.
    let same_unit = |unit| value(there, Field::UnitType) == Some(unit);
    let same_unit = value(send, Field::UnitType).is_none_or(same_unit);
    let sides = Sides {
        name: &product.name,
        own_currency: &own_currency,
        sale_price: product.sale_price.clone().map(|(amount, currency)| Price { amount, currency }),
        units_per_case: product.units_per_case,
        sell_in_multiples: product.tab.as_ref().and_then(|tab| tab.sell_in_multiples),
        wholesale_price: shown.and_then(|(amount, currency)| {
            Some(Price { amount: prices::read(amount)?, currency: currency.to_owned() })
        }),
        unit_multiplier: units.and_then(prices::read),
        agreed: prices::record(leaflink, &product.id)?.agreed().filter(|_| same_unit),
        sent: &[],
    };
    let plan = price::decide(&sides, true);
    if let Some(reason) = plan.reasons.iter().find(|reason| reason.code.blocks()) {
        return Ok(Err(Box::new(reason.clone())));
    }
    Ok(Ok(match plan.action {
        Action::Push(price) => (Some(money(price, &own_currency)), plan.reasons),
        Action::Nothing | Action::Agree(_) | Action::Take(_) => (None, Vec::new()),
    }))
}

/// That LeafLink counts a linked product in another unit type.
fn unit_differs(product: &Product, leaflink: LeafLinkProductId, there: &Values) -> Option<Reason> {
    let unit = value(there, Field::UnitType).filter(|unit| !unit.is_empty())?;
    let name = value(there, Field::Name).unwrap_or_default();
    link::unit_differs(&product.name, &product.unit, leaflink, name, unit)
}

/// What LeafLink shows of a product, or why it cannot be compared.
fn there(product: &Product, side: &Side) -> Result<Result<Values, Box<Reason>>, Failure> {
    let id = side.id;
    let refused = |code, message| Ok(Err(Box::new(Reason::new(code, message))));
    match side.found()? {
        Found::Body(body) => match shown(body) {
            Ok(there) => Ok(Ok(there)),
            // A field that cannot be used is one that LeafLink does not show: this is no product at all.
            Err(_) => Err(try_again(format!("LeafLink's answer for product {id} is no product."))),
        },
        Found::Missing => {
            let message =
                format!("{} is linked to LeafLink product {id}, which LeafLink does not have.", product.name);
            refused(Code::LeafLinkProductGone, message)
        }
        Found::Forbidden(reason) => Ok(Err(reason.clone())),
        Found::TooLarge(limit) => {
            let message = format!(
                "LeafLink's answer for product {id} is larger than the {limit} bytes that the host takes."
            );
            refused(Code::AnswerTooLarge, message)
        }
    }
}

/// What the form says of every field. Lists of choices are read for what was chosen.
fn entries(
    product: &Product,
    tab: &Tab,
    settings: &Settings,
    keep: bool,
    new: bool,
) -> Result<Vec<Entry>, Failure> {
    let mut choices = Choices::default();
    for (list, chosen) in [
        (List::License, tab.license),
        (List::Brand, tab.brand),
        (List::ProductLine, tab.product_line),
        (List::Category, tab.category),
        (List::Subcategory, tab.subcategory),
        (List::Strain, tab.strain),
    ] {
        if let Some(chosen) = chosen {
            choices.0.push((list, choices::list_with(list, chosen, settings, keep)?));
        }
    }
    let currency = erp::currency()?;
    let rules = new && (settings.sync_prices || tab.wholesale_price.is_none());
    let price = rules.then(|| wholesale_price(product, tab, &currency));
    Ok(form(product, tab, &currency, price).entries(&choices))
}

fn form<'a>(
    product: &'a Product,
    tab: &'a Tab,
    currency: &'a str,
    wholesale_price: Option<Result<Decimal, Reason>>,
) -> Form<'a> {
    Form {
        name: &product.name,
        sku: &product.sku,
        description: &product.description,
        unit: &product.unit,
        units_per_case: product.units_per_case,
        currency,
        wholesale_price,
        tab,
    }
}

/// The wholesale price that the product's own "Sale Price" comes to.
fn wholesale_price(product: &Product, tab: &Tab, currency: &str) -> Result<Decimal, Reason> {
    let many = tab.sell_in_multiples.unwrap_or_default();
    let sides = Sides {
        name: &product.name,
        own_currency: currency,
        sale_price: product.sale_price.clone().map(|(amount, currency)| Price { amount, currency }),
        units_per_case: product.units_per_case,
        sell_in_multiples: Some(many),
        wholesale_price: None,
        unit_multiplier: product.units_per_case.filter(|_| many).map(Decimal::from),
        agreed: None,
        sent: &[],
    };
    let plan = price::decide(&sides, true);
    match (plan.action, plan.reasons.into_iter().next()) {
        (Action::Push(price), _) => Ok(price),
        (_, Some(reason)) => Err(reason.with("field", Field::WholesalePrice.title())),
        (_, None) => Err(*missing(Field::WholesalePrice)),
    }
}

/// What comes of a look, before anything of it is written.
struct Outcome {
    decision: wit::Decision,
    /// Writes that are wanted from now on.
    intents: Vec<(Subject, Intent)>,
    record: ListingRecord,
    /// LeafLink's price is for something else from now on, and nothing of it is sent.
    stale: Option<ReasonRecord>,
    /// People have not been told of what it waits for.
    is_news: bool,
    /// What LeafLink's price is for is not what the ERP's is for.
    unlike: bool,
}

/// A decision, and whether LeafLink's price is for something else than the ERP's after it: another
/// case size or unit type is on its way there, or waits, or LeafLink counts in another unit type.
pub type Decided = (wit::Decision, bool);

/// What [`carry_out`] would answer.
pub fn foretell(look: Look) -> Result<Decided, Failure> {
    let outcome = outcome(look)?;
    Ok((outcome.decision, outcome.unlike))
}

/// Carries out what was decided.
pub fn carry_out(look: Look, settings: &Settings) -> Result<Decided, Failure> {
    let (id, before) = (look.product.id.clone(), look.record.clone());
    let Outcome { decision, intents, record, stale, is_news, unlike } = outcome(look)?;
    for (subject, intent) in intents {
        outbox::put_intent(&subject, &intent)?;
    }
    let tell = |kind, reasons: &[ReasonRecord]| {
        letters::tell_of(kind, &id.0, &decision.label, reasons, settings).map(|_| ())
    };
    if let Some(stale) = &stale {
        tell(Kind::StalePrice, std::slice::from_ref(stale))?;
    }
    if is_news && !record.waits_for.is_empty() {
        tell(Kind::Product, &record.waits_for)?;
    }
    if record != before {
        listings::put_record(&id, &record)?;
    }
    let waits = record.waits_for(Code::SellerUnknown);
    if waits != before.waits_for(Code::SellerUnknown) {
        PRODUCTS.note(&id.0, waits)?;
    }
    if is_news || !decision.effects.is_empty() {
        host::journal(&decision)?;
    }
    Ok((decision, unlike))
}

fn outcome(look: Look) -> Result<Outcome, Failure> {
    let Look { product, mut record, plan, asked } = look;
    let new =
        Writing { subject: Subject::NewProduct(product.id.clone()), name: &product.name, id: &product.id };
    let listing = Writing { subject: Subject::Listing(product.id.clone()), ..new.clone() };
    let ticked = product.tab.as_ref().is_some_and(|tab| tab.create);
    if product.leaflink.is_some() || !ticked {
        record.tick_settled = ticked;
    }
    let mut found = Vec::new();
    let mut unlike = false;
    // A write that the product has outgrown: it was linked, or unlinked, meanwhile.
    let mut intents: Vec<(Intent, Option<wit::Effect>)> = Vec::new();
    let current = if product.leaflink.is_some() { &listing } else { &new };
    let other = if product.leaflink.is_some() { &new } else { &listing };
    let mut outgrown = other.dropped()?.map(|(intent, _)| (other.subject.clone(), intent));
    let mut effects = Vec::new();
    if product.leaflink.is_some()
        && let Some((intent, effect)) = new.settled()?
    {
        record.made = record.made.saturating_add(1);
        outgrown = Some((new.subject.clone(), intent));
        effects.extend(effect);
    }
    match plan {
        Plan::Nothing(reasons) => {
            found = reasons;
            if product.leaflink.is_none() {
                intents.extend(new.dropped()?);
            }
        }
        Plan::UnderWay => intents.extend(new.again(asked)?),
        Plan::Create(wish) => intents.extend(new.create(wish, asked)?),
        Plan::Change(leaflink, change) => {
            let is_blocked = change.is_blocked();
            unlike = is_blocked && (say_what_is_priced(&change.send) || lacks_case_size(&change));
            if !is_blocked {
                let same = record.leaflink == Some(leaflink.0);
                record.set_applied(leaflink, &change.applied);
                intents.extend(if change.send.is_empty() {
                    listing.again(asked)?
                } else {
                    Some(listing.queue(change.send, same)?)
                });
            }
            found = change.reasons;
            unlike |= found.iter().any(|reason| reason.code == Code::UnitTypeDiffers);
        }
    }
    let waits_for: Vec<ReasonRecord> =
        found.iter().filter(|reason| reason.code.blocks()).map(ReasonRecord::from).collect();
    let stale = found.iter().find(|reason| reason.code == Code::WholesalePriceStays).map(ReasonRecord::from);
    let mut reasons = answer::reasons(&found);
    // What LeafLink refused stands until the form is saved again.
    let parked = match (intents.is_empty(), waits_for.is_empty()) {
        (true, true) => {
            outbox::intent(&current.subject)?.filter(Intent::waits).and_then(|queued| queued.parked)
        }
        _ => None,
    };
    let is_parked = parked.is_some();
    reasons.extend(parked.map(answer::kept));
    let mut wanted: Vec<(Subject, Intent)> = outgrown.into_iter().collect();
    for (intent, effect) in intents {
        wanted.push((current.subject.clone(), intent));
        effects.extend(effect);
    }
    let outcome = match () {
        () if !waits_for.is_empty() => wit::Outcome::Held,
        () if !effects.is_empty() => wit::Outcome::Applied,
        () if is_parked => wit::Outcome::Parked,
        () if !reasons.is_empty() => wit::Outcome::Ignored,
        () => wit::Outcome::Unchanged,
    };
    let is_news = record.waits_for != waits_for;
    record.waits_for = waits_for;
    let decision = wit::Decision {
        stream: wit::Stream::Products,
        subject: product.id.0.clone(),
        label: product.name.clone(),
        outcome,
        reasons,
        effects,
    };
    let queued = match wanted.iter().find(|(subject, _)| *subject == listing.subject) {
        Some((_, intent)) => Some(intent.clone()),
        None => outbox::intent(&listing.subject)?,
    };
    unlike |= queued.is_some_and(|queued| match &queued.wish {
        Wish::Listing(wish) => queued.parked.is_none() && say_what_is_priced(&fields(&wish.values)),
        _ => false,
    });
    Ok(Outcome { decision, intents: wanted, record, stale, is_news, unlike })
}

/// One kind of write about a product.
#[derive(Clone)]
struct Writing<'a> {
    subject: Subject,
    name: &'a str,
    id: &'a ProductId,
}

/// A write as it is to be kept, and what a person sees of that.
type Kept = (Intent, Option<wit::Effect>);

impl Writing<'_> {
    /// `queued` is what it takes the place of: a wait that LeafLink asked for is kept.
    fn kept(&self, wish: Wish, queued: Option<Intent>, effect: wit::Effect) -> Kept {
        let waiting = queued.as_ref().filter(|queued| queued.parked.is_none());
        let (attempts, tried_ms, not_before_ms) =
            waiting.map_or((0, 0, 0), |waiting| (waiting.attempts, waiting.tried_ms, waiting.not_before_ms));
        let intent = Intent {
            label: self.name.to_owned(),
            wish,
            since_ms: host::now_ms(),
            attempts,
            tried_ms,
            not_before_ms,
            parked: None,
            told: queued.and_then(|queued| queued.told),
            modified: String::new(),
        };
        (intent, Some(effect))
    }

    fn effect(&self, kind: &str, summary: String, values: &[(Field, String)]) -> wit::Effect {
        let changes = values.iter().map(|(field, value)| set(field.title(), value)).collect();
        effect(kind, &self.id.0, summary, changes)
    }

    /// A new product in place of one that has not begun.
    fn create(&self, wish: NewProductWish, asked: bool) -> Result<Option<Kept>, Failure> {
        let queued = outbox::intent(&self.subject)?;
        if let Some(Intent { wish: Wish::NewProduct(known), .. }) = &queued
            && known.is_same(&wish)
        {
            return self.again(asked);
        }
        let summary = format!("Queue {} to be made in LeafLink.", self.name);
        let effect = self.effect("queue-leaflink-write", summary, &fields(&wish.values));
        Ok(Some(self.kept(Wish::NewProduct(wish), queued, effect)))
    }

    /// Fields, besides those that are on their way already to the same LeafLink product.
    fn queue(&self, send: Values, same: bool) -> Result<Kept, Failure> {
        let queued = outbox::intent(&self.subject)?;
        let summary = format!("Queue a change of {} for LeafLink.", self.name);
        let effect = self.effect("queue-leaflink-write", summary, &send);
        let mut values = match &queued {
            Some(known @ Intent { wish: Wish::Listing(wish), .. }) if same && !known.is_dropped() => {
                fields(&wish.values)
            }
            _ => Values::new(),
        };
        values.retain(|(field, _)| value(&send, *field).is_none());
        values.extend(send);
        let wish = Wish::Listing(ListingWish { values: stored(&values) });
        Ok(self.kept(wish, queued, effect))
    }

    /// Nobody wants it any more, and nothing of it was sent, or a person dropped it.
    fn dropped(&self) -> Result<Option<Kept>, Failure> {
        let Some(mut queued) = outbox::intent(&self.subject)? else { return Ok(None) };
        let is_dropped = queued.is_dropped();
        match &mut queued.wish {
            Wish::NewProduct(wish) if is_dropped || !wish.progress.begun() => {
                wish.progress = Progress::Settled;
            }
            Wish::Listing(wish) => wish.values.clear(),
            _ => return Ok(None),
        }
        let summary = format!("Do not send {} to LeafLink.", self.name);
        Ok(Some((queued, Some(self.effect("drop-leaflink-write", summary, &[])))))
    }

    /// A new product that was sent, of which nobody knows what LeafLink made of it, and that waits for a
    /// person: linking the product, as people are told to, says which one it is.
    fn settled(&self) -> Result<Option<Kept>, Failure> {
        let Some(mut queued) = outbox::intent(&self.subject)?.filter(|queued| queued.parked.is_some()) else {
            return Ok(None);
        };
        match &mut queued.wish {
            Wish::NewProduct(wish) if wish.progress.begun() => wish.progress = Progress::Settled,
            _ => return Ok(None),
        }
        let summary = format!("Make no further LeafLink product of {}: it is linked now.", self.name);
        Ok(Some((queued, Some(self.effect("drop-leaflink-write", summary, &[])))))
    }

    /// Somebody saved the form as it was: what was parked is tried once more.
    fn again(&self, asked: bool) -> Result<Option<Kept>, Failure> {
        let parked = outbox::intent(&self.subject)?.filter(|queued| asked && queued.waits());
        let Some(mut queued) = parked else { return Ok(None) };
        queued.try_again();
        let summary = format!("Try {} again.", self.name);
        Ok(Some((queued, Some(self.effect("queue-leaflink-write", summary, &[])))))
    }
}
