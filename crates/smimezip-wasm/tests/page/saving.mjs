// What is saved is right to its last byte, and what is not right is not saved.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { none, own, ownSums, streams } from "./pickers.mjs";
import { equal, key, open, parts, press, sha256, sums, unfold } from "./steps.mjs";

export const saving = {
  async "each file is downloaded with the bytes that it should have"(browser) {
    await browser.run(none);
    await open(browser, parts(), [key]);
    await browser.says("Opened: 6 files.");
    await unfold(browser);
    for (const [path, sum] of sums()) {
      const name = path.replace(/.*\//, "");
      await press(browser, `Save ${name}`);
      await browser.says(`${name} is saved: size and CRC-32 are right.`);
      equal(sha256(await browser.downloaded(name)), sum, path);
    }
  },

  async "all files come as one zip that another program opens"(browser, { folder }) {
    await browser.run(none);
    await open(browser, parts(), [key]);
    await browser.says("Opened: 6 files.");
    equal((await browser.text()).includes("Save all to a folder"), false, "a button that would do nothing");
    await press(browser, "Save all as one zip");
    await browser.says("6 files saved as one zip");
    const zip = `${folder}/whole.zip`;
    writeFileSync(zip, await browser.downloaded("export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21-opened.zip"));
    const script = "import hashlib, sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\n"
      + "for n in z.namelist():\n  if not n.endswith('/'): print(hashlib.sha256(z.read(n)).hexdigest(), '', n)";
    const env = { ...process.env, PYTHONIOENCODING: "utf-8" };
    const lines = execFileSync("python3", ["-c", script, zip], { encoding: "utf8", env }).trim().split("\n");
    const found = lines.map((line) => [line.slice(66), line.slice(0, 64)]).sort();
    equal(found, [...sums()].sort(), "files of the zip");
  },

  async "all files go to a folder, and what is there stays"(browser) {
    await browser.run(streams);
    await browser.run(() => void (window.saved["entities/Customer-7f1f3a6c.json"] = [1, 2, 3]));
    await open(browser, parts(), [key]);
    await browser.says("Opened: 6 files.");
    await press(browser, "Save all to a folder");
    await browser.says("5 files saved to the folder");
    await browser.says("entities/Customer-7f1f3a6c.json: a file of this name is there already");
    const saved = await browser.run(() => window.saved);
    equal(saved["entities/Customer-7f1f3a6c.json"], [1, 2, 3], "what was there");
    for (const [path, sum] of sums()) {
      if (!path.includes("Customer")) equal(sha256(Buffer.from(saved[path])), sum, path);
    }
    equal(await browser.run(() => [window.aborted, window.removed]), [[], []], "taken back");
  },

  async "the browser's own streams keep what is right and nothing else"(browser, { folder, page }) {
    const server = createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end(readFileSync(page)));
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      await browser.go(`http://127.0.0.1:${server.address().port}/smimezip.html`);
      await browser.run(own);
      await open(browser, parts(), [key]);
      await browser.says("Opened: 6 files.");
      await press(browser, "Save all to a folder");
      await browser.says("6 files saved to the folder");
      equal(await browser.later(ownSums), Object.fromEntries(sums()), "the folder");
      await press(browser, "Save all to a folder");
      await browser.says("0 files saved to the folder");

      await browser.call("POST", "/refresh", {});
      await browser.run(own);
      await open(browser, [`${folder}/damaged.zip`]);
      await browser.says("Opened: 2 files.");
      await press(browser, "Save wrong.txt");
      await browser.says("Saving wrong.txt failed: ");
      await press(browser, "Save all to a folder");
      await browser.says("1 file saved to the folder");
      await press(browser, "Save all as one zip");
      await browser.says("Saving all as one zip failed: ");
      const all = Object.keys(await browser.later(ownSums)).sort();
      equal(all, [...sums().keys(), "right.txt"].sort(), "what is there");
    } finally {
      server.close();
      server.closeAllConnections();
    }
    // A page from a server has an icon asked for, which its policy forbids.
    await browser.complaints();
  },

  async "a file that is damaged never gets its name"(browser, { folder }) {
    await browser.run(streams);
    await open(browser, [`${folder}/damaged.zip`]);
    await browser.says("Opened: 2 files.");
    await press(browser, "Save wrong.txt");
    await browser.says("Saving wrong.txt failed: ");
    await browser.says("damaged: ");
    equal(await browser.run(() => [window.saved, window.aborted, window.removed]),
      [{}, ["wrong.txt"], ["wrong.txt"]], "saved, aborted, removed");
    await press(browser, "Save right.txt");
    await browser.says("right.txt is saved");
    await browser.run(streams);
    await press(browser, "Save all to a folder");
    await browser.says("1 file saved to the folder");
    equal(await browser.run(() => [Object.keys(window.saved), window.aborted, window.removed]),
      [["right.txt"], ["wrong.txt"], ["wrong.txt"]], "of all saved, aborted, removed");
    await browser.run(streams);
    await press(browser, "Save all as one zip");
    await browser.says("Saving all as one zip failed: ");
    equal(await browser.run(() => Object.keys(window.saved)), [], "a zip");
  },

  async "nothing is downloaded of what is damaged"(browser, { folder }) {
    await browser.run(none);
    await open(browser, [`${folder}/damaged.zip`]);
    await browser.says("Opened: 2 files.");
    await browser.run(() => addEventListener("click", ({ target }) => void (window.links |= target.tagName === "A")));
    await press(browser, "Save wrong.txt");
    await browser.says("Saving wrong.txt failed: ");
    equal(await browser.run(() => Boolean(window.links)), false, "a download");
  },

  async "all is done by keys alone"(browser) {
    await browser.run(none);
    const [TAB, ENTER, SPACE] = ["\uE004", "\uE007", " "];
    await browser.type(await browser.one("#parts"), parts().join("\n"));
    await browser.type(await browser.one("#keys"), key);
    const focus = () => browser.run(() => {
      const it = document.activeElement;
      return it === document.body ? "" : it.id || it.getAttribute("aria-label") || it.textContent;
    });
    const tabTo = async (wanted) => {
      for (let presses = 0; presses < 40; presses += 1) {
        if ((await focus()).includes(wanted)) return;
        await browser.press(TAB);
      }
      throw new Error(`the tab key does not lead to ${wanted}`);
    };
    await tabTo("passphrase");
    await browser.press(ENTER);
    await browser.says("Opened: 6 files.");
    equal((await focus()).startsWith("export-0"), true, "the focus is at what was opened");
    await tabTo("entities");
    await browser.press(ENTER);
    await browser.says("Customer-7f1f3a6c.json");
    await tabTo("Save Customer-7f1f3a6c.json");
    await browser.press(SPACE);
    const bytes = await browser.downloaded("Customer-7f1f3a6c.json");
    equal(sha256(bytes), sums().get("entities/Customer-7f1f3a6c.json"), "the file");
  },
};
