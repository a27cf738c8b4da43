//! A real S3-compatible server (moto) on the loopback interface, and a proxy in front of it that breaks things.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::program::{Process, free_port, program};

/// What the proxy does with requests for objects whose key contains a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Waits before it answers.
    Slow(Duration),
    /// Closes the connection in the middle of the body: of so many answers, then no more.
    Cut(usize),
    /// Answers with this status.
    Status(u16),
    /// Puts another object in its place before it answers the first request for its content.
    Changed,
}

/// Requests for content that reached the server: the target, and the bytes of the answer's body.
type Log = Arc<Mutex<Vec<(String, usize)>>>;

pub struct ObjectServer {
    proxy: u16,
    server: u16,
    log: Log,
    _process: Process,
}

const BUCKET: &str = "recordings";

impl ObjectServer {
    /// Starts both; `NDAUDIO_ARCHIVE_PYTHON` is a Python with moto, which `ci.sh` installs.
    pub fn start(faults: &[(&'static str, Fault)]) -> Self {
        let python = std::env::var("NDAUDIO_ARCHIVE_PYTHON")
            .expect("run ci.sh, which installs moto and sets NDAUDIO_ARCHIVE_PYTHON");
        let server = free_port();
        let run = "import sys; from moto.server import main; main(['-H', '127.0.0.1', '-p', sys.argv[1]])";
        let process = Command::new(python)
            .args(["-c", run, &server.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let process = Process(process);
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", server)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "moto does not start");
            std::thread::sleep(Duration::from_millis(100));
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = listener.local_addr().unwrap().port();
        let log = Log::default();
        let faults: Arc<Vec<_>> = Arc::new(faults.iter().map(|fault| (*fault, AtomicUsize::new(0))).collect());
        let shared = Arc::clone(&log);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (faults, log) = (Arc::clone(&faults), Arc::clone(&shared));
                std::thread::spawn(move || serve(client, server, &faults, &log));
            }
        });
        put(server, &format!("/{BUCKET}"), b"");
        ObjectServer { proxy, server, log, _process: process }
    }

    /// Stores a file as an object, past the proxy.
    pub fn put(&self, key: &str, bytes: &[u8]) {
        put(self.server, &format!("/{BUCKET}/{key}"), bytes);
    }

    pub fn put_folder(&self, folder: &Path, prefix: &str) {
        for item in std::fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            let key = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                self.put_folder(&path, &format!("{key}/"))
            } else {
                self.put(&key, &std::fs::read(&path).unwrap())
            }
        }
    }

    /// The program, with an environment that leads to the proxy.
    pub fn program(&self) -> Command {
        let mut command = program();
        command.envs(self.environment().iter().map(|(name, value)| (*name, value.as_str())));
        command
    }

    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT", format!("http://127.0.0.1:{}", self.proxy)),
            ("AWS_ACCESS_KEY_ID", "test".into()),
            ("AWS_SECRET_ACCESS_KEY", "test".into()),
            ("AWS_REGION", "us-east-1".into()),
            ("NDAUDIO_RETRIES", "2".into()),
            ("NDAUDIO_REQUEST_TIMEOUT", "3".into()),
        ]
    }

    /// Requests for content so far, and forgets them.
    pub fn take_log(&self) -> Vec<(String, usize)> {
        std::mem::take(&mut self.log.lock().unwrap())
    }
}

/// Who replaces an object must be somebody for moto; it does not check the signature.
const AUTHORIZATION: &str = "Authorization: AWS4-HMAC-SHA256 Credential=test/20240501/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";

fn put(port: u16, target: &str, bytes: &[u8]) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = format!(
        "PUT {target} HTTP/1.1\r\nHost: localhost\r\n{AUTHORIZATION}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        bytes.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "PUT {target}: {answer}");
}

fn serve(mut client: TcpStream, server: u16, faults: &[((&'static str, Fault), AtomicUsize)], log: &Log) {
    let Some(head) = read_head(&mut client) else { return };
    let target = head.split(' ').nth(1).unwrap_or("").to_owned();
    let content = head.starts_with("GET") && !target.contains("list-type");
    let fault = faults.iter().find(|((word, _), _)| content && target.contains(word));
    let count = fault.map_or(0, |(_, count)| count.fetch_add(1, Ordering::SeqCst));
    let fault = fault.map(|((_, fault), _)| *fault);
    match fault {
        Some(Fault::Slow(delay)) => std::thread::sleep(delay),
        Some(Fault::Status(status)) => {
            let body = "<?xml version=\"1.0\"?><Error><Code>Fault</Code></Error>";
            let answer =
                format!("HTTP/1.1 {status} Fault\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
            let _ = client.write_all(answer.as_bytes());
            return;
        }
        Some(Fault::Changed) if count == 0 => put(server, &target, b"another object"),
        _ => {}
    }
    let mut upstream = TcpStream::connect(("127.0.0.1", server)).unwrap();
    let head = head.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    upstream.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    if upstream.read_to_end(&mut answer).is_err() {
        return;
    }
    let body = answer.windows(4).position(|window| window == b"\r\n\r\n").map_or(answer.len(), |end| end + 4);
    if content {
        log.lock().unwrap().push((target, answer.len() - body));
    }
    let end = match fault {
        Some(Fault::Cut(times)) if count < times => body + (answer.len() - body) / 2,
        _ => answer.len(),
    };
    let _ = client.write_all(&answer[..end]);
}

/// A request without a body: all that is sent through the proxy.
fn read_head(client: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if client.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}
