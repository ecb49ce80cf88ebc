//! Mail out and in again: the sender against the catcher, and the catcher against raw SMTP.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use leaflink_sync_transport::{
    Catcher, CaughtMail, Credentials, MailError, OutgoingMail, Security, SmtpSender, SmtpServer,
};

fn server(address: SocketAddr) -> SmtpServer {
    SmtpServer {
        host: address.ip().to_string(),
        port: address.port(),
        security: Security::None,
        credentials: None,
        from: "ERP alerts <alerts@erp.example>".into(),
    }
}

fn sender(address: SocketAddr) -> SmtpSender {
    SmtpSender::new(server(address)).unwrap()
}

fn mail(subject: &str, text: &str) -> OutgoingMail {
    OutgoingMail { to: vec!["ops@brand.example".into()], subject: subject.into(), text: text.into() }
}

/// Sends one message and returns it as it was caught.
fn round_trip(mail: &OutgoingMail) -> CaughtMail {
    let catcher = Catcher::start().unwrap();
    sender(catcher.address()).send(mail).unwrap();
    let [caught] = &*catcher.messages() else { panic!("{:?}", catcher.messages()) };
    caught.clone()
}

#[test]
fn a_message_arrives_with_all_its_parts() {
    let to = ["ops@brand.example", "boss@brand.example", "a+b@sub.brand.example"];
    let sent = OutgoingMail { to: to.map(String::from).into(), ..mail("Order held", "Line 1\nLine 2") };
    assert_eq!(
        round_trip(&sent),
        CaughtMail {
            from: "alerts@erp.example".into(),
            to: sent.to.clone(),
            subject: sent.subject.clone(),
            text: sent.text.clone(),
        }
    );
}

#[test]
fn awkward_texts_and_subjects_arrive_unchanged() {
    let long_line = "word ".repeat(1000) + "end";
    let unbroken = "x".repeat(5000);
    let texts = [
        ".",
        "..",
        ".\n..\n...\n.a",
        "a\n.\nb",
        "a\n\n\n.\n\nb",
        "",
        "QUIT\nDATA",
        "= =3D =\n=20",
        "Bestellung für Café \u{1f33f} – €10,00\n.ä",
        "  indented\n\ttab",
        "From me\n>From",
        "%s {}",
        &long_line,
        &unbroken,
    ];
    for text in texts {
        assert_eq!(round_trip(&mail("s", text)).text, text);
    }
    let long_subject = "ü".repeat(200);
    for subject in ["", "Größe \u{1f33f}", "a: b; \"c\" <d>", &long_subject] {
        assert_eq!(round_trip(&mail(subject, "t")).subject, subject);
    }
}

#[test]
fn line_breaks_of_any_kind_become_one() {
    assert_eq!(round_trip(&mail("s", "a\r\nb\rc\nd")).text, "a\nb\nc\nd");
}

#[test]
fn headers_and_recipients_cannot_be_smuggled_in() {
    let catcher = Catcher::start().unwrap();
    let sender = sender(catcher.address());
    for subject in ["a\r\nBcc: x@evil.example", "a\nb", "a\rb", "a\0b", "a\u{85}b"] {
        let outcome = sender.send(&mail(subject, "t"));
        assert!(matches!(outcome, Err(MailError::InvalidMessage(_))), "{outcome:?}");
    }
    for address in [
        "",
        "ops",
        "ops@",
        "@brand.example",
        "a b@brand.example",
        "a@b.example, c@d.example",
        "Ops <ops@brand.example>",
        "a@b.example\r\nRCPT TO:<x@evil.example>",
        "a@b.example>\r\n<",
        "a\0@b.example",
    ] {
        let to = vec!["fine@brand.example".to_owned(), address.to_owned()];
        match sender.send(&OutgoingMail { to, ..mail("s", "t") }) {
            Err(error @ MailError::InvalidAddress { .. }) => {
                let text = error.to_string();
                assert!(text.contains(&format!("\"{}\"", address.escape_debug())), "{text}");
            }
            other => panic!("{other:?} for {address:?}"),
        }
    }
    let nobody = OutgoingMail { to: vec![], ..mail("s", "t") };
    assert!(matches!(sender.send(&nobody), Err(MailError::InvalidMessage(_))));
    assert_eq!(catcher.messages(), []);
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let fine = || server("127.0.0.1:25".parse().unwrap());
    let credentials = Some(Credentials { user: "u".into(), password: "pa55".into() });
    assert!(!format!("{credentials:?}").contains("pa55"));
    let refused = SmtpSender::new(SmtpServer { credentials: credentials.clone(), ..fine() });
    assert!(matches!(refused, Err(MailError::Settings(_))));
    for security in [Security::Tls, Security::StartTls] {
        let allowed = SmtpSender::new(SmtpServer { credentials: credentials.clone(), security, ..fine() });
        assert!(!format!("{:?}", allowed.unwrap()).contains("pa55"));
    }
    let refused = SmtpSender::new(SmtpServer { from: "nobody".into(), ..fine() });
    assert!(matches!(refused, Err(MailError::InvalidAddress { .. })));
}

#[test]
fn there_is_no_fallback_to_an_open_connection() {
    let catcher = Catcher::start().unwrap();
    for security in [Security::StartTls, Security::Tls] {
        let sender = SmtpSender::new(SmtpServer { security, ..server(catcher.address()) }).unwrap();
        assert!(sender.send(&mail("s", "t")).is_err());
    }
    assert_eq!(catcher.messages(), []);
}

