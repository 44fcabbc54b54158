// What a reader does with the page, and where the repository has what they do it with.

import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { resolve } from "node:path";

export const repository = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../../../..");
const data = `${repository}/examples/data`;
const stem = "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21";

export const key = `${data}/key.pem`;
export const encryptedKey = `${repository}/crates/smimezip/tests/data/keys/main.p12`;
export const otherKey = `${repository}/crates/smimezip/tests/data/keys/other.key.pem`;

/** The paths of parts of the sample. */
export function parts(...extensions) {
  const all = extensions.length ? extensions : ["z01", "z02", "z03", "zip"];
  return all.map((extension) => `${data}/${stem}.${extension}.smime`);
}

/** The SHA-256 of each of its files, by names. */
export function sums() {
  const lines = readFileSync(`${data}/SHA256SUMS`, "utf8").trim().split("\n");
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}

/** The one version of all that the repository has. */
export function version() {
  return readFileSync(`${repository}/Cargo.toml`, "utf8").match(/^version = "(.*)"$/m)[1];
}

export function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Chooses files and opens them. */
export async function open(browser, files, keys = []) {
  await browser.type(await browser.one("#parts"), files.join("\n"));
  if (keys.length) await browser.type(await browser.one("#keys"), keys.join("\n"));
  await browser.click(await browser.one("#open"));
}

/** Opens all folders of the tree, so that each file has its row. */
export async function unfold(browser) {
  for (;;) {
    const [closed] = await browser.all("details:not([open]) > summary");
    if (!closed) break;
    await browser.click(closed);
    await browser.until("the rows of a folder", () =>
      browser.run(() => [...document.querySelectorAll("details[open] > ul")].every((list) => list.children.length)));
  }
}

/** Presses the button with this label. */
export async function press(browser, label) {
  await browser.click(await browser.labelled(label));
}

export function equal(found, expected, what) {
  // WebDriver gives fields in an order of its own.
  const sorted = (_, it) => (it?.constructor === Object ? Object.fromEntries(Object.entries(it).sort()) : it);
  const [one, other] = [found, expected].map((it) => JSON.stringify(it, sorted));
  if (one !== other) throw new Error(`${what}: ${one} instead of ${other}`);
}
