//! Payments, transfers, and what was said of products.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Found;
use crate::scenario::expected::Expected;
use crate::scenario::observed::Observed;

impl Found {
    pub(super) fn billing(&mut self, expected: &Expected, observed: &Observed) {
        if let Some(wanted) = &expected.leaflink_payments {
            let wanted = Value::Array(wanted.iter().cloned().map(Value::Object).collect());
            let came = Value::Array(observed.leaflink_payments.clone());
            self.subset("payments in LeafLink", &wanted, &came);
        }
        self.last_words("product", expected.products.as_ref(), &observed.products);
        self.last_words("payment", expected.payments.as_ref(), &observed.payments);
        self.last_words("transfer", expected.transfers.as_ref(), &observed.transfers);
    }

    fn last_words(
        &mut self,
        what: &str,
        wanted: Option<&BTreeMap<String, Map<String, Value>>>,
        came: &BTreeMap<String, Value>,
    ) {
        for (id, wanted) in wanted.into_iter().flatten() {
            let what = format!("what was last said of {what} {id}");
            match came.get(id) {
                Some(came) => self.subset(&what, &Value::Object(wanted.clone()), came),
                None => self.differ(&what, "something", "nothing"),
            }
        }
    }
}
