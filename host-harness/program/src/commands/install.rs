//! `install` and `rollback`: another component for an ERP that the demo kept.
//!
//! The new file is checked as a running ERP's slot does, and tried on a copy of the database:
//! every company's state is migrated there first. Only then is it put in use, and each company's
//! state migrated, a chunk a transaction. If the process dies on the way, the same command goes on.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use clap::Args;
use leaflink_sync_kit::recording::{Reader, RecordedCall};
use leaflink_sync_kit::swap::{Passed, Refusal, Trial};
use leaflink_sync_kit::{CompanyId, Connector, Engine, Limits};
use reference_erp::Erp;

use super::kept::offline;
use super::tables::{self, ErpFile};
use crate::in_use::InUse;
use crate::words::count;

#[derive(Debug, Args)]
pub(super) struct Wishes {
    /// The component to put in use
    file: PathBuf,
    #[command(flatten)]
    erp: ErpFile,
    /// Play these recorded calls on it first, as `demo --record` keeps them; one that comes out
    /// differently is a refusal
    #[arg(long, value_name = "RECORDING")]
    replay: Vec<PathBuf>,
    /// Take it even if recorded calls come out differently: it was made for that
    #[arg(long, requires = "replay")]
    differences_expected: bool,
}

/// Puts another component in use.
pub(super) fn install(wishes: &Wishes) -> anyhow::Result<String> {
    let file = fs::read(&wishes.file).with_context(|| wishes.file.display().to_string())?;
    let mut recorded = Vec::new();
    for path in &wishes.replay {
        let calls: Result<Vec<RecordedCall>, _> = Reader::open(path)?.collect();
        recorded.extend(calls.with_context(|| path.display().to_string())?);
    }
    let place = Place::open(&wishes.erp)?;
    let trial = Trial {
        companies: &place.companies,
        recorded: &recorded,
        differences_expected: wishes.differences_expected,
    };
    place.put(&file, trial).with_context(|| wishes.file.display().to_string())
}

/// Puts the component back in use that was in use before.
pub(super) fn rollback(erp: &ErpFile) -> anyhow::Result<String> {
    let place = Place::open(erp)?;
    let file = place
        .in_use
        .previous()?
        .with_context(|| format!("{} has no earlier component to go back to", erp.path().display()))?;
    place.put(&file, Trial { companies: &place.companies, ..Trial::default() })
}

/// A kept ERP and the components beside it.
struct Place {
    erp: Erp,
    companies: Vec<CompanyId>,
    in_use: InUse,
    engine: Engine,
    shown: String,
}

impl Place {
    fn open(file: &ErpFile) -> anyhow::Result<Self> {
        let (erp, _) = tables::open(file)?;
        Ok(Self {
            companies: erp.companies()?,
            erp,
            in_use: InUse::beside(file.path()),
            engine: Engine::new(Limits::DEFAULT)?,
            shown: file.path().display().to_string(),
        })
    }

    fn put(&self, file: &[u8], trial: Trial<'_>) -> anyhow::Result<String> {
        let turn = self.in_use.turn()?;
        let before = self.in_use.current_digest()?;
        let connector = self.engine.load_bytes(file).map_err(Refusal::Load)?;
        let passed = trial.of(&connector, &offline(&self.erp)?)?;
        self.rehearse(&connector)?;
        self.in_use.put(&turn, &connector, file)?;
        let rewritten = migrate(&connector, &self.erp, &self.companies).context(
            "the component is in use, but its migration did not come to the end; run the same command again",
        )?;
        self.erp.checkpoint()?;
        Ok(self.told(&connector, before.as_deref(), &passed, rewritten))
    }

    /// Does on a copy what is to be done, so that what fails there changes nothing here.
    fn rehearse(&self, connector: &Connector) -> anyhow::Result<()> {
        let copy = Erp::in_memory()?;
        copy.restore(&self.erp.snapshot()?)?;
        migrate(connector, &copy, &self.companies)
            .map(drop)
            .map_err(|error| anyhow!("{error:#}; that was on a copy, and nothing was changed"))
    }

    fn told(&self, connector: &Connector, before: Option<&str>, passed: &Passed, rewritten: u64) -> String {
        let (digest, is) = (connector.digest().to_string(), connector.description());
        let before = before.filter(|before| *before != digest);
        let mut text = format!("in use    {} {} ({}), SHA-256 {digest}\n", is.name, is.version, is.revision);
        if let Some(before) = before {
            text.push_str(&format!("before    SHA-256 {before}\n"));
        }
        let migrated = match passed.to_migrate.len() {
            0 => ", as it was".to_owned(),
            1 => format!(": 1 company migrated, {rewritten} records rewritten"),
            companies => format!(": {companies} companies migrated, {rewritten} records rewritten"),
        };
        text.push_str(&format!("state     schema {}{migrated}\n", is.state_schema));
        if passed.played > 0 {
            let played = count(passed.played, "call");
            text.push_str(&format!("replayed  {played}, {} of them different\n", passed.different));
        }
        match (before, passed.to_migrate.is_empty()) {
            (None, _) => {}
            (_, true) => {
                text.push_str(&format!("`leaflink-sync rollback --erp {}` goes back.\n", self.shown));
            }
            (_, false) => {
                text.push_str("`rollback` goes back only if the file before can read this state.\n")
            }
        }
        text
    }
}

/// Brings every company's state to the component's schema, and asks it for its figures; answers how
/// many records were rewritten.
fn migrate(connector: &Connector, erp: &Erp, companies: &[CompanyId]) -> anyhow::Result<u64> {
    let host = Arc::new(offline(erp)?);
    let mut rewritten = 0;
    for company in companies {
        let calls = connector.calls(host.clone(), company.clone());
        let work = || {
            let rewritten = calls.migrate_to_the_end()?;
            calls.status()?;
            Ok::<_, leaflink_sync_kit::CallError>(rewritten)
        };
        rewritten += work().with_context(|| {
            format!("the stored state of {company} cannot be brought to the component's schema")
        })?;
    }
    Ok(rewritten)
}
