//! The file that a passage is of, as it is on disk. It is named by the passage's id, never by a path, and
//! must lie in the folder that it was indexed in.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path as FilePath,
    sync::Arc,
};

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use excerpt::walk;
use futures_util::stream;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::task::spawn_blocking;

use super::{Site, failure::Failure};

/// A file is read so many bytes at a time; the first of them tell what it is.
const PIECE: usize = 64 << 10;

/// Sends the file of a passage: a PDF to be shown, text as nothing but text, all else to be kept.
pub(super) async fn file(State(site): State<Arc<Site>>, Path(id): Path<String>) -> Result<Response, Failure> {
    let opened = site.work(move |site, cancel| {
        let article = site.updates.current(cancel)?.0.show_id(&id, 0)?;
        let (mut file, bytes) = open(&article.file, &article.folder)?;
        let mut first = vec![0; PIECE];
        let length = fill(&mut file, &mut first).map_err(|error| unreadable(&error))?;
        first.truncate(length);
        let name = article.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((file, bytes, first, name))
    });
    let (file, bytes, first, name) = opened.await?;
    let (content_type, disposition) = kind(&first);
    let name = utf8_percent_encode(&name, NON_ALPHANUMERIC);
    // The name as RFC 8187 has it.
    let disposition = format!("{disposition}; filename*=UTF-8''{name}");
    let headers = [
        (header::CONTENT_TYPE, content_type.to_string()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_LENGTH, bytes.to_string()),
        (header::CACHE_CONTROL, "private, no-cache".into()),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'".into(),
        ),
    ];
    Ok((headers, Body::from_stream(pieces(file, first, bytes))).into_response())
}

/// Opens a file that is a file, in this folder, and of this folder still when it is open.
fn open(file: &FilePath, folder: &FilePath) -> Result<(File, u64), Failure> {
    let outside = || {
        let message = "the file does not lie in the folder that it was indexed in";
        Failure::new(StatusCode::FORBIDDEN, "forbidden", message)
    };
    let real = |path: &FilePath| fs::canonicalize(path).map_err(|error| unreadable(&error));
    // What is no file is not opened: to open some of that does something.
    if !fs::symlink_metadata(file).map_err(|error| unreadable(&error))?.is_file() {
        return Err(outside());
    }
    let opened = File::open(file).map_err(|error| unreadable(&error))?;
    let (path, folder) = (real(file)?, real(folder)?);
    let meta = opened.metadata().map_err(|error| unreadable(&error))?;
    let there = fs::metadata(&path).map_err(|error| unreadable(&error))?;
    let same = walk::stamp(&meta).inode == walk::stamp(&there).inode;
    if !path.starts_with(&folder) || !meta.is_file() || !same {
        return Err(outside());
    }
    Ok((opened, meta.len()))
}

fn unreadable(error: &io::Error) -> Failure {
    let status = match error.kind() {
        io::ErrorKind::NotFound => StatusCode::NOT_FOUND,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    Failure::new(status, "read", format!("cannot read the file: {error}"))
}

/// Returns the type that a file is sent as, by its first bytes, and whether it is shown or kept.
fn kind(first: &[u8]) -> (&'static str, &'static str) {
    if first.starts_with(b"%PDF-") {
        return ("application/pdf", "inline");
    }
    if first.contains(&0) {
        return ("application/octet-stream", "attachment");
    }
    match std::str::from_utf8(first) {
        Ok(_) => ("text/plain; charset=utf-8", "inline"),
        // Cut off inside a character.
        Err(error) if error.error_len().is_none() => ("text/plain; charset=utf-8", "inline"),
        Err(_) => ("text/plain", "inline"),
    }
}

fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..])? {
            0 => break,
            more => length += more,
        }
    }
    Ok(length)
}

/// Returns a file in pieces, and no more bytes than were promised.
fn pieces(
    file: File,
    first: Vec<u8>,
    bytes: u64,
) -> impl futures_util::Stream<Item = io::Result<Bytes>> + Send {
    stream::unfold((Some(file), Some(first), bytes), |(file, first, rest)| async move {
        let mut file = file.filter(|_| rest > 0)?;
        let read = match first {
            Some(first) => Ok((file, first)),
            None => spawn_blocking(move || {
                let mut piece = vec![0; PIECE];
                let length = fill(&mut file, &mut piece)?;
                piece.truncate(length);
                Ok((file, piece))
            })
            .await
            .unwrap_or_else(|fault| Err(io::Error::other(fault))),
        };
        match read {
            Ok((_, piece)) if piece.is_empty() => {
                Some((Err(io::ErrorKind::UnexpectedEof.into()), (None, None, 0)))
            }
            Ok((file, mut piece)) => {
                piece.truncate(usize::try_from(rest).unwrap_or(usize::MAX));
                let rest = rest - piece.len() as u64;
                Some((Ok(piece.into()), (Some(file), None, rest)))
            }
            Err(error) => Some((Err(error), (None, None, 0))),
        }
    })
}
