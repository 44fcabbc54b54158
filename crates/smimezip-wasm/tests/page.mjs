// Opens the page as a reader does, from a file, in Debian's Chromium: `node page.mjs PAGE [NAME]`, with a part of a
// test's name for that test alone. Needs the packages chromium and chromium-driver, and python3; where they are
// missing it fails.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Browser } from "./page/browser.mjs";
import { hostile } from "./page/hostile.mjs";
import { large } from "./page/large.mjs";
import { looks } from "./page/looks.mjs";
import { opening } from "./page/opening.mjs";
import { saving } from "./page/saving.mjs";

const [page, wanted = ""] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "smimezip-made-"));
execFileSync("python3", [new URL("page/make.py", import.meta.url).pathname, folder], { stdio: "inherit" });
writeFileSync(join(folder, "make.txt"), "no part");

const browser = await Browser.start();
let [passed, failed] = [0, 0];
try {
  const tests = Object.entries({ ...opening, ...saving, ...hostile, ...looks, ...large });
  for (const [name, test] of tests.filter(([name]) => name.includes(wanted))) {
    try {
      await browser.go(pathToFileURL(resolve(page)).href);
      await browser.complaints();
      await test(browser, { folder, page });
      const complaints = await browser.complaints();
      if (complaints.length) throw new Error(`on the console: ${complaints.join("\n")}`);
      console.log(`ok: ${name}`);
      passed += 1;
    } catch (error) {
      console.log(`FAILED: ${name}: ${error.message}`);
      failed += 1;
    }
  }
} finally {
  await browser.stop();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
