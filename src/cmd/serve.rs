//! `excerpt serve`: the web page and the HTTP API.

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
};

use anyhow::{Context, bail};
use serde_json::json;

use super::{
    Outcome, Shared,
    failure::Failure,
    index::{Means, allocator},
    live::Live,
    locate,
    ui::{Ui, say},
};
use crate::serve::{self, Guard, Site, Start, Updates};

/// Show the web page, and answer the HTTP API
///
/// The index is kept up to date with its folders while it runs. Only this machine is answered, whichever of
/// its users asks; with --token-file, or where --addr lets other machines ask, they must know a token.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  excerpt serve --open
  excerpt serve --in ~/articles --addr 127.0.0.1:8080")]
pub(super) struct Serve {
    /// Index this folder first, where the index does not hold it
    #[arg(long = "in", value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// Where to listen; port 0 takes one that is free
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7755")]
    addr: SocketAddr,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    /// A further name that this machine is reached by
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// Take the token from this file instead of a new one
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Bring the index up to date only when somebody asks
    #[arg(long)]
    no_watch: bool,
    #[command(flatten)]
    means: Means,
}

impl Serve {
    pub(super) fn run(&self, shared: &Shared, ui: &Ui) -> anyhow::Result<Outcome> {
        allocator::tell();
        let dir = locate::locate(shared)?;
        let folders = self.folders.iter().map(|folder| {
            std::fs::canonicalize(folder).with_context(|| format!("cannot read {}", folder.display()))
        });
        let folders = folders.collect::<anyhow::Result<Vec<_>>>()?;
        if !excerpt::index::is_index(&dir) && folders.is_empty() {
            excerpt::Index::open(&dir)?;
        }
        let known = excerpt::Index::open(&dir).ok();
        let holds = |folder: &PathBuf| known.as_ref().is_some_and(|index| index.holds(folder));
        let folders = folders.into_iter().filter(|folder| !holds(folder)).collect();
        drop(known);
        let token = self.token()?;
        let listener = TcpListener::bind(self.addr).map_err(|source| Failure {
            kind: "not-listening",
            message: format!("cannot listen on {}: {source}", self.addr),
            hint: "--addr takes another port; with 127.0.0.1:0, any that is free",
        })?;
        let addr = listener.local_addr().context("cannot tell the port")?;
        let url = self.announce(addr, token.as_deref(), ui)?;

        let live = Arc::new(Live::new(dir.clone(), self.means.update()));
        let start = Start { dir, folders, watch: !self.no_watch, means: self.means.update() };
        let (updates, thread) = Updates::start(live, start);
        let guard = Guard { names: self.host.clone(), token };
        let site = Arc::new(Site::new(Arc::clone(&updates), guard, random()?[0]));
        if self.open
            && let Err(error) = open::that_detached(&url)
        {
            say(&format!("excerpt: cannot open the browser: {error}"));
        }
        let served = serve::run(listener, site, || {
            // What is told ends, so that no client is waited for.
            updates.stop();
        });
        updates.stop();
        // It sees the flag at the next file at the latest.
        let _ = thread.join();
        served.context("cannot serve")?;
        Ok(Outcome::Done)
    }

    /// Returns what a client must know, where others than this machine's may ask.
    fn token(&self) -> anyhow::Result<Option<String>> {
        if let Some(file) = &self.token_file {
            let token =
                std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
            let token = token.trim();
            if token.len() < 16
                || !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            {
                bail!("{} holds no token: 16 or more letters, figures, - or _ are one", file.display());
            }
            return Ok(Some(token.into()));
        }
        if self.addr.ip().is_loopback() {
            return Ok(None);
        }
        Ok(Some(random()?.map(|part| format!("{part:016x}")).concat()))
    }

    /// Says where the page is.
    fn announce(&self, addr: SocketAddr, token: Option<&str>, ui: &Ui) -> anyhow::Result<String> {
        let mut shown = addr;
        if addr.ip().is_unspecified() {
            shown.set_ip(match addr {
                SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
            });
        }
        let base = format!("http://{shown}/");
        let url = token.map_or_else(|| base.clone(), |token| format!("{base}?token={token}"));
        if !addr.ip().is_loopback() {
            say(
                "warning: others on the network can ask, if they know the token; what is sent is not encrypted",
            );
        }
        if ui.json {
            use std::io::Write;
            let mut out = ui.out();
            writeln!(
                out,
                "{}",
                json!({ "schema": 1, "url": url, "address": addr.to_string(), "token": token })
            )?;
            out.flush()?;
        } else {
            say(&format!("excerpt: {url}  (Ctrl-C stops)"));
        }
        Ok(url)
    }
}

/// Returns what nobody can guess.
fn random() -> anyhow::Result<[u64; 2]> {
    let draw = || getrandom::u64().map_err(|error| anyhow::anyhow!("there is no randomness: {error}"));
    Ok([draw()?, draw()?])
}
