// Debian's Chromium, driven by its own driver over WebDriver (W3C), without any package: a driver, one session, and
// what the tests do with a page. Ends what it started, by its number.

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const PATIENCE = Number(process.env.SMIMEZIP_PATIENCE ?? 60_000);

export class Browser {
  static async start() {
    const browser = new Browser();
    browser.home = mkdtempSync(join(tmpdir(), "smimezip-page-"));
    browser.downloads = mkdtempSync(join(tmpdir(), "smimezip-saved-"));
    browser.driver = spawn("chromedriver", ["--port=0"], { stdio: ["ignore", "pipe", "inherit"] });
    const port = await new Promise((resolve, reject) => {
      let said = "";
      browser.driver.stdout.on("data", (some) => {
        said += some;
        const found = said.match(/started successfully on port (\d+)/);
        if (found) resolve(found[1]);
      });
      browser.driver.on("exit", () => reject(new Error(`chromedriver: ${said}`)));
      browser.driver.on("error", reject);
    });
    browser.address = `http://127.0.0.1:${port}/session`;
    const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
      `--user-data-dir=${browser.home}`];
    const options = {
      binary: "/usr/bin/chromium",
      args,
      prefs: { "download.default_directory": browser.downloads, "download.prompt_for_download": false },
    };
    const always = { "goog:chromeOptions": options, "goog:loggingPrefs": { browser: "ALL" } };
    const { sessionId } = await browser.call("POST", "", { capabilities: { alwaysMatch: always } });
    browser.address += `/${sessionId}`;
    return browser;
  }

  async call(method, path, body) {
    const sent = { method, body: body === undefined ? undefined : JSON.stringify(body) };
    const answer = await fetch(this.address + path, sent);
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  }

  async stop() {
    await this.call("DELETE", "").catch(() => {});
    this.driver.kill();
    for (const folder of [this.home, this.downloads]) rmSync(folder, { recursive: true, force: true });
  }

  go(address) {
    return this.call("POST", "/url", { url: address });
  }

  /** Runs a function in the page. */
  run(work, ...args) {
    return this.call("POST", "/execute/sync", { script: `return (${work})(...arguments)`, args });
  }

  /** Runs an asynchronous function in the page. */
  async later(work) {
    const script = `const done = arguments[0]; (${work})().then((found) => done({ found }), (error) => done({ error: `
      + "`${error}` }))";
    const { found, error } = await this.call("POST", "/execute/async", { script, args: [] });
    if (error) throw new Error(error);
    return found;
  }

  devtools(cmd, params) {
    return this.call("POST", "/goog/cdp/execute", { cmd, params });
  }

  /** The elements for a selector. */
  async all(selector) {
    const found = await this.call("POST", "/elements", { using: "css selector", value: selector });
    return found.map((it) => it[ELEMENT]);
  }

  async one(selector) {
    const [found] = await this.all(selector);
    if (!found) throw new Error(`there is no ${selector}`);
    return found;
  }

  /** The button of this label, which is what is read to who cannot see it. */
  async labelled(label) {
    for (const id of await this.all("button, summary, input")) {
      if ((await this.label(id)) === label) return id;
    }
    throw new Error(`nothing is labelled ${label}`);
  }

  label(id) {
    return this.call("GET", `/element/${id}/computedlabel`);
  }

  click(id) {
    return this.call("POST", `/element/${id}/click`, {});
  }

  /** Types into an element, or gives a file chooser paths. */
  type(id, text) {
    return this.call("POST", `/element/${id}/value`, { text });
  }

  /** Presses keys, wherever the focus is. */
  press(...keys) {
    const actions = keys.flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]);
    return this.call("POST", "/actions", { actions: [{ type: "key", id: "keys", actions }] });
  }

  /** Waits until something holds, and gives it. */
  async until(what, holds) {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const found = await holds();
      if (found) return found;
      if (Date.now() > end) throw new Error(`waited in vain: ${what}; the page says: ${await this.text()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  text() {
    return this.run(() => document.body.innerText);
  }

  says(text) {
    return this.until(`"${text}"`, async () => (await this.text()).includes(text));
  }

  /** The bytes of a download, once it is complete; it is removed. */
  async downloaded(name) {
    const path = join(this.downloads, name);
    await this.until(`the download of ${name}`, () => readdirSync(this.downloads).includes(name));
    const bytes = readFileSync(path);
    rmSync(path);
    return bytes;
  }

  async screenshot() {
    return Buffer.from(await this.call("GET", "/screenshot"), "base64");
  }

  /** Errors on the console since the last call. */
  async complaints() {
    const entries = await this.call("POST", "/se/log", { type: "browser" });
    return entries.filter(({ level }) => level === "SEVERE").map(({ message }) => message);
  }

  /** Memory of the browser's processes that no file is behind, by kind of process, in MiB. */
  memory() {
    const sums = {};
    for (const pid of readdirSync("/proc").filter((it) => /^\d+$/.test(it))) {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "latin1");
        if (!line.includes(this.home)) continue;
        const kind = line.match(/--type=([a-z-]+)/)?.[1] ?? "browser";
        const status = readFileSync(`/proc/${pid}/status`, "latin1");
        const of = (name) => Number(status.match(new RegExp(`^${name}:\\s+(\\d+)`, "m"))?.[1] ?? 0);
        sums[kind] = (sums[kind] ?? 0) + (of("RssAnon") + of("RssShmem")) / 1024;
      } catch {
        // It has ended meanwhile.
      }
    }
    return sums;
  }
}
