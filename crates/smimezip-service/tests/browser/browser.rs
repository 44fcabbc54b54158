//! One Chromium with its chromedriver, both ended when the test ends.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

/// How long something may take to be on the page.
const PATIENCE: Duration = Duration::from_secs(30);
/// Browsers at the same time: more would only wait for one another.
static SLOTS: Semaphore = Semaphore::const_new(2);

/// How the browser is set up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setup {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) is_dark: bool,
    pub(crate) has_script: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self { width: 1440, height: 1000, is_dark: false, has_script: true }
    }
}

/// A browser.
pub(crate) struct Browser {
    pub(crate) client: Client,
    base: String,
    folder: TempDir,
    driver: Child,
    _slot: SemaphorePermit<'static>,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Its process group has the browser, too.
        let group = format!("-{}", self.driver.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.driver.wait();
    }
}

/// Whether there is a browser; says so if there is none.
pub(crate) fn is_there() -> bool {
    let has = |program: &str| {
        Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|it| it.success())
    };
    let is_there = has("chromium") && has("chromedriver");
    if !is_there {
        println!("SKIPPED: no chromium or no chromedriver is installed");
    }
    is_there
}

impl Browser {
    /// Starts one for the pages at `base`.
    pub(crate) async fn start(base: &str, setup: Setup) -> Self {
        let slot = SLOTS.acquire().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let downloads = folder.path().join("downloads");
        std::fs::create_dir(&downloads).unwrap();
        let (driver, port) = start_driver();
        let capabilities = capabilities(folder.path(), &downloads, setup);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a session of chromedriver");
        Self { client, base: base.to_owned(), folder, driver, _slot: slot }
    }

    /// Where the browser puts downloads.
    pub(crate) fn downloads(&self) -> PathBuf {
        self.folder.path().join("downloads")
    }

    pub(crate) async fn goto(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    /// The address without the service's.
    pub(crate) async fn path(&self) -> String {
        let url = self.client.current_url().await.unwrap().to_string();
        url.strip_prefix(&self.base).unwrap_or(&url).to_owned()
    }

    pub(crate) async fn css(&self, selector: &str) -> Element {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(selector)).await;
        found.unwrap_or_else(|error| panic!("{selector}: {error}"))
    }

    pub(crate) async fn all(&self, selector: &str) -> Vec<Element> {
        self.client.find_all(Locator::Css(selector)).await.unwrap()
    }

