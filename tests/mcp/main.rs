//! The tools for agents, through the real program: asked by the SDK's own client, and in lines as they come.

#[path = "../stories/place.rs"]
#[expect(dead_code, reason = "the stories need more of it")]
mod place;

mod agent;
mod client;
mod hostile;
mod lines;
