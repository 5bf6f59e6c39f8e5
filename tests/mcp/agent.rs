//! An agent: the SDK's own client, and the server as its child process.

use rmcp::{
    ClientLifecycleMode, RoleClient,
    model::{CallToolRequestParams, CallToolResult, Tool},
    serve_client_with_lifecycle,
    service::RunningService,
    transport::TokioChildProcess,
};
use serde_json::Value;

use crate::place::Place;

/// A client with its server.
pub(crate) struct Agent {
    pub(crate) client: RunningService<RoleClient, ()>,
}

/// What a tool answered.
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) object: Value,
    pub(crate) is_error: bool,
}

impl Agent {
    async fn new(place: &Place, args: &[&str], lifecycle: ClientLifecycleMode) -> Self {
        let mut command = place.command(&["mcp"]);
        command.args(args);
        let child = TokioChildProcess::new(tokio::process::Command::from(command)).expect("it starts");
        let client = serve_client_with_lifecycle((), child, lifecycle).await.expect("it answers");
        Self { client }
    }

    pub(crate) async fn call(&self, tool: &'static str, arguments: Value) -> Said {
        let arguments = arguments.as_object().expect("an object").clone();
        let params = CallToolRequestParams::new(tool).with_arguments(arguments);
        said(&self.client.call_tool(params).await.expect("the tool answers"))
    }

    pub(crate) async fn tools(&self) -> Vec<Tool> {
        self.client.list_all_tools().await.expect("it has tools")
    }

    pub(crate) fn instructions(&self) -> String {
        self.client.peer_info().and_then(|info| info.instructions.clone()).expect("it has instructions")
    }
}

pub(crate) fn said(result: &CallToolResult) -> Said {
    let text = result.content.first().and_then(|block| block.as_text()).expect("it has a text");
    Said {
        text: text.text.clone(),
        object: result.structured_content.clone().expect("it has an object"),
        is_error: result.is_error == Some(true),
    }
}

/// Runs what an agent does against a server on this place.
pub(crate) fn with<F: Future>(place: &Place, args: &[&str], story: impl FnOnce(Agent) -> F) -> F::Output {
    with_lifecycle(place, args, ClientLifecycleMode::Initialize, story)
}

pub(crate) fn with_lifecycle<F: Future>(
    place: &Place,
    args: &[&str],
    lifecycle: ClientLifecycleMode,
    story: impl FnOnce(Agent) -> F,
) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { story(Agent::new(place, args, lifecycle).await).await })
}

/// Returns text with the folder of the place, ids and times in brackets.
pub(crate) fn plain(place: &Place, text: &str) -> String {
    let text = text.replace(&place.path().display().to_string(), "[DIR]");
    let words = text.split_inclusive([' ', '\n', ',', ')', ']']).map(|word| {
        let core = word.trim_end_matches([' ', '\n', ',', ')', ']']);
        let id = core.trim_start_matches('[');
        let is_id = id.split_once(':').is_some_and(|(hash, number)| {
            hash.len() == 16
                && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
                && number.parse::<u32>().is_ok()
        });
        let is_time = core.len() == 20 && core.ends_with('Z');
        match (is_id, is_time) {
            (true, _) => word.replace(id, "ID"),
            (_, true) => word.replace(core, "TIME"),
            _ => word.into(),
        }
    });
    words.collect()
}