    /// The texts of all that match, as they are seen.
    pub(crate) async fn texts(&self, selector: &str) -> Vec<String> {
        let end = Instant::now() + PATIENCE;
        'again: loop {
            let mut texts = Vec::new();
            for element in self.all(selector).await {
                // A row may be made again just now.
                match element.text().await {
                    Ok(text) => texts.push(text),
                    Err(error) => {
                        assert!(Instant::now() < end, "{selector}: {error}");
                        continue 'again;
                    }
                }
            }
            return texts;
        }
    }

    pub(crate) async fn text(&self, selector: &str) -> String {
        self.again(selector, async || self.css(selector).await.text().await).await
    }

    pub(crate) async fn click(&self, selector: &str) {
        self.again(selector, async || self.css(selector).await.click().await).await;
    }

    /// The value of an attribute that is there.
    pub(crate) async fn attribute(&self, selector: &str, name: &str) -> String {
        let read = async || self.css(selector).await.attr(name).await;
        self.again(selector, read).await.unwrap_or_else(|| panic!("{selector} has no {name}"))
    }

    /// Does something with an element until it can be done: a page that shows what goes on makes
    /// elements again, and one that was found is none any more.
    pub(crate) async fn again<T>(
        &self,
        what: &str,
        act: impl AsyncFn() -> Result<T, CmdError>,
    ) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            match act().await {
                Ok(done) => return done,
                Err(error) => assert!(Instant::now() < end, "{what}: {error}"),
            }
        }
    }

    /// The page's whole text.
    pub(crate) async fn page(&self) -> String {
        self.text("main").await
    }

    /// A button or a link by what stands on it.
    pub(crate) async fn control(&self, label: &str) -> Element {
        let path = format!(
            "//*[self::button or self::a][normalize-space()=\"{label}\" or @aria-label=\"{label}\"]"
        );
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(&path)).await;
        found.unwrap_or_else(|error| panic!("{label}: {error}"))
    }

    /// Clicks what leads to no other page.
    pub(crate) async fn push(&self, label: &str) {
        self.again(label, async || self.control(label).await.click().await).await;
    }

    /// Clicks what leads to another page, and waits for that.
    pub(crate) async fn press(&self, label: &str) {
        let old = self.css("html").await;
        self.push(label).await;
        self.until("another page", async || old.is_enabled().await.is_err()).await;
        self.css("main").await;
    }

    /// Clicks an element that leads to another page, and waits for that.
    pub(crate) async fn follow(&self, element: Element) {
        let old = self.css("html").await;
        element.click().await.unwrap();
        self.until("another page", async || old.is_enabled().await.is_err()).await;
        self.css("main").await;
    }

    /// A field by its label.
    pub(crate) async fn field(&self, label: &str) -> Element {
        let path = format!("//*[@id=//label[normalize-space()=\"{label}\"]/@for]");
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(&path)).await;
        found.unwrap_or_else(|error| panic!("field {label}: {error}"))
    }

    /// Types into a field, in place of what is there.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Waits until something is so.
    pub(crate) async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_so().await {
            assert!(Instant::now() < end, "not so in time: {what}\n{}", self.page().await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until the page says `text`.
    pub(crate) async fn until_page_says(&self, text: &str) {
        self.until(text, async || self.page().await.contains(text)).await;
    }

    /// Keys to wherever the focus is.
    pub(crate) async fn keys(&self, keys: &str) {
        self.client.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// What a script returns; it is the test's own, which the page's policy does not bind.
    pub(crate) async fn script(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Waits until a file is downloaded, and returns its bytes.
    pub(crate) async fn downloaded(&self, name: &str) -> Vec<u8> {
        let path = self.downloads().join(name);
        self.until(name, async || path.exists()).await;
        std::fs::read(path).unwrap()
    }
}

/// Starts chromedriver. Of two that start at the same moment one may find its port taken, and ends.
fn start_driver() -> (Child, u16) {
    (0..5).find_map(|_| try_driver()).expect("chromedriver says its port")
}

/// Starts chromedriver in a process group of its own, at a port that it chooses.
fn try_driver() -> Option<(Child, u16)> {
    let mut command = Command::new("chromedriver");
    command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut driver = command.spawn().unwrap();
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    let Some(port) = port else {
        let _ = driver.kill();
        let _ = driver.wait();
        return None;
    };
    // What it says later is read as well, so that it never waits for a reader.
    std::thread::spawn(move || lines.for_each(drop));
    Some((driver, port))
}

fn capabilities(folder: &Path, downloads: &Path, setup: Setup) -> Value {
    let profile = format!("--user-data-dir={}", folder.join("profile").display());
    let size = format!("--window-size={},{}", setup.width, setup.height);
    // In Blink's settings 0 is dark and 1 is light.
    let scheme = format!("--blink-settings=preferredColorScheme={}", u8::from(!setup.is_dark));
    let flags = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        &profile,
        &size,
        &scheme,
    ];
    let mut preferences = json!({
        "download.default_directory": downloads,
        "download.prompt_for_download": false,
        // Several downloads by one click are asked about otherwise.
        "profile.default_content_setting_values.automatic_downloads": 1,
    });
    if !setup.has_script {
        preferences["profile.managed_default_content_settings.javascript"] = json!(2);
    }
    let mut options = json!({ "args": flags, "prefs": preferences });
    if setup.width < 500 {
        // No window is so narrow.
        let metrics = json!({ "width": setup.width, "height": setup.height, "pixelRatio": 1.0 });
        options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
    }
    json!({ "browserName": "chrome", "goog:chromeOptions": options })
}
