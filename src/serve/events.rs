//! How updates go, as server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{StatusCode, Uri, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream::{self, Stream};
use tokio::sync::{
    OwnedSemaphorePermit,
    broadcast::{self, error::RecvError},
};

use super::{
    Site,
    failure::Failure,
    params::Given,
    updates::{News, Progress},
};

/// An empty line is sent so often, so that it is noticed when a client is gone.
const ALIVE: Duration = Duration::from_secs(15);

/// Brings the index up to date, and tells how it goes until it is done.
pub(super) async fn update(State(site): State<Arc<Site>>, uri: Uri) -> Result<Response, Failure> {
    Given::read(uri.query().unwrap_or_default(), &[])?;
    let place = place(&site)?;
    let (news, number) = site.updates.ask();
    let until = move |news: &News| match news {
        News::Progress(_) | News::Over => false,
        News::Done(of, _) | News::Failed(of, _) => *of >= number,
    };
    Ok(told(news, place, until))
}

/// Tells how all updates go, for as long as the client listens.
pub(super) async fn events(State(site): State<Arc<Site>>, uri: Uri) -> Result<Response, Failure> {
    Given::read(uri.query().unwrap_or_default(), &[])?;
    let place = place(&site)?;
    Ok(told(site.updates.listen(), place, |_| false))
}

/// Returns a place among those that listen.
fn place(site: &Site) -> Result<OwnedSemaphorePermit, Failure> {
    let place = Arc::clone(&site.listening).try_acquire_owned();
    place.map_err(|_| Failure::unavailable("busy", "too many others are listening"))
}

/// Brings the index up to date for a page without script, which is shown again.
pub(super) async fn update_page(State(site): State<Arc<Site>>, uri: Uri) -> Response {
    let _ = site.updates.ask();
    let to = format!("/?{}", uri.query().unwrap_or_default());
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

fn told(
    news: broadcast::Receiver<News>,
    place: OwnedSemaphorePermit,
    is_last: impl Fn(&News) -> bool + Send + 'static,
) -> Response {
    let sse = Sse::new(stream_of(news, place, is_last)).keep_alive(KeepAlive::new().interval(ALIVE));
    ([(header::CACHE_CONTROL, "no-store")], sse).into_response()
}

fn stream_of(
    news: broadcast::Receiver<News>,
    place: OwnedSemaphorePermit,
    is_last: impl Fn(&News) -> bool + Send + 'static,
) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    stream::unfold(Some((news, place, is_last)), |state| async move {
        let (mut news, place, is_last) = state?;
        let told = loop {
            match news.recv().await {
                Ok(News::Over) => return None,
                Ok(told) => break told,
                // What was missed is no longer so.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        };
        let go_on = (!is_last(&told)).then_some((news, place, is_last));
        Some((Ok(event(&told)), go_on))
    })
}

fn event(news: &News) -> Event {
    let object = |progress: &Progress| serde_json::to_string(progress).expect("figures can be written");
    match news {
        News::Progress(progress) => Event::default().event("progress").data(object(progress)),
        News::Done(_, progress) => Event::default().event("done").data(object(progress)),
        News::Over => Event::default().comment("over"),
        // The data of an event stands in one line.
        News::Failed(_, failure) => {
            Event::default().event("failed").data(failure.object().replace('\n', " "))
        }
    }
}
