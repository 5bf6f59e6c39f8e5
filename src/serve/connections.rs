//! The connections: so many at once, none of which may be slow to ask, and all of which are let finish when
//! the program is to end.

use std::{future::Future, io, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::TcpListener,
    sync::Semaphore,
    time::{sleep, timeout},
};

/// More wait at the door.
const MOST: usize = 512;

/// A client has so long to send what it asks, and may be silent for so long before it asks again.
const SLOWEST: Duration = Duration::from_secs(10);

/// What is being answered may take so long when the program is to end.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// No more of a request is read than this, in bytes: what is asked for stands in its address.
const LARGEST: usize = 64 << 10;

/// Answers until `stop` is done. A connection that fails is its client's.
pub(crate) async fn serve(listener: TcpListener, routes: Router, stop: impl Future<Output = ()>) {
    let room = Arc::new(Semaphore::new(MOST));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            let place = Arc::clone(&room).acquire_owned().await.ok();
            (listener.accept().await, place)
        };
        let (accepted, place) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // The system has no more of something: others are soon done.
                if !is_of_client(&error) {
                    sleep(Duration::from_millis(100)).await;
                }
                continue;
            }
        };
        // Answers go out as soon as they are there.
        let _ = stream.set_nodelay(true);
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(SLOWEST)
            .max_buf_size(LARGEST)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes.clone()));
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // It is broken off by its client, or sends what is no request.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    // Those that are still busy are cut off.
    let _ = timeout(LAST_WORDS, graceful.shutdown()).await;
}

fn is_of_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
