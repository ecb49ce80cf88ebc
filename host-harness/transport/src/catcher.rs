//! A mail server that keeps what it is given, for tests and demonstrations.
//!
//! It listens on this machine only, delivers to nobody, and speaks as much SMTP as a sender needs.
//! A fixed handful of threads serves the connections; dropping the [`Catcher`] ends them.

mod session;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use mail_parser::MessageParser;

/// Connections served at the same time; more of them wait their turn.
const WORKERS: usize = 4;
/// A sender that is silent this long is hung up on.
const SILENCE: Duration = Duration::from_secs(30);
/// The system is short of something, commonly file handles; asking at once would only spin.
const AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(100);

/// A caught message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaughtMail {
    /// The envelope's sender; empty for a bounce.
    pub from: String,
    /// The envelope's recipients, in order.
    pub to: Vec<String>,
    /// The subject, decoded.
    pub subject: String,
    /// The text, decoded, lines separated by `\n`, without line breaks at its end.
    pub text: String,
}

/// The running server.
#[derive(Debug)]
pub struct Catcher {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    workers: Vec<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    stopping: bool,
    mails: Vec<CaughtMail>,
    /// The connection that each busy worker serves.
    open: BTreeMap<usize, TcpStream>,
}

impl Catcher {
    /// Starts on a free port of this machine.
    ///
    /// # Errors
    /// When the system gives no port or no thread.
    pub fn start() -> io::Result<Catcher> {
        Catcher::start_on(0)
    }

    /// Starts on the given port of this machine; 0 takes a free one.
    ///
    /// # Errors
    /// When the port is taken, or the system gives no thread.
    pub fn start_on(port: u16) -> io::Result<Catcher> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let mut catcher =
            Catcher { address: listener.local_addr()?, shared: Arc::default(), workers: Vec::new() };
        for worker in 0..WORKERS {
            let (listener, shared) = (listener.try_clone()?, Arc::clone(&catcher.shared));
            let run = move || work(worker, &listener, &shared);
            let name = format!("mail-catcher-{worker}");
            catcher.workers.push(thread::Builder::new().name(name).spawn(run)?);
        }
        Ok(catcher)
    }

    /// Where to send mail to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Everything caught so far, oldest first. A message is here before its sender is told that it
    /// was taken.
    pub fn messages(&self) -> Vec<CaughtMail> {
        lock(&self.shared).mails.clone()
    }
}

impl Drop for Catcher {
    fn drop(&mut self) {
        {
            let mut shared = lock(&self.shared);
            shared.stopping = true;
            for stream in shared.open.values() {
                // A connection that is already gone needs no ending.
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
        // Each worker that waits for a connection gets one, sees the flag, and ends.
        let wake: Vec<_> = self.workers.iter().map(|_| TcpStream::connect(self.address)).collect();
        for worker in self.workers.drain(..) {
            // A worker that panicked has ended too; its test has failed already.
            let _ = worker.join();
        }
        drop(wake);
    }
}

/// Serves connections, one after another, until the catcher stops.
fn work(worker: usize, listener: &TcpListener, shared: &Mutex<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept() else {
            thread::sleep(AFTER_FAILED_ACCEPT);
            continue;
        };
        {
            let mut shared = lock(shared);
            if shared.stopping {
                return;
            }
            let Ok(handle) = stream.try_clone() else {
                continue;
            };
            shared.open.insert(worker, handle);
        }
        // A sender that breaks off has given nothing to keep.
        let _ = serve(&stream, shared);
        lock(shared).open.remove(&worker);
    }
}

fn serve(stream: &TcpStream, shared: &Mutex<Shared>) -> io::Result<()> {
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(SILENCE))?;
    session::serve(stream, |envelope, raw| {
        let message = MessageParser::default().parse(raw);
        let subject = message.as_ref().and_then(|m| m.subject()).unwrap_or_default();
        let text = message.as_ref().and_then(|m| m.body_text(0)).unwrap_or_default();
        let mail = CaughtMail {
            from: envelope.from,
            to: envelope.to,
            subject: subject.to_owned(),
            text: text.replace("\r\n", "\n").trim_end_matches('\n').to_owned(),
        };
        lock(shared).mails.push(mail);
    })
}

/// What one worker was doing when it panicked does not spoil the mails of the others.
fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
