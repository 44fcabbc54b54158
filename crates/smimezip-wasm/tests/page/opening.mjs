// What is opened, and what is said of what cannot be.

import { copyFileSync, truncateSync } from "node:fs";
import { encryptedKey, equal, key, open, otherKey, parts, unfold, version } from "./steps.mjs";

export const opening = {
  async "the sample is opened, with what it is and what is in it"(browser) {
    await browser.says(`smimezip ${version()}.`);
    await open(browser, parts(), [key]);
    await browser.says("Opened: 6 files.");
    await browser.says("6 files · 397.9 KiB · 4 parts");
    await unfold(browser);
    const names = await browser.run(() => [...document.querySelectorAll(".row > bdi")].map((it) => it.textContent));
    equal(names.length, 6, "rows");
    if (!names.includes("Übersicht, Größe.txt")) throw new Error(`${names}`);
  },

  async "a key needs its passphrase, and the right one"(browser) {
    await open(browser, parts(), [encryptedKey]);
    await browser.says("main.p12: the private key is encrypted and needs a passphrase");
    equal(await browser.run(() => document.activeElement.id), "passphrase", "the focus");
    await browser.type(await browser.one("#passphrase"), "not this one\uE007");
    await browser.says("the passphrase does not open the private key");
    await browser.run(() => void (document.getElementById("passphrase").value = ""));
    await browser.type(await browser.one("#passphrase"), "correct\uE007");
    await browser.says("Keys: main.p12 (RSA, 2048 bits");
    await browser.says("decryption failed: the key does not fit, or the message is damaged");
  },

  async "another key is named, with those the export is for"(browser) {
    await open(browser, parts(), [otherKey]);
    await browser.until("what is wrong", async () => {
      const text = await browser.text();
      return text.includes("other.key.pem (RSA") && /none of the given keys|decryption failed/.test(text);
    });
    await browser.says("Nothing could be opened.");
  },

  async "no key at all is said"(browser) {
    await open(browser, parts());
    await browser.says("given: no key");
  },

  async "missing parts are named, and the files that need them"(browser) {
    await open(browser, parts("z01", "z03", "zip"), [key]);
    await browser.says("Missing parts:");
    await browser.says("3 of 4 parts");
    await unfold(browser);
    await browser.says("needs missing parts: export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21.z02.smime");
  },

  async "without its last part nothing is known, and that is said"(browser) {
    await open(browser, parts("z01", "z02"), [key]);
    await browser.says("the set of parts is not complete; missing:");
  },

  async "a part that is cut off is named"(browser, { folder }) {
    const cut = parts("zip")[0].replace(/.*\//, `${folder}/`);
    copyFileSync(parts("zip")[0], cut);
    truncateSync(cut, 5_000);
    await open(browser, [...parts("z01", "z02", "z03"), cut], [key]);
    await browser.says("zip.smime: cut off: the input ends before it is complete");
  },

  async "several exports at once, and files that are none"(browser, { folder }) {
    await open(browser, [...parts(), `${folder}/names.zip`, `${folder}/make.txt`], [key]);
    await browser.says("in 2 of 2 exports");
    await browser.says("1 file left alone, as no part of an export: make.txt");
  },

  async "what is dropped is sorted into parts and keys"(browser) {
    await browser.run(() => {
      const transfer = new DataTransfer();
      for (const name of ["e.zip.smime", "mine.PEM"]) transfer.items.add(new File(["x"], name));
      const event = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer });
      document.querySelector("h1").dispatchEvent(event);
    });
    await browser.until("both", () => browser.run(() =>
      document.getElementById("parts-chosen").innerText.includes("e.zip.smime")
      && document.getElementById("keys-chosen").innerText.includes("mine.PEM")));
    await browser.click(await browser.one("#open"));
    await browser.says("mine.PEM: not a usable key or certificate");
  },

  async "a large folder shows so many rows at a time"(browser, { folder }) {
    await open(browser, [`${folder}/many.zip`]);
    await browser.says("Show 200 more of 450");
    for (const rows of [400, 450]) {
      const [more] = await browser.all(".tree li.row > button");
      await browser.click(more);
      await browser.until(`${rows} rows`, () =>
        browser.run((rows) => document.querySelectorAll("div.row").length === rows, rows));
    }
  },
};
