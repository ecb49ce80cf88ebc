//! In place of the network: for a LeafLink sandbox in the same process.

use std::fmt::Debug;

use ureq::http::{Request, Response};

/// Takes requests as they would leave for the network, origin and key included, and answers.
pub trait Carrier: Debug + Send + Sync {
    /// Carries one request there and its answer back.
    ///
    /// # Errors
    /// There is no whole answer; says whether the request arrived.
    fn carry(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, NotCarried>;
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotCarried {
    /// Nothing of the request arrived.
    NothingSent(String),
    /// The request may have arrived.
    NoAnswer(String),
}
