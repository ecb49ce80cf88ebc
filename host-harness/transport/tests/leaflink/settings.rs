//! Which access is usable, and that none shows its key.

use std::net::SocketAddr;
use std::time::Duration;

use leaflink_sync_transport::{AccessError, ApiKey, LeafLinkAccess, LeafLinkClient, Origin, Timeouts};

use crate::served::{KEY, access};

#[test]
fn the_key_is_never_shown() {
    let access = access("127.0.0.1:1".parse().unwrap());
    assert!(!format!("{access:?} {access:#?}").contains(KEY));
    let client = LeafLinkClient::new(access).unwrap();
    assert!(!format!("{client:?} {client:#?}").contains(KEY));
    let error = ApiKey::new("s3cr3t with blanks").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("s3cr3t"));
}

#[test]
fn settings_that_cannot_work_are_refused() {
    for origin in [
        "http://app.leaflink.com",
        "app.leaflink.com",
        "https://",
        "https://a/",
        "https://a/b",
        "https://u:p@a",
        "https://a?b",
        "https://a#b",
        "ftp://a",
        "https://a b",
        "",
    ] {
        assert!(matches!(Origin::https(origin), Err(AccessError::Origin(_))), "{origin}");
    }
    assert_eq!(Origin::https("https://App.LeafLink.com").unwrap().as_str(), "https://app.leaflink.com");
    let outside: SocketAddr = "192.0.2.1:80".parse().unwrap();
    assert_eq!(Origin::loopback(outside), Err(AccessError::NotLoopback(outside)));
    for key in ["", "a b", "a\r\nb", "ä"] {
        assert_eq!(ApiKey::new(key).unwrap_err(), AccessError::ApiKey);
    }

    let fine = || access("127.0.0.1:1".parse().unwrap());
    let refused = |access| LeafLinkClient::new(access).map(|_| ()).unwrap_err();
    let zero = Timeouts { connect: Duration::from_secs(1), whole: Duration::ZERO };
    assert_eq!(refused(LeafLinkAccess { timeouts: zero, ..fine() }), AccessError::Limit("timeout"));
    assert!(matches!(refused(LeafLinkAccess { max_response_bytes: 0, ..fine() }), AccessError::Limit(_)));
    for base_path in ["api/v2", "/api/v2/", "/api/../v2", "/api?v2"] {
        let access = LeafLinkAccess { base_path: base_path.into(), ..fine() };
        assert!(matches!(refused(access), AccessError::BasePath(_)), "{base_path}");
    }
    for name in ["", "Leaf Sync", "leaf-sync/1.0", "a\r\nb"] {
        let access = LeafLinkAccess { user_agent: name.into(), ..fine() };
        assert!(matches!(refused(access), AccessError::UserAgent(_)), "{name}");
    }
}
