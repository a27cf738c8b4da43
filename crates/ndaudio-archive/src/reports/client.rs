//! The side of executors and of clients.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::{Counts, Message, port_of};
use crate::progress::Progress;

/// How long an executor or a client waits for the scheduler.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often a task reports.
const EVERY: Duration = Duration::from_millis(500);

/// The scheduler's host and port of reports, in an executor.
static SCHEDULER: OnceLock<(String, u16)> = OnceLock::new();

/// Says whom the tasks of this process report to.
pub(crate) fn set_scheduler(host: &str, port: u16) {
    // A process is one executor.
    let _ = SCHEDULER.set((host.to_owned(), port_of(port)));
}

/// A connection, by which messages are sent and answered.
#[derive(Debug)]
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn open(host: &str, port: u16) -> io::Result<Self> {
        let address = (host, port).to_socket_addrs()?.next().ok_or(io::ErrorKind::NotFound)?;
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Connection(BufReader::new(stream)))
    }

    fn say(&mut self, message: &Message) -> io::Result<Counts> {
        let mut line = serde_json::to_vec(message)?;
        line.push(b'\n');
        self.0.get_mut().write_all(&line)?;
        let mut answer = String::new();
        self.0.read_line(&mut answer)?;
        Ok(serde_json::from_str(&answer)?)
    }
}

/// Asks the scheduler at `port` what a session has done.
pub(crate) fn ask(host: &str, port: u16, session: u64) -> io::Result<Counts> {
    Connection::open(host, port_of(port))?.say(&Message::Ask { session })
}

/// Tells the scheduler what one task of this executor has done.
#[derive(Debug)]
pub(crate) struct Reporter {
    session: u64,
    task: u64,
    progress: Arc<Progress>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Gone once the scheduler did not answer: rows are worth more than reports.
    connection: Option<Connection>,
    last: Instant,
}

impl Reporter {
    /// Reports what is counted in `progress`; `None` in a process that is no executor, or if the scheduler does not listen.
    pub(crate) fn new(session: u64, task: u64, progress: Arc<Progress>) -> Option<Self> {
        let (host, port) = SCHEDULER.get()?;
        let opened = Connection::open(host, *port);
        let connection = opened.inspect_err(|error| log::debug!("no reports to {host}:{port}: {error}")).ok()?;
        let state = Mutex::new(State { connection: Some(connection), last: Instant::now() });
        Some(Reporter { session, task, progress, state })
    }

    /// Reports if the last report is some time ago, or at once.
    pub(crate) fn report(&self, at_once: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !at_once && state.last.elapsed() < EVERY {
            return;
        }
        state.last = Instant::now();
        let message = Message::Report { session: self.session, task: self.task, counts: self.progress.counts() };
        let Some(connection) = &mut state.connection else { return };
        if let Err(error) = connection.say(&message) {
            log::debug!("a report was not heard: {error}");
            state.connection = None;
        }
    }
}
