//! Tells failures before the first byte of a request from those after it.
//!
//! ureq reports both with the same errors (an I/O error may be a failed TLS handshake or a reset
//! in the middle of the answer), yet only the first kind may be sent again without a thought. So
//! the two steps that come before sending, look-up and connection, mark the errors they return.

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport};
use ureq::{Agent, Error};

/// An agent whose failures [`nothing_sent`] can judge.
pub(super) fn agent(config: Config) -> Agent {
    Agent::with_parts(
        config,
        MarkedConnector(DefaultConnector::default()),
        MarkedResolver(DefaultResolver::default()),
    )
}

/// Whether the failure came before the first byte was sent.
pub(super) fn nothing_sent(error: &Error) -> bool {
    matches!(error, Error::Other(inner) if inner.is::<NotReached>())
}

#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct NotReached(Error);

fn mark(error: Error) -> Error {
    Error::Other(Box::new(NotReached(error)))
}

#[derive(Debug)]
struct MarkedResolver(DefaultResolver);

impl Resolver for MarkedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        self.0.resolve(uri, config, timeout).map_err(mark)
    }
}

#[derive(Debug)]
struct MarkedConnector(DefaultConnector);

impl Connector for MarkedConnector {
    type Out = Box<dyn Transport>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<()>) -> Result<Option<Self::Out>, Error> {
        self.0.connect(details, chained).map_err(mark)
    }
}
