//! The command line.

mod bench;
mod check;
mod component;
mod drift;
mod install;
mod inventory;
mod journal;
mod kept;
mod parked;
mod play;
mod products;
mod reasons;
mod replay;
mod suggest;
mod tables;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::demo;
use crate::terminal::Ink;

pub use component::{load, path as component_path};

/// Plays the leaflink-sync component with a reference ERP and a LeafLink sandbox.
#[derive(Debug, Parser)]
#[command(name = "leaflink-sync", version, arg_required_else_help = true)]
pub struct Command {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Play a business day of a small brand, and show what came of it
    Demo(demo::Wishes),
    /// Play scenarios, and show where they end differently than expected
    Scenario(play::Wishes),
    /// List the sales orders of an ERP that the demo kept, with their LeafLink order numbers
    Orders {
        #[command(flatten)]
        erp: tables::ErpFile,
        /// Only those whose number, LeafLink order number or customer contains this
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
    },
    /// List what was decided and done in an ERP that the demo kept, and check that nobody changed it
    Journal(journal::Wishes),
    /// List the writes to LeafLink that wait for a person; have one tried again, or drop it
    Parked(parked::Wishes),
    /// List the companies of an ERP that the demo kept, with LeafLink customer and brand
    Companies(tables::ErpFile),
    /// List the products of an ERP that the demo kept, with name and page of their LeafLink products
    Products(products::Wishes),
    /// List the products of an ERP that the demo kept which are not linked, with what each may be
    Suggest(suggest::Wishes),
    /// Play a scenario, and show at its end what LeafLink should show of each product, and why
    Inventory(inventory::Wishes),
    /// Play a scenario, and compare the two sides at its end: what differs, why it may, and repairs
    Drift(drift::Wishes),
    /// Measure how long suggestions of product links take with large catalogues
    Bench(bench::Wishes),
    /// Check a component file as an ERP would before it takes it into use
    Check {
        /// The component
        file: PathBuf,
    },
    /// Put another component in use for an ERP that the demo kept: checks it, migrates what is stored
    Install(install::Wishes),
    /// Put the component back in use that was in use before the last `install`
    Rollback(tables::ErpFile),
    /// Play recorded calls on a component, and show what it does differently
    Replay(replay::Wishes),
    /// List every reason that the component can give, and what to do about it
    Reasons(ComponentFile),
}

/// Which component to use.
#[derive(Debug, Args)]
pub struct ComponentFile {
    /// The component [default: the one that `cargo xtask build` makes]
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,
}

/// Does what the person asked for.
///
/// # Errors
/// One sentence on what went wrong, and with what.
pub fn run(command: &Command) -> anyhow::Result<ExitCode> {
    let ink = Ink::for_stdout();
    let (text, code) = match &command.task {
        Task::Demo(wishes) => (demo::run(wishes, ink)?, ExitCode::SUCCESS),
        Task::Scenario(wishes) => return play::run(wishes, ink),
        Task::Replay(wishes) => return replay::run(wishes, ink),
        Task::Orders { erp, search } => (tables::orders(erp, search.as_deref())?, ExitCode::SUCCESS),
        Task::Journal(wishes) => (journal::run(wishes)?, ExitCode::SUCCESS),
        Task::Parked(wishes) => (parked::run(wishes)?, ExitCode::SUCCESS),
        Task::Companies(erp) => (tables::companies(erp)?, ExitCode::SUCCESS),
        Task::Products(wishes) => (products::run(wishes)?, ExitCode::SUCCESS),
        Task::Suggest(wishes) => (suggest::run(wishes)?, ExitCode::SUCCESS),
        Task::Inventory(wishes) => (inventory::run(wishes)?, ExitCode::SUCCESS),
        Task::Drift(wishes) => (drift::run(wishes, ink)?, ExitCode::SUCCESS),
        Task::Install(wishes) => (install::install(wishes)?, ExitCode::SUCCESS),
        Task::Rollback(erp) => (install::rollback(erp)?, ExitCode::SUCCESS),
        Task::Bench(wishes) => (bench::run(wishes)?, ExitCode::SUCCESS),
        Task::Check { file } => (check::run(file)?, ExitCode::SUCCESS),
        Task::Reasons(file) => (reasons::run(file)?, ExitCode::SUCCESS),
    };
    print(&text)?;
    Ok(code)
}

/// Writes to standard output. A reader that has gone away, such as `head`, has seen enough.
fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
