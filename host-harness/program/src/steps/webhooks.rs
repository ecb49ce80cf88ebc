//! How LeafLink's webhooks come, as steps write it.

use serde::Deserialize;

/// How webhooks arrive from now on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookWay {
    /// When.
    pub arrive: Arrival,
    /// How often each of them; 0 counts as 1.
    pub times: u32,
    /// Those that are due together come in the opposite order.
    pub reversed: bool,
}

/// When webhooks arrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    /// Right after what they tell of.
    #[default]
    AtOnce,
    /// Once this is changed again.
    Later,
    /// They are lost.
    Never,
}

/// A request to the receiver of webhooks that LeafLink did not send.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostedWebhook {
    /// Its body, as text.
    pub body: String,
    /// Its signature, as it stands.
    #[serde(default)]
    pub signature: Option<String>,
    /// The key that it is signed with, if there is no signature.
    #[serde(default)]
    pub signed_with: Option<String>,
    /// The company in the path; the world's own if left out.
    #[serde(default)]
    pub company: Option<String>,
}
