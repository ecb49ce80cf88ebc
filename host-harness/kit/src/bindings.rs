//! Types generated from `wit/`; re-exported under plain names by the modules that use them.

#![allow(missing_docs, clippy::all)]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "connector",
    imports: { default: trappable },
    additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
    // An import answers either with an error of the contract or by ending the call.
    trappable_error_type: {
        "leaflink-sync:host/http.error" => crate::imports::HttpStop,
        "leaflink-sync:host/store.error" => crate::imports::StoreStop,
        "leaflink-sync:host/mail.error" => crate::imports::MailStop,
        "leaflink-sync:host/records.error" => crate::imports::RecordsStop,
        "leaflink-sync:host/journal.error" => crate::imports::JournalStop,
    },
});
