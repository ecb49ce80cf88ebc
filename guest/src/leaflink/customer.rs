//! `/customers/`: the seller's own records of its buyers.

use serde::Deserialize;

/// A customer.
#[derive(Clone, Debug, Deserialize)]
pub struct Customer {
    /// Its identity; an order's `customer.id`.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What the seller calls it.
    #[serde(default)]
    pub nickname: Option<String>,
    /// "Doing business as".
    #[serde(default)]
    pub dba: Option<String>,
    /// The name on its licence.
    #[serde(default)]
    pub business_license_name: Option<String>,
    /// Its licence.
    #[serde(default)]
    pub license_number: Option<String>,
    /// The licence before.
    #[serde(default)]
    pub old_license_number: Option<String>,
    /// Street.
    #[serde(default)]
    pub address: Option<String>,
    /// City.
    #[serde(default)]
    pub city: Option<String>,
    /// State.
    #[serde(default)]
    pub state: Option<String>,
    /// ZIP code.
    #[serde(default)]
    pub zipcode: Option<String>,
    /// No longer used.
    #[serde(default)]
    pub archived: Option<bool>,
}
