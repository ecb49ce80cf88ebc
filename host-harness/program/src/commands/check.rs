//! `check`: is this file a connector, and which?

use std::fs;
use std::path::Path;

use anyhow::Context;

use super::component::load_file;

/// What an ERP would want to know of a file before it takes it into use.
pub(super) fn run(path: &Path) -> anyhow::Result<String> {
    let connector = load_file(path)?;
    let bytes = fs::metadata(path).with_context(|| path.display().to_string())?.len();
    let is = connector.description();
    Ok(format!(
        "{path}: a connector that fits the contract\n\
         name          {name}\n\
         version       {version}\n\
         revision      {revision}\n\
         size          {bytes} bytes\n\
         SHA-256       {digest}\n\
         state schema  writes {writes}, reads {oldest} and later\n\
         imports       {imports}\n\
         exports       {exports}\n",
        path = path.display(),
        name = is.name,
        version = is.version,
        revision = is.revision,
        digest = connector.digest(),
        writes = is.state_schema,
        oldest = is.oldest_readable_schema,
        imports = column(&connector.imports()),
        exports = column(&connector.exports()),
    ))
}

/// One under the other.
fn column(names: &[String]) -> String {
    names.join("\n              ")
}
