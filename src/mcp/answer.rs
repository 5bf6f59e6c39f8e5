//! What a tool answers: one object for programs, and the same in few words for models.

use excerpt::{
    Error,
    render::{harmless, object},
};
use serde_json::{Map, Value};

/// What a tool found.
pub(super) struct Answer {
    /// The object that the command of the same name prints with `--json`, and what was added to it.
    pub(super) object: Map<String, Value>,
    /// The same for a model.
    pub(super) text: String,
}

/// Why a tool could not do what it was asked.
#[derive(Debug)]
pub(super) struct Fault {
    kind: &'static str,
    message: String,
    hint: Option<String>,
}

impl Fault {
    pub(super) fn new(kind: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: Some(hint.into()) }
    }

    /// Says that a call cannot be understood.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self { kind: "usage", message: message.into(), hint: None }
    }

    /// Says why something failed, and what came before it.
    pub(super) fn of(error: Error, notes: &[String]) -> Self {
        let fault = Self::from(error);
        let notes = notes.iter().map(|note| format!("; {note}"));
        Self { message: notes.fold(fault.message, |message, note| message + &note), ..fault }
    }

    /// Returns the error object of every command, and the same in words.
    pub(super) fn answer(&self) -> Answer {
        let hint = self.hint.as_deref();
        let object = written(&|out| object::error(self.kind, &self.message, hint, out));
        let line = |text: &str| harmless(text).replace('\n', " ");
        let mut text = format!("error ({}): {}", self.kind, line(&self.message));
        if let Some(hint) = hint {
            text.push_str(&format!("\nhint: {}", line(hint)));
        }
        Answer { object, text }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let (kind, hint) = (error.kind(), error.hint());
        let hint = match error {
            Error::UnknownPassage { .. } => {
                Some("take an id or a path from a search: ids change when the text does")
            }
            _ => hint,
        };
        // The chain of its causes, as the program prints it.
        let message = format!("{:#}", anyhow::Error::from(error));
        Self { kind, message, hint: hint.map(String::from) }
    }
}

impl From<anyhow::Error> for Fault {
    fn from(error: anyhow::Error) -> Self {
        match error.downcast::<Error>() {
            Ok(error) => error.into(),
            Err(error) => Self { kind: "failed", message: format!("{error:#}"), hint: None },
        }
    }
}

/// Returns the object that a renderer writes.
pub(super) fn written(write: &dyn Fn(&mut dyn std::io::Write) -> std::io::Result<()>) -> Map<String, Value> {
    let mut bytes = Vec::new();
    let written = write(&mut bytes).is_ok();
    let object = serde_json::from_slice(&bytes);
    object.ok().filter(|_| written).unwrap_or_default()
}
