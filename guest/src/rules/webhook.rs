//! Whether a request is a webhook of LeafLink's, and what it is about.
//!
//! LeafLink signs the raw body and nothing else: no time, no number of the event. A genuine webhook
//! that comes again therefore looks like the first time, and must do no more than have its subject
//! looked at. What a body says of its subject is not believed; it is read from LeafLink.

use std::hint::black_box;

use super::ids::{LeafLinkProductId, OrderNumber};

/// The largest body, in bytes: 768 KiB. An order of a thousand lines has a third of it.
pub const LARGEST_BODY: usize = 3 << 18;
/// The header that carries the signature, in lower case.
pub const SIGNATURE: &str = "ll-signature";

/// What is wrong with a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadSignature {
    /// The request has none.
    Missing,
    /// It has more than one.
    Several,
    /// It was not made with the company's key over this body.
    Wrong,
}

/// Checks the signature among a request's headers against the HMAC of its body. The comparison
/// takes as long for any signature of the right length.
pub fn check_signature(headers: &[(String, String)], hmac: &[u8]) -> Result<(), BadSignature> {
    let mut signatures = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(SIGNATURE));
    let given = match (signatures.next(), signatures.next()) {
        (None, _) => return Err(BadSignature::Missing),
        (Some(_), Some(_)) => return Err(BadSignature::Several),
        (Some((_, given)), None) => given,
    };
    if are_equal(given.as_bytes(), base64(hmac).as_bytes()) { Ok(()) } else { Err(BadSignature::Wrong) }
}

/// Whether two texts are equal, looking at every byte of them.
fn are_equal(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let differences = one.iter().zip(other).fold(0, |found, (one, other)| black_box(found | (one ^ other)));
    black_box(differences) == 0
}

/// Base64 of the standard alphabet with padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits =
            group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = ALPHABET[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

/// What a webhook's body says, as far as it is of use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// `order` or `product`; others are possible.
    pub kind: String,
    /// The UUID of an order.
    pub number: Option<String>,
    /// The id of a product.
    pub id: Option<u64>,
    /// LeafLink's id of the selling company.
    pub seller: Option<u64>,
}

/// What is to be done about a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// An order is to be looked at.
    Order(OrderNumber),
    /// A product is to be looked at.
    Product(LeafLinkProductId),
    /// Nothing that is kept in step; why.
    Nothing(String),
    /// It belongs to another company of LeafLink's.
    AnotherCompany(u64),
    /// It does not say what it is about; why.
    Unclear(String),
}

/// What an event is about. `own` is LeafLink's id of this company, once it is known.
pub fn about(event: &Event, own: Option<u64>) -> About {
    if let (Some(seller), Some(own)) = (event.seller, own)
        && seller != own
    {
        return About::AnotherCompany(seller);
    }
    match (event.kind.as_str(), &event.number, event.id) {
        ("order", Some(number), _) => About::Order(OrderNumber(number.clone())),
        ("order", None, _) => About::Unclear("it names no order".to_owned()),
        ("product", _, Some(id)) => About::Product(LeafLinkProductId(id)),
        ("product", _, None) => About::Unclear("it names no product".to_owned()),
        (kind, ..) => About::Nothing(format!("it is about a {kind}, which is not kept in step")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(signature: &str) -> Result<(), BadSignature> {
        let headers = [("content-type", "application/json"), (SIGNATURE, signature)];
        check_signature(&headers.map(|(name, value)| (name.to_owned(), value.to_owned())), b"foobar")
    }

    #[test]
    fn base64_is_that_of_the_standard() {
        // RFC 4648, section 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }

    #[test]
    fn only_the_very_signature_passes() {
        assert_eq!(signed("Zm9vYmFy"), Ok(()));
        for wrong in
            ["", "Zm9vYmF", "Zm9vYmFy=", "Zm9vYmFz", "zm9vYmFy", " Zm9vYmFy", "666f6f626172", "Zm9vYmFyZm9v"]
        {
            assert_eq!(signed(wrong), Err(BadSignature::Wrong), "{wrong}");
        }
    }

    #[test]
    fn a_request_has_exactly_one_signature() {
        let good = ("LL-Signature".to_owned(), "Zm9vYmFy".to_owned());
        assert_eq!(check_signature(&[], b"foobar"), Err(BadSignature::Missing));
        assert_eq!(check_signature(std::slice::from_ref(&good), b"foobar"), Ok(()));
        assert_eq!(check_signature(&[good.clone(), good], b"foobar"), Err(BadSignature::Several));
    }

    #[test]
    fn an_event_says_where_to_look() {
        let order = Event { kind: "order".to_owned(), number: Some("5d0c".to_owned()), ..Event::default() };
        let product = Event { kind: "product".to_owned(), id: Some(501_001), ..Event::default() };
        assert_eq!(about(&order, None), About::Order(OrderNumber("5d0c".to_owned())));
        assert_eq!(about(&product, Some(8801)), About::Product(LeafLinkProductId(501_001)));
        assert!(matches!(about(&Event { number: None, ..order.clone() }, None), About::Unclear(_)));
        assert!(matches!(about(&Event { id: None, ..product }, None), About::Unclear(_)));
        assert!(matches!(about(&Event { kind: "invoice".to_owned(), ..order }, None), About::Nothing(_)));
    }

    #[test]
    fn another_companys_event_is_none_of_ours() {
        let event = Event { kind: "product".to_owned(), id: Some(1), seller: Some(8802), ..Event::default() };
        assert_eq!(about(&event, Some(8801)), About::AnotherCompany(8802));
        assert_eq!(about(&event, None), About::Product(LeafLinkProductId(1)));
        let own = Event { seller: Some(8801), ..event };
        assert_eq!(about(&own, Some(8801)), About::Product(LeafLinkProductId(1)));
    }
}
