//! Set-up, build, demo and test of the whole workspace: `cargo xtask COMMAND`.
//!
//! This is the first thing that a newcomer compiles, so it uses the standard library only. What it
//! says goes to standard error; standard output carries results alone and can be piped.

mod component;
mod names;
mod target;
mod workspace;

use std::env;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

use workspace::{Workspace, heading, run};

const HELP: &str = "\
Usage: cargo xtask COMMAND

  demo [ARGS]   play the demo; ARGS go to the program
  test [ARGS]   build the component, and one of the next schema, then run every test; ARGS go to `cargo test`
  sweep [--all] [--pairs] [NAME]
                build the component, then run the crash sweep: over every scenario, with every pair
                of faults in the core ones; NAME takes only scenarios with that in their names
  simulate [N]  play random days for N minutes (60 when left out), from seeds of their own
  fuzz [--minutes N]
                damage orders, webhooks and stored state for N minutes each (10 if not given)
  golden        before a release: keep what this version stores in tests/golden, for all versions after it
  check         format, lints (the component's also for wasm32) and documentation
  build         build the component and print its path and size
  setup         add the wasm32 target; demo, test, check and build do so by themselves
  help          print this

Needs Rust by rustup, or a Rust that already has the wasm32-unknown-unknown target.";

/// The program's binary.
const PROGRAM: &str = "leaflink-sync";

fn main() -> ExitCode {
    let done = Task::parse(env::args_os().skip(1)).and_then(|task| {
        let workspace = Workspace::find()?;
        task.perform(&workspace)
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("xtask: {sentence}");
            ExitCode::FAILURE
        }
    }
}

/// What the person asked for.
#[derive(Debug, PartialEq)]
enum Task {
    Demo(Vec<OsString>),
    Test(Vec<OsString>),
    Sweep(Sweep),
    /// For so many minutes.
    Simulate(u32),
    Fuzz {
        minutes: u32,
    },
    Golden,
    Check,
    Build,
    Setup,
    Help,
}

/// How far the crash sweep goes.
#[derive(Debug, Default, PartialEq)]
struct Sweep {
    /// Over every scenario, instead of the families of the test run.
    all: bool,
    /// Every pair of faults in the core scenarios, too.
    pairs: bool,
    /// Only scenarios with that in their names.
    only: Option<OsString>,
}

impl Sweep {
    fn parse(args: Vec<OsString>) -> Result<Self, String> {
        let mut sweep = Self::default();
        for arg in args {
            match arg.to_str() {
                Some("--all") => sweep.all = true,
                Some("--pairs") => sweep.pairs = true,
                Some(flag) if flag.starts_with('-') => {
                    return Err(format!("`sweep` takes --all, --pairs and a name, but was given `{flag}`"));
                }
                _ if sweep.only.is_some() => {
                    return Err(format!("`sweep` takes one name; `{}` is a second one", arg.display()));
                }
                _ => sweep.only = Some(arg),
            }
        }
        Ok(sweep)
    }
}

impl Task {
    /// No arguments at all ask for help. Fails on an unknown command, and on arguments to a
    /// command that takes none.
    fn parse(mut args: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let Some(name) = args.next() else {
            return Ok(Self::Help);
        };
        let rest: Vec<_> = args.collect();
        let task = match name.to_str() {
            Some("demo") => return Ok(Self::Demo(rest)),
            Some("test") => return Ok(Self::Test(rest)),
            Some("sweep") => return Sweep::parse(rest).map(Self::Sweep),
            Some("simulate") => return Self::parse_simulate(&rest),
            Some("fuzz") => return fuzz_task(&rest),
            Some("golden") => Self::Golden,
            Some("check") => Self::Check,
            Some("build") => Self::Build,
            Some("setup") => Self::Setup,
            Some("help" | "--help" | "-h") => Self::Help,
            _ => {
                return Err(format!(
                    "there is no command `{}`; `cargo xtask help` lists them",
                    name.display()
                ));
            }
        };
        match rest.first() {
            None => Ok(task),
            Some(extra) => {
                Err(format!("`{}` takes no arguments, but was given `{}`", name.display(), extra.display()))
            }
        }
    }

    fn parse_simulate(rest: &[OsString]) -> Result<Self, String> {
        match rest {
            [] => Ok(Self::Simulate(60)),
            [minutes] => {
                let parsed = minutes.to_str().and_then(|minutes| minutes.parse().ok());
                let wrong =
                    || format!("`simulate` takes a whole number of minutes, not `{}`", minutes.display());
                parsed.map(Self::Simulate).ok_or_else(wrong)
            }
            [_, extra, ..] => {
                Err(format!("`simulate` takes one number, but was also given `{}`", extra.display()))
            }
        }
    }

    fn perform(self, workspace: &Workspace) -> Result<(), String> {
        match self {
            Self::Demo(args) => demo(workspace, &args),
            Self::Test(args) => test(workspace, &args),
            Self::Sweep(how_far) => sweep(workspace, how_far),
            Self::Simulate(minutes) => simulate(workspace, minutes),
            Self::Fuzz { minutes } => fuzz(workspace, minutes),
            Self::Golden => golden(workspace),
            Self::Check => check(workspace),
            Self::Build => {
                let built = component::build(workspace)?;
                println!("{} ({} bytes)", built.path.display(), built.bytes);
                Ok(())
            }
            Self::Setup => target::ensure(workspace),
            Self::Help => {
                println!("{HELP}");
                Ok(())
            }
        }
    }
}

fn demo(workspace: &Workspace, args: &[OsString]) -> Result<(), String> {
    let component = component::build(workspace)?.path;

    heading("building the program (some minutes the first time)");
    // Of the whole workspace, so that it takes the same features of other crates as the tests do:
    // wasmtime is then compiled once for both.
    run(
        workspace.cargo(["build", "--locked", "--workspace", "--bin", PROGRAM]),
        "the program could not be built; cargo's message above says why",
    )?;

    // Started where the person stands, so that relative paths among the arguments mean what they
    // say.
    let file = workspace.target_dir.join("debug").join(PROGRAM).with_extension(env::consts::EXE_EXTENSION);
    let mut program = Command::new(file);
    program.current_dir(&workspace.invoked_in).args(["demo", "--component"]).arg(component).args(args);
    run(program, "the demo did not succeed; its message above says why")
}

fn test(workspace: &Workspace, args: &[OsString]) -> Result<(), String> {
    let next = component::build_next(workspace)?.path;
    let component = component::build(workspace)?.path;

    heading("building and running the tests (some minutes the first time)");
    let mut tests = workspace.cargo(["test", "--locked", "--workspace"]);
    tests.args(args).env("LEAFLINK_SYNC_COMPONENT", component).env("LEAFLINK_SYNC_NEXT_COMPONENT", next);
    run(tests, "the tests did not pass; see above")
}

fn sweep(workspace: &Workspace, how_far: Sweep) -> Result<(), String> {
    let component = component::build(workspace)?.path;

    heading("sweeping (a few minutes; much longer with --all or --pairs)");
    let mut sweep = workspace.cargo(["test", "--locked", "--workspace", "--test", "sweep"]);
    sweep.env("LEAFLINK_SYNC_COMPONENT", component).env("LEAFLINK_SYNC_SWEEP_TIMES", "1");
    if how_far.all {
        sweep.env("LEAFLINK_SYNC_SWEEP_ALL", "1");
    }
    if how_far.pairs {
        sweep.env("LEAFLINK_SYNC_SWEEP_PAIRS", "1");
    }
    if let Some(only) = how_far.only {
        sweep.env("LEAFLINK_SYNC_SWEEP_ONLY", only);
    }
    run(sweep, "the sweep found outcomes that are wrong; see above")
}

fn simulate(workspace: &Workspace, minutes: u32) -> Result<(), String> {
    let component = component::build(workspace)?.path;

    heading("building the simulation (some minutes the first time)");
    let mut simulation = workspace.cargo(["test", "--locked", "--workspace", "--test", "simulation"]);
    simulation
        .args(["--", "--exact", "histories"])
        .env("LEAFLINK_SYNC_COMPONENT", component)
        .env("LEAFLINK_SYNC_MINUTES", minutes.to_string());
    run(simulation, "something was violated; see above for the history that shows it")
}

/// Reads the arguments of `fuzz`.
fn fuzz_task(args: &[OsString]) -> Result<Task, String> {
    const MINUTES: u32 = 10;

    match args {
        [] => Ok(Task::Fuzz { minutes: MINUTES }),
        [flag, minutes] if flag == "--minutes" => {
            let minutes = minutes.to_str().and_then(|text| text.parse().ok()).filter(|minutes| *minutes > 0);
            let minutes = minutes.ok_or("`fuzz --minutes` takes a whole number of minutes, 1 or more")?;
            Ok(Task::Fuzz { minutes })
        }
        _ => Err("`fuzz` takes `--minutes N` and nothing else".to_owned()),
    }
}

fn fuzz(workspace: &Workspace, minutes: u32) -> Result<(), String> {
    let component = component::build(workspace)?.path;

    heading("damaging orders, webhooks and stored state");
    let mut tests = workspace.cargo(["test", "--locked", "--workspace", "--test", "fuzz"]);
    tests
        .args(["--", "--nocapture"])
        .env("LEAFLINK_SYNC_COMPONENT", component)
        .env("LEAFLINK_SYNC_FUZZ_MINUTES", minutes.to_string());
    run(tests, "a seed failed; its number and what it did are above")
}

fn golden(workspace: &Workspace) -> Result<(), String> {
    let component = component::build(workspace)?.path;

    heading("writing what this version stores");
    let mut writes = workspace.cargo(["test", "--locked", "--workspace", "--test", "golden"]);
    writes
        .args(["--", "--ignored", "--exact", "write_golden_state", "--nocapture"])
        .env("LEAFLINK_SYNC_COMPONENT", component);
    run(writes, "nothing was written; see above")?;

    // The component's own tests know the types.
    let mut forms = workspace.cargo(["test", "--locked", "--package", component::PACKAGE, "--lib"]);
    forms.args(["--", "--ignored", "--exact", "host::kinds::write_golden_forms", "--nocapture"]);
    run(forms, "the forms were not written; see above")
}

fn check(workspace: &Workspace) -> Result<(), String> {
    target::ensure(workspace)?;

    heading("checking the format");
    run(workspace.cargo(["fmt", "--all", "--check"]), "the format is not rustfmt's; run `cargo fmt --all`")?;

    const DENY_WARNINGS: [&str; 3] = ["--", "--deny", "warnings"];
    const LINTS_FAILED: &str = "clippy has objections; see above";
    heading("checking the lints");
    let mut lints = workspace.cargo(["clippy", "--locked", "--workspace", "--all-targets"]);
    lints.args(DENY_WARNINGS);
    run(lints, LINTS_FAILED)?;

    heading("checking the component's lints for wasm32");
    let mut lints = workspace.cargo(["clippy", "--locked", "--package", component::PACKAGE]);
    lints.args(["--target", target::NAME]).args(DENY_WARNINGS);
    run(lints, LINTS_FAILED)?;

    heading("checking the lints of the next schema's component");
    let mut lints = workspace.cargo(["clippy", "--locked", "--package", component::PACKAGE]);
    lints.args(["--target", target::NAME, "--features", "next-schema"]).args(DENY_WARNINGS);
    run(lints, LINTS_FAILED)?;

    heading("checking the documentation");
    let mut docs = workspace.cargo(["doc", "--locked", "--workspace", "--no-deps"]);
    docs.env("RUSTDOCFLAGS", "--deny warnings");
    run(docs, "rustdoc has objections; see above")
}

#[cfg(test)]
mod tests {
    use super::{Sweep, Task};
    use std::ffi::OsString;

    fn parse(line: &str) -> Result<Task, String> {
        Task::parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn no_arguments_ask_for_help() {
        assert_eq!(parse(""), Ok(Task::Help));
        assert_eq!(parse("--help"), Ok(Task::Help));
    }

    #[test]
    fn demo_and_test_hand_everything_on() {
        let args = |line: &str| line.split(' ').map(OsString::from).collect();
        assert_eq!(parse("demo --json --help"), Ok(Task::Demo(args("--json --help"))));
        assert_eq!(parse("test orders -- --nocapture"), Ok(Task::Test(args("orders -- --nocapture"))));
    }

    #[test]
    fn the_sweep_takes_flags_and_one_name() {
        let payments = Sweep { all: true, pairs: true, only: Some("payments".into()) };
        assert_eq!(parse("sweep --pairs payments --all"), Ok(Task::Sweep(payments)));
        assert_eq!(parse("sweep"), Ok(Task::Sweep(Sweep::default())));
        for (line, named) in [("sweep --pair", "`--pair`"), ("sweep payments stock", "`stock`")] {
            let sentence = parse(line).expect_err("not an argument of it");
            assert!(sentence.contains(named), "{sentence}");
        }
    }

    #[test]
    fn the_simulation_takes_minutes() {
        assert_eq!(parse("simulate"), Ok(Task::Simulate(60)));
        assert_eq!(parse("simulate 5"), Ok(Task::Simulate(5)));
        let sentence = parse("simulate long").expect_err("no number");
        assert!(sentence.contains("`long`"), "{sentence}");
        assert!(parse("simulate 5 6").is_err());
    }

    #[test]
    fn fuzz_takes_minutes() {
        assert_eq!(parse("fuzz"), Ok(Task::Fuzz { minutes: 10 }));
        assert_eq!(parse("fuzz --minutes 3"), Ok(Task::Fuzz { minutes: 3 }));
        for wrong in ["fuzz --minutes", "fuzz --minutes 0", "fuzz --minutes x", "fuzz 3"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_unknown_command_is_named_in_the_error() {
        let sentence = parse("biuld").expect_err("unknown");
        assert!(sentence.contains("`biuld`"), "{sentence}");
    }

    #[test]
    fn arguments_that_would_be_ignored_are_refused() {
        assert_eq!(parse("build"), Ok(Task::Build));
        let sentence = parse("build --release").expect_err("one too many");
        assert!(sentence.contains("`--release`"), "{sentence}");
    }
}
