//! `vanthu`: the server and everything that is done from the command line. It holds no rule: what
//! people do is in `vanthu-app`, how it is reached in `vanthu-web`.

mod command;
mod config;
mod output;
mod telemetry;
mod told;
mod wiring;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Official documents with digital signatures: drafting, signing, numbering, sealing, issuing,
/// receiving, processing.
///
/// Exit codes: 0 done, 1 the answer is no (a signature that does not pass, a document that may not be sealed, a broken
/// ledger, a demonstration that stopped), 2 wrong usage, 3 it could not be done.
#[derive(Parser)]
#[command(version, about, long_about)]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Serve a real installation.
    Serve(command::serve::Serve),
    /// Make a real installation: tables, the first agency, the first administrator.
    Init(command::init::Init),
    /// Serve the practice installation, making it when there is none.
    Practice(command::practice::Practice),
    /// Drive the whole main job over HTTP as a client would, and leave its results in a folder.
    Demo(command::demo::Demo),
    /// Validate the signatures of PDFs, signature files and containers; exit code 0 only when all of them pass.
    Verify(command::verify::Verify),
    /// Tell the status of a certificate, from the services that it names; exit code 0 only when it is valid.
    Status(command::status::Status),
    /// Show, check and install signed lists of trust anchors.
    Anchors(command::anchors::Anchors),
    /// Show the certificates whose keys are on devices or in a key file.
    Keys(command::keys::Keys),
    /// Sign a file with a key on a device (PKCS#11) or in a file (PKCS#12): PDFs in themselves, others beside them or in a container.
    Sign(command::sign::Sign),
    /// Sign a PDF for the agency: behind the authorised person's signature, with the red seal, locked.
    Seal(command::seal::Seal),
    /// Put evidence and time-stamps into what is signed, so that it stays provable.
    Extend(command::extend::Extend),
    /// Check the form of PDFs of official documents, and read what they say about themselves.
    Layout(command::layout::Layout),
    /// Prove the ledger.
    Ledger(command::ledger::Ledger),
    /// Bring the tables of a database up to date.
    Migrate(command::migrate::Migrate),
    /// Check everything that an installation needs, and say what to do about the rest.
    Doctor(command::doctor::Doctor),
}

#[tokio::main]
async fn main() -> ExitCode {
    let command = Command::parse();
    telemetry::start();
    let done = match command.what {
        What::Serve(it) => it.run().await,
        What::Init(it) => it.run().await,
        What::Practice(it) => it.run().await,
        What::Demo(it) => it.run().await,
        What::Verify(it) => it.run().await,
        What::Status(it) => it.run().await,
        What::Anchors(it) => it.run().await,
        What::Keys(it) => it.run(),
        What::Sign(it) => it.run().await,
        What::Seal(it) => it.run().await,
        What::Extend(it) => it.run().await,
        What::Layout(it) => it.run(),
        What::Ledger(it) => it.run().await,
        What::Migrate(it) => it.run().await,
        What::Doctor(it) => it.run().await,
    };
    match done {
        Ok(code) => code,
        Err(error) => output::complain(&error),
    }
}
