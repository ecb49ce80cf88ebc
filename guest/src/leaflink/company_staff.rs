//! `/company-staff/`: the company's LeafLink users.

use serde::Deserialize;

/// A LeafLink user of the company.
#[derive(Clone, Debug, Deserialize)]
pub struct CompanyStaff {
    /// What sales reps and `recorded_by` name; not the same as `user`.
    pub id: u64,
    /// "First Last".
    #[serde(default)]
    pub display_name: Option<String>,
    /// E-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Whether they can sign in.
    #[serde(default)]
    pub is_active: Option<bool>,
}
