//! The `leaflink-sync` program; see `leaflink-sync help`.

use std::process::ExitCode;

use clap::Parser;
use leaflink_sync::commands::{Command, run};

fn main() -> ExitCode {
    match run(&Command::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("leaflink-sync: {error:#}");
            ExitCode::FAILURE
        }
    }
}