/// A mail server that gives the same answer to everything but the greeting.
fn grumpy(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        (&stream).write_all(b"220 hello\r\n").unwrap();
        for line in BufReader::new(&stream).lines() {
            let Ok(line) = line else { return };
            let answer = if line.starts_with("EHLO") { "250 hello" } else { answer };
            if (&stream).write_all(format!("{answer}\r\n").as_bytes()).is_err() {
                return;
            }
        }
    });
    address
}

#[test]
fn a_refusal_for_good_differs_from_a_later() {
    match sender(grumpy("550 no such user")).send(&mail("s", "t")) {
        Err(MailError::Refused { answer, to, .. }) => {
            assert!(answer.contains("no such user"), "{answer}");
            assert_eq!(to, "ops@brand.example");
        }
        other => panic!("{other:?}"),
    }
    let later = sender(grumpy("451 busy")).send(&mail("s", "t"));
    assert!(matches!(later, Err(MailError::Unavailable { .. })), "{later:?}");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let away = sender(closed).send(&mail("s", "t"));
    assert!(matches!(away, Err(MailError::Unavailable { .. })), "{away:?}");
}

/// A conversation by hand.
struct Talk {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Talk {
    fn to(catcher: &Catcher) -> Talk {
        let stream = TcpStream::connect(catcher.address()).unwrap();
        let reader = BufReader::new(stream.try_clone().unwrap());
        let mut talk = Talk { stream, reader };
        assert_eq!(talk.answer(), "220");
        talk
    }

    /// The code of the next answer.
    fn answer(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.reader.read_line(&mut line).unwrap();
            if line.get(3..4) != Some("-") {
                return line.get(..3).unwrap_or_default().to_owned();
            }
        }
    }

    fn say(&mut self, text: &str) -> String {
        self.stream.write_all(text.as_bytes()).unwrap();
        self.answer()
    }
}

#[test]
fn the_catcher_keeps_to_the_order_of_commands() {
    let catcher = Catcher::start().unwrap();
    let mut talk = Talk::to(&catcher);
    let script = [
        ("EHLO me\r\n", "250"),
        ("RCPT TO:<b@c>\r\n", "503"),
        ("DATA\r\n", "503"),
        ("MAIL FROM:a@b\r\n", "501"),
        ("mail from:<a@b> SIZE=10 BODY=8BITMIME\r\n", "250"),
        ("MAIL FROM:<a@b>\r\n", "503"),
        ("DATA\r\n", "503"),
        ("RCPT TO:<>\r\n", "501"),
        ("RCPT TO:<dropped@c>\r\n", "250"),
        ("RSET\r\n", "250"),
        ("DATA\r\n", "503"),
        ("NOOP\r\n", "250"),
        ("VRFY x\r\n", "502"),
        ("\r\n", "502"),
        ("MAIL FROM:<>\r\n", "250"),
        ("RCPT TO:<kept@c>\r\n", "250"),
        ("DATA\r\n", "354"),
        ("Subject: s\r\n\r\n..a\r\nb\n.\nc\r\n.\r\n", "250"),
        ("DATA\r\n", "503"),
        ("QUIT\r\n", "221"),
    ];
    for (said, code) in script {
        assert_eq!(talk.say(said), code, "{said}");
    }
    assert_eq!(
        catcher.messages(),
        [CaughtMail {
            from: String::new(),
            to: vec!["kept@c".into()],
            subject: "s".into(),
            text: ".a\nb\n.\nc".into(),
        }]
    );
}

#[test]
fn the_catcher_bounds_messages_and_lines() {
    let catcher = Catcher::start().unwrap();
    let mut talk = Talk::to(&catcher);
    for said in ["EHLO me\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n"] {
        assert_eq!(talk.say(said), "250");
    }
    assert_eq!(talk.say("DATA\r\n"), "354");
    assert_eq!(talk.say(&("x".repeat(11 << 20) + "\r\n.\r\n")), "552");
    assert_eq!(talk.say("NOOP\r\n"), "250");
    assert_eq!(talk.say(&"x".repeat(2048)), "500");
    assert_eq!(catcher.messages(), []);
}

#[test]
fn a_message_broken_off_is_not_kept_and_others_are() {
    let catcher = Catcher::start().unwrap();
    let mut talk = Talk::to(&catcher);
    for said in ["HELO me\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n"] {
        assert_eq!(talk.say(said), "250");
    }
    assert_eq!(talk.say("DATA\r\n"), "354");
    talk.stream.write_all(b"Subject: half\r\n\r\nhalf").unwrap();
    drop(talk);
    let sender = sender(catcher.address());
    for subject in ["1", "2", "3", "4", "5", "6"] {
        sender.send(&mail(subject, "t")).unwrap();
    }
    let subjects: Vec<_> = catcher.messages().into_iter().map(|mail| mail.subject).collect();
    assert_eq!(subjects, ["1", "2", "3", "4", "5", "6"]);
}

#[test]
fn dropping_the_catcher_ends_open_connections_and_frees_the_port() {
    let catcher = Catcher::start().unwrap();
    let address = catcher.address();
    let mut talks: Vec<_> = (0..3).map(|_| Talk::to(&catcher)).collect();
    drop(catcher);
    for talk in &mut talks {
        let mut rest = String::new();
        assert_eq!(talk.reader.read_line(&mut rest).unwrap_or(0), 0, "{rest}");
    }
    assert!(TcpStream::connect(address).is_err());
}
