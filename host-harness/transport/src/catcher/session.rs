//! The server's side of one SMTP conversation (RFC 5321, without extensions but SIZE and 8BITMIME).

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// The longest command line, in bytes; the standard asks for 512 and more with extensions.
const LINE_LIMIT: u64 = 2048;
/// The largest message, in bytes.
const SIZE_LIMIT: usize = 10 << 20;
/// Recipients a message may have; the standard asks for 100 at least.
const RECIPIENT_LIMIT: usize = 1000;

/// Who sends a message to whom, as told in the conversation.
#[derive(Debug, Default)]
pub(super) struct Envelope {
    pub(super) from: String,
    pub(super) to: Vec<String>,
}

/// Talks until the sender quits or breaks off; `keep` takes each message before it is confirmed.
pub(super) fn serve(stream: &TcpStream, mut keep: impl FnMut(Envelope, &[u8])) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut envelope: Option<Envelope> = None;
    reply(stream, "220 localhost mail catcher")?;
    loop {
        let Some(line) = command_line(&mut reader)? else {
            return reply(stream, "500 line too long, closing");
        };
        if line.is_empty() {
            return Ok(());
        }
        let line = line.trim_end();
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                envelope = None;
                let size = format!("250 SIZE {SIZE_LIMIT}");
                reply(stream, &format!("250-localhost\r\n250-8BITMIME\r\n{size}"))?;
            }
            "HELO" => {
                envelope = None;
                reply(stream, "250 localhost")?;
            }
            "MAIL" => match address(rest, "FROM:") {
                Some(from) if envelope.is_none() => {
                    envelope = Some(Envelope { from, to: Vec::new() });
                    reply(stream, "250 sender ok")?;
                }
                Some(_) => reply(stream, "503 a message is already under way")?,
                None => reply(stream, "501 expected MAIL FROM:<address>")?,
            },
            "RCPT" => match (&mut envelope, address(rest, "TO:").filter(|to| !to.is_empty())) {
                (None, _) => reply(stream, "503 MAIL first")?,
                (Some(_), None) => reply(stream, "501 expected RCPT TO:<address>")?,
                (Some(open), Some(_)) if open.to.len() >= RECIPIENT_LIMIT => {
                    reply(stream, "452 too many recipients")?;
                }
                (Some(open), Some(to)) => {
                    open.to.push(to);
                    reply(stream, "250 recipient ok")?;
                }
            },
            "DATA" => match envelope.take_if(|open| !open.to.is_empty()) {
                None => reply(stream, "503 MAIL and RCPT first")?,
                Some(envelope) => {
                    reply(stream, "354 end with a line of a single dot")?;
                    match data(&mut reader)? {
                        Some(raw) => {
                            keep(envelope, &raw);
                            reply(stream, "250 kept")?;
                        }
                        None => reply(stream, "552 message too large")?,
                    }
                }
            },
            "RSET" => {
                envelope = None;
                reply(stream, "250 ok")?;
            }
            "NOOP" => reply(stream, "250 ok")?,
            "QUIT" => return reply(stream, "221 bye"),
            _ => reply(stream, "502 command not known here")?,
        }
    }
}

fn reply(mut stream: &TcpStream, text: &str) -> io::Result<()> {
    stream.write_all(format!("{text}\r\n").as_bytes())
}

/// The next line with its end, empty at the end of the stream; `None` if it is too long.
fn command_line(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    reader.take(LINE_LIMIT).read_until(b'\n', &mut line)?;
    if line.len() as u64 == LINE_LIMIT && !line.ends_with(b"\n") {
        return Ok(None);
    }
    Ok(Some(String::from_utf8_lossy(&line).into_owned()))
}

/// The address of `FROM:<address> PARAMETERS`.
fn address(rest: &str, keyword: &str) -> Option<String> {
    let start = rest.get(..keyword.len())?;
    let bracketed = rest[keyword.len()..].trim_start().strip_prefix('<')?;
    let (address, _) = bracketed.split_once('>')?;
    start.eq_ignore_ascii_case(keyword).then(|| address.to_owned())
}

/// A message up to the line of a single dot, with leading dots restored; `None` if it is too large,
/// in which case it is read to its end all the same.
fn data(reader: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut raw = Vec::new();
    let mut fits = true;
    let mut at_line_start = true;
    let mut after_cr = false;
    loop {
        let mut piece = Vec::new();
        reader.take(LINE_LIMIT).read_until(b'\n', &mut piece)?;
        if piece.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if at_line_start && piece == b".\r\n" {
            return Ok(fits.then_some(raw));
        }
        let stuffed = at_line_start && piece.starts_with(b".");
        let line = if stuffed { &piece[1..] } else { &piece[..] };
        // A piece may end between `\r` and `\n`; the line ends with the next piece.
        at_line_start = piece.ends_with(b"\r\n") || (after_cr && piece == b"\n");
        after_cr = piece.ends_with(b"\r");
        fits = fits && raw.len() + line.len() <= SIZE_LIMIT;
        if fits {
            raw.extend_from_slice(line);
        } else {
            raw.clear();
        }
    }
}
