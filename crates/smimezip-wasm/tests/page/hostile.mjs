// Whatever an export has, it does nothing; and nothing leaves the page.

import { createServer } from "node:http";
import { equal, open, unfold } from "./steps.mjs";

export const hostile = {
  async "names are neither markup nor do they deceive"(browser, { folder }) {
    await open(browser, [`${folder}/names.zip`]);
    await browser.says("Opened: 6 files.");
    await unfold(browser);
    const found = await browser.run(() => ({
      elements: document.querySelectorAll("img, b").length,
      broken: window.broken ?? null,
      deceptive: /[\u202a-\u202e\u2066-\u2069\u200b-\u200f]/.test(document.body.outerHTML),
    }));
    equal(found, { elements: 0, broken: null, deceptive: false }, "the page");
    for (const shown of ["<img src=x onerror=window.broken=1>.txt", "inv\\u{202e}fdp.exe", "a\\u{200b}b.txt",
      "<b>bold.txt", "unsafe name: it has a colon; it is saved as call 10%3A30.wav"]) {
      await browser.says(shown);
    }
  },

  async "the page may connect to nothing, and runs no other script"(browser) {
    const { address, requests, close } = await server();
    try {
      await browser.run((address) => {
        window.violated = [];
        addEventListener("securitypolicyviolation", (event) => window.violated.push(event.effectiveDirective));
        fetch(address).then(() => (window.escaped = "fetch"), () => (window.refused = true));
        navigator.sendBeacon(address, "x");
        new WebSocket(address.replace("http", "ws"));
        new Image().src = address;
        const form = document.body.appendChild(document.createElement("form"));
        form.action = address;
        form.method = "post";
        form.submit();
        const style = document.head.appendChild(document.createElement("style"));
        style.textContent = `body { background: url(${address}) }`;
        const script = document.body.appendChild(document.createElement("script"));
        try { script.text = "window.escaped = 'script'"; } catch { window.violated.push("script.text"); }
        try { document.body.insertAdjacentHTML("beforeend", "<p>x"); } catch { window.violated.push("markup"); }
        // What the driver runs may do that.
        setTimeout(() => {
          try { window.eval("window.escaped = 'eval'"); } catch { window.violated.push("eval"); }
        });
      }, address);
      await browser.until("the refusal", () => browser.run(() => window.refused));
      const refusals = ["connect-src", "img-src", "form-action", "style-src-elem", "script.text", "markup", "eval"];
      await browser.until("all refusals", async () => {
        const found = await browser.run(() => window.violated);
        return refusals.every((it) => found.includes(it));
      });
      equal(await browser.run(() => window.escaped ?? null), null, "what escaped");
      equal(requests(), 0, "requests");
    } finally {
      close();
    }
    await browser.complaints();
  },

  async "nor may the worker, which has the export"(browser) {
    const { address, requests, close } = await server();
    // Something is added to the worker's text, and what it says is heard.
    const source = `(${probe})(${JSON.stringify(address)})`;
    const { identifier } = await browser.devtools("Page.addScriptToEvaluateOnNewDocument", { source });
    try {
      await browser.call("POST", "/refresh", {});
      await browser.until("the worker's words", () => browser.run(() => window.heard?.length === 4));
      equal(await browser.run(() => window.heard.sort()), ["eval", "fetch", "request", "script"], "what is refused");
      equal(requests(), 0, "requests");
    } finally {
      close();
      await browser.devtools("Page.removeScriptToEvaluateOnNewDocument", { identifier });
    }
    await browser.complaints();
  },
};

/** A server that is there, so that only the page can be why nothing reaches it. */
async function server() {
  let requests = 0;
  const made = createServer((_, answer) => {
    requests += 1;
    answer.setHeader("Access-Control-Allow-Origin", "*").end("received");
  });
  await new Promise((resolve) => made.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${made.address().port}/`;
  equal(await (await fetch(address)).text(), "received", "the server");
  requests = 0;
  return { address, requests: () => requests, close: () => made.close() };
}

function probe(address) {
  const attempts = (address) => {
    const say = (what) => postMessage({ refused: what });
    fetch(address).catch(() => say("fetch"));
    try {
      const request = new XMLHttpRequest();
      request.open("GET", address, false);
      request.send();
    } catch {
      say("request");
    }
    try { importScripts(address); } catch { say("script"); }
    try { eval("1"); } catch { say("eval"); }
  };
  const make = URL.createObjectURL;
  URL.createObjectURL = (blob) => make(new Blob([blob, `;(${attempts})("${address}")`], { type: blob.type }));
  window.heard = [];
  const Plain = window.Worker;
  window.Worker = class extends Plain {
    constructor(from) {
      super(from);
      this.addEventListener("message", ({ data }) => data.refused && window.heard.push(data.refused));
    }
  };
}
