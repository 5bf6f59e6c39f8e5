//! Chromium without a window, and a page that is open in it. `EXCERPT_SHOTS` names a folder to put pictures
//! in.

use std::{env, ffi::OsString, fs, path::PathBuf, sync::Arc, time::Duration};

use headless_chrome::{
    Browser, LaunchOptions, Tab,
    protocol::cdp::{Emulation, Page::CaptureScreenshotFormatOption},
};
use serde_json::Value;

/// A page that is open.
pub(crate) struct Reader {
    _browser: Browser,
    pub(crate) tab: Arc<Tab>,
}

/// Returns the browser, where there is one.
fn chromium() -> Option<PathBuf> {
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file()))
}

impl Reader {
    /// Opens a page of this width; none where there is no browser.
    pub(crate) fn open(url: &str, width: u32) -> Option<Self> {
        let Some(path) = chromium() else {
            eprintln!("skipped: there is no chromium");
            return None;
        };
        let arguments: Vec<OsString> = [
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-dev-shm-usage",
            "--enable-blink-features=ComputedAccessibilityInfo",
        ]
        .map(Into::into)
        .to_vec();
        let options = LaunchOptions {
            path: Some(path),
            sandbox: false,
            window_size: Some((width, 900)),
            idle_browser_timeout: Duration::from_secs(300),
            args: arguments.iter().map(OsString::as_os_str).collect(),
            ..LaunchOptions::default()
        };
        let browser = Browser::new(options).expect("the browser starts");
        let tab = browser.new_tab().expect("a tab");
        tab.set_default_timeout(Duration::from_secs(60));
        let reader = Self { _browser: browser, tab };
        reader.size(width);
        reader.go(url);
        Some(reader)
    }

    pub(crate) fn size(&self, width: u32) {
        let metrics = Emulation::SetDeviceMetricsOverride {
            width,
            height: 900,
            device_scale_factor: 1.0,
            mobile: false,
            scale: None,
            screen_width: None,
            screen_height: None,
            position_x: None,
            position_y: None,
            dont_set_visible_size: None,
            screen_orientation: None,
            viewport: None,
            display_feature: None,
            device_posture: None,
        };
        self.tab.call_method(metrics).expect("it can be sized");
    }

    pub(crate) fn go(&self, url: &str) {
        self.tab.navigate_to(url).expect("it can be opened").wait_until_navigated().expect("it opens");
    }

    /// Returns what an expression of the page's script is.
    pub(crate) fn is(&self, script: &str) -> Value {
        let found = self.tab.evaluate(script, true).unwrap_or_else(|error| panic!("{script}: {error}"));
        found.value.unwrap_or(Value::Null)
    }

    /// Waits until an expression is true.
    pub(crate) fn until(&self, script: &str) {
        // Pages may change meanwhile, which ends what waits in them.
        for _ in 0..20 {
            let wait = format!(
                "new Promise((done) => {{ let tries = 0; const look = () => {{ \
                 let is = false; try {{ is = {script}; }} catch {{}} \
                 if (is) done(true); else if (++tries > 1000) done(false); else setTimeout(look, 20); }}; look(); }})"
            );
            match self.tab.evaluate(&wait, true) {
                Ok(found) if found.value == Some(Value::Bool(true)) => return,
                Ok(_) => break,
                Err(_) => {}
            }
        }
        panic!(
            "never true: {script}\n{}",
            self.is("location.href + ' ' + document.body.innerText.slice(0, 1500)")
        );
    }

    pub(crate) fn key(&self, key: &str) {
        self.tab.press_key(key).expect("a key can be pressed");
    }

    pub(crate) fn write(&self, text: &str) {
        self.tab.type_str(text).expect("it can be typed");
    }

    pub(crate) fn click(&self, selector: &str) {
        self.tab
            .find_element(selector)
            .and_then(|element| element.click().map(|_| ()))
            .unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    pub(crate) fn titles(&self) -> Vec<String> {
        let titles = self.is(
            "JSON.stringify([...document.querySelectorAll('.hit h2 a')].map((a) => a.textContent.trim()))",
        );
        serde_json::from_str(titles.as_str().unwrap_or("[]")).expect("it is a list")
    }

    /// Keeps a picture, where these are wanted.
    pub(crate) fn shot(&self, name: &str) {
        let Some(folder) = env::var_os("EXCERPT_SHOTS") else { return };
        let png = self.tab.capture_screenshot(CaptureScreenshotFormatOption::Png, None, None, true);
        let path = PathBuf::from(folder).join(format!("{name}.png"));
        fs::write(path, png.expect("it can be seen")).expect("it can be kept");
    }
}
