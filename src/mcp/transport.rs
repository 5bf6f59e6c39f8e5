//! Messages as lines on standard input and output, each bounded. What is no message is answered and passed
//! over.

use std::{
    borrow::Cow,
    io::{self, BufRead, Write},
    thread,
};

use rmcp::{
    ErrorData, RoleServer,
    model::ErrorCode,
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
    transport::Transport,
};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

/// A longer line is passed over as it comes, in bytes.
const LONGEST: usize = 1 << 20;

/// Lines that wait on either way.
const WAITING: usize = 16;

/// What came in.
#[derive(Debug, PartialEq)]
enum Line {
    Whole(Vec<u8>),
    TooLong,
}

/// The two streams of the process, each with a thread of its own: a read that waits for the client, or a
/// write, holds up nothing else.
pub(super) struct Lines {
    incoming: mpsc::Receiver<Line>,
    outgoing: Option<mpsc::Sender<Vec<u8>>>,
    written: Option<oneshot::Receiver<()>>,
}

impl Lines {
    /// Takes standard input and output. Nothing else may write there.
    pub(super) fn of_the_process() -> Self {
        let (arrived, incoming) = mpsc::channel(WAITING);
        let (outgoing, mut leaving) = mpsc::channel::<Vec<u8>>(WAITING);
        let (end, written) = oneshot::channel();
        thread::spawn(move || {
            let mut input = io::stdin().lock();
            while let Ok(Some(line)) = next(&mut input, LONGEST) {
                if arrived.blocking_send(line).is_err() {
                    break;
                }
            }
        });
        thread::spawn(move || {
            let mut out = io::stdout().lock();
            while let Some(line) = leaving.blocking_recv() {
                if out.write_all(&line).and_then(|()| out.flush()).is_err() {
                    break;
                }
            }
            let _ = end.send(());
        });
        Self { incoming, outgoing: Some(outgoing), written: Some(written) }
    }
}

impl Transport<RoleServer> for Lines {
    type Error = io::Error;

    fn name() -> Cow<'static, str> {
        "standard input and output".into()
    }

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), io::Error>> + Send + 'static {
        let out = self.outgoing.clone();
        async move {
            let mut line = serde_json::to_vec(&item)?;
            line.push(b'\n');
            let closed = || io::Error::from(io::ErrorKind::BrokenPipe);
            out.ok_or_else(closed)?.send(line).await.map_err(|_| closed())
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            let out = self.outgoing.clone()?;
            let line = tokio::select! {
                line = self.incoming.recv() => line?,
                // Nobody reads what would be answered.
                () = out.closed() => return None,
            };
            match read(&line) {
                Ok(Some(message)) => return Some(message),
                Ok(None) => {}
                Err(refused) => self.send(TxJsonRpcMessage::<RoleServer>::error(refused, None)).await.ok()?,
            }
        }
    }

    async fn close(&mut self) -> Result<(), io::Error> {
        drop(self.outgoing.take());
        if let Some(written) = self.written.take() {
            let _ = written.await;
        }
        Ok(())
    }
}

/// Returns the message on a line; none where there is nothing to answer.
///
/// # Errors
/// What the client is told.
fn read(line: &Line) -> Result<Option<RxJsonRpcMessage<RoleServer>>, ErrorData> {
    let Line::Whole(line) = line else {
        let message = format!("the message is longer than {LONGEST} bytes and was not read");
        return Err(ErrorData::invalid_request(message, None));
    };
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line).trim_ascii();
    if line.is_empty() {
        return Ok(None);
    }
    let cause = match serde_json::from_slice(line) {
        Ok(message) => return Ok(Some(message)),
        Err(cause) => cause,
    };
    match serde_json::from_slice::<Value>(line) {
        Err(error) => Err(ErrorData::new(ErrorCode::PARSE_ERROR, format!("this is no JSON: {error}"), None)),
        Ok(Value::Array(_)) => {
            Err(ErrorData::invalid_request("the protocol knows no batches: send one message a line", None))
        }
        // Notifications are never answered.
        Ok(Value::Object(object)) if object.contains_key("method") && !object.contains_key("id") => Ok(None),
        Ok(_) => {
            Err(ErrorData::invalid_request(format!("this is no message of the protocol: {cause}"), None))
        }
    }
}

/// Reads a line, of which no more than so many bytes are kept; none at the end. What follows the last line
/// break is no message.
fn next(input: &mut dyn BufRead, longest: usize) -> io::Result<Option<Line>> {
    let mut line = Some(Vec::new());
    loop {
        let read = match input.fill_buf() {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if read.is_empty() {
            return Ok(None);
        }
        let end = read.iter().position(|byte| *byte == b'\n');
        let part = &read[..end.unwrap_or(read.len())];
        match &mut line {
            Some(kept) if kept.len() + part.len() <= longest => kept.extend_from_slice(part),
            _ => line = None,
        }
        let taken = part.len() + usize::from(end.is_some());
        input.consume(taken);
        if end.is_some() {
            return Ok(Some(line.map_or(Line::TooLong, Line::Whole)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_bounded_however_it_comes() {
        let check = |text: &str, expected: &[Option<&str>]| {
            for capacity in [1, 3, 100] {
                let mut input = io::BufReader::with_capacity(capacity, text.as_bytes());
                for line in expected {
                    let line = line.map_or(Line::TooLong, |line| Line::Whole(line.into()));
                    assert_eq!(next(&mut input, 5).expect("it can be read"), Some(line), "{text:?}");
                }
                assert_eq!(next(&mut input, 5).expect("it can be read"), None, "{text:?}");
            }
        };
        check("", &[]);
        check("one\ntwo\n", &[Some("one"), Some("two")]);
        check("12345\n123456\n\n1\n", &[Some("12345"), None, Some(""), Some("1")]);
        check("one\nhalf", &[Some("one")]);
    }

    #[test]
    fn what_is_no_message_is_answered() {
        let check = |line: &str, expected: Option<i32>| {
            let read = read(&Line::Whole(line.into()));
            assert_eq!(read.err().map(|error| error.code.0), expected, "{line}");
        };
        check("{", Some(-32_700));
        check("\u{fffd}", Some(-32_700));
        check(&"[".repeat(100_000), Some(-32_700));
        check("[]", Some(-32_600));
        check(r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, Some(-32_600));
        check("7", Some(-32_600));
        check(r#"{"id":1}"#, Some(-32_600));
        check(r#"{"jsonrpc":"2.0","method":"notifications/nonsense","params":7}"#, None);
        check("  ", None);
        check(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, None);
        assert!(read(&Line::TooLong).is_err());
    }
}
